import InterruptTrace

/// Interrupts that come too often, and those that wait too long.
extension FindingsAnalyzer {
  /// The first time, what led to the threshold counts too.
  mutating func refired(_ t: Transition, _ record: UnsafeMutablePointer<InterruptRecord>) {
    let pe = record.pointee.acknowledgedOn
    let isLevel = record.pointee.edge != .yes && !INTID.isSGI(t.intid) && !INTID.isLPI(t.intid)
    let line = record.pointee.line == .yes ? record.pointee.lineAt.event : .max
    let key = FindingLog.Key(kind: .storm, domain: t.domain, pe: pe, intid: t.intid)
    let count = record.pointee.refires == thresholds.stormRefires ? thresholds.stormRefires : 1
    if repeats(key, t, count: count) { return }
    report(key, t, count: count) {
      var chain: [Finding.Link] = []
      if line != .max { chain.append(.init("the line rose and has not fallen since", event: line)) }
      chain.append(
        .init("it was pending again at each of \(record.pointee.refires) ends in succession", event: t.event))
      return FindingLog.Description(
        .error, .certain,
        isLevel && line != .max
          ? "\(name(t.intid)) fires again and again: its line stays high over every end of interrupt"
          : "\(name(t.intid)) fires again and again: it is pending again whenever it ends",
        chain,
        advice: isLevel
          ? "check that the handler makes the device lower its line" : "check what raises it while it is handled",
        event: line == .max ? record.pointee.acknowledgeAt.event : line,
        time: line == .max ? record.pointee.acknowledgeAt.time : record.pointee.lineAt.time)
    }
  }

  mutating func run(_ t: Transition, _ processor: UnsafeMutablePointer<ProcessorRecord>) {
    let key = FindingLog.Key(kind: .storm, domain: t.domain, pe: t.pe, intid: t.intid)
    let count = processor.pointee.runLength == thresholds.stormRun ? thresholds.stormRun : 1
    if repeats(key, t, count: count) { return }
    report(key, t, count: count) {
      FindingLog.Description(
        .warning, .likely, "\(name(t.intid)) fires again and again: PE \(t.pe) has hardly time for anything else",
        [
          .init(
            "taken \(processor.pointee.runLength) times with less between than its handler takes",
            event: processor.pointee.runEvent)
        ],
        advice: "check what raises it, and that the source is acknowledged before the end of interrupt",
        event: processor.pointee.runEvent, time: processor.pointee.runTime)
    }
  }

  mutating func starved(_ t: Transition, _ record: InterruptRecord, by count: UInt64) {
    let key = FindingLog.Key(kind: .starved, domain: t.domain, pe: t.pe, intid: t.intid)
    report(key, t) { description(ofStarved: t, record, by: count) }
  }

  func description(ofStarved t: Transition, _ r: InterruptRecord, by count: UInt64) -> FindingLog.Description {
    FindingLog.Description(
      .warning, .certain, "\(name(t.intid)) waited while PE \(t.pe) took \(count) other interrupts",
      [
        .init("became pending, priority \(hex(r.priority))", event: r.pendingAt.event),
        .init("\(count) interrupts of at least its rank were taken first"),
        .init(
          r.acknowledgeAt.event == t.event ? "acknowledged" : "it still waits, or was taken only then", event: t.event),
      ],
      advice: "check the priorities of what was taken, and how often it comes", since: r.pendingAt)
  }

  /// Pending for a PE that software put to sleep: it wakes the PE up at best (IHI 0069H, 11.1).
  @inline(never) mutating func sentToSleeper(_ t: Transition, _ processor: ProcessorRecord) {
    guard processor.sleepAt.event != .max else { return }
    let target = record(t).pointee.targetAt.event
    report(.init(kind: .misrouted, domain: t.domain, pe: t.pe, intid: t.intid), t) {
      FindingLog.Description(
        .warning, .certain, "\(name(t.intid)) became pending for PE \(t.pe), which is asleep (GICR_WAKER)",
        [
          .init("PE \(t.pe) went to sleep", event: processor.sleepAt.event),
          .init("\(name(t.intid)) goes to it", event: target == .max ? nil : target),
          .init("it became pending", event: t.event),
        ],
        advice: "find the code that routed it there, or left it there when the PE went to sleep")
    }
  }
}
