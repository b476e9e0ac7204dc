import InterruptTrace

/// Commands, translations, and what becomes of MSIs.
extension FindingsAnalyzer {
  mutating func its(_ t: Transition) {
    switch t.kind {
    case .msi:
      giveUpUnresolved()
      lastCommand = nil
      msi = t
    case .itsFault: fault(t)
    case .itsCommand: command(t)
    case .mapping:
      advance(to: t.event)
      // A vLPI's INTID is its vPE's own; no LPI is meant.
      if virtualCommandEvent == t.event || virtualMapping(of: t.mapping.message)?.intid == t.intid { return }
      let record = record(t)
      record.pointee.mapped = .init(t.mapping.isMapped)
      record.pointee.mappingEvent = t.event
      record.pointee.source = t.mapping.message
    case .itsEnabled:
      let isEnabled = t.itsEnabled.isEnabled
      if isEnabled, itsEnabled == .no, itsDisabledEvent != .max { itsRestartEvent = t.event }
      itsEnabled = .init(isEnabled)
      itsDisabledEvent = isEnabled ? .max : t.event
      if isEnabled { waiting.remove(UInt64(t.itsEnabled.its)) }
    case .commandsWaiting: commandsWait(t)
    default: break
    }
  }

  // MARK: MSIs

  private mutating func fault(_ t: Transition) {
    guard let fault = t.itsFault.fault else { return }
    advance(to: t.event)
    if fault == .unknown {
      unresolved = t
      return
    }
    // What the ITS read for an MSI may show only after it why nothing came of it: the finding is about the MSI.
    var t = t
    let place = t.event
    if let msi, msi.msi.message == t.itsFault.message { (t.event, t.time) = (msi.event, msi.time) }
    if let waiting = unresolved, waiting.itsFault.message == t.itsFault.message { unresolved = nil }
    // A command's own error is reported with the command; only what a Redistributor drops has none.
    let isMSI = msi?.event == t.event
    if !isMSI, fault != .lpisDisabled, fault != .intidOutOfRange { return }
    let virtual = virtualMapping(of: t.itsFault.message).flatMap { $0.intid == t.intid ? $0 : nil }
    if let virtual {
      let record = virtualLPIs.lpis.insert(UInt64(virtual.vPE) << 32 | UInt64(t.intid))
      record.pointee.dropped &+= 1
      record.pointee.droppedAt = Moment(t)
      record.pointee.droppedFault = UInt8(truncatingIfNeeded: fault.rawValue)
      record.pointee.message = t.itsFault.message
    } else if t.intid != INTID.none {
      let mishaps = mishaps(record(t))
      mishaps.pointee.dropped &+= 1
      mishaps.pointee.droppedAt = Moment(t)
      mishaps.pointee.droppedFault = UInt8(truncatingIfNeeded: fault.rawValue)
    }
    let key = FindingLog.Key(
      kind: isMSI ? .unmappedMSI : .commandError, domain: t.domain, pe: t.pe, intid: t.intid,
      source: t.itsFault.message, reason: UInt32(truncatingIfNeeded: fault.rawValue))
    if fault == .intidOutOfRange, let virtual { return virtualOutOfRange(key, t, virtual, isMSI: isMSI) }
    if repeats(key, t) { return }
    report(key, t) { description(of: fault, t, isMSI: isMSI, at: place) }
  }

  /// What to say of an MSI or INT that led to no interrupt; `place` is the event that shows why.
  private func description(
    of fault: ITSFault, _ t: Transition, isMSI: Bool, at place: UInt64
  ) -> FindingLog.Description {
    let who = Self.source(t.itsFault.message)
    let isUnmapped = [.unmappedDevice, .unmappedEvent, .unmappedCollection].contains(fault)
    var chain: [Finding.Link] = [
      .init(isMSI ? "the MSI of \(who) was written" : "INT for \(who) was carried out", event: t.event)
    ]
    if t.intid != INTID.none, let record = interrupts.find(Self.key(t))?.pointee, record.mappingEvent != .max {
      chain.append(.init("it is mapped to LPI \(t.intid)", event: record.mappingEvent))
    }
    if fault == .lpisDisabled, let processor = processors.find(domain: t.domain, pe: t.pe)?.pointee {
      let event = processor.lpisEvent == .max ? nil : processor.lpisEvent
      chain.append(.init("GICR_CTLR.EnableLPIs of PE \(t.pe) is clear", event: event))
    } else if fault == .itsDisabled, itsDisabledEvent != .max {
      chain.append(.init("the ITS was disabled", event: itsDisabledEvent))
    } else {
      if isUnmapped { chain += linksOfMapping(t.itsFault.message) }
      chain.append(.init(Self.evidence(of: fault, who), event: place))
      if itsRestartEvent != .max, isUnmapped {
        chain.append(
          .init("the ITS had been disabled and was enabled again, perhaps over other tables", event: itsRestartEvent))
      }
    }
    return FindingLog.Description(
      .error, .certain, "\(isMSI ? "an MSI" : "an INT command") of \(who) led to no interrupt: \(fault.name)", chain,
      advice: Self.advice(fault))
  }

  /// A vLPI that no virtual configuration table has room for.
  private func virtualOutOfRange(
    _ key: FindingLog.Key, _ t: Transition, _ mapping: VirtualMapping, isMSI: Bool
  ) {
    var key = key
    key.isVirtual = true
    report(key, t) {
      let table = trail.last(.gicr, t.pe, RegisterOffset.gicrVPROPBASER)
      let bits = table.map { " (\($0.value & 0x1F))" } ?? ""
      let who = Self.source(t.itsFault.message)
      let name = Self.virtualName(mapping.intid, mapping.vPE)
      return FindingLog.Description(
        .error, .certain,
        "\(isMSI ? "an MSI" : "an INT command") of \(who) led to no interrupt: \(name) exceeds GICR_VPROPBASER.IDbits\(bits)",
        [
          .init("\(who) is mapped to \(name)", event: mapping.event == .max ? nil : mapping.event),
          .init("GICR_VPROPBASER of PE \(t.pe) was written", event: table?.at.event),
          .init("the vINTID exceeds what GICR_VPROPBASER.IDbits\(bits) allows", event: t.event),
        ],
        advice: "check GICR_VPROPBASER.IDbits, and the vINTID in VMAPTI")
    }
  }

  static func source(_ key: UInt64) -> String {
    "device \(hex(key >> 32)) event \(hex(key & 0xFFFF_FFFF))"
  }

  /// What the ITS or the Redistributor met with (IHI 0069H, 5.3).
  private static func evidence(of fault: ITSFault, _ who: String) -> String {
    switch fault {
    case .itsDisabled: "the ITS was disabled"
    case .unmappedDevice: "the ITS has no valid device table entry: no MAPD for the device is in force"
    case .eventOutOfRange: "the EventID exceeds the size that MAPD gave the device"
    case .unmappedEvent: "the device's interrupt translation table has no valid entry for the event"
    case .unmappedCollection: "the collection of the event is mapped to no Redistributor"
    case .lpisDisabled: "LPIs are disabled at the Redistributor"
    case .intidOutOfRange: "the INTID exceeds what GICR_PROPBASER.IDbits allows"
    case .unmappedVPE: "the vPE of the event is not mapped"
    case .unknown: "nothing in the capture says how \(who) is mapped"
    }
  }

  private static func advice(_ fault: ITSFault) -> String {
    switch fault {
    case .itsDisabled: "find the code that cleared GITS_CTLR.Enabled while devices were live"
    case .unmappedDevice: "check MAPD for the device, and the DeviceID that the bus gives it"
    case .eventOutOfRange: "check the size in MAPD against the number of vectors that the device uses"
    case .unmappedEvent: "check MAPTI and DISCARD for the event, and that the device is quiet at DISCARD"
    case .unmappedCollection: "check MAPC for the collection that the event is mapped to"
    case .lpisDisabled: "check GICR_CTLR.EnableLPIs of the PE that the collection is mapped to"
    case .intidOutOfRange: "check GICR_PROPBASER.IDbits, and the INTID in MAPTI"
    case .unmappedVPE: "check VMAPP for the vPE"
    case .unknown: "record the mapping, which lies before the capture"
    }
  }

  /// The translation of the last MSI never showed: perhaps there is none.
  private mutating func giveUpUnresolved() {
    guard let t = unresolved else { return }
    unresolved = nil
    let key = FindingLog.Key(kind: .unmappedMSI, domain: t.domain, source: t.itsFault.message, reason: .max)
    report(key, t) {
      FindingLog.Description(
        .note, .unknownBeforeCapture,
        "an MSI of \(Self.source(t.itsFault.message)) led to no interrupt that the capture shows",
        [.init("the MSI was written; its mapping lies before the capture, if there is one", event: t.event)],
        advice: "record the capture from the start, or check MAPTI for the event")
    }
  }

  // MARK: Commands

  private mutating func command(_ t: Transition) {
    giveUpUnresolved()
    msi = nil
    let (opcode, error, source) = (t.itsCommand.opcode, t.itsCommand.error, t.itsCommand.message)
    if waiting.count > 0 { waiting.forEach { $1.pointee.isWaiting = false } }
    if let taken = cleared {
      cleared = nil
      if taken.event == t.event { discarded(taken, by: ITSOpcode.name(opcode)) }
    }
    switch opcode {
    case ITSOpcode.inv: if t.intid != INTID.none { interrupts.insert(Self.key(t)).pointee.invalidateEvent = t.event }
    case ITSOpcode.invall: invalidateAllEvent = t.event
    default: break
    }
    lastCommand = error == 0 && ITSOpcode.all.contains { $0.opcode == opcode } ? t : nil
    guard error != 0 else { return }
    // What these would have changed is not there anyway.
    let isHarmless = [ITSOpcode.clear, ITSOpcode.inv, ITSOpcode.invall, ITSOpcode.discard].contains(opcode)
    let namesNoDevice = [ITSOpcode.mapc, ITSOpcode.invall, ITSOpcode.movall].contains(opcode)
    let namesEvent = opcode != ITSOpcode.mapd && !namesNoDevice
    let key = FindingLog.Key(
      kind: .commandError, domain: t.domain, intid: t.intid,
      source: namesNoDevice ? .max : namesEvent ? source : source | 0xFFFF_FFFF,
      reason: UInt32(truncatingIfNeeded: error))
    if repeats(key, t) { return }
    report(key, t) {
      let command = ITSOpcode.name(opcode)
      let reason = ITSError.name(ofCode: error) ?? hex(error)
      return FindingLog.Description(
        isHarmless ? .warning : .error, .certain,
        "\(command)\(namesEvent ? " for " + Self.source(source) : "") failed: \(reason)",
        [.init("\(command) was carried out and failed with \(reason) (\(hex(error)))", event: t.event)],
        advice: "check the order of the driver's commands")
    }
  }

  /// The emulator says that the guest did something wrong; right behind a command, that was it.
  mutating func guestError(_ t: Transition) {
    guard let command = lastCommand, t.event &- command.event <= 4 else { return }
    lastCommand = nil
    let (opcode, source) = (command.itsCommand.opcode, command.itsCommand.message)
    let name = ITSOpcode.name(opcode)
    report(.init(kind: .commandError, domain: t.domain, source: source, reason: UInt32(opcode)), t) {
      FindingLog.Description(
        .error, .likely, "\(name) of device \(hex(source >> 32)) was refused by the ITS",
        [
          .init("\(name) was carried out", event: command.event),
          .init("the emulator reports that the guest did something wrong", event: t.event),
        ],
        advice: "check the command's operands: sizes, INTIDs and addresses that are out of range")
    }
  }

  // MARK: LPI configuration

  /// Finds configuration that changed in memory without INV or INVALL: what a Redistributor has cached may then stay
  /// as it was for any time (IHI 0069H, 5.1.1).
  mutating func checkConfiguration(_ t: Transition, isChange: Bool) {
    guard INTID.isLPI(t.intid), t.intid != INTID.none else { return }
    let record = record(t)
    defer { record.pointee.configurationEvent = t.event }
    guard t.provenance != .derived, record.pointee.configurationEvent != .max else { return }
    let isNew = t.kind == .priorityChanged || record.pointee.enabled != .init(t.kind == .enabled)
    guard isNew, record.pointee.enabled != .unknown else { return }
    let known = record.pointee.configurationEvent
    func precedes(_ event: UInt64) -> Bool { event == .max || event < known }
    guard precedes(record.pointee.invalidateEvent), precedes(invalidateAllEvent) else { return }
    let held = record.pointee.isPending ? elapsed(from: record.pointee.pendingAt.time, to: t.time) : 0
    let pendingEvent = record.pointee.pendingAt.event
    let isHeld = held >= thresholds.staleTime && t.kind == .enabled
    report(.init(kind: .staleLPIConfiguration, domain: t.domain, pe: record.pointee.target, intid: t.intid), t) {
      var chain: [Finding.Link] = [
        .init("the controller used \(t.kind == .enabled ? "a disabled" : "another") configuration", event: known)
      ]
      if isHeld { chain.append(.init("it became pending and was held back", event: pendingEvent)) }
      chain.append(.init("no INV or INVALL for it came since", event: nil))
      chain.append(.init("by chance the controller read the configuration again", event: t.event))
      return FindingLog.Description(
        isHeld ? .warning : .note, .likely,
        "the configuration of \(Self.name(t.intid)) changed in memory without INV"
          + (isHeld ? "; it was held back for it" : ""),
        chain, advice: "check where the driver changes the LPI's configuration byte: INV and SYNC must follow",
        event: known)
    }
  }

  private func elapsed(from: UInt64, to: UInt64) -> UInt64 { to > from ? to - from : 0 }
}
