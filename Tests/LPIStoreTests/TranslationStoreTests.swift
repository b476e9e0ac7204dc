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
}
