import Testing

@testable import HypervisorModel

/// What holds for every list, under either policy.
@Suite struct ListRegisterArbitraryTests {
  @Test(arguments: ListRegisterPolicy.allCases, [1, 4, 16])
  func nothingIsLostAndNothingIsLoadedTwice(policy: ListRegisterPolicy, count: Int) {
    var random = SplitMix(state: UInt64(count) + (policy == .kvmLegacy ? 0 : 100))
    for size in 0..<60 {
      let list = (0..<size).map { arbitrary(UInt32(32 + $0), &random) }
      let filled = Filled(list, ListRegisterSetting(policy: policy, format: .ich, count: count))
      #expect(Set(filled.intids).count == filled.intids.count)
      #expect(filled.list.map(\.intid).sorted() == list.map(\.intid).sorted())
      let deliverable = list.filter { $0.traits.contains(.deliverable) }
      #expect(filled.outcome.loaded == min(count, deliverable.count))
      #expect(filled.outcome.loaded + filled.outcome.pendingLeft + filled.outcome.activeLeft == deliverable.count)
    }
  }

  @Test func sortIsStableForEveryLength() {
    var random = SplitMix(state: 7)
    for size in 0..<130 {
      let list = (0..<size).map { irq(UInt32($0), .latched, priority: UInt8(random.next() % 4) << 4) }
      let expected = list.sorted { ($0.priority, $0.intid) < ($1.priority, $1.intid) }.map(\.intid)
      #expect(Filled(list, .legacy(1)).list.map(\.intid) == (size > 1 ? expected : list.map(\.intid)))
    }
  }

  private func arbitrary(_ intid: UInt32, _ random: inout SplitMix) -> QueuedInterrupt {
    let bits = random.next()
    var result = irq(intid, bits & 1 == 0 ? .latched : .active, priority: UInt8(truncatingIfNeeded: bits >> 8) & 0xF8)
    if bits & 2 != 0 { result.traits.insert(.active) }
    if bits & 4 != 0 { result.traits.insert([.level, .line]) }
    if bits & 0x18 == 0 { result.traits.remove(.deliverable) }
    return result
  }
}

/// A small generator with a fixed sequence.
struct SplitMix {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}
