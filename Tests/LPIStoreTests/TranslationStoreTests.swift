import TestSupport
import Testing

@testable import LPIStore

@Suite struct TranslationStoreTests {
  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func packedTranslationsAnswerAsTheReference(_ seed: UInt64) {
    expectSameTranslations(PackedTranslationStore.self, seed: seed)
  }

  @Test func eventsOutsideTheDevicesRangeAreRefused() {
    var store = PackedTranslationStore()
    let entry = TranslationEntry(intid: 8192, collection: 3)
    let unmapped = store.map(7, 0, entry, doorbell: nil)
    store.mapDevice(7, eventBits: 2, userFlags: 9)
    let inside = store.map(7, 3, entry, doorbell: nil)
    let outside = store.map(7, 4, entry, doorbell: nil)
    #expect([unmapped, inside, outside] == [false, true, false])
    #expect(store.lookup(7, 3) == entry)
    #expect(store.lookup(7, .max).bits == 0)
    #expect(store.device(7)?.userFlags == 9)
    #expect(store.device(0) == nil)
  }

  @Test func mappingADeviceAgainEmptiesIt() {
    var store = PackedTranslationStore()
    store.mapDevice(7, eventBits: 5, userFlags: 0)
    store.map(7, 3, TranslationEntry(virtualINTID: 9000, vpe: 4), doorbell: 8300)
    #expect(store.doorbell(7, 3) == 8300)
    #expect(store.lookup(7, 3).isVirtual && store.lookup(7, 3).vpe == 4)
    store.mapDevice(7, eventBits: 5, userFlags: 0)
    #expect(store.lookup(7, 3).bits == 0)
    #expect(store.eventCount == 0)
    #expect(store.doorbell(7, 3) == nil)
    #expect(store.checkInvariants() == nil)
  }

  @Test func memoryFollowsTheEventsUsed() {
    var store = PackedTranslationStore()
    store.mapDevice(0x8000_0000, eventBits: 16, userFlags: 0)
    store.map(0x8000_0000, 65_535, TranslationEntry(intid: 8192, collection: 0), doorbell: nil)
    #expect(store.memoryInUse < 3000)
    #expect(store.lookup(0x8000_0000, 65_535).intid == 8192)
  }

  @Test("A single entry, of event 0, takes no memory beside its device's slot, and moves out for a second one")
  func singleEntry() {
    var store = PackedTranslationStore()
    store.mapDevice(7, eventBits: 5, userFlags: 0)
    let empty = store.memoryInUse
    // Bit 0 of the INTID is where pages have their tag.
    for intid in [8193, 8192] as [UInt32] {
      store.map(7, 0, TranslationEntry(intid: intid, collection: 2), doorbell: nil)
      #expect(store.memoryInUse == empty && store.lookup(7, 0).intid == intid && store.lookup(7, 1).bits == 0)
      #expect(store.checkInvariants() == nil)
    }
    let copy = store.copy()
    store.map(7, 4, TranslationEntry(intid: 8200, collection: 2), doorbell: nil)
    #expect(store.memoryInUse > empty && store.lookup(7, 0).intid == 8192 && store.lookup(7, 4).intid == 8200)
    #expect(copy.lookup(7, 0).intid == 8192 && copy.lookup(7, 4).bits == 0 && copy.memoryInUse == empty)
    #expect(store.checkInvariants() == nil && copy.checkInvariants() == nil)
  }

  @Test func aSingleEntryIsRemovedAndMovesToPages() {
    var store = PackedTranslationStore()
    store.mapDevice(7, eventBits: 16, userFlags: 0)
    store.map(7, 0, TranslationEntry(intid: 8193, collection: 0), doorbell: nil)
    #expect(store.unmap(7, 0).intid == 8193 && store.lookup(7, 0).bits == 0 && store.eventCount == 0)
    store.map(7, 0, TranslationEntry(intid: 8195, collection: 0), doorbell: nil)
    store.map(7, 65_535, TranslationEntry(intid: 8196, collection: 0), doorbell: nil)
    #expect(store.lookup(7, 0).intid == 8195 && store.lookup(7, 65_535).intid == 8196)
    #expect(store.eventCount == 2 && store.checkInvariants() == nil)
    #expect(store.unmapDevice(7) && store.eventCount == 0 && store.checkInvariants() == nil)
  }
}
