import InterruptTrace

/// What is pending when the capture ends and should have been taken, and edges that came to nothing.
extension FindingsAnalyzer {
  func reportPending(
    _ key: InterruptKey, _ r: InterruptRecord, _ stuck: [UInt64: ProcessorRecord.Running], _ log: FindingLog
  ) {
    // What is active is reported as such.
    guard !r.isActive, !r.isRunning else { return }
    let pe = InterruptClass(intid: key.intid).isPrivate ? key.pe : r.targetIsKnown ? r.target : PE.none
    let obstruction = obstruction(key, r, pe)
    guard let degree = degree(of: obstruction, key, r, pe, stuck) else {
      return reportStarved(key, r, pe, obstruction, log)
    }
    let kind: FindingKind =
      switch obstruction.cause {
      case .noPE, .refusedByTarget: .misrouted
      default: .stuckPending
      }
    record(log, .init(kind: kind, domain: key.domain, pe: pe, intid: key.intid), at(key, pe)) {
      description(key, r, obstruction, degree)
    }
  }

  /// How bad it is that an interrupt is kept back, and how sure.
  private struct Degree {
    var severity: FindingSeverity
    var certainty: FindingCertainty = .certain
    /// It has not lasted, but nothing more follows in the capture.
    var endsTheCapture = false
  }

  /// What an obstruction is worth now; nil if it is normal life.
  private func degree(
    of obstruction: Obstruction, _ key: InterruptKey, _ r: InterruptRecord, _ pe: UInt32,
    _ stuck: [UInt64: ProcessorRecord.Running]
  ) -> Degree? {
    let waited = elapsed(since: r.pendingAt)
    let stands = obstruction.since.event == .max ? .max : elapsed(since: obstruction.since)
    let lasts = min(waited, stands) >= thresholds.stuckTime
    switch obstruction.cause {
    case .disabled, .enabledElsewhere:
      let isMeant = r.wasEnabled || r.acknowledges > 0 || INTID.isLPI(key.intid) || INTID.isSGI(key.intid)
      let isOff = obstruction.cause == .disabled && wentOff(key, r)
      let severity: FindingSeverity = isMeant && !isOff || obstruction.cause == .enabledElsewhere ? .warning : .note
      return lasts ? Degree(severity: severity) : degreeAtEnd(r, obstruction, severity)
    case .noPE, .closed:
      return lasts ? Degree(severity: .error) : degreeAtEnd(r, obstruction, .warning)
    case .running:
      guard let entry = stuck[UInt64(key.domain) << 32 | UInt64(pe)], r.priority >= entry.priority else { return nil }
      let severity: FindingSeverity = stops(entry.intid, domain: key.domain) ? .note : .warning
      return waited >= thresholds.stuckTime ? Degree(severity: severity) : nil
    case .refused: return waited >= thresholds.stuckTime ? Degree(severity: .error) : nil
    case .refusedByTarget: return waited >= thresholds.stuckTime ? Degree(severity: .warning, certainty: .likely) : nil
    case .unsignalled:
      return waited >= thresholds.stuckTime && startsAtReset ? Degree(severity: .warning, certainty: .likely) : nil
    case .overshadowed, .signalled:
      guard waited >= patience(pe, key.domain) else { return nil }
      return Degree(severity: severity(ofUnserved: waited), certainty: .likely)
    case .unknown:
      guard waited >= patience(pe, key.domain),
        processors.find(domain: key.domain, pe: pe)?.pointee.acknowledges ?? 0 > 0
      else { return nil }
      return Degree(severity: .note, certainty: .likely)
    }
  }

  /// A PPI was disabled, and its PE has taken nothing since and has long done nothing: it may have gone off, and disabled
  /// what it had on its way.
  private func wentOff(_ key: InterruptKey, _ r: InterruptRecord) -> Bool {
    guard INTID.isPPI(key.intid), let p = processors.find(domain: key.domain, pe: key.pe)?.pointee else { return false }
    guard r.enableAt.event != .max, p.lastTakenEvent < r.enableAt.event else { return false }
    return p.lastActEvent < r.enableAt.event || elapsed(since: p.lastActEvent, p.lastActTime) >= thresholds.stuckTime
  }

  /// Nothing else follows in the capture, and waiting alone does not change what keeps the interrupt back: a PE that hangs ends
  /// a log so. `severity` if that has stood for long, the interrupt was never taken, and hardly anything follows it; else a
  /// capture may simply stop there.
  private func degreeAtEnd(
    _ r: InterruptRecord, _ obstruction: Obstruction, _ severity: FindingSeverity
  ) -> Degree? {
    guard !r.pendingIsOlder else { return nil }
    let since = obstruction.since
    let isOld = since.event == .max ? startsAtReset : elapsed(since: since) >= thresholds.stuckTime
    let isLast = lastEvent &- r.pendingAt.event <= Self.lastEvents
    return Degree(
      severity: r.acknowledges == 0 && isOld && isLast ? severity : .note, certainty: .likely, endsTheCapture: true)
  }

  private static var patienceWithNewcomers: UInt64 { 200 }
  /// Events that an interrupt's coming leads to on all PEs, and a few more: what comes so late ends the capture.
  private static var lastEvents: UInt64 { 64 }

  /// How long a PE may take to take what is signalled to it: one that has taken none may not have been let run yet.
  private func patience(_ pe: UInt32, _ domain: UInt16) -> UInt64 {
    let isNew = acknowledges(of: pe, domain: domain) < 4
    return max(thresholds.unservedTime &* (isNew ? Self.patienceWithNewcomers : 1), limit(waits))
  }

  private func severity(ofUnserved waited: UInt64) -> FindingSeverity {
    waited >= thresholds.unservedTime &* Self.patienceWithNewcomers ? .warning : .note
  }

  private func description(
    _ key: InterruptKey, _ r: InterruptRecord, _ obstruction: Obstruction, _ degree: Degree
  ) -> FindingLog.Description {
    var chain: [Finding.Link] = [.init("became pending", event: r.pendingIsOlder ? nil : r.pendingAt.event)]
    if r.line == .yes, !INTID.isLPI(key.intid) { chain.insert(.init("its line rose", event: r.lineAt.event), at: 0) }
    if INTID.isLPI(key.intid), r.source != .max { chain[0].text += ": MSI of \(Self.source(r.source))" }
    chain += obstruction.links
    chain.append(.init("it was not acknowledged until the end", event: lastEvent))
    if degree.endsTheCapture { chain.append(.init("the capture ends there: as long as that stands, it stays so")) }
    return FindingLog.Description(
      degree.severity, degree.certainty, "\(Self.name(key.intid)) \(obstruction.what)", chain,
      advice: obstruction.advice,
      since: r.pendingAt)
  }

  private func reportStarved(
    _ key: InterruptKey, _ r: InterruptRecord, _ pe: UInt32, _ obstruction: Obstruction, _ log: FindingLog
  ) {
    guard pe < PE.none - 1, isEnabled(r, key.intid) == .yes else { return }
    switch obstruction.cause {
    case .disabled, .enabledElsewhere, .noPE, .closed: return
    default: break
    }
    let overtaken = acknowledges(of: pe, domain: key.domain) &- r.overtakenSince
    guard overtaken >= thresholds.starvedBy else { return }
    let t = at(key, pe)
    record(log, .init(kind: .starved, domain: key.domain, pe: pe, intid: key.intid), t) {
      description(ofStarved: t, r, by: overtaken)
    }
  }

  // MARK: Edges

  func reportEdges(_ key: InterruptKey, _ r: InterruptRecord, _ mishaps: InterruptMishaps?, _ log: FindingLog) {
    if let mishaps {
      reportLateFalls(key, r, mishaps, log)
      reportMerged(key, r, mishaps, log)
      reportPulses(key, r, mishaps, log)
    }
    reportNoTarget(key, r, log)
    reportHeldLine(key, r, log)
  }

  /// The PE of a private interrupt.
  private func owner(_ key: InterruptKey) -> UInt32 { InterruptClass(intid: key.intid).isPrivate ? key.pe : PE.none }

  /// Requests that merged into one that was pending.
  private func reportMerged(
    _ key: InterruptKey, _ r: InterruptRecord, _ mishaps: InterruptMishaps, _ log: FindingLog
  ) {
    let pe = owner(key)
    if r.merged > 0, r.merged >= thresholds.coalescedEdges, r.merged >= r.edges / 10 {
      var last = at(key, pe)
      (last.event, last.time) = (mishaps.lastMerged.event, mishaps.lastMerged.time)
      record(log, .init(kind: .coalescedEdge, domain: key.domain, pe: pe, intid: key.intid), last, count: r.merged) {
        FindingLog.Description(
          .note, .certain, "\(r.merged) of \(r.edges) requests for \(Self.name(key.intid)) came while one was pending",
          [.init("the new request merged into the pending one", event: r.pendingAt.event.known)],
          advice: "check that the handler drains all queued work, and what keeps the interrupt waiting",
          event: mishaps.firstMerged.event, time: mishaps.firstMerged.time)
      }
    }
  }

  /// Levels that fell each time before they were taken.
  private func reportPulses(
    _ key: InterruptKey, _ r: InterruptRecord, _ mishaps: InterruptMishaps, _ log: FindingLog
  ) {
    let pe = owner(key)
    // A hypervisor sees to what its maintenance interrupt is about without taking it.
    let isVirtual = lists.find(UInt64(key.domain) << 32 | UInt64(pe)) != nil
    if mishaps.mostMissedPulses >= thresholds.missedPulses, isEnabled(r, key.intid) == .yes, !r.isPending, !isVirtual {
      var last = at(key, pe)
      (last.event, last.time) = (mishaps.mostMissedUntil.event, mishaps.mostMissedUntil.time)
      // A device that is taken by its level later on was served without meanwhile: its driver polls, and the line falls.
      let isTakenAgain =
        r.wasTakenByLine && r.acknowledgeAt.event != .max && r.acknowledgeAt.event > mishaps.mostMissedUntil.event
      record(
        log, .init(kind: .discardedPending, domain: key.domain, pe: pe, intid: key.intid, reason: 3), last,
        count: mishaps.mostMissedPulses
      ) {
        FindingLog.Description(
          INTID.isBanked(key.intid) || isTakenAgain ? .note : .warning, .likely,
          "\(Self.name(key.intid)) was raised \(mishaps.mostMissedPulses) times in succession and fell each time before "
            + "it was taken",
          [
            .init("it is level-sensitive: it is pending only while its line is high"),
            .init("the line fell for the first time", event: mishaps.mostMissedSince.event),
            .init("it fell for the last time, and had not been acknowledged", event: mishaps.mostMissedUntil.event),
          ],
          advice: "check ICFGR: a source of pulses needs an edge-triggered input", event: mishaps.mostMissedSince.event,
          time: mishaps.mostMissedSince.time)
      }
    }
  }

  /// An SPI that goes to no PE.
  private func reportNoTarget(_ key: InterruptKey, _ r: InterruptRecord, _ log: FindingLog) {
    if goesNowhere(r, key), elapsed(since: r.targetAt) >= thresholds.stuckTime {
      record(log, .init(kind: .misrouted, domain: key.domain, intid: key.intid), at(key, PE.none)) {
        FindingLog.Description(
          .warning, .likely, "\(Self.name(key.intid)) is enabled and goes to no PE",
          [
            .init("it is enabled", event: r.enableAt.event.known),
            .init("its target names no PE that exists", event: r.targetAt.event.known),
          ],
          advice: "check GICD_IROUTER or GICD_ITARGETSR of the interrupt", since: r.targetAt)
      }
    }
  }

  /// An edge-triggered interrupt whose line stays high after its end.
  private func reportHeldLine(_ key: InterruptKey, _ r: InterruptRecord, _ log: FindingLog) {
    let pe = owner(key)
    if r.edge == .yes, r.line == .yes, !r.isPending, !r.isActive, r.endAt.event != .max, r.lineAt.event < r.endAt.event,
      !INTID.isLPI(key.intid), r.wasEnabled, elapsed(since: r.endAt) >= thresholds.stuckTime
    {
      record(log, .init(kind: .coalescedEdge, domain: key.domain, pe: pe, intid: key.intid, reason: 1), at(key, pe)) {
        FindingLog.Description(
          .warning, .likely,
          "\(Self.name(key.intid)) is edge-triggered and its line stays high: what comes makes no edge",
          [
            .init("the line rose", event: r.lineAt.event), .init("it was handled and ended", event: r.endAt.event),
            .init("the line has not fallen since"),
          ],
          advice: "check ICFGR: a source that holds its line needs a level-sensitive input", since: r.endAt)
      }
    }
  }

  /// An SPI that is enabled, and was taken or has its line high, and whose target was changed to no PE.
  func goesNowhere(_ r: InterruptRecord, _ key: InterruptKey) -> Bool {
    !INTID.isBanked(key.intid) && !INTID.isLPI(key.intid) && r.targetIsKnown && r.target == PE.none
      && r.targetAt.event != .max && r.enabled == .yes && (r.acknowledges > 0 || r.line == .yes) && !r.isPending
      && !r.isActive
  }

  /// Ends that come before the device lowered its line, and cost an acknowledge of nothing each.
  private func reportLateFalls(
    _ key: InterruptKey, _ r: InterruptRecord, _ mishaps: InterruptMishaps, _ log: FindingLog
  ) {
    guard mishaps.lateSpurious >= thresholds.spuriousRun, mishaps.lateSpurious >= r.acknowledges / 4 else { return }
    let pe = r.acknowledgedOn
    record(
      log, .init(kind: .spuriousAcknowledge, domain: key.domain, pe: pe, intid: key.intid, reason: 1), at(key, pe),
      count: mishaps.lateSpurious
    ) {
      FindingLog.Description(
        .note, .certain,
        "\(Self.name(key.intid)) is ended before its device lowers its line: \(mishaps.lateSpurious) acknowledges returned nothing",
        [
          .init("its line was still high at the end, which made it pending again, \(mishaps.lateFalls) times"),
          .init("the line fell before the next acknowledge, the last time", event: r.lineAt.event),
          .init("\(mishaps.lateSpurious) acknowledges returned 1023 for it"),
        ],
        advice: "let the handler make the device lower its line, and read back, before the end of interrupt")
    }
  }
}

extension UInt64 {
  /// The number of an event; nil if it stands for none.
  var known: UInt64? { self == .max ? nil : self }
}
