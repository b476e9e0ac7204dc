import InterruptTrace
import LPIStore

/// What the capture shows of the CPU interfaces' state, beside register reads.
extension GICv3 where Store: ~Copyable {
  /// The highest-priority pending interrupt of a PE, as the controller computed it.
  @inline(__always) mutating func observeHighestPending(_ event: Event) {
    guard holds(event.pe) else { return }
    let pe = Int(event.pe)
    let expected: PendingInterrupt
    if interim.pe == event.pe {
      expected = interim.highest
      interim.showsHighest = false
    } else {
      expected = highest(pe)
    }
    let seen = event.priority
    if expected.isNone && seen >= 0xFF
      || expected.intid == event.intid && expected.priority == seen
        && (!event.flags.contains(.groupShown) || UInt32(expected.group.rawValue) == event.group)
    {
      ledger.count(PredictionLedger.check(.highestPending), .agreed)
    } else {
      differHighestPending(event, pe: pe, expected: expected)
    }
    pes[pe].evaluatedCause = progress.resets.lastCause
    if pes[pe].unconfiguredLPI != 0 { settleConfiguration(pe: pe, hasPending: seen < 0xFF) }
    reportHighest(pe, intid: event.intid, priority: seen)
    // An interrupt of another class leaves open what was found about LPIs.
    if event.intid >= LPILimits.firstINTID || seen >= 0xFF { pes[pe].configurationIsReread = false }
  }

  @inline(never) private mutating func differHighestPending(_ event: Event, pe: Int, expected: PendingInterrupt) {
    let seen =
      event.priority >= 0xFF
      ? PendingInterrupt.none
      : PendingInterrupt(
        intid: event.intid,
        priority: event.priority,
        group: event.flags.contains(.groupShown)
          ? InterruptGroup(rawValue: UInt8(truncatingIfNeeded: event.group)) ?? expected.group : expected.group
      )
    if seesTriggersFirst(pe, seen) { return ledger.count(PredictionLedger.check(.highestPending), .agreed) }
    progress.provenance = .inferred
    let isTaught = reconcileHighest(pe: pe, seen: seen)
    reportConditions(pe)
    reportDistributorControl()
    progress.provenance = .derived
    // What was done before the capture ends is not in it.
    let verdict = differ(
      PredictionLedger.check(.highestPending), expected: UInt64(expected.isNone ? 1023 : expected.intid),
      seen: UInt64(seen.isNone ? 1023 : seen.intid), isTaught: isTaught, isCut: event.flags.contains(.incomplete),
      pe: event.pe)
    if verdict == .taught, !isTaught { _ = reconcileHighest(pe: pe, seen: seen) }
    if verdict == .disagreed {
      loseTrack(of: [expected.intid, seen.intid], pe: pe)
      _ = reconcileHighest(pe: pe, seen: seen)
    }
  }

  /// ``Departures/looksAtTriggersLate``: another PE's highest pending interrupt, whose line comes later, is gone, so that
  /// all is looked at.
  private mutating func seesTriggersFirst(_ pe: Int, _ seen: PendingInterrupt) -> Bool {
    guard distributor.unseenTriggers != 0, interim.pe != UInt32(pe) else { return false }
    for other in 0..<peCount where other != pe { _ = highest(other) }
    let now = highest(pe)
    return now.isNone && seen.isNone
      || now.intid == seen.intid && now.priority == seen.priority && now.group == seen.group
  }

  /// Interrupt requests to a PE.
  @inline(__always) mutating func observeLines(_ event: Event) {
    guard holds(event.pe) else { return }
    let pe = Int(event.pe)
    let shown = CPULines(rawValue: event.b)
    let seen = CPULines(rawValue: event.a)
    let physical: CPULines = [.irq, .fiq]
    if !shown.isDisjoint(with: physical) {
      let expected: CPULines
      var step: PendingInterrupt?
      if interim.pe == event.pe {
        (expected, step) = (interim.lines, interim.highest)
        interim = .none
      } else {
        expected = lines(pe)
      }
      if expected.intersection(shown) == seen.intersection(shown).intersection(physical) {
        countLines(shown.intersection(physical))
      } else {
        differLines(
          pe: pe, expected, seen, shown: shown.intersection(physical), of: step,
          isCut: event.flags.contains(.incomplete))
      }
      reportLines(pe, seen, shown: shown.intersection(physical))
    }
    if !shown.isDisjoint(with: [.virq, .vfiq]) { observeVirtualLines(event, pe: pe, seen: seen, shown: shown) }
  }

  @inline(never)
  private mutating func differLines(
    pe: Int, _ expected: CPULines, _ seen: CPULines, shown: CPULines, of step: PendingInterrupt?, isCut: Bool
  ) {
    progress.provenance = .inferred
    let isTaught = reconcileLines(pe: pe, seen: seen.intersection(shown), shown: shown, of: step)
    reportConditions(pe)
    progress.provenance = .derived
    differLines(pe: pe, expected, seen, shown: shown, isTaught: isTaught, isCut: isCut)
    guard !isTaught else { return }
    // Of an interrupt that is signalled or not, what runs is the likeliest that was not shown; of one that takes another
    // line, the exception level.
    doubtWhatRuns(pe)
    if !hasOneSecurityState { pes[pe].levelIsGuess = true }
  }
}
