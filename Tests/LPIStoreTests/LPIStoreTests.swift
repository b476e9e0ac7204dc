import TestSupport
import Testing

@testable import LPIStore

@Suite struct LPIStoreTests {
  private func enabled(_ priority: UInt8) -> LPIRecord { LPIRecord(property: priority | 1) }

  @Test func bestIsTheHighestPriorityThenTheLowestINTID() {
    var store = PackedLPIStore(peCount: 1, intidBits: 16)
    for (intid, priority) in [(9000, 0xA0), (8200, 0xA0), (8300, 0x40), (8400, 0xFC)] as [(UInt32, UInt8)] {
      store.setRecord(intid, enabled(priority))
      store.setPending(intid, pe: 0)
    }
    var order: [UInt32] = []
    while let next = store.acknowledge(pe: 0) { order.append(next.intid) }
    #expect(order == [8300, 8200, 9000, 8400])
  }

  @Test func disabledAndUnknownArePendingButNeverBest() {
    var store = PackedLPIStore(peCount: 1, intidBits: 16)
    store.setRecord(8192, LPIRecord(property: 0x00))
    store.setPending(8192, pe: 0)
    store.setPending(8193, pe: 0)
    #expect(store.best(pe: 0) == nil)
    #expect(store.pendingCount(pe: 0) == 2)
    #expect(store.unknownPendingCount(pe: 0) == 1)
    #expect(unknown(store, 0) == [8193])
    store.setConfiguration(8193, property: 0x81, isKnown: true)
    #expect(store.best(pe: 0)?.intid == 8193)
    #expect(store.best(pe: 0)?.priority == 0x80)
    #expect(store.unknownPendingCount(pe: 0) == 0)
  }

  @Test func eachRedistributorHasItsOwnPendingTable() {
    var store = PackedLPIStore(peCount: 4, intidBits: 16)
    store.setRecord(8192, enabled(0x20))
    let first = store.setPending(8192, pe: 3)
    let second = store.setPending(8192, pe: 1)
    let again = store.setPending(8192, pe: 3)
    #expect([first, second, again] == [true, true, false])
    #expect(store.pendingPEs(8192) == [1, 3])
    #expect(store.isPending(8192, pe: 1) && store.isPending(8192, pe: 3) && !store.isPending(8192, pe: 2))
    store.clearPending(8192, pe: 1)
    #expect(store.pendingPEs(8192) == [3])
    #expect(store.best(pe: 3)?.intid == 8192)
    #expect(store.best(pe: 1) == nil)
    #expect(store.checkInvariants() == nil)
  }

  @Test func moveAllMergesWhatIsPendingOnBoth() {
    var store = PackedLPIStore(peCount: 2, intidBits: 16)
    for intid in 8192..<8492 as Range<UInt32> {
      store.setRecord(intid, enabled(0x20))
      store.setPending(intid, pe: 0)
      if intid % 2 == 0 { store.setPending(intid, pe: 1) }
    }
    store.movePending(from: 0, to: 1)
    #expect(store.pendingCount(pe: 0) == 0)
    #expect(store.pendingCount(pe: 1) == 300)
    #expect(store.pendingPEs(8192) == [1])
    #expect(store.checkInvariants() == nil)
  }

  @Test func callersCannotTouchTheStoresOwnFields() {
    var store = PackedLPIStore(peCount: 2, intidBits: 16)
    store.setRecord(8192, LPIRecord(bits: .max))
    #expect(store.pendingPEs(8192) == [])
    store.setPending(8192, pe: 1)
    store.setRecord(8192, LPIRecord())
    #expect(store.isPending(8192, pe: 1) == true)
    #expect(store.checkInvariants() == nil)
  }

  @Test func valuesOutOfRangeAreAbsent() {
    var store = PackedLPIStore(peCount: 1, intidBits: 16)
    for intid in [0, 1023, 8191, 65_536, 1 << 24, .max] as [UInt32] {
      store.setRecord(intid, enabled(0))
      let isSet = store.setPending(intid, pe: 0)
      #expect(!isSet)
      #expect(store.record(intid).bits == 0)
    }
    let isSet = store.setPending(8192, pe: 65_536)
    #expect(!isSet)
    #expect(store.count == 0)
    #expect(PackedLPIStore(peCount: -1, intidBits: -5).count == 0)
    #expect(PackedLPIStore(peCount: .max, intidBits: 99).best(pe: .max) == nil)
  }

  @Test func anAbsentLPICostsNothing() {
    var store = PackedLPIStore(peCount: 0, intidBits: 24)
    #expect(store.memoryInUse == 0)
    store.setPending(0xFF_FFFF, pe: 65_535)
    #expect(store.memoryInUse < 32_768)
    store.clearPending(0xFF_FFFF, pe: 65_535)
    #expect(store.count == 0)
    #expect(store.checkInvariants() == nil)
  }

  @Test func aCopyIsIndependent() {
    var random = SplitMix(7)
    var store = PackedLPIStore(peCount: 3, intidBits: 24)
    for _ in 0..<5000 {
      let intid = UInt32(8192 + random.below(1 << 20))
      store.setRecord(intid, enabled(UInt8(random.below(256))))
      store.setPending(intid, pe: UInt32(random.below(3)))
      if random.percent(1) { store.setPending(intid, pe: 2) }
    }
    let before = (records(store), pending(store, 0), pending(store, 2))
    var copy = store.copy()
    #expect(copy.checkInvariants() == nil)
    #expect(copy.memoryInUse <= store.memoryInUse)
    while copy.acknowledge(pe: 0) != nil {}
    copy.movePending(from: 2, to: 0)
    for intid in 8192..<500_000 as Range<UInt32> { copy.remove(intid) }
    #expect(records(store) == before.0)
    #expect(pending(store, 0) == before.1)
    #expect(pending(store, 2) == before.2)
    #expect(store.checkInvariants() == nil)
    #expect(copy.checkInvariants() == nil)
  }

  @Test func memoryGoesBackWhenDrained() {
    var store = PackedLPIStore(peCount: 1, intidBits: 24)
    for intid in 8192..<108_192 as Range<UInt32> { store.setRecord(intid, enabled(0x40)) }
    store.setPending(8192, pe: 0)
    store.clearPending(8192, pe: 0)
    let idle = store.memoryInUse
    for intid in 8192..<108_192 as Range<UInt32> { store.setPending(intid, pe: 0) }
    #expect(store.memoryInUse > idle)
    var taken = 0
    while store.acknowledge(pe: 0) != nil { taken += 1 }
    #expect(taken == 100_000)
    #expect(store.memoryInUse == idle)
  }

  /// The queue of one PE through array and tree of three heights, against a set.
  @Test func aQueueKeepsItsKeysInOrder() {
    var random = SplitMix(11)
    var queue = PendingQueue()
    var expected = Set<UInt32>()
    var memory = 0
    for step in 0..<120_000 {
      let isFilling = step % 60_000 < 35_000
      let key = UInt32(random.below(3) << 24 | random.below(40_000) * 16)
      if random.percent(isFilling ? 90 : 25) {
        let isNew = queue.insert(key, &memory)
        #expect(isNew == expected.insert(key).inserted)
      } else if random.percent(50) {
        let wasThere = queue.remove(key, &memory)
        #expect(wasThere == (expected.remove(key) != nil))
      } else if queue.count > 0 {
        let first = queue.hot
        queue.removeHot(&memory)
        #expect(expected.remove(first) != nil)
      }
      if step % 5_000 == 0 {
        var keys: [UInt32] = []
        queue.forEach {
          keys.append($0)
          return true
        }
        #expect(keys == expected.sorted())
        #expect(queue.brokenInvariant() == nil)
        #expect(queue.memory == memory)
      }
    }
    queue.release(&memory)
    #expect(memory == 0)
  }
}

@Suite("Full pages")
struct FullPageTests {
  @Test(
    "A page of 256 records is left and entered again without losing any",
    arguments: [0, 1, 63, 64, 200, 255] as [UInt32])
  func leaveAndEnter(hole: UInt32) {
    var store = PackedLPIStore(peCount: 1, intidBits: 16)
    let first: UInt32 = 8192 + 512
    for low in 0..<256 as Range<UInt32> {
      store.setRecord(first + low, LPIRecord(property: UInt8(low), isMapped: true))
    }
    let memory = store.memoryInUse
    #expect(store.checkInvariants() == nil)
    for _ in 0..<3 {
      let isRemoved = store.remove(first + hole)
      #expect(isRemoved)
      #expect(store.record(first + hole).bits == 0)
      #expect(store.checkInvariants() == nil)
      store.setRecord(first + hole, LPIRecord(property: UInt8(hole), isMapped: true))
      #expect(store.checkInvariants() == nil)
    }
    for low in 0..<256 as Range<UInt32> { #expect(store.record(first + low).property == UInt8(low)) }
    #expect(store.memoryInUse == memory)
    let copy = store.copy()
    #expect(copy.record(first + 255).property == 255)
    #expect(copy.checkInvariants() == nil)
  }
}
