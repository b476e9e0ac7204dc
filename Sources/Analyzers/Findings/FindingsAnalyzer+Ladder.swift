import InterruptTrace

/// The rungs of a ``DeliveryLadder``, from what is known of the interrupt and of its PE.
extension FindingsAnalyzer {
  /// The ladder of an interrupt on a PE now; of an interrupt that no single PE owns, on the PE that it goes to.
  func ladder(intid: UInt32, pe: UInt32?) -> DeliveryLadder {
    if !accesses.showsController && hasSoftware { return handlerLadder(intid) }
    let isPrivate = InterruptClass(intid: intid).isPrivate
    let owner = pe ?? (isPrivate ? 0 : PE.none)
    let key = InterruptKey.interrupt(domain: Domain.physical, pe: owner, intid: intid).rawValue
    let r = interrupts.find(key)?.pointee ?? InterruptRecord()
    let target = pe ?? (isPrivate ? owner : r.targetIsKnown ? r.target : PE.none)
    let p = processors.find(domain: Domain.physical, pe: target)?.pointee
    if INTID.isLPI(intid), r.edges == 0, r.acknowledges == 0, let ladder = virtualLadder(intid) { return ladder }
    var rungs = [source(r, knownMishaps(InterruptKey(rawValue: key)), intid)]
    if INTID.isLPI(intid) { rungs.append(mapping(r, intid)) }
    rungs.append(enable(r, intid))
    rungs += groups(r, p, intid, target)
    rungs.append(route(r, p, intid, target))
    rungs.append(pendingRung(r))
    rungs.append(maskRung(r, p, target))
    rungs.append(runningRung(r, p, intid, target))
    rungs.append(signalled(r, p, intid, target))
    rungs += service(r, p, intid)
    for entry in listed(intid) where pe == nil || pe == entry.pe {
      rungs.append(
        .init(
          "listed",
          .holds,
          "as virtual interrupt in list register \(entry.list) of PE \(entry.pe)"
            + (entry.isAcknowledged ? ", acknowledged by the guest" : ""),
          event: entry.event
        )
      )
    }
    if let rung = handedOnRung(r, InterruptKey(rawValue: key)) { rungs.append(rung) }
    return DeliveryLadder(
      domain: Domain.physical, intid: intid, pe: target < PE.none - 1 ? target : nil, rungs: rungs,
      conclusion: conclude(rungs, r, InterruptKey(rawValue: key), target))
  }

  typealias Rung = DeliveryLadder.Rung

  private func source(_ r: InterruptRecord, _ mishaps: InterruptMishaps, _ intid: UInt32) -> Rung {
    let cause = PendingCause(rawValue: r.cause)
    if INTID.isLPI(intid) {
      if isDropped(r, mishaps) {
        return Rung(
          "source", .broken, droppedText(mishaps.dropped, mishaps.droppedFault), since: mishaps.droppedAt)
      }
      guard r.edges > 0 else {
        return Rung("source", startsAtReset ? .broken : .unknown, "no MSI for it in this capture")
      }
      return Rung(
        "source",
        .holds,
        "\(cause == .command ? "INT command" : "MSI")"
          + (r.source == .max ? "" : " of \(Self.source(r.source))") + ", \(r.edges) so far",
        since: r.pendingAt
      )
    }
    if r.line != .unknown {
      let isHigh = r.line == .yes
      let isEnough = isHigh || r.isPending || r.isActive
      return Rung(
        "source", isEnough ? .holds : .broken, "the line is \(isHigh ? "high" : "low")", since: r.lineAt)
    }
    if r.edges == 0, INTID.isSGI(intid), sentToNobody[Int(intid)].count > 0 {
      let sent = sentToNobody[Int(intid)]
      let times = sent.count == 1 ? "once" : "\(sent.count) times"
      let sender = sent.sender == PE.none ? "" : ", by PE \(sent.sender)"
      return Rung(
        "source", .broken,
        sent.isIgnored
          ? "written \(times)\(sender) to GICD_SGIR, which has no effect while affinity routing is on"
          : "sent \(times)\(sender), to no PE that exists", event: sent.last.event, time: sent.last.time)
    }
    if INTID.isSGI(intid), let sent = unaccepted(intid), sent.event > r.pendingAt.event || r.edges == 0 {
      return Rung("source", .broken, sent.text, event: sent.event, time: sent.time)
    }
    guard r.edges > 0 else {
      return Rung("source", startsAtReset ? .broken : .unknown, "nothing has raised it in this capture")
    }
    let text =
      switch cause {
      case .sgi: "an SGI was sent to it"
      case .register: "made pending by a register"
      default: "made pending"
      }
    return Rung("source", .holds, text, since: r.pendingAt)
  }

  /// The last message for an LPI came to nothing.
  private func isDropped(_ r: InterruptRecord, _ mishaps: InterruptMishaps) -> Bool {
    mishaps.dropped > 0 && (r.pendingAt.event == .max || mishaps.droppedAt.event > r.pendingAt.event)
  }

  func droppedText(_ count: UInt64, _ fault: UInt8) -> String {
    let name = ITSFault(rawValue: UInt64(fault))?.name ?? "dropped"
    return "\(count) \(count == 1 ? "MSI" : "MSIs") for it led to no interrupt: \(name)"
  }

  /// The last SGI of a number that no PE accepted, of those that a PE sent last.
  private func unaccepted(_ intid: UInt32) -> (text: String, event: UInt64, time: UInt64)? {
    var found: (text: String, event: UInt64, time: UInt64)?
    for (domain, pe) in processors.all where domain == Domain.physical {
      guard let p = processors.find(domain: domain, pe: pe)?.pointee, p.sentEvent != .max, p.sentINTID == intid,
        p.sent.targets > 0, found.map({ $0.event < p.sentEvent }) ?? true
      else { continue }
      found = ("sent by PE \(pe), and accepted by no PE that it names", p.sentEvent, p.sentTime)
    }
    let refused = refusedSGIs[Int(intid & 0xF)]
    if found == nil, refused.count > 0 {
      found = (
        "sent by PE \(refused.sender), and accepted by no PE that it names", refused.last.event, refused.last.time
      )
    }
    return found
  }

  private func mapping(_ r: InterruptRecord, _ intid: UInt32) -> Rung {
    switch r.mapped {
    case .yes: Rung("mapped", .holds, "\(Self.source(r.source)) is mapped to it", event: r.mappingEvent)
    case .no: Rung("mapped", .broken, "\(Self.source(r.source)) was unmapped", event: r.mappingEvent)
    case .unknown:
      r.edges > 0
        ? Rung("mapped", .holds, "an MSI was translated to it")
        : Rung("mapped", startsAtReset ? .broken : .unknown, "nothing is mapped to it")
    }
  }

  /// Whether an interrupt is enabled; one that nothing has shown is disabled if the capture begins at reset. SGIs of a
  /// GICv2 may be enabled for good, LPIs are as memory says.
  func isEnabled(_ r: InterruptRecord, _ intid: UInt32) -> InterruptRecord.Tristate {
    if r.enabled != .unknown || INTID.isLPI(intid) || INTID.isSGI(intid) { return r.enabled }
    return startsAtReset && !hasGaps && r.acknowledges == 0 ? .no : .unknown
  }

  private func enable(_ r: InterruptRecord, _ intid: UInt32) -> Rung {
    let table = INTID.isLPI(intid) ? configurationTable(r.target) : nil
    let what =
      INTID.isLPI(intid) ? "in " + (table?.text ?? "the configuration that the controller uses") : "in ISENABLER"
    switch isEnabled(r, intid) {
    case .yes: return Rung("enabled", .holds, "enabled \(what)", since: r.enableAt)
    case .no:
      let text = r.enableAt.event == .max ? "never enabled" : "disabled \(what)"
      return Rung("enabled", .broken, text, since: r.enableAt)
    case .unknown:
      if r.acknowledges > 0 { return Rung("enabled", .holds, "it was delivered before") }
      return Rung("enabled", .unknown, INTID.isLPI(intid) ? "its configuration was not shown" : "not shown")
    }
  }

  private func groups(_ r: InterruptRecord, _ p: ProcessorRecord?, _ intid: UInt32, _ target: UInt32) -> [Rung] {
    [
      groupRung("group-distributor", "GICD_CTLR", r, distributor, intid, p),
      p.map { groupRung("group-interface", "the CPU interface of PE \(target)", r, $0, intid, p) }
        ?? Rung("group-interface", .unknown, "no PE to look at"),
    ]
  }

  private func groupRung(
    _ name: String, _ place: String, _ r: InterruptRecord, _ p: ProcessorRecord, _ intid: UInt32,
    _ shown: ProcessorRecord?
  ) -> Rung {
    let state = groupState(r, p, intid, shown)
    let group = Self.groupName(group(of: r, intid, shown)) + (INTID.isLPI(intid) ? ", as of all LPIs," : "")
    switch state {
    case .yes: return Rung(name, .holds, "\(group) is enabled at \(place)", since: p.groupAt)
    case .no: return Rung(name, .broken, "\(group) is disabled at \(place)", since: p.groupAt)
    case .unknown: return Rung(name, .unknown, "\(group) at \(place): not shown")
    }
  }

  static func groupName(_ group: UInt8) -> String {
    switch group {
    case 0: "Group 0"
    case 1: "Secure Group 1"
    case 2: "Group 1"
    default: "its group"
    }
  }

  /// The group of an interrupt, 0xFF if it is not known: LPIs are Non-secure Group 1 (IHI 0069H, 4.6); of others a
  /// register tells, or what a PE shows as its highest pending interrupt.
  func group(of r: InterruptRecord, _ intid: UInt32, _ p: ProcessorRecord?) -> UInt8 {
    if INTID.isLPI(intid) { return InterruptGroup.group1NonSecure.rawValue }
    if r.group > 2, let p, p.shownINTID == intid { return p.shownGroup }
    return r.group
  }

  /// Whether an interrupt's group is enabled. Where the group is not known, all or none must be. `shown` is the PE that may
  /// show it.
  func groupState(
    _ r: InterruptRecord, _ p: ProcessorRecord, _ intid: UInt32, _ shown: ProcessorRecord?
  ) -> InterruptRecord.Tristate {
    let group = group(of: r, intid, shown)
    if group < 3 {
      guard p.groupsKnown >> group & 1 != 0 else { return .unknown }
      return .init(p.groups >> group & 1 != 0)
    }
    if p.groupsKnown == 0b111 || p.groupsKnown == 0b101, p.groups & p.groupsKnown == 0 { return .no }
    if p.groups & 0b101 == 0b101 { return .yes }
    return .unknown
  }

  /// What it comes down to, in the words of the finding that the same state is, or would be.
  private func conclude(_ rungs: [Rung], _ r: InterruptRecord, _ key: InterruptKey, _ target: UInt32) -> String {
    let name = Self.name(key.intid)
    if r.isRunning { return "\(name) \(runningText(r))." }
    if r.isActive { return "\(name) \(activeText(r, key))." }
    if r.isPending { return "\(name) \(obstruction(key, r, target).what)." }
    if let gone = rungs.first(where: { $0.name == "pending" && $0.state == .broken && $0.event != nil }) {
      return "\(name) was not delivered: \(gone.text)."
    }
    if goesNowhere(r, key) { return "\(name) is enabled and goes to no PE." }
    let isSent = INTID.isSGI(key.intid) || INTID.isLPI(key.intid)
    if isSent, let sent = rungs.first(where: { $0.name == "source" && $0.state == .broken && $0.event != nil }) {
      return "\(name) was not delivered: \(sent.text)."
    }
    if r.acknowledges > 0 { return "\(name) was delivered, and nothing of it is left to deliver." }
    guard let broken = rungs.first(where: { $0.state == .broken && $0.name != "acknowledged" }) else {
      return "This capture shows nothing that raised \(name)."
    }
    return "\(name) was not delivered: \(broken.text)."
  }

  /// An interrupt that runs: `was acknowledged on PE 0 and …`.
  func runningText(_ r: InterruptRecord) -> String {
    "was acknowledged on PE \(r.acknowledgedOn) and "
      + (elapsed(since: r.acknowledgeAt) >= limit(services) ? "never ended" : "has not been ended yet")
  }

  /// One that is active and does not run.
  func activeText(_ r: InterruptRecord, _ key: InterruptKey) -> String {
    if r.abandonedEvent != .max {
      return
        "was acknowledged on PE \(r.acknowledgedOn), never ended, and is \(r.isPending ? "pending again" : "active")"
    }
    if r.wasWronglyEnded { return "stays active: another interrupt was ended in its place" }
    if r.activateEvent != .max {
      return r.isPending
        ? "is pending and cannot be taken: a register made it active" : "is active: a register made it so"
    }
    if isForwarded(key, r) { return "was handed to a guest and has not been deactivated since" }
    guard elapsed(since: r.endAt) >= limit(deactivations) else {
      return "was ended on PE \(r.acknowledgedOn) and has not been deactivated yet"
    }
    return "was ended on PE \(r.acknowledgedOn) and never deactivated: it cannot be taken again"
  }
}

extension DeliveryLadder.Rung {
  init(_ name: String, _ state: DeliveryLadder.State, _ text: String, since moment: Moment) {
    self.init(name, state, text, event: moment.event, time: moment.time)
  }
}
