import GICModel
import HypervisorModel
import InterruptTrace
import Replay
import Testing

@testable import Analyzers

@Suite("What if there were other list registers")
struct ListRegisterReplayTests {
  private func lr(_ intid: UInt64, state: UInt64 = 1) -> UInt64 { intid | state << 62 | 1 << 60 }

  private func replay(_ transitions: [Transition], _ policy: ListRegisterPolicy, _ count: Int, cost: UInt64 = 5)
    -> ListRegisterOutlook
  {
    let replay = ListRegisterReplay(variants: [.init(policy: policy, count: count)], maintenanceCost: cost)
    transitions.withUnsafeBufferPointer {
      replay.consume(
        ReplayBatch(events: UnsafeBufferPointer(start: nil, count: 0), transitions: $0, isReported: true)
      )
    }
    return replay.results[0]
  }

  /// Three interrupts loaded at one entry and taken one after the other, each for 10 ns.
  private var three: [Transition] {
    var result = [Make.entered(100)]
    for n in 0..<3 as Range<UInt64> { result.append(Make.filled(101, n, lr(40 + n))) }
    for n in 0..<3 as Range<UInt64> {
      result.append(Make.taken(110 + n * 20, n, 40 + UInt32(n)))
      result += Make.completed(120 + n * 20, n, lr(40 + n, state: 2))
    }
    return result + [Make.exited(200)]
  }

  @Test(
    "With as many list registers as the capture had, nothing waits and nothing is late",
    arguments: ListRegisterPolicy.allCases
  )
  func same(policy: ListRegisterPolicy) {
    let o = replay(three, policy, 4)
    #expect([o.overflows, o.delays.count, o.lostEnds, o.taken] == [0, 0, 0, 3])
    #expect([o.entries, o.loads] == [1, 3])
    #expect(o.maintenance == 0)
  }

  @Test("kvm-legacy with one list register: two wait, and underflow maintenance brings each in")
  func legacy() {
    let o = replay(three, .kvmLegacy, 1)
    #expect(o.overflows == 2)
    #expect(o.mostWaiting == 2)
    #expect(o.maintenanceByCause[Int(MaintenanceCause.underflow.rawValue)] == 2)
    // Each is listed before the guest wants it.
    #expect(o.delays.count == 0)
    #expect(o.entries == 3)
  }

  @Test("A maintenance interrupt that takes long makes the guest take the next one late")
  func delayed() {
    let o = replay(three, .kvmLegacy, 1, cost: 25)
    #expect(o.delays.count == 2)
    // 40 ends at 120, 41 is listed at 145 and was wanted at 130; it ends at 155, 42 is listed at 180.
    #expect(o.delays.min == 15)
    #expect(o.delays.max == 30)
  }

  @Test("kvm-overflow: when nothing listed is pending any more, NP maintenance loads what waits")
  func overflow() {
    let o = replay(three, .kvmOverflow, 1)
    #expect(o.overflows >= 2)
    #expect(o.maintenanceByCause[Int(MaintenanceCause.noPending.rawValue)] > 0)
    #expect(o.lostEnds == 0)
  }

  @Test(
    "More active interrupts than list registers: kvm-legacy loses ends, kvm-overflow counts them",
    arguments: ListRegisterPolicy.allCases
  )
  func nested(policy: ListRegisterPolicy) {
    var nested = [Make.entered(100)]
    for n in 0..<3 as Range<UInt64> { nested.append(Make.filled(101, n, lr(40 + n))) }
    for n in 0..<3 as Range<UInt64> { nested.append(Make.taken(110 + n, n, 40 + UInt32(n))) }
    nested += [Make.exited(115)] + (0..<3).map { Make.emptied(116, $0, lr(40 + $0, state: 2)) }
    nested += [Make.entered(120)] + (0..<3).map { Make.filled(121, $0, lr(40 + $0, state: 2)) }
    for n in [2, 1, 0] as [UInt64] { nested += Make.completed(130 + (2 - n), n, lr(40 + n, state: 2)) }
    let o = replay(nested, policy, 1, cost: 1)
    if policy == .kvmLegacy { #expect(o.maintenanceByCause[Int(MaintenanceCause.entryNotPresent.rawValue)] == 0) }
    #expect(o.taken == 3)
    #expect(o.overflows > 0)
  }

  @Test("What the hypervisor no longer lists does not wait for ever")
  func withdrawn() {
    let o = replay(
      [
        Make.entered(100), Make.filled(101, 0, lr(40)), Make.filled(101, 1, lr(41)), Make.exited(110),
        Make.emptied(111, 0, lr(40)), Make.emptied(111, 1, lr(41)), Make.entered(120), Make.filled(121, 0, lr(41)),
        Make.taken(130, 0, 41), Make.exited(140),
      ],
      .kvmLegacy,
      1
    )
    #expect(o.overflows == 1)
    #expect(o.mostWaiting == 1)
    #expect(o.entries == 2)
  }
}
