import InterruptTrace

/// What is stuck when the capture ends.
extension FindingsAnalyzer {
  /// Time that passed until the end; of a capture without time stamps, so much for each event.
  func elapsed(since event: UInt64, _ time: UInt64) -> UInt64 {
    if isTimed { return lastTime > time ? lastTime - time : 0 }
    return (lastEvent > event ? lastEvent - event : 0) &* Self.nanosecondsPerEvent
  }

  func elapsed(since moment: Moment) -> UInt64 { elapsed(since: moment.event, moment.time) }

  static var nanosecondsPerEvent: UInt64 { 20_000 }

  /// Whether time stamps say how long things took; without them a line's number stands for them.
  var isTimed: Bool { Self.isTimed(from: firstTime ?? 0, to: lastTime, events: lastEvent) }

  @inline(__always) static func isTimed(from first: UInt64, to time: UInt64, events: UInt64) -> Bool {
    time > first && time &- first > events &* 2
  }

  /// How long something may take that usually takes what `spans` says.
  func limit(_ spans: borrowing SpanCounts) -> UInt64 {
    let usual = spans.usual(isTimed: isTimed)
    let (value, isHuge) = usual.multipliedReportingOverflow(by: thresholds.stuckFactor)
    return max(thresholds.stuckTime, isHuge ? .max : isTimed ? value : value &* Self.nanosecondsPerEvent)
  }

  /// All findings, with what is stuck now, and a kernel's lines that were not handled; the worst first. O(interrupts seen).
  func findings(unhandled: [KernelLineRow] = []) -> [Finding] {
    let log = log.copy()
    guard isReported else { return judged(log) }
    reportWaitingCommands(log)
    let stuck = reportRunning(log)
    for (raw, number) in interrupts.sorted() {
      let (key, record) = (InterruptKey(rawValue: raw), interrupts[number].pointee)
      if record.isPending { reportPending(key, record, stuck, log) }
      if record.isActive, !record.isRunning { reportActive(key, record, log) }
      reportEdges(key, record, mishaps.find(UInt64(number))?.pointee, log)
    }
    for (domain, pe) in processors.all {
      guard let processor = processors.find(domain: domain, pe: pe)?.pointee else { continue }
      reportVainEnds(processor.vainEnds, domain: domain, pe: pe, log)
    }
    reportSentToNobody(log)
    reportVirtualLPIs(log)
    reportIPIs(log)
    reportUnhandled(unhandled, log)
    reportGuests(log)
    return judged(log)
  }

  private func judged(_ log: FindingLog) -> [Finding] {
    log.sorted(
      log.all.map { finding, isObserved in
        var finding = judged(finding, isObserved)
        finding.next = next(finding)
        return finding
      })
  }

  /// What a finding is worth. Only a capture from reset without gaps shows that nothing else happened; elsewhere a finding is
  /// certain only if what the capture shows is enough. Where predictions failed, the model
  /// proves nothing: lines that were lost explain what an answer contradicts, and all that is found from there on, or shortly
  /// before.
  private func judged(_ finding: Finding, _ isObserved: Bool) -> Finding {
    var finding = finding
    let isWhole = startsAtReset && isTimed && !hasGaps
    if isObserved { return finding }
    let isContradicted =
      isPart || disagreements > 0 && finding.lastEvent &+ Self.contradictionReach >= contradictionEvent
    if isContradicted || !isWhole && finding.kind == .unexpectedAcknowledge {
      finding.severity = .note
      finding.certainty = .unknownBeforeCapture
    } else if disagreements > 0 || !isWhole, finding.certainty == .certain {
      finding.certainty = .likely
    }
    return finding
  }

  /// Events within which an answer contradicts what was lost.
  private static var contradictionReach: UInt64 { 1000 }

  /// The command that shows a finding's interrupt, or its events.
  private func next(_ finding: Finding) -> String {
    let capture = captureName.map(Self.quoted) ?? "CAPTURE"
    let isWhyKnown = !finding.isVirtual || finding.intid.map { INTID.isLPI($0) } ?? false
    guard let intid = finding.intid, isWhyKnown, finding.kind != .misuse else {
      let pe = finding.pe.map { " --pe \($0)" } ?? ""
      return "gicscope events \(capture) --from '#\(finding.firstEvent)' --to '#\(finding.lastEvent)'"
        + (finding.domain == Domain.physical ? pe : "")
    }
    let pe = finding.pe.map { finding.isVirtual ? "" : " --pe \($0)" } ?? ""
    let domain = finding.domain == Domain.physical ? "" : " --domain \(finding.domain)"
    return "gicscope why \(capture) --irq \(intid)\(pe)\(domain) --at '#\(finding.lastEvent)'"
  }

  /// A path as a shell takes it.
  private static func quoted(_ path: String) -> String {
    let isPlain = path.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        || "/._-+=@%:,".utf8.contains(byte)
    }
    if isPlain, !path.isEmpty { return path }
    return "'" + path.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }

  func at(_ key: InterruptKey, _ pe: UInt32) -> Transition {
    Transition(time: lastTime, event: lastEvent, kind: .pending, domain: key.domain, pe: pe, intid: key.intid)
  }

  // MARK: Running

  /// Reports what was acknowledged and has not ended for longer than handlers take; returns those, by PE.
  private func reportRunning(_ log: FindingLog) -> [UInt64: ProcessorRecord.Running] {
    var stuck: [UInt64: ProcessorRecord.Running] = [:]
    let limit = limit(services)
    for (domain, pe) in processors.all {
      guard let processor = processors.find(domain: domain, pe: pe)?.pointee else { continue }
      for place in 0..<processor.depth {
        let entry = processor.running[place]
        guard elapsed(since: entry.event, entry.time) >= limit else { continue }
        stuck[UInt64(domain) << 32 | UInt64(pe)] = entry
        let taken = processor.acknowledges - entry.acknowledges
        let key = InterruptKey(domain: domain, pe: pe, intid: entry.intid)
        record(log, .init(kind: .stuckActive, domain: domain, pe: pe, intid: entry.intid), at(key, pe)) {
          var chain: [Finding.Link] = [
            .init("PE \(pe) acknowledged it; no end of interrupt followed", event: entry.event),
            .init(
              "its priority \(hex(entry.priority)) runs: nothing of the same or a lower rank is signalled to PE \(pe)"),
          ]
          let isStop = stops(entry.intid, domain: domain)
          if isStop { chain.append(Self.stopped) }
          if taken > 0 { chain.append(.init("PE \(pe) took \(taken) of higher rank since")) }
          return FindingLog.Description(
            isStop ? .note : .error, taken > 0 || startsAtReset ? .certain : .likely,
            "\(Self.name(entry.intid)) was acknowledged on PE \(pe) and never ended", chain,
            advice: "check that every way out of the handler writes EOIR", event: entry.event, time: entry.time)
        }
      }
    }
    return stuck
  }

  private static let stopped = Finding.Link(
    "other PEs took it too, and none of them shows anything since: it stops PEs")

  // MARK: Active

  /// The priority was dropped, but the interrupt is still active.
  private func reportActive(_ key: InterruptKey, _ r: InterruptRecord, _ log: FindingLog) {
    if r.abandonedEvent != .max { return reportAbandoned(key, r, log) }
    guard r.endAt.event != .max, elapsed(since: r.endAt) >= limit(deactivations) else { return }
    let pe = r.acknowledgedOn
    if r.wasWronglyEnded {
      record(log, .init(kind: .stuckActive, domain: key.domain, pe: pe, intid: key.intid), at(key, pe)) {
        FindingLog.Description(
          .warning, .certain, "\(Self.name(key.intid)) stays active: another interrupt was ended in its place",
          [
            .init("acknowledged on PE \(pe)", event: r.acknowledgeAt.event),
            .init("the end of another took its priority and left it active", event: r.endAt.event),
          ],
          advice: "see the wrong end of interrupt that is reported beside this", since: r.endAt)
      }
      return
    }
    if r.activateEvent != .max { return reportActivated(key, r, log) }
    // What a guest is to deactivate waits for it.
    guard r.acknowledgeAt.event != .max, r.acknowledgeAt.event < r.endAt.event, r.isDropped else { return }
    let isForwarded = isListed(key.intid) || isForwarded(key, r)
    let isStop = stops(key.intid, domain: key.domain)
    let endMode = processors.find(domain: key.domain, pe: pe)?.pointee.endModeEvent ?? .max
    record(log, .init(kind: .missingDeactivate, domain: key.domain, pe: pe, intid: key.intid), at(key, pe)) {
      FindingLog.Description(
        isForwarded || isStop ? .note : .error, startsAtReset ? .certain : .likely,
        isForwarded
          ? "\(Self.name(key.intid)) was handed to a guest and has not been deactivated since"
          : "\(Self.name(key.intid)) was ended on PE \(pe) and never deactivated: it cannot be taken again",
        [
          .init("EOImode is set: an end of interrupt leaves it active", event: endMode == .max ? nil : endMode),
          .init("acknowledged", event: r.acknowledgeAt.event),
          .init("ended, which dropped its priority", event: r.endAt.event),
          .init("no write of DIR or ICACTIVER followed"),
        ] + handedOnLinks(key, r) + (isStop ? [Self.stopped] : [])
          + (r.isPending ? [.init("it is pending again and waits", event: r.pendingAt.event)] : []),
        advice: handedOnLinks(key, r).isEmpty
          ? "find the code that should write DIR for it: the handler, or the guest that it was forwarded to"
          : "check the list register: HW with the interrupt's own INTID as pINTID, or EOI set and the end handled",
        since: r.endAt)
    }
  }

  /// The PE went away in its handler and came back with a CPU interface that knows nothing of it; the active state stays
  /// in the Distributor or Redistributor.
  private func reportAbandoned(_ key: InterruptKey, _ r: InterruptRecord, _ log: FindingLog) {
    guard r.isPending, elapsed(since: r.pendingAt) >= thresholds.stuckTime else { return }
    let pe = r.acknowledgedOn
    record(log, .init(kind: .stuckActive, domain: key.domain, pe: pe, intid: key.intid, reason: 2), at(key, pe)) {
      FindingLog.Description(
        .error, .likely, "\(Self.name(key.intid)) was acknowledged on PE \(pe), never ended, and is pending again",
        [
          .init("PE \(pe) acknowledged it; no end of interrupt followed", event: r.acknowledgeAt.event),
          .init(
            "by here the CPU interface of PE \(pe) had been reset: nothing runs on it any more", event: r.abandonedEvent
          ),
          .init("it became pending again, and its active state keeps it back", event: r.pendingAt.event),
        ],
        advice: "check how PE \(pe) goes off: it must end what it acknowledged, or clear the active state",
        since: r.pendingAt)
    }
  }

  /// A register made it active: that keeps it back once it is pending. Hypervisors do so on purpose.
  private func reportActivated(_ key: InterruptKey, _ r: InterruptRecord, _ log: FindingLog) {
    guard r.isPending, lists.count == 0, elapsed(since: r.pendingAt) >= thresholds.stuckTime else {
      return
    }
    let pe = InterruptClass(intid: key.intid).isPrivate ? key.pe : r.targetIsKnown ? r.target : PE.none
    record(log, .init(kind: .stuckActive, domain: key.domain, pe: pe, intid: key.intid, reason: 1), at(key, pe)) {
      FindingLog.Description(
        .error, .certain, "\(Self.name(key.intid)) is pending and cannot be taken: a register made it active",
        [
          .init("a write of ISACTIVER made it active; no acknowledge precedes", event: r.activateEvent),
          .init("no write of DIR or ICACTIVER followed"), .init("it became pending", event: r.pendingAt.event),
        ],
        advice: "check which code writes ISACTIVER, and whether it restores a state that it saved", since: r.pendingAt)
    }
  }

  /// What was handed to a guest stays active until the guest gets round to it, and for good once the guest is gone.
  func isForwarded(_ key: InterruptKey, _ r: InterruptRecord) -> Bool {
    if r.isForwarded { return true }
    // Private interrupts of a kind go the same way on every PE.
    guard InterruptClass(intid: key.intid).isPrivate else { return false }
    return processors.all.contains { domain, pe in
      domain == key.domain
        && interrupts.find(InterruptKey(domain: domain, pe: pe, intid: key.intid).rawValue)?.pointee.isForwarded == true
    }
  }

  private func isListed(_ intid: UInt32) -> Bool { !listed(intid).isEmpty }
}
