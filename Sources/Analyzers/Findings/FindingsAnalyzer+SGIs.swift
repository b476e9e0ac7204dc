import InterruptTrace

/// SGIs that reach nobody.
extension FindingsAnalyzer {
  /// An SGI is sent. What its targets accept follows before the PE sends another.
  mutating func sgiWritten(_ t: Transition) {
    let processor = processors.at(t)
    if processor.pointee.depth > 0, INTID.isSGI(processor.pointee.top.intid) { processor.pointee.answers = true }
    if processor.pointee.sentEvent != .max { lost(processor.pointee, domain: t.domain, pe: t.pe, log) }
    processor.pointee.sentEvent = t.event
    processor.pointee.sentTime = t.time
    processor.pointee.sentINTID = t.intid
    processor.pointee.sentTargets = t.sgiWritten.targets
  }

  /// An SGI became pending, or was pending already.
  @inline(__always) mutating func sgiAccepted(_ t: Transition) {
    let source = t.pending.sourcePE
    if source != PE.none, let sender = processors.find(domain: t.domain, pe: source) {
      if sender.pointee.sentINTID == t.intid { sender.pointee.sentEvent = .max }
    } else {
      processors.forEach { if $0.pointee.sentINTID == t.intid { $0.pointee.sentEvent = .max } }
    }
  }

  /// An SGI ends. Handlers of SGIs that send SGIs, over and over, keep PEs busy with each other.
  @inline(__always)
  mutating func sgiEnded(
    _ t: Transition, _ entry: ProcessorRecord.Running, _ processor: UnsafeMutablePointer<ProcessorRecord>
  ) {
    let answers = processor.pointee.answers
    processor.pointee.answers = false
    guard answers else {
      processor.pointee.answered = 0
      processor.pointee.answersAreReported = false
      return
    }
    if processor.pointee.answered == 0 {
      processor.pointee.answeredEvent = entry.event
      processor.pointee.answeredTime = entry.time
    }
    processor.pointee.answered &+= 1
    // What was pending again nearly each time that it ended is a storm of its own.
    guard processor.pointee.answered >= thresholds.stormRefires,
      record(t).pointee.refires < processor.pointee.answered / 2
    else { return }
    answeredOverAndOver(t, processor.pointee)
  }

  @inline(never) private mutating func answeredOverAndOver(_ t: Transition, _ processor: ProcessorRecord) {
    let count = processor.answered
    let key = FindingLog.Key(kind: .storm, domain: t.domain, pe: t.pe, intid: t.intid, reason: 2)
    let isFirst = !processor.answersAreReported
    processors.at(t).pointee.answersAreReported = true
    report(key, t, count: isFirst ? count : 1) {
      FindingLog.Description(
        .warning, .certain, "PE \(t.pe) answers each SGI with another: the last \(count) handlers of SGIs sent one",
        [
          .init("the first of these SGIs was acknowledged", event: processor.answeredEvent),
          .init("\(Self.name(t.intid)) ended, and its handler had sent an SGI too", event: t.event),
        ],
        next: "who sends SGIs from the handler, and what would end the exchange", event: processor.answeredEvent,
        time: processor.answeredTime)
    }
  }

  /// What was sent last and not accepted, when the capture ends: what follows a write is in the capture only if it goes on.
  func reportSentToNobody(_ log: FindingLog) {
    for (domain, pe) in processors.all {
      guard let sender = processors.find(domain: domain, pe: pe)?.pointee, sender.sentEvent != .max else { continue }
      if elapsed(since: sender.sentEvent, sender.sentTime) >= thresholds.stuckTime {
        lost(sender, domain: domain, pe: pe, log)
      }
    }
  }

  private func lost(_ sender: ProcessorRecord, domain: UInt16, pe: UInt32, _ log: FindingLog) {
    let (intid, exists) = (sender.sentINTID, sender.sentTargets > 0)
    let t = Transition(
      time: sender.sentTime, event: sender.sentEvent, kind: .sgiWritten, domain: domain, pe: pe, intid: intid)
    record(log, .init(kind: .misrouted, domain: domain, pe: pe, intid: intid, reason: exists ? 2 : 1), t) {
      FindingLog.Description(
        // That a group refuses what it is not meant for may be the point of it.
        exists ? .note : .warning, hasGaps ? .likely : .certain,
        "\(Self.name(intid)), sent by PE \(pe), reached no PE",
        [
          .init("PE \(pe) sent it", event: sender.sentEvent),
          .init(
            exists
              ? "no PE that it names accepted it: its group there is not the one that the sender's register is for"
              : "no PE exists that it names"
          ),
        ],
        next: exists
          ? "which of ICC_SGI0R, ICC_SGI1R and ICC_ASGI1R sends it, IGROUPR and NSACR of its targets"
          : "the affinity and the target list that the sender writes")
    }
  }
}
