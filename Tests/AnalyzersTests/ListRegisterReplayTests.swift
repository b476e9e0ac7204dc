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
      replay.consume(ReplayBatch(events: UnsafeBufferPointer(start: nil, count: 0), transitions: $0, isReported: true))
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
    arguments: ListRegisterPolicy.allCases)
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
    arguments: ListRegisterPolicy.allCases)
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

  @Test("An end outside the list registers in the capture is one here too")
  func endedOutside() {
    let pressed: UInt64 = 0x419B
    let o = replay(
      [
        Make.entered(100), Make.filled(101, 0, lr(40)), Make.taken(110, 0, 40), Make.exited(115),
        Make.emptied(116, 0, lr(40, state: 2)), Make.entered(120, control: pressed), Make.filled(121, 0, lr(41)),
        Make.endedOutside(130, 40), Make.exited(140, control: pressed), Make.emptied(141, 0, lr(41)),
        Make.entered(150), Make.filled(151, 0, lr(41)), Make.taken(160, 0, 41), Make.exited(170),
      ],
      .kvmOverflow, 1, cost: 1)
    #expect(o.maintenanceByCause[Int(MaintenanceCause.entryNotPresent.rawValue)] == 1)
    #expect(o.taken == 2 && o.lostEnds == 0 && o.overflows == 1)
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

  // MARK: Interrupts that the guest is late with

  private func shown(_ number: UInt64, at time: UInt64, state: UInt64 = 1, priority: UInt64 = 0xA0) -> Transition {
    Make.filled(time, number, lr(40 + number, state: state) | priority << 48)
  }

  @Test("What comes again while the guest is late with it follows, and nothing is left over")
  func again() {
    // 41 is taken at 130 and again at 150 in the capture; here its first time begins at 145 and lasts to 155.
    let o = replay(
      [Make.entered(100), shown(0, at: 101), shown(1, at: 101), Make.taken(110, 0, 40)]
        + Make.completed(120, 0, lr(40, state: 2)) + [Make.taken(130, 1, 41)] + Make.completed(140, 1, lr(41, state: 2))
        + [shown(1, at: 146), Make.taken(150, 1, 41)] + Make.completed(160, 1, lr(41, state: 2))
        + [Make.exited(300), Make.entered(400), shown(2, at: 401), Make.taken(410, 2, 42), Make.exited(500)],
      .kvmLegacy,
      1,
      cost: 25
    )
    #expect([o.taken, o.delays.count, o.merged, o.lostEnds] == [4, 2, 0, 0])
    #expect(o.delays.min == 5 && o.delays.max == 15)
    #expect(o.overflows == 1)
  }

  @Test("What the guest is late with holds back what has the same priority, and not what has a higher one")
  func rank() {
    func life(_ priority: UInt64) -> [Transition] {
      [Make.entered(100), shown(0, at: 101), shown(1, at: 101), Make.taken(110, 0, 40)]
        + Make.completed(115, 0, lr(40, state: 2)) + [Make.taken(120, 1, 41)] + Make.completed(140, 1, lr(41, state: 2))
        + [Make.exited(150), Make.entered(160), shown(2, at: 161, priority: priority), Make.taken(170, 2, 42)]
        + Make.completed(175, 2, lr(42, state: 2)) + [Make.exited(300)]
    }
    // One list register: 41 is listed at 155, after the exit, and ends at 175.
    #expect(replay(life(0xA0), .kvmOverflow, 1, cost: 55).delays.count == 2)
    #expect(replay(life(0x20), .kvmOverflow, 1, cost: 55).delays.count == 1)
  }

  @Test(
    "At an exit with work undone the hypervisor goes back to the guest, even if in the capture it had nothing to list")
  func goesBack() {
    let o = replay(
      [Make.entered(100), shown(0, at: 101), shown(1, at: 101), Make.taken(110, 0, 40)]
        + Make.completed(120, 0, lr(40, state: 2)) + [Make.taken(121, 1, 41)] + Make.completed(122, 1, lr(41, state: 2))
        + [
          Make.exited(123), Make.entered(90_000), shown(2, at: 90_001), Make.taken(90_010, 2, 42), Make.exited(91_000),
        ],
      .kvmLegacy,
      1
    )
    #expect(o.delays.count == 1 && o.delays.max == 7, "123, and 5 for the hypervisor")
    #expect([o.entries, o.overflows] == [3, 1])
  }

  @Test("An active interrupt that is listed as pending is another vCPU's: the first one's does not stay")
  func otherVCPU() {
    let o = replay(
      [
        Make.entered(100), shown(0, at: 101), Make.taken(110, 0, 40), Make.exited(120),
        Make.emptied(121, 0, lr(40, state: 2)), Make.entered(130), shown(0, at: 131), Make.taken(140, 0, 40),
      ] + Make.completed(150, 0, lr(40, state: 2))
        + [Make.exited(160), Make.entered(170), shown(1, at: 171), Make.taken(180, 1, 41), Make.exited(190)],
      .kvmLegacy,
      1
    )
    #expect([o.entries, o.overflowingEntries, o.overflows, o.delays.count] == [3, 0, 0, 0])
  }

  @Test("A hypervisor that takes list registers back before it disables the interface has loaded them")
  func takenBackFirst() {
    let o = replay(
      [
        Make.entered(100), shown(0, at: 101), shown(1, at: 102), Make.emptied(110, 0, lr(40)),
        Make.emptied(111, 1, lr(41)), Make.exited(120), Make.entered(130), shown(0, at: 131), shown(1, at: 132),
        Make.exited(140),
      ],
      .kvmLegacy,
      4
    )
    #expect([o.entries, o.loads] == [2, 4])
  }

  // MARK: The policies

  @Test("Three active interrupts, two list registers: kvm-legacy does not learn of the third's end, kvm-overflow does")
  func lostEnd() {
    var life = [Make.entered(100)] + (0..<3).map { shown($0, at: 101, state: 2, priority: 0xA0 - $0 * 0x20) }
    life += Make.completed(110, 2, lr(42, state: 2)) + Make.completed(200, 1, lr(41, state: 2)) + [Make.exited(300)]
    let legacy = replay(life, .kvmLegacy, 2, cost: 500)
    #expect(legacy.lostEnds == 1 && legacy.maintenanceByCause[Int(MaintenanceCause.entryNotPresent.rawValue)] == 0)
    #expect(replay(life, .kvmOverflow, 2, cost: 500).lostEnds == 0)
    // In the order of their priorities 42 and 41 are listed: it is the end of 40 that hits none.
    let last = Array(life.dropLast()) + Make.completed(210, 0, lr(40, state: 2)) + [Make.exited(300)]
    #expect(
      replay(last, .kvmOverflow, 1, cost: 1).maintenanceByCause[Int(MaintenanceCause.entryNotPresent.rawValue)] == 0)
    let unordered = Make.completed(105, 0, lr(40, state: 2))
    let overflow = replay(Array(life.prefix(4)) + unordered + [Make.exited(300)], .kvmOverflow, 2, cost: 1)
    #expect(overflow.maintenanceByCause[Int(MaintenanceCause.entryNotPresent.rawValue)] == 1 && overflow.lostEnds == 0)
  }

  @Test("Underflow maintenance with one list register holds from the entry on (IHI 0069H, 12.4.7)")
  func stalled() {
    #expect(replay(three, .kvmLegacy, 1).stalledEntries == 2)
    #expect(replay(three, .kvmLegacy, 2).stalledEntries == 0)
    #expect(replay(three, .kvmOverflow, 1).stalledEntries > 0)
  }
}
