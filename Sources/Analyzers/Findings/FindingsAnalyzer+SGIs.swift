import InterruptTrace

/// SGIs that reach nobody.
extension FindingsAnalyzer {
  /// An SGI is sent. What its targets accept follows before the PE sends another.
  mutating func sgiWritten(_ t: Transition) {
    let processor = processors.at(t)
    processor.pointee.lastActEvent = t.event
    processor.pointee.lastActTime = t.time
    if processor.pointee.depth > 0, INTID.isSGI(processor.pointee.top.intid) { processor.pointee.answers = true }
    if processor.pointee.sentEvent != .max {
      lost(processor.pointee, domain: t.domain, pe: t.pe, log)
      if processor.pointee.sent.targets > 0, t.domain == Domain.physical {
        let place = Int(processor.pointee.sentINTID & 0xF)
        let last = Moment(time: processor.pointee.sentTime, event: processor.pointee.sentEvent)
        refusedSGIs[place] = SentToNobody(count: refusedSGIs[place].count + 1, last: last, sender: t.pe)
      }
    }
    processor.pointee.sentEvent = t.event
    processor.pointee.sentTime = t.time
    processor.pointee.sentINTID = t.intid
    processor.pointee.sent = t.sgiWritten
    guard t.sgiWritten.targets == 0, t.domain == Domain.physical else { return }
    sentToNobody[Int(t.intid & 0xF)].count &+= 1
    sentToNobody[Int(t.intid & 0xF)].last = .init(t)
    sentToNobody[Int(t.intid & 0xF)].sender = t.pe
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
        advice: "find the code that sends SGIs from the handler, and what would end the exchange",
        event: processor.answeredEvent,
        time: processor.answeredTime)
    }
  }

  /// Whether several PEs took an SGI last of all and show nothing more: an operating system that halts, or panics, stops
  /// the other PEs so, and their handlers never return.
  func stops(_ intid: UInt32, domain: UInt16) -> Bool {
    guard INTID.isSGI(intid) else { return false }
    return processors.all.count { other, pe in
      guard other == domain, let processor = processors.find(domain: domain, pe: pe)?.pointee,
        let r = interrupts.find(InterruptKey(domain: domain, pe: pe, intid: intid).rawValue)?.pointee
      else { return false }
      return r.isActive && processor.lastActEvent <= (r.isRunning ? r.acknowledgeAt.event : r.endAt.event)
    } > 1
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
    let (intid, sent) = (sender.sentINTID, sender.sent)
    let t = Transition(
      time: sender.sentTime, event: sender.sentEvent, kind: .sgiWritten, domain: domain, pe: pe, intid: intid)
    let reason: UInt32 = sent.namesNobody ? 3 : sent.targets > 0 ? 2 : 1
    record(log, .init(kind: .misrouted, domain: domain, pe: pe, intid: intid, reason: reason), t) {
      FindingLog.Description(
        // That a group refuses what it is not meant for may be the point of it, and so may be to send it to nobody.
        reason == 1 ? .warning : .note, hasGaps ? .likely : .certain,
        "\(Self.name(intid)), sent by PE \(pe), "
          + (sent.namesNobody ? "names no PE: its target list is empty" : "reached no PE"),
        [
          .init("PE \(pe) sent it", event: sender.sentEvent), .init(Self.whyLost(sent, pe)),
        ],
        advice: reason == 2
          ? "check which of ICC_SGI0R, ICC_SGI1R and ICC_ASGI1R sends it, and IGROUPR and NSACR of its targets"
          : sent.isLegacy
            ? "check the target list that the sender writes to GICD_SGIR"
            : "check the affinity and the target list that the sender writes")
    }
  }

  private static func whyLost(_ sent: Transition.Operands<Transition.SGIWritten>, _ pe: UInt32) -> String {
    if sent.namesNobody { return "\(hex(sent.value)) was written: its target list is empty" }
    if sent.targets > 0 {
      return "no PE that it names accepted it: its group there is not the one that the sender's register is for"
    }
    if sent.isLegacy { return "no PE exists that it names: its target list is \(hex(sent.value >> 16 & 0xFF))" }
    // ICC_SGI*R_EL1 (IHI 0069H, 12.2.27): Aff3 55:48, RS 47:44, Aff2 39:32, Aff1 23:16; the list counts from Aff0 = RS × 16.
    let aff0 = (sent.value >> 44 & 0xF) * 16 + UInt64((sent.value & 0xFFFF).trailingZeroBitCount)
    let named = [sent.value >> 48 & 0xFF, sent.value >> 32 & 0xFF, sent.value >> 16 & 0xFF, aff0]
    let own = [24, 16, 8, 0].map { UInt64(sent.sender >> $0 & 0xFF) }
    return "no PE exists that it names: affinity \(affinity(named)) (Aff3.Aff2.Aff1.Aff0); PE \(pe) itself is "
      + affinity(own)
  }

  private static func affinity(_ levels: [UInt64]) -> String { levels.map(String.init).joined(separator: ".") }
}

/// The SGIs of each number that reached nobody. They lie elsewhere, as the buckets of ``SpanCounts`` do.
struct SGICounts: ~Copyable {
  private let counts: UnsafeMutablePointer<SentToNobody>

  init() {
    counts = .allocate(capacity: 16)
    counts.initialize(repeating: SentToNobody(), count: 16)
  }

  init(copying other: borrowing SGICounts) {
    counts = .allocate(capacity: 16)
    counts.initialize(from: other.counts, count: 16)
  }

  deinit { counts.deallocate() }

  /// Of an SGI, by its INTID.
  subscript(_ intid: Int) -> SentToNobody {
    get { counts[intid & 0xF] }
    nonmutating set { counts[intid & 0xF] = newValue }
  }
}

/// SGIs of one number that named no PE that exists.
struct SentToNobody: BitwiseCopyable {
  var count: UInt64 = 0
  var last = Moment()
  var sender: UInt32 = 0
  /// They were written to `GICD_SGIR` while affinity routing was on.
  var isIgnored = false
}
