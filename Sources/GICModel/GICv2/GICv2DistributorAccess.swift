import InterruptTrace

/// Reads and writes of `GICD_*` (IHI 0048B, 4.3). What holds something of each INTID follows from its row
/// (`Interrupts/Bank+Register.swift`).
extension GICv2 {
  // MARK: Reads

  mutating func readDistributor(_ event: Event) {
    let pe = accessor(event)
    let index = distributorMap.index(at: event.offset)
    let row = distributorMap.row(index)
    let check = PredictionLedger.check(gicv2Distributor: index)
    switch row.role {
    case .reserved: compareReserved(event, check: check)
    case .type:
      learnType(event)
      compareIdentification(event, check: check)
    case .implementer, .identification: compareIdentification(event, check: check)
    default:
      let nonSecure = isNonSecure(event, pe: pe)
      if accessorIsAssumed, isBanked(event.offset) {
        meetAccessor(event, row)
        let pe = compareAssumed(check, event) { $0.answer(row, event, pe: $1, nonSecure: nonSecure) }
        if let pe, row.role == .interrupts { learn(row, event, pe: pe, nonSecure: nonSecure) }
        return
      }
      let first = answer(row, event, pe: pe, nonSecure: nonSecure)
      let isOther = isInOtherView(event, check: check, pe: pe, nonSecure: nonSecure, first) {
        $0.answer(row, event, pe: pe, nonSecure: !nonSecure)
      }
      if isOther {
        if row.role == .interrupts { learn(row, event, pe: pe, nonSecure: !nonSecure) }
        return
      }
      let verdict = compare(check, expected: first.value, seen: event.b, known: first.known, pe: event.pe)
      if verdict == .disagreed { return loseTrack(row, event, pe: pe, nonSecure: nonSecure) }
      guard first.known != .max else { return }
      let isOpen =
        doubtsView(event, pe: pe) && !answer(row, event, pe: pe, nonSecure: !nonSecure).contradicts(event.b)
      if row.role == .control {
        learnControl(event, nonSecure: nonSecure, isOpen: isOpen)
      } else if row.role == .interrupts {
        if row.interrupts.field == .priority, !nonSecure { learnPriorityBits(first, event) }
        if isOpen {
          learnOpen(row, event, pe: pe, nonSecure: nonSecure)
        } else {
          learn(row, event, pe: pe, nonSecure: nonSecure)
        }
      }
    }
  }

  /// A read contradicts what was known: its Security state may be another one, or something is missing in the capture.
  private mutating func loseTrack(_ row: RegisterLookup.Row, _ event: Event, pe: Int, nonSecure: Bool) {
    if hasTwoSecurityStates {
      doubtSecurity(pe)
    } else if row.role == .interrupts {
      relearn(row, event, pe: pe, nonSecure: nonSecure)
    }
  }

  /// Takes over what a read shows whose Security state is a belief: as knowledge only what both views show.
  private mutating func learnOpen(_ row: RegisterLookup.Row, _ event: Event, pe: Int, nonSecure: Bool) {
    let bank = bank(pe, row.interrupts.intid(at: event.offset &- row.start) >> 5)
    let (group, priority) = (bank.pointee.group.known, bank.pointee.knownPriority)
    // Groups and priorities are others in each; of the rest the Non-secure view shows less.
    let isOther = row.interrupts.field == .priority || row.interrupts.field == .group
    learn(row, event, pe: pe, nonSecure: nonSecure || !isOther)
    bank.pointee.group.known = group
    bank.pointee.knownPriority = priority
  }

  private mutating func learnPriorityBits(_ expected: Learned<UInt64>, _ event: Event) {
    for n in 0..<UInt64(event.size) where expected.known >> (n * 8) & 0xF0 == 0xF0 {
      _ = learnPriorityBits(
        from: event, written: UInt32(expected.value >> (n * 8) & 0xFF), seen: UInt32(event.b >> (n * 8) & 0xFF))
    }
  }

  /// A reserved offset, or one that the device refused, reads as zero; a device of one's own may have something there.
  mutating func compareReserved(_ event: Event, check: Int) {
    let isCertain = event.flags.contains(.refused) || departures.contains(.resetIsKnown)
    compare(check, expected: 0, seen: event.b, known: isCertain ? .max : 0, pe: event.pe)
  }

  /// What a read returns, and which bits of that are known; bits beyond the access are.
  private func answer(_ row: RegisterLookup.Row, _ event: Event, pe: Int, nonSecure: Bool) -> Learned<UInt64> {
    switch row.role {
    case .control:
      let control = controlView(nonSecure: nonSecure)
      var answer = Learned<UInt64>.certain(0)
      for part in AccessParts(row, event.offset, size: event.size) where part.offset == 0 {
        answer = Learned(part.returned(control.value), known: ~part.returned(~control.known))
      }
      return answer
    case .interrupts: return value(row, event, pe: pe, nonSecure: nonSecure)
    default: return .certain(0)
    }
  }

  /// `GICD_CTLR` as a Security state sees it: from Non-secure state bit 0 is EnableGrp1 (IHI 0048B, 4.3.1).
  private func controlView(nonSecure: Bool) -> Learned<UInt32> {
    let control = distributor.control
    if departures.contains(.isGICv3) { return legacyControl(nonSecure: nonSecure) }
    return nonSecure
      ? Learned(control.value >> 1 & 1, known: control.known & 2 != 0 ? .max : ~1)
      : Learned(control.value & 0b11, known: control.known | ~0b11)
  }

  private mutating func learnControl(_ event: Event, nonSecure: Bool, isOpen: Bool) {
    // In either view Group 1 is disabled if all is zero.
    guard event.offset & 3 == 0, !isOpen || event.b == 0 else { return }
    let (seen, nonSecure) = (UInt32(truncatingIfNeeded: event.b), nonSecure || isOpen)
    distributor.control.know(nonSecure ? (seen & 1) << 1 : seen & 0b11, in: nonSecure ? 2 : .max)
    reportDistributorControl()
    refreshAll()
  }

  /// `GICD_TYPER`: lines, PEs, Security Extensions (IHI 0048B, 4.3.2).
  private mutating func learnType(_ event: Event) {
    guard event.size == 4 else { return }
    if let known = topology[.gicdTyper], topology.source(of: .gicdTyper) == .register, known != event.b {
      // No controller changes it.
      topology.set(.controllers, to: 2, source: .inferred)
      progress.isMixed = true
    }
    topology.set(.gicdTyper, to: event.b, source: .register)
    if topology.set(.itLinesNumber, to: Int(event.b & 0x1F), source: .register) { learnLines(Int(event.b & 0x1F)) }
    if topology.set(.securityStates, to: event.b & 1 << 10 != 0 ? .two : .one, source: .register) {
      hasTwoSecurityStates = event.b & 1 << 10 != 0
    }
    let count = Int(event.b >> 5 & 7) + 1
    countedPEs = UInt8(truncatingIfNeeded: (1 << count) - 1)
    if topology.set(.peCount, to: count, source: .register), count != peCount { setPECount(count) }
  }

  // MARK: Writes

  mutating func writeDistributor(_ event: Event) {
    let pe = accessor(event)
    let nonSecure = isNonSecure(event, pe: pe)
    applyDeferred()
    let doubtful = accessorIsAssumed && isBanked(event.offset) ? doubtBanked(event) : 0
    let open = doubtsView(event, pe: pe) ? doubtView(event, pe: pe) : OpenWrite()
    carryOut(event, pe: pe, nonSecure: nonSecure)
    if doubtful != 0 { forgetBanked(event, doubtful) }
    forget(open, event, pe: pe)
  }

  private mutating func carryOut(_ event: Event, pe: Int, nonSecure: Bool) {
    if distributorMap.role(distributorMap.index(at: event.offset)) == .softwareInterrupt {
      if event.size == 4 {
        writeSoftwareInterrupt(UInt32(truncatingIfNeeded: event.b), sender: pe, nonSecure: nonSecure)
      }
    } else if departures.contains(.isGICv3), writeMessageBasedSPI(event, nonSecure: nonSecure) {
      return
    } else if departures.contains(.writesBytewise), event.size > 1 {
      writeInSteps(event, pe: pe, nonSecure: nonSecure)
    } else {
      write(event.offset, size: event.size, event.b, pe: pe, nonSecure: nonSecure)
    }
  }

  /// Carries out a write byte by byte and keeps what each byte led to, if it led to anything.
  private mutating func writeInSteps(_ event: Event, pe: Int, nonSecure: Bool) {
    var changed = false
    for pe in 0..<peCount { _ = highest(pe) }
    let (word, unknown) = unknownBefore(event, pe)
    let field = distributorMap.row(distributorMap.index(at: event.offset)).interrupts.field
    steps.begin(count: event.size, field, doubtful: unknown, word: word)
    for byte in 0..<event.size {
      let value = event.b >> UInt64(byte * 8) & 0xFF
      write(event.offset &+ UInt32(byte), size: 1, value, pe: pe, nonSecure: nonSecure)
      for pe in 0..<peCount {
        if interfaces[pe].highestIsStale { changed = true }
        let pending = highest(pe)
        steps.set(byte, pe, .init(pending: pending, lines: lines(pe, pending)))
      }
    }
    if !changed { steps.end() }
  }

  /// The word of interrupts that a write is about, and those of which not all that decides what is signalled is known.
  private func unknownBefore(_ event: Event, _ pe: Int) -> (word: Int, interrupts: UInt32) {
    let row = distributorMap.row(distributorMap.index(at: event.offset))
    guard row.role == .interrupts else { return (0, 0) }
    let word = row.interrupts.intid(at: event.offset &- row.start) >> 5
    let bank = bank(pe, word)
    let lines = bank.pointee.edge.known & bank.pointee.level.known & bank.pointee.latch.known
    var state = bank.pointee.enabled.known & bank.pointee.active.known & bank.pointee.group.known
    if word > 0 {
      // An SPI is pending and active for each PE by itself.
      for pe in 0..<peCount {
        let plane = GICv2Distributor.plane(pe, word)
        state &= distributor.latch[plane].known & distributor.active[plane].known
      }
    }
    return (word, ~(lines & state & bank.pointee.knownPriority & (word == 0 ? .max : bank.pointee.knownTarget)))
  }

  private mutating func write(_ offset: UInt32, size: Int, _ value: UInt64, pe: Int, nonSecure: Bool) {
    let row = distributorMap.row(distributorMap.index(at: offset))
    switch row.role {
    case .control: if offset == row.start { writeControl(UInt32(truncatingIfNeeded: value), nonSecure: nonSecure) }
    case .interrupts: writeInterrupts(row, offset, size: size, value, pe: pe, nonSecure: nonSecure)
    default: break
    }
  }

  private mutating func writeControl(_ value: UInt32, nonSecure: Bool) {
    let view = controlView(nonSecure: nonSecure).value & 0b11
    if value & 0b11 == 0 || value & 0b11 == view { progress.resets.lastStart = eventIndex }
    if nonSecure {
      distributor.control.know((value & 1) << 1, in: 2)
    } else {
      if departures.contains(.isGICv3), value & Distributor.disableSecurity != 0 { hasTwoSecurityStates = false }
      distributor.control = .certain(value & 0b11)
    }
    reportDistributorControl()
    refreshAll()
  }
}
