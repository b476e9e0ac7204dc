import InterruptTrace

/// What keeps a pending interrupt back: the one answer that a finding and `why` give.
struct Obstruction {
  /// Which condition it is.
  enum Obstacle {
    case disabled
    /// A PPI that only other PEs have enabled.
    case enabledElsewhere
    /// No PE can take it.
    case noPE
    /// The priority mask, or a group's enable.
    case closed
    /// An interrupt of at least its rank runs.
    case running
    /// Acknowledges return a special INTID for it.
    case refused
    /// An SGI that its target does not show, though all that is known lets it through: its group does not.
    case refusedByTarget
    /// The PE shows no request, and nothing that is known says why.
    case unsignalled
    /// Another interrupt of higher priority is signalled, and not taken.
    case overshadowed
    /// It is signalled, and the PE does not take it.
    case signalled
    /// Not everything is known.
    case unknown
  }

  var cause: Obstacle
  /// What stands behind the interrupt's name: "is pending and …".
  var what: String
  /// The conditions, with the events that set them.
  var links: [Finding.Link]
  /// Since when it is so; its event is `.max` if nothing in the capture set it.
  var since = Moment()
  /// What to check.
  var advice: String
}

extension FindingsAnalyzer {
  /// What keeps a pending interrupt back: the first condition from its source to its handler that does not hold.
  func obstruction(_ key: InterruptKey, _ r: InterruptRecord, _ pe: UInt32) -> Obstruction {
    let intid = key.intid
    let processor = pe < PE.none - 1 ? processors.find(domain: key.domain, pe: pe)?.pointee : nil
    if isEnabled(r, intid) == .no { return disabled(key, r) }
    if groupState(r, distributor, intid, processor) == .no {
      return closedGroup(r, distributor, "in GICD_CTLR", intid, processor)
    }
    if r.targetIsKnown, pe == PE.none { return noPE(routeText(intid), since: r.targetAt, "the interrupt's target") }
    guard let p = processor else { return unknown(r, nil, intid, pe) }
    if p.asleep == .yes { return noPE("PE \(pe) is asleep (GICR_WAKER)", since: p.sleepAt, "GICR_WAKER of PE \(pe)") }
    if INTID.isLPI(intid), p.lpis == .no {
      return noPE(
        "LPIs are disabled at PE \(pe) (GICR_CTLR.EnableLPIs)", since: Moment(time: 0, event: p.lpisEvent),
        "GICR_CTLR.EnableLPIs of PE \(pe)")
    }
    if groupState(r, p, intid, p) == .no { return closedGroup(r, p, "at the CPU interface of PE \(pe)", intid, p) }
    if p.priorityMask != .max, r.priority != 0xFF, UInt16(r.priority) >= p.priorityMask { return masked(r, p, pe) }
    for place in 0..<p.depth where r.priority >= p.running[place].priority && p.running[place].intid != intid {
      return behind(p.running[place], pe)
    }
    if let value = refusal(p, intid) {
      return Obstruction(
        cause: .refused, what: "is pending, and PE \(pe) gets \(value) each time that it asks for it",
        links: [.init(Self.why(value, "it", group(of: r, intid, p)), event: p.spuriousEvent)],
        advice: "check through which register, and from which Security state, it must be acknowledged")
    }
    return signalling(r, p, intid, pe)
  }

  // MARK: Conditions

  private func disabled(_ key: InterruptKey, _ r: InterruptRecord) -> Obstruction {
    let isLPI = INTID.isLPI(key.intid)
    if r.enableAt.event == .max, let other = peWithout(key) { return enabledElsewhere(key, other) }
    if isLPI {
      let table = configurationTable(r.target)
      return Obstruction(
        cause: .disabled, what: "is pending and disabled: its configuration disables it",
        links: [
          .init("its configuration disables it", event: r.enableAt.event.known),
          table.map { Finding.Link("the configuration is read from \($0.text)", event: $0.event) },
        ].compactMap { $0 }, since: r.enableAt,
        advice: "check that the driver writes the table that GICR_PROPBASER names, and sends INV after it")
    }
    guard r.enableAt.event != .max else {
      return Obstruction(
        cause: .disabled, what: "is pending and was never enabled", links: [.init("it was never enabled")],
        advice: "check who should enable it (ISENABLER)")
    }
    let came = r.pendingAt.event > r.enableAt.event
    return Obstruction(
      cause: .disabled, what: came ? "became pending while it was disabled" : "was disabled while it was pending",
      links: [.init("it is disabled", event: r.enableAt.event)], since: r.enableAt,
      advice: "check who disabled it (ICENABLER), and who should enable it again")
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

  private func enabledElsewhere(_ key: InterruptKey, _ pe: UInt32) -> Obstruction {
    let other = interrupts.find(InterruptKey(domain: key.domain, pe: pe, intid: key.intid).rawValue)?.pointee
    return Obstruction(
      cause: .enabledElsewhere,
      what: "is pending on PE \(key.pe) and was never enabled there, while PE \(pe) takes it",
      links: [
        .init("PE \(key.pe) never enabled it: SGIs and PPIs are enabled for each PE"),
        .init("PE \(pe) enabled it, and took it \(other?.acknowledges ?? 0) times", event: other?.enableAt.event.known),
      ],
      advice: "check that each PE enables its own PPIs when it starts")
  }

  private func closedGroup(
    _ r: InterruptRecord, _ p: ProcessorRecord, _ place: String, _ intid: UInt32, _ shown: ProcessorRecord?
  ) -> Obstruction {
    let name = Self.groupName(group(of: r, intid, shown))
    var links: [Finding.Link] = []
    if r.groupEvent != .max {
      links.append(.init("it was put into \(name)", event: r.groupEvent))
    } else if r.group > 2, !INTID.isLPI(intid), name != Self.groupName(0xFF) {
      links.append(
        .init("it is in \(name), as the capture shows; nothing has put it into another", event: shown?.shownEvent))
    }
    let text = "\(name) is disabled \(place)"
    // Enables of other groups are set by the same registers: they say nothing of this one.
    let group = group(of: r, intid, shown)
    let wasEnabled = group > 2 || p.groupsSeen >> group & 1 != 0
    let since = wasEnabled || !startsAtReset ? p.groupAt : Moment()
    links.append(.init(since.event == .max ? text + ": it was never enabled" : text, event: since.event.known))
    return Obstruction(
      cause: .closed, what: "is pending and cannot be delivered: \(text)", links: links, since: since,
      advice: "check the interrupt's group (IGROUPR) against the groups that are enabled")
  }

  private func noPE(_ why: String, since: Moment, _ what: String) -> Obstruction {
    Obstruction(
      cause: .noPE, what: "is pending for a PE that cannot take it: \(why)",
      links: [.init(why, event: since.event.known)], since: since, advice: "check \(what)")
  }

  private func masked(_ r: InterruptRecord, _ p: ProcessorRecord, _ pe: UInt32) -> Obstruction {
    let why = "the priority mask of PE \(pe), \(hex(p.priorityMask)), does not let priority \(hex(r.priority)) through"
    var links = [Finding.Link(why, event: p.maskAt.event.known)]
    // A Non-secure write counts as 0x80 + value / 2, and cannot open a mask that the Secure side left below 0x80.
    if let write = trail.last(.gicc, pe, RegisterOffset.giccPMR), write.value & 0xF0 != UInt64(p.priorityMask & 0xF0),
      (0x80 | write.value >> 1) & 0xF0 != UInt64(p.priorityMask & 0xF0)
    {
      links.append(
        .init(
          "the last write of GICC_PMR, \(hex(write.value)), did not change it: the other Security state holds it",
          event: write.at.event))
    }
    return Obstruction(
      cause: .closed, what: "is pending and cannot be delivered: \(why)", links: links, since: p.maskAt,
      advice: "check who sets the priority mask (PMR), and the interrupt's priority")
  }

  private func behind(_ entry: ProcessorRecord.Running, _ pe: UInt32) -> Obstruction {
    let name = Self.name(entry.intid)
    return Obstruction(
      cause: .running, what: "waits behind \(name), which PE \(pe) acknowledged and has not ended",
      links: [.init("\(name), priority \(hex(entry.priority)), was acknowledged and not ended", event: entry.event)],
      since: Moment(time: entry.time, event: entry.event), advice: "check why \(name) is not ended")
  }

  private func signalling(_ r: InterruptRecord, _ p: ProcessorRecord, _ intid: UInt32, _ pe: UInt32) -> Obstruction {
    let request: Bool? = p.lines == .max ? nil : p.lines & 0b11 != 0
    let other = p.highest != .max && p.highest != intid && (INTID.isBasic(p.highest) || INTID.isLPI(p.highest))
    if request ?? true, other {
      let name = Self.name(p.highest)
      return Obstruction(
        cause: .overshadowed, what: "waits behind \(name), which is signalled to PE \(pe) and not taken",
        links: [.init("\(name), of higher priority, is signalled instead", event: p.highestEvent.known)]
          + silence(p, pe), advice: "check why PE \(pe) does not take \(name)")
    }
    let isOpen =
      isEnabled(r, intid) == .yes && groupState(r, distributor, intid, p) == .yes && groupState(r, p, intid, p) == .yes
      && p.priorityMask != .max && r.priority != 0xFF
    if request == true || request == nil && isOpen {
      let asFIQ = request == nil ? "" : Self.asFIQ(p.lines)
      return Obstruction(
        cause: .signalled, what: "is signalled to PE \(pe)\(asFIQ), which does not take it",
        links: [.init("nothing at the controller keeps it back", event: p.linesEvent.known)] + silence(p, pe),
        advice: asFIQ.isEmpty
          ? "check whether PE \(pe) runs, and whether it masks interrupts (PSTATE.I)"
          : "check whether PE \(pe) runs, where SCR_EL3.FIQ and HCR_EL2.FMO send FIQs, and whether it masks them (PSTATE.F)"
      )
    }
    guard request == false, !isOpen, isEnabled(r, intid) == .yes, p.shownEvent != .max, r.pendingAt.event != .max,
      p.shownEvent > r.pendingAt.event
    else { return unknown(r, p, intid, pe) }
    if INTID.isSGI(intid), PendingCause(rawValue: r.cause) == .sgi, group(of: r, intid, p) > 2 {
      let sender = r.source < UInt64(PE.none) ? "by PE \(r.source) " : ""
      return Obstruction(
        cause: .refusedByTarget,
        what: "was sent \(sender)to PE \(pe), which does not accept it: its group there is not the one it was sent for",
        links: [
          .init("no write of the capture puts it into a group at PE \(pe): it has the group of reset"),
          .init("PE \(pe) shows no request for it", event: p.shownEvent),
        ], advice: "check GICR_IGROUPR0 of PE \(pe) against the register that sends the SGI")
    }
    return Obstruction(
      cause: .unsignalled, what: "is pending, and PE \(pe) shows no request for it",
      links: [.init("PE \(pe) shows no request", event: p.shownEvent), .init(unknownText(r, p, intid))],
      advice: "check the group of the interrupt (IGROUPR), and the groups that are enabled")
  }

  /// Since when a PE shows nothing, where that is long before the end.
  private func silence(_ p: ProcessorRecord, _ pe: UInt32) -> [Finding.Link] {
    guard p.acknowledges > 0 || p.lastActTime > 0, isTimed, lastTime > p.lastActTime,
      lastTime - p.lastActTime >= thresholds.stuckTime
    else { return [] }
    return [
      .init(
        "PE \(pe) acknowledged, ended or sent nothing in the last \(Self.span(lastTime - p.lastActTime)) of the capture",
        event: p.lastActEvent)
    ]
  }

  private func unknown(_ r: InterruptRecord, _ p: ProcessorRecord?, _ intid: UInt32, _ pe: UInt32) -> Obstruction {
    let text = unknownText(r, p, intid)
    return Obstruction(
      cause: .unknown, what: "is pending; \(text)", links: [.init(text)],
      advice: "record the capture from reset, or add what it does not show to a topology file")
  }

  private func unknownText(_ r: InterruptRecord, _ p: ProcessorRecord?, _ intid: UInt32) -> String {
    var names: [String] = []
    if isEnabled(r, intid) == .unknown { names.append("whether it is enabled") }
    if groupState(r, distributor, intid, p) == .unknown { names.append("its group at GICD_CTLR") }
    if let p {
      if groupState(r, p, intid, p) == .unknown { names.append("its group at the CPU interface") }
      if p.priorityMask == .max { names.append("the priority mask") }
      if r.priority == 0xFF { names.append("its priority") }
      if p.lines == .max { names.append("the request to the PE") }
    } else {
      names.append("where it goes")
    }
    return "what keeps it back is not shown" + (names.isEmpty ? "" : " (not shown: \(names.joined(separator: ", ")))")
  }

  // MARK: What registers say

  /// The table that LPIs of a PE are configured in, as `GICR_PROPBASER` names it.
  func configurationTable(_ pe: UInt32) -> (text: String, event: UInt64)? {
    var found = trail.last(.gicr, pe, RegisterOffset.gicrPROPBASER)
    // One configuration table serves Redistributors that share it.
    if found == nil {
      for (domain, other) in processors.all where domain == Domain.physical && found == nil {
        found = trail.last(.gicr, other, RegisterOffset.gicrPROPBASER)
      }
    }
    return found.map { ("the table of GICR_PROPBASER, at \(hex($0.value & 0x000F_FFFF_FFFF_F000))", $0.at.event) }
  }

  /// Why an interrupt goes to no PE, with what its routing register holds.
  func routeText(_ intid: UInt32) -> String {
    let plain = "it goes to no PE that exists"
    guard INTID.isSPI(intid) else { return plain }
    if let write = trail.last(.gicd, 0, RegisterOffset.gicdIROUTER + intid * 8) {
      let v = write.value
      return plain
        + ": GICD_IROUTER\(intid) names affinity \(v >> 32 & 0xFF).\(v >> 16 & 0xFF).\(v >> 8 & 0xFF).\(v & 0xFF)"
    }
    guard let write = trail.last(.gicd, 0, RegisterOffset.gicdITARGETSR + intid & ~3) else { return plain }
    let targets = write.value >> UInt64(intid % 4 * 8) & 0xFF
    let count = distributorType == 0 ? "" : " (there are \((distributorType >> 5 & 7) + 1))"
    return plain + ": its target \(hex(targets)) names no CPU interface that exists\(count)"
  }
}
