import InterruptTrace

/// What is pending when the capture ends and should have been taken, and edges that came to nothing.
extension FindingsAnalyzer {
  private enum Block {
    case disabled
    case noPE(String, UInt64)
    /// By the priority mask, or by a group's enable; `isSettled` if that has lasted.
    case closed(String, UInt64, isGroup: Bool, isSettled: Bool = true)
    case running(ProcessorRecord.Running)
    /// Acknowledges return a special INTID for it.
    case refused(UInt32, UInt64)
    /// Another one of higher priority is signalled, and not taken.
    case overshadowed(UInt32, UInt64, waited: UInt64)
    /// For how long, in ns.
    case unserved(UInt64)
  }

  func reportPending(
    _ key: InterruptKey, _ r: InterruptRecord, _ stuck: [UInt64: ProcessorRecord.Running], _ log: FindingLog
  ) {
    // What is active is reported as such.
    guard !r.isActive, !r.isRunning else { return }
    let pe = InterruptClass(intid: key.intid).isPrivate ? key.pe : r.targetIsKnown ? r.target : PE.none
    let overtaken = pe < PE.none - 1 ? acknowledges(of: pe, domain: key.domain) &- r.overtakenSince : 0
    guard let block = block(key, r, pe, stuck) else {
      if overtaken >= thresholds.starvedBy, isEnabled(r, key.intid) == .yes {
        let t = at(key, pe)
        record(log, .init(kind: .starved, domain: key.domain, pe: pe, intid: key.intid), t) {
          description(ofStarved: t, r, by: overtaken)
        }
      }
      return
    }
    switch block {
    case .disabled: reportDisabled(key, r, pe, log)
    case .noPE(let why, let event):
      record(log, .init(kind: .misrouted, domain: key.domain, pe: pe, intid: key.intid), at(key, pe)) {
        describe(key, r, .error, "is pending for a PE that can not take it: \(why)", .init(why, event: event.known))
      }
    case .closed(let why, let event, let isGroup, let isSettled):
      let joined: Finding.Link? =
        isGroup && r.groupEvent != .max
        ? .init("it was put into \(Self.groupName(r.group))", event: r.groupEvent) : nil
      record(log, .init(kind: .stuckPending, domain: key.domain, pe: pe, intid: key.intid), at(key, pe)) {
        var text = describe(
          key, r, isSettled ? .error : .warning, "is pending and can not be delivered: \(why)",
          .init(why, event: event.known), before: joined)
        if !isSettled {
          text.certainty = .likely
          text.chain.append(.init("the capture ends there: as long as that stands, it stays so"))
        }
        return text
      }
    case .refused(let value, let event):
      record(log, .init(kind: .stuckPending, domain: key.domain, pe: pe, intid: key.intid), at(key, pe)) {
        describe(
          key, r, .error, "is pending, and PE \(pe) gets \(value) each time that it asks for it",
          .init(Self.why(value, "it", r.group), event: event))
      }
    case .overshadowed(let other, let event, let waited):
      record(log, .init(kind: .stuckPending, domain: key.domain, pe: pe, intid: key.intid), at(key, pe)) {
        var text = describe(
          key, r, severity(ofUnserved: waited),
          "waits behind \(Self.name(other)), which is signalled to PE \(pe) and not taken",
          .init("\(Self.name(other)), of higher priority, is signalled instead", event: event.known))
        text.certainty = .likely
        return text
      }
    case .running(let entry):
      let why = "\(Self.name(entry.intid)), priority \(hex(entry.priority)), was acknowledged and never ended"
      record(log, .init(kind: .stuckPending, domain: key.domain, pe: pe, intid: key.intid), at(key, pe)) {
        describe(
          key, r, .warning, "waits behind \(Self.name(entry.intid)), which never ends", .init(why, event: entry.event))
      }
    case .unserved(let waited):
      let processor = processors.find(domain: key.domain, pe: pe)?.pointee
      let (lines, levels) = (processor?.linesEvent ?? .max, processor?.lines ?? .max)
      let asFIQ = levels == .max ? "" : Self.asFIQ(levels)
      record(log, .init(kind: .stuckPending, domain: key.domain, pe: pe, intid: key.intid), at(key, pe)) {
        var text = describe(
          key, r, severity(ofUnserved: waited),
          "is signalled to PE \(pe)\(asFIQ.dropFirst()), which does not take it",
          .init("nothing at the controller keeps it back", event: lines.known))
        text.certainty = .likely
        text.next =
          asFIQ.isEmpty
          ? "whether PE \(pe) runs, and whether it masks interrupts (PSTATE.I)"
          : "whether PE \(pe) runs, where SCR_EL3.FIQ and HCR_EL2.FMO send FIQs, and whether it masks them (PSTATE.F)"
        return text
      }
    }
  }

  private func reportDisabled(_ key: InterruptKey, _ r: InterruptRecord, _ pe: UInt32, _ log: FindingLog) {
    let isMeant = r.wasEnabled || r.acknowledges > 0 || INTID.isLPI(key.intid) || INTID.isSGI(key.intid)
    let came = r.enableAt.event != .max && r.pendingAt.event > r.enableAt.event
    if r.enableAt.event == .max, let other = peWithout(key) { return reportEnabledElsewhere(key, r, other, log) }
    record(log, .init(kind: .stuckPending, domain: key.domain, pe: pe, intid: key.intid), at(key, pe)) {
      let what = INTID.isLPI(key.intid) ? "its configuration disables it" : "it is disabled"
      var text = describe(
        key,
        r,
        isMeant ? .warning : .note,
        INTID.isLPI(key.intid)
          ? "is pending and disabled"
          : came ? "became pending while it was disabled" : "was disabled while it was pending",
        .init(r.enableAt.event == .max ? "it was never enabled" : what, event: r.enableAt.event.known)
      )
      if r.enableAt.event == .max { text.summary = "\(Self.name(key.intid)) is pending and was never enabled" }
      if INTID.isLPI(key.intid) { text.next = "the LPI's configuration byte, and INV after it was written" }
      return text
    }
  }

  /// Another PE that takes a PPI which this one, whose interface is open, has never enabled.
  private func peWithout(_ key: InterruptKey) -> UInt32? {
    guard INTID.isPPI(key.intid), let own = processors.find(domain: key.domain, pe: key.pe)?.pointee, own.groups != 0,
      own.priorityMask != .max, own.priorityMask > 0, own.asleep != .yes
    else { return nil }
    return processors.all.first { domain, pe in
      guard domain == key.domain, pe != key.pe else { return false }
      let other = interrupts.find(InterruptKey(domain: domain, pe: pe, intid: key.intid).rawValue)?.pointee
      return other.map { $0.enabled == .yes && $0.acknowledges > 0 } ?? false
    }?.pe
  }

  private func reportEnabledElsewhere(_ key: InterruptKey, _ r: InterruptRecord, _ pe: UInt32, _ log: FindingLog) {
    let other = interrupts.find(InterruptKey(domain: key.domain, pe: pe, intid: key.intid).rawValue)?.pointee
    record(log, .init(kind: .stuckPending, domain: key.domain, pe: key.pe, intid: key.intid), at(key, key.pe)) {
      describe(
        key, r, .warning,
        "is pending on PE \(key.pe) and was never enabled there, while PE \(pe) takes it",
        .init("PE \(pe) enabled it, and took it \(other?.acknowledges ?? 0) times", event: other?.enableAt.event.known),
        before: .init("PE \(key.pe) never enabled it: SGIs and PPIs are enabled for each PE"))
    }
  }

  private func describe(
    _ key: InterruptKey, _ r: InterruptRecord, _ severity: FindingSeverity, _ what: String, _ cause: Finding.Link,
    before: Finding.Link? = nil
  ) -> FindingLog.Description {
    var chain: [Finding.Link] = [.init("became pending", event: r.pendingIsOlder ? nil : r.pendingAt.event)]
    if r.line == .yes, !INTID.isLPI(key.intid) { chain.insert(.init("its line rose", event: r.lineAt.event), at: 0) }
    if INTID.isLPI(key.intid), r.source != .max { chain[0].text += ": MSI of \(Self.source(r.source))" }
    if let before { chain.append(before) }
    chain.append(cause)
    chain.append(.init("it was not acknowledged until the end", event: lastEvent))
    return FindingLog.Description(
      severity, .certain, "\(Self.name(key.intid)) \(what)", chain,
      next: "gicscope why --irq \(key.intid), and who should have undone that", since: r.pendingAt)
  }

  /// What keeps an interrupt back for long enough to count; nil if nothing is known to.
  private func block(
    _ key: InterruptKey, _ r: InterruptRecord, _ pe: UInt32, _ stuck: [UInt64: ProcessorRecord.Running]
  ) -> Block? {
    let waited = elapsed(since: r.pendingAt)
    func lasts(_ moment: Moment) -> Bool {
      min(waited, moment.event == .max ? .max : elapsed(since: moment)) >= thresholds.stuckTime
    }
    if isEnabled(r, key.intid) == .no { return lasts(r.enableAt) ? .disabled : nil }
    if groupState(r, distributor) == .no {
      guard lasts(distributor.groupAt) else { return nil }
      return .closed("\(Self.groupName(r.group)) is disabled in GICD_CTLR", distributor.groupAt.event, isGroup: true)
    }
    if r.targetIsKnown, pe == PE.none {
      return lasts(r.targetAt) ? .noPE("it goes to no PE that exists", r.targetAt.event) : nil
    }
    guard pe < PE.none - 1, let p = processors.find(domain: key.domain, pe: pe)?.pointee else { return nil }
    if p.asleep == .yes {
      return lasts(p.sleepAt) ? .noPE("PE \(pe) is asleep (GICR_WAKER)", p.sleepAt.event) : nil
    }
    if INTID.isLPI(key.intid), p.lpis == .no {
      return lasts(Moment()) ? .noPE("LPIs are disabled at PE \(pe) (GICR_CTLR.EnableLPIs)", p.lpisEvent) : nil
    }
    if groupState(r, p) == .no {
      guard lasts(p.groupAt) else { return nil }
      return .closed(
        "\(Self.groupName(r.group)) is disabled at the CPU interface of PE \(pe)", p.groupAt.event, isGroup: true)
    }
    if p.priorityMask != .max, r.priority != 0xFF, UInt16(r.priority) >= p.priorityMask {
      let isSettled = lasts(p.maskAt)
      guard isSettled || endsTheCapture(r, since: p.maskAt) else { return nil }
      return .closed(
        "the priority mask of PE \(pe), \(hex(p.priorityMask)), does not let priority \(hex(r.priority)) through",
        p.maskAt.event, isGroup: false, isSettled: isSettled)
    }
    if let entry = stuck[UInt64(key.domain) << 32 | UInt64(pe)], r.priority >= entry.priority {
      return waited >= thresholds.stuckTime ? .running(entry) : nil
    }
    if p.depth > 0, r.priority >= p.top.priority { return nil }
    if let value = refusal(p, key.intid) {
      return waited >= thresholds.stuckTime ? .refused(value, p.spuriousEvent) : nil
    }
    // A PE that has taken none may not have been let run yet.
    let patience = p.acknowledges >= 4 ? 1 : Self.patienceWithNewcomers
    guard waited >= max(thresholds.unservedTime &* patience, limit(waits)) else { return nil }
    let isSignalled = p.lines == .max || p.lines & 0b11 != 0
    if isSignalled, p.highest != .max, p.highest != key.intid, INTID.isBasic(p.highest) || INTID.isLPI(p.highest) {
      return .overshadowed(p.highest, p.highestEvent, waited: waited)
    }
    return .unserved(waited)
  }

  /// Nothing else follows in the capture, and what keeps the interrupt back has stood for long: a PE that hangs ends a log so.
  private func endsTheCapture(_ r: InterruptRecord, since moment: Moment) -> Bool {
    r.acknowledges == 0 && lastEvent &- r.pendingAt.event <= 4
      && (moment.event == .max ? startsAtReset : elapsed(since: moment) >= thresholds.stuckTime)
  }

  private static var patienceWithNewcomers: UInt64 { 200 }

  private func severity(ofUnserved waited: UInt64) -> FindingSeverity {
    waited >= thresholds.unservedTime &* Self.patienceWithNewcomers ? .warning : .note
  }

  // MARK: Edges

  func reportEdges(_ key: InterruptKey, _ r: InterruptRecord, _ log: FindingLog) {
    let pe = InterruptClass(intid: key.intid).isPrivate ? key.pe : PE.none
    if r.merged > 0, r.merged >= thresholds.coalescedEdges, r.merged >= r.edges / 10 {
      var last = at(key, pe)
      (last.event, last.time) = (r.lastMerged.event, r.lastMerged.time)
      record(log, .init(kind: .coalescedEdge, domain: key.domain, pe: pe, intid: key.intid), last, count: r.merged) {
        FindingLog.Description(
          .note, .certain, "\(r.merged) of \(r.edges) requests for \(Self.name(key.intid)) came while one was pending",
          [.init("what is pending already takes up what comes", event: r.pendingAt.event.known)],
          next: "whether the driver looks for all work at once, as it must; what keeps the interrupt waiting",
          event: r.firstMerged.event, time: r.firstMerged.time)
      }
    }
    // A hypervisor sees to what its maintenance interrupt is about without taking it.
    let isVirtual = lists.find(UInt64(key.domain) << 32 | UInt64(pe)) != nil
    if r.mostMissedPulses >= thresholds.missedPulses, isEnabled(r, key.intid) == .yes, !r.isPending, !isVirtual {
      var last = at(key, pe)
      (last.event, last.time) = (r.mostMissedUntil.event, r.mostMissedUntil.time)
      record(
        log, .init(kind: .discardedPending, domain: key.domain, pe: pe, intid: key.intid, reason: 3), last,
        count: r.mostMissedPulses
      ) {
        FindingLog.Description(
          INTID.isBanked(key.intid) ? .note : .warning, .likely,
          "\(Self.name(key.intid)) was raised \(r.mostMissedPulses) times in succession and fell each time before "
            + "it was taken",
          [
            .init("it is level-sensitive: it is pending only while its line is high"),
            .init("the line fell for the first time", event: r.mostMissedSince.event),
            .init("it fell for the last time, and had not been acknowledged", event: r.mostMissedUntil.event),
          ],
          next: "ICFGR: a source of pulses needs an edge-triggered input", event: r.mostMissedSince.event,
          time: r.mostMissedSince.time)
      }
    }
    if !INTID.isBanked(key.intid), !INTID.isLPI(key.intid), r.targetIsKnown, r.target == PE.none,
      r.targetAt.event != .max,
      r.enabled == .yes,
      r.acknowledges > 0 || r.line == .yes, !r.isPending, !r.isActive,
      elapsed(since: r.targetAt) >= thresholds.stuckTime
    {
      record(log, .init(kind: .misrouted, domain: key.domain, intid: key.intid), at(key, PE.none)) {
        FindingLog.Description(
          .warning, .likely, "\(Self.name(key.intid)) is enabled and goes to no PE",
          [
            .init("it is enabled", event: r.enableAt.event.known),
            .init("its target names no PE that exists", event: r.targetAt.event.known),
          ],
          next: "GICD_IROUTER or GICD_ITARGETSR of the interrupt", since: r.targetAt)
      }
    }
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
          next: "ICFGR: a source that holds its line needs a level-sensitive input", since: r.endAt)
      }
    }
  }
}

extension UInt64 {
  /// The number of an event; nil if it stands for none.
  fileprivate var known: UInt64? { self == .max ? nil : self }
}
