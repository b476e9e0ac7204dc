import InterruptTrace

/// Which PEs the last evaluation showed something of.
///
/// QEMU prints, each time it evaluates, a line for every PE that has a candidate and one for every request line that is
/// high; of the others it prints nothing. So what is missing says something too, once the capture is known to hold such
/// lines: that there was no candidate, that the line was low.
struct GICv2Evaluation {
  /// PEs whose highest pending interrupt was shown.
  var highest: UInt8 = 0
  /// PEs of which a line was shown.
  var lines: UInt8 = 0
  /// PEs whose highest pending virtual interrupt was shown.
  var virtualHighest: UInt8 = 0
  /// PEs of which a virtual line was shown.
  var virtualLines: UInt8 = 0
  /// The capture holds lines of highest pending interrupts.
  var showsHighest = false
  /// The capture holds lines of request lines.
  var showsLines = false
  /// The input was one that is always followed by an evaluation.
  var isCertain = false
  /// The input.
  var event: UInt64 = 0
  var time: UInt64 = 0

  /// Whether an evaluation certainly took place.
  @inline(__always) var tookPlace: Bool { isCertain || highest | lines != 0 }

  /// A new input.
  @inline(__always) mutating func begin(event: UInt64, time: UInt64, isCertain: Bool) {
    highest = 0
    lines = 0
    virtualHighest = 0
    virtualLines = 0
    self.isCertain = isCertain
    self.event = event
    self.time = time
  }
}

extension GICv2 {
  /// Closes the evaluation of the last input: what it did not show was not there.
  @inline(__always) mutating func endEvaluation(isCertain: Bool) {
    if evaluation.showsHighest, evaluation.tookPlace, steps.count == 0 {
      checkSilence()
      let fell = raisedLines & ~evaluation.lines
      let none = (reportedPending & ~evaluation.highest) | fell
      if none != 0 { reportSilence(fell, none) }
    }
    steps.end()
    evaluation.begin(event: eventIndex, time: now, isCertain: isCertain && departures.contains(.writesBytewise))
  }

  @inline(__always) private mutating func checkSilence() {
    for pe in 0..<peCount where distributor.candidateSummary[pe] != 0 {
      let pending = highest(pe)
      let bit = UInt8(1) &<< UInt8(pe)
      if !pending.isNone, evaluation.highest & bit == 0 { differSilence(pe: pe, pending) }
      if evaluation.showsLines, evaluation.lines & bit == 0, evaluation.highest & bit != 0 {
        let lines = lines(pe, pending)
        if !lines.isEmpty { differSilence(pe: pe, lines) }
      }
    }
  }

  /// The model has a candidate for a PE that no event has shown yet.
  @inline(never) private mutating func differSilence(pe: Int, _ pending: GICv2Pending) {
    atEvaluation {
      let isTaught = $0.reconcileNone(pe: pe)
      $0.differ(
        PredictionLedger.check(.highestPending), expected: UInt64(pending.intid), seen: UInt64(INTID.spurious),
        isTaught: isTaught, pe: UInt32(pe))
    }
  }

  /// The model has a line high that was not shown.
  @inline(never) private mutating func differSilence(pe: Int, _ lines: CPULines) {
    atEvaluation {
      let isTaught = $0.reconcileLines(pe: pe, seen: [], shown: lines)
      $0.differ(
        PredictionLedger.check(lines == .fiq ? .fiq : .irq), expected: 1, seen: 0, isTaught: isTaught, pe: UInt32(pe))
    }
  }

  /// The virtual interfaces of all PEs were evaluated; their maintenance interrupts are printed behind.
  @inline(__always) mutating func checkVirtualSilence() {
    guard evaluation.showsHighest, departures.contains(.writesBytewise) else { return }
    for pe in 0..<peCount where virtualInterfaces[pe].pending != 0 {
      let pending = highestVirtual(pe)
      let bit = UInt8(1) &<< UInt8(pe)
      if !pending.isNone, evaluation.virtualHighest & bit == 0 {
        differVirtualSilence(pe: pe, .virtualHighestPending, expected: UInt64(pending.intid), seen: 1023)
      } else if evaluation.showsLines, evaluation.virtualLines & bit == 0 {
        let lines = virtualLines(pe)
        if !lines.isEmpty { differVirtualSilence(pe: pe, lines == .vfiq ? .vfiq : .virq, expected: 1, seen: 0) }
      }
    }
    evaluation.virtualHighest = 0
    evaluation.virtualLines = 0
  }

  @inline(never)
  private mutating func differVirtualSilence(
    pe: Int, _ check: PredictionLedger.Observation, expected: UInt64, seen: UInt64
  ) {
    let isTaught = !virtualStateIsKnown(pe)
    differ(PredictionLedger.check(check), expected: expected, seen: seen, isTaught: isTaught, pe: UInt32(pe))
    assumeVirtualInterface(pe, isOn: false)
  }

  /// Runs `body` as of the input whose evaluation it is about.
  private mutating func atEvaluation(_ body: (inout Self) -> Void) {
    let (event, time) = (eventIndex, now)
    (progress.eventIndex, progress.now) = (evaluation.event, evaluation.time)
    body(&self)
    (progress.eventIndex, progress.now) = (event, time)
  }
}
