import HypervisorModel
import InterruptTrace

/// Accesses that the architecture forbids, ignores or calls UNPREDICTABLE: one finding for each rule and place, counted.
extension FindingsAnalyzer {
  /// Reports that a rule was broken. `place` tells places of one rule apart that are no PEs.
  func misuse(
    _ rule: MisuseRule, _ t: Transition, place: UInt32 = 0, _ what: @autoclosure () -> String,
    _ chain: @autoclosure () -> [Finding.Link]
  ) {
    let key = FindingLog.Key(
      kind: .misuse, domain: t.domain, pe: t.pe, intid: t.intid, reason: UInt32(rule.rawValue) << 16 | place & 0xFFFF)
    report(key, t) {
      let description = rule.description
      var text = FindingLog.Description(
        rule.isHarmless ? .note : .warning, rule.isShownByAccess ? .certain : .likely,
        "\(what()) (\(description.name))",
        chain() + [.init(description.consequence)], advice: description.section)
      text.isObserved = rule.isShownByAccess
      return text
    }
  }

  // MARK: Redistributor

  mutating func redistributorWritten(_ event: Event, _ number: UInt64) {
    hasRedistributors = true
    let (pe, offset) = (event.owner, event.offset)
    let t = place(event, number, pe: pe)
    if offset == RegisterOffset.gicrCTLR {
      redistributorControlWritten(event, number, t)
      return trail.note(event, number, isWide: false)
    }
    let control = trail.last(.gicr, pe, RegisterOffset.gicrCTLR)
    let before = trail.last(.gicr, pe, offset & ~7)
    trail.note(event, number, isWide: true)
    if offset >= 0x2_0000 { return checkVirtualTables(event, number, before, t) }
    guard let after = trail.last(.gicr, pe, offset & ~7) else { return }
    let isConfiguration = offset < RegisterOffset.gicrPENDBASER
    let name = isConfiguration ? "GICR_PROPBASER" : "GICR_PENDBASER"
    let enabled = processors.find(domain: Domain.physical, pe: pe)?.pointee.lpisWritten ?? Moment()
    if enabled.event != .max, after.value != before?.value {
      misuse(
        isConfiguration ? .configurationTableWrittenWhileEnabled : .pendingTableWrittenWhileEnabled, t,
        "\(name) of PE \(pe) was changed while LPIs were enabled there",
        [
          .init("GICR_CTLR.EnableLPIs of PE \(pe) was set", event: enabled.event),
          .init("\(hex(after.value)) was written to \(name)", event: number),
        ])
    } else if let p = processors.find(domain: Domain.physical, pe: pe), p.pointee.awaitsRWP, let control {
      misuse(
        .lpiTablesWrittenBeforeRWP, t,
        "\(name) of PE \(pe) was written before GICR_CTLR.RWP showed that LPIs were disabled there",
        [
          .init("GICR_CTLR.EnableLPIs of PE \(pe) was cleared", event: control.at.event),
          .init("\(name) was written, and GICR_CTLR had not been read with RWP clear", event: number),
        ])
    }
  }

  private mutating func redistributorControlWritten(_ event: Event, _ number: UInt64, _ t: Transition) {
    let p = processors.at(domain: Domain.physical, pe: event.owner)
    let enables = event.b & 1 != 0
    if p.pointee.redistributorIsBusy {
      misuse(
        .redistributorControlBeforeRWP, t, "GICR_CTLR of PE \(t.pe) was written while its RWP was set",
        [.init("it had last been read with RWP set"), .init("it was written again", event: number)])
    }
    if enables, p.pointee.lpisWritten.event == .max {
      p.pointee.lpisWritten = Moment(time: event.time, event: number)
      p.pointee.awaitsRWP = false
      checkTablesOfLPIs(t)
    } else if !enables, p.pointee.lpisWritten.event != .max {
      p.pointee.lpisWritten = Moment()
      p.pointee.awaitsRWP = true
    }
  }

  mutating func redistributorRead(_ event: Event) {
    hasRedistributors = true
    guard event.flags.isDisjoint(with: .refused) else { return }
    let p = processors.at(domain: Domain.physical, pe: event.owner)
    p.pointee.redistributorIsBusy = event.b >> 3 & 1 != 0
    if !p.pointee.redistributorIsBusy { p.pointee.awaitsRWP = false }
    // A bit that cannot be cleared, or was not.
    if event.b & 1 == 0 { p.pointee.lpisWritten = Moment() }
  }

  /// LPIs are enabled on a PE: the tables that this needs.
  private func checkTablesOfLPIs(_ t: Transition) {
    let properties = trail.last(.gicr, t.pe, RegisterOffset.gicrPROPBASER)
    let pending = trail.last(.gicr, t.pe, RegisterOffset.gicrPENDBASER)
    let enable = Finding.Link("GICR_CTLR.EnableLPIs of PE \(t.pe) was set", event: t.event)
    // A PE's configuration table may be named at another Redistributor that shares it.
    if startsAtReset, !hasGaps, pending == nil {
      misuse(
        .lpiTablesNotProvided, t, "LPIs were enabled on PE \(t.pe), and GICR_PENDBASER was never written there",
        [.init("the capture begins at reset, and shows no write of GICR_PENDBASER"), enable])
    }
    guard let properties else { return }
    let written = Finding.Link("GICR_PROPBASER of PE \(t.pe) is \(hex(properties.value))", event: properties.at.event)
    if properties.value & 0x1F < 13 {
      misuse(
        .configurationTableTooSmall, t,
        "LPIs were enabled on PE \(t.pe) with GICR_PROPBASER.IDbits \(properties.value & 0x1F): 13 is the least",
        [written, enable])
    }
    for (domain, pe) in processors.all where domain == Domain.physical && pe != t.pe {
      guard let p = processors.find(domain: domain, pe: pe)?.pointee, p.lpisWritten.event != .max else { continue }
      compareTables(t, written, properties, pending, with: pe)
      break
    }
  }

  /// Redistributors that share a configuration table name the same; cacheability and shareability are one for all.
  private func compareTables(
    _ t: Transition, _ written: Finding.Link, _ properties: RegisterWrite, _ pending: RegisterWrite?, with pe: UInt32
  ) {
    let attributes: UInt64 = 0b111 << 56 | 0b11 << 10 | 0b111 << 7
    if let other = trail.last(.gicr, pe, RegisterOffset.gicrPROPBASER),
      (other.value ^ properties.value) & attributes != 0
    {
      misuse(
        .configurationTablesDiffer, t,
        "GICR_PROPBASER of PE \(t.pe) has another shareability or cacheability than that of PE \(pe)",
        [
          .init("GICR_PROPBASER of PE \(pe) is \(hex(other.value))", event: other.at.event), written,
          .init("LPIs were enabled on PE \(t.pe)", event: t.event),
        ])
    }
    if let pending, let other = trail.last(.gicr, pe, RegisterOffset.gicrPENDBASER),
      (other.value ^ pending.value) & attributes != 0
    {
      misuse(
        .pendingTableAttributesDiffer, t,
        "GICR_PENDBASER of PE \(t.pe) has another shareability or cacheability than that of PE \(pe)",
        [
          .init("GICR_PENDBASER of PE \(pe) is \(hex(other.value))", event: other.at.event),
          .init("GICR_PENDBASER of PE \(t.pe) is \(hex(pending.value))", event: pending.at.event),
          .init("LPIs were enabled on PE \(t.pe)", event: t.event),
        ])
    }
  }

  private mutating func checkVirtualTables(_ event: Event, _ number: UInt64, _ before: RegisterWrite?, _ t: Transition)
  {
    let valid: UInt64 = 1 << 63
    guard let table = trail.last(.gicr, t.pe, RegisterOffset.gicrVPENDBASER) else { return }
    let isPending = event.offset >= RegisterOffset.gicrVPENDBASER
    let was = isPending ? before ?? RegisterWrite() : table
    // Clearing Valid is how a vPE is made non-resident; the other half of a register may be written on its own.
    guard was.at.event != .max, was.value & valid != 0, event.size == 8 else { return }
    if isPending, event.b & valid == 0 || event.b & ~valid == was.value & ~valid { return }
    if !isPending, before.map({ $0.value == event.b }) ?? false { return }
    let name = isPending ? "GICR_VPENDBASER" : "GICR_VPROPBASER"
    misuse(
      .virtualTablesWrittenWhileValid, t, "\(name) of PE \(t.pe) was changed while GICR_VPENDBASER.Valid was set",
      [
        .init("GICR_VPENDBASER.Valid of PE \(t.pe) was set: a vPE is resident", event: was.at.event),
        .init("\(hex(event.b)) was written to \(name)", event: number),
      ])
  }

  // MARK: Distributor

  mutating func checkDistributorControl(_ event: Event, _ number: UInt64) {
    checkAffinityRouting(event, number)
    guard distributorIsBusy else { return }
    misuse(
      .distributorControlBeforeRWP, place(event, number), "GICD_CTLR was written while its RWP was set",
      [.init("it had last been read with RWP set"), .init("it was written again", event: number)])
  }

  /// Affinity routing may be switched on while no group is enabled, and not off (ARE_S and ARE_NS of `GICD_CTLR`). Software
  /// that clears the whole register means the groups: where affinity routing is fixed, as mostly, that is all it does.
  private func checkAffinityRouting(_ event: Event, _ number: UInt64) {
    let (groups, routing): (UInt64, UInt64) = (0b111, 0b11 << 4)
    guard isVersion3, startsAtReset, !hasGaps,
      let last = trail.last(.gicd, event.owner, RegisterOffset.gicdCTLR),
      last.value & groups != 0, event.b & groups != 0, (last.value ^ event.b) & routing != 0,
      accesses.controlIsSecure == event.flags.contains(.secure), !accesses.affinityRoutingIsFixed
    else { return }
    misuse(
      .affinityRoutingChangedWhileEnabled, place(event, number),
      "affinity routing was switched \(event.b & routing > last.value & routing ? "on" : "off") while groups were enabled",
      [
        .init("\(hex(last.value)) was written to GICD_CTLR", event: last.at.event),
        .init("\(hex(event.b)) was written to it", event: number),
      ])
  }

  /// An interrupt's trigger changed: if what it was before is known, the write was that of another one.
  mutating func checkTrigger(_ t: Transition, _ record: UnsafeMutablePointer<InterruptRecord>) {
    let enableEvent = record.pointee.enableAt.event
    let wasKnown = startsAtReset || record.pointee.edge != .unknown
    guard record.pointee.enabled == .yes, enableEvent != .max, wasKnown, t.provenance == .derived else { return }
    misuse(
      .triggerChangedWhileEnabled, t, "the trigger of \(Self.name(t.intid)) was changed while it was enabled",
      [.init("it was enabled", event: enableEvent), .init("its trigger was changed", event: t.event)])
  }

  // MARK: CPU interface

  mutating func checkBroadcast(_ event: Event, _ number: UInt64) {
    let targets: UInt64 = 0xFF << 48 | 0xFF << 32 | 0xFF << 16 | 0xFFFF
    guard event.b & targets != 0 else { return }
    misuse(
      .broadcastWithTargets, place(event, number, pe: event.pe),
      "PE \(event.pe) sent SGI \(event.b >> 24 & 0xF) with IRM set and named targets too",
      [.init("\(hex(event.b)) was written", event: number)])
  }

  mutating func ended(_ event: Event, _ number: UInt64, intid: UInt32) {
    let t = place(event, number, pe: event.pe)
    let written = Finding.Link("EOIR was written with \(intid)", event: number)
    if INTID.isSpecial(intid) {
      misuse(.endOfSpecialINTID, t, "PE \(t.pe) ended \(intid), which is no interrupt", [written])
    } else if intid >= accesses.absentINTIDs, INTID.isBasic(intid) {
      misuse(
        .endOfAbsentINTID, t, "PE \(t.pe) ended INTID \(intid), which the controller does not have",
        [.init("GICD_TYPER.ITLinesNumber is \(distributorType & 0x1F): \(accesses.absentINTIDs) INTIDs"), written])
    }
  }

  /// `GICD_SETSPI_*` and `GICD_CLRSPI_*` take the INTID of an SPI.
  mutating func messageWritten(_ event: Event, _ number: UInt64) {
    let intid = UInt32(truncatingIfNeeded: event.b) & 0x1FFF
    guard !INTID.isExtendedSPI(intid), !INTID.isSPI(intid) || intid >= accesses.absentINTIDs else { return }
    misuse(
      .messageOfAbsentINTID, place(event, number),
      "INTID \(intid) was written to a register that sets or clears an SPI, and the controller has no such SPI",
      [.init("\(hex(event.b)) was written to GICD+\(hex(event.offset))", event: number)])
  }

  mutating func deactivatedBy(_ event: Event, _ number: UInt64, intid: UInt32) {
    var modeEvent = UInt64.max
    if let p = processors.find(domain: Domain.physical, pe: event.pe), p.pointee.endMode == 0 {
      modeEvent = p.pointee.endModeEvent
    }
    guard INTID.isSpecial(intid) || INTID.isLPI(intid) || modeEvent != .max else { return }
    wronglyDeactivated(place(event, number, pe: event.pe), intid, modeEvent: modeEvent)
  }

  /// `modeEvent` is the one that left EOImode at 0; `.max` for none.
  private mutating func wronglyDeactivated(_ t: Transition, _ intid: UInt32, modeEvent: UInt64) {
    let written = Finding.Link("DIR was written with \(intid)", event: t.event)
    if INTID.isSpecial(intid) {
      misuse(.deactivationOfSpecialINTID, t, "PE \(t.pe) deactivated \(intid), which is no interrupt", [written])
    } else if INTID.isLPI(intid) {
      misuse(.deactivationOfLPI, t, "PE \(t.pe) deactivated LPI \(intid)", [written])
    } else {
      misuse(
        .deactivationWithoutEOImode, t, "PE \(t.pe) wrote DIR while EOImode was 0",
        [.init("EOImode of PE \(t.pe) is 0", event: modeEvent), written])
    }
  }

  // MARK: List registers

  /// The hypervisor wrote a list register.
  @inline(__always) mutating func checkListRegister(_ t: Transition) {
    let value = ListRegisterValue(t.listRegister)
    guard value.isValid else { return }
    let isTwofold = value.isHardware && value.isPending && value.isActive
    let isSGI = value.isHardware && value.physicalINTID < 16
    if isTwofold || isSGI || INTID.isSpecial(value.intid(hasGICv2Guest: false)) { brokenListRegister(t, value) }
  }

  @inline(never) private mutating func brokenListRegister(_ t: Transition, _ value: ListRegisterValue) {
    let intid = value.intid(hasGICv2Guest: false)
    let rule: MisuseRule =
      INTID.isSpecial(intid)
      ? .listRegisterOfSpecialINTID
      : value.physicalINTID < 16 && value.isHardware
        ? .hardwareListRegisterOfSGI : .hardwareListRegisterPendingAndActive
    let what =
      switch rule {
      case .listRegisterOfSpecialINTID: "vINTID \(intid), which is no interrupt"
      case .hardwareListRegisterOfSGI: "HW set and pINTID \(value.physicalINTID), an SGI"
      default: "HW set, pending and active"
      }
    let place = Transition(time: t.time, event: t.event, kind: .lrWritten, domain: t.domain, pe: t.pe)
    misuse(
      rule, place, "list register \(t.listRegister.index) of PE \(t.pe) was written with \(what)",
      [.init("\(hex(t.listRegister.value)) was written", event: t.event)])
  }
}
