import InterruptTrace

/// Reads and writes of `GICD_*` (IHI 0069H, 12.9). What holds something of each INTID follows from its row alone
/// (`Interrupts/Bank+Register.swift`).
extension GICv3 where Store: ~Copyable {
  mutating func readDistributor(_ event: Event) {
    let index = distributorMap.index(at: event.offset)
    let row = distributorMap.row(index)
    guard row.role != .reserved, !event.flags.contains(.refused) else { return compareReserved(event) }
    let check = PredictionLedger.check(.gicd, index: index)
    let nonSecure = isNonSecure(event)
    if sawLegacyOperation, !hasOneSecurityState, AffinityRouting.disables(row, at: event.offset) {
      compare(check, expected: 0, seen: event.b, known: 0, pe: event.pe)
      return
    }
    switch row.role {
    case .control: readDistributorControl(event, check: check, nonSecure: nonSecure)
    case .type:
      learnDistributorType(event)
      compareIdentification(event, check: check)
    case .implementer, .type2, .identification, .status: compareIdentification(event, check: check)
    case .interrupts where !AffinityRouting.disables(row, at: event.offset):
      if row.interrupts.field == .route {
        readRouter(event, row, check: check, nonSecure: nonSecure)
      } else {
        readInterrupts(row, event, check: check, pe: 0, nonSecure: nonSecure)
      }
    default:
      // Write-only registers and those that affinity routing makes RES0.
      compare(check, expected: 0, seen: event.b, pe: event.pe)
    }
  }

  mutating func writeDistributor(_ event: Event) {
    let row = distributorMap.row(distributorMap.index(at: event.offset))
    let nonSecure = isNonSecure(event)
    switch row.role {
    case .control: writeDistributorControl(UInt32(truncatingIfNeeded: event.b), nonSecure: nonSecure)
    case .setSPI, .clearSPI: writeMessageBasedSPI(event, set: row.role == .setSPI, nonSecure: nonSecure)
    case .interrupts where !AffinityRouting.disables(row, at: event.offset):
      if row.interrupts.field == .route {
        writeRouter(event, row, nonSecure: nonSecure)
      } else {
        writeInterrupts(row, event.offset, size: event.size, event.b, pe: 0, nonSecure: nonSecure)
      }
    default: break
    }
  }

  // MARK: GICD_CTLR (12.9.4)

  private mutating func readDistributorControl(_ event: Event, check: Int, nonSecure: Bool) {
    let value = UInt32(truncatingIfNeeded: event.b)
    let sawDS = value & Distributor.disableSecurity != 0
    if !event.flags.contains(.secure) || sawDS { learnSecurityStates(sawDS ? .one : .two) }
    let nonSecure = isNonSecure(event)
    let (own, are) = (Distributor.enableGroup1NonSecure, Distributor.affinityRoutingSecure)
    let view =
      nonSecure ? Learned(nonSecureControl, known: distributor.control.known | ~(own | are)) : distributor.control
    let verdict = compare(
      check, expected: UInt64(view.value), seen: event.b, known: UInt64(view.known), pe: event.pe)
    if verdict == .taught {
      distributor.control.assume(value, in: nonSecure ? own : ~Distributor.registerWritePending)
      if !nonSecure { distributor.control.assume(0, in: Distributor.registerWritePending) }
      refreshAllShared()
    }
    // The Non-secure view has only its own bits; that there is one says that there are two Security states.
    distributor.control.known |=
      nonSecure
      ? own | Distributor.affinityRoutingNonSecure | Distributor.disableSecurity : ~Distributor.registerWritePending
  }

  /// `GICD_CTLR` from Non-secure state: EnableGrp1A and ARE_NS, at bits 1 and 4.
  private var nonSecureControl: UInt32 {
    let control = distributor.control.value
    let are = control & Distributor.affinityRoutingNonSecure != 0 ? Distributor.affinityRoutingSecure : 0
    return control & Distributor.enableGroup1NonSecure | are
  }

  /// Corrects the number of Security states when the capture shows it before anything depends on it.
  mutating func learnSecurityStates(_ states: Topology.SecurityStates) {
    guard distributor.control.known & Distributor.disableSecurity == 0, (states == .one) != hasOneSecurityState else {
      return
    }
    guard topology.source(of: .securityStates).map({ $0 < .header }) ?? true else { return }
    topology.set(.securityStates, to: states, source: .register)
    let enables = distributor.control.value & 0b111
    distributor.control.value = Self.resetControl(oneSecurityState: states == .one) | enables
    refreshAllShared()
  }

  private mutating func writeDistributorControl(_ value: UInt32, nonSecure: Bool) {
    let writable: UInt32
    if hasOneSecurityState {
      writable = Distributor.enableGroup0 | Distributor.enableGroup1NonSecure
    } else if nonSecure {
      writable = Distributor.enableGroup1NonSecure
    } else {
      writable =
        Distributor.enableGroup0 | Distributor.enableGroup1NonSecure | Distributor.enableGroup1Secure
        | Distributor.disableSecurity
    }
    let enables = value & 0b111
    if enables == 0 || enables == distributor.control.value & 0b111 { progress.resets.lastStart = eventIndex }
    // Where affinity routing can be off, it can be switched on; back it goes by a reset only.
    let routing = affinityRouting(setBy: value, nonSecure: nonSecure)
    let wasOne = hasOneSecurityState
    distributor.control.know(value & writable | routing, in: writable | routing)
    if !wasOne, hasOneSecurityState {
      // Setting DS makes EnableGrp1S and ARE_NS RES0; only a reset clears it again.
      distributor.control.assume(0, in: Distributor.enableGroup1Secure | Distributor.affinityRoutingNonSecure)
    }
    reportDistributorControl()
    refreshAllShared()
  }

  /// The ARE bits of `GICD_CTLR` that a write sets: ARE_S takes ARE_NS with it.
  private func affinityRouting(setBy value: UInt32, nonSecure: Bool) -> UInt32 {
    let (one, two) = (Distributor.affinityRoutingSecure, Distributor.affinityRoutingNonSecure)
    if hasOneSecurityState { return value & one }
    if nonSecure { return value & one != 0 ? two : 0 }
    return value & one != 0 ? one | two : value & two
  }

  // MARK: GICD_TYPER (12.9.38)

  private mutating func learnDistributorType(_ event: Event) {
    topology.set(.gicdTyper, to: event.b, source: .register)
    topology.set(.itLinesNumber, to: Int(event.b & 0x1F), source: .register)
    topology.set(.intidBits, to: Int(event.b >> 19 & 0x1F) + 1, source: .register)
    learnImplementedINTIDs()
  }

  /// Takes the numbers of implemented INTIDs from the topology, and forgets what was kept of SPIs beyond.
  mutating func learnImplementedINTIDs() {
    lpiINTIDBits = min(topology[.intidBits] ?? (departures.contains(.lpisHave16Bits) ? 16 : 24), 24)
    guard let lines = topology[.itLinesNumber] else { return }
    distributor.wordCount = (lines & 0x1F) + (departures.contains(.countsLinesWithoutPrivate) ? 2 : 1)
    for word in min(distributor.wordCount, InterruptBanks.wordCount)..<InterruptBanks.wordCount {
      let bank = bank(0, word)
      bank.pointee.latch.value = 0
      bank.pointee.enabled.value = 0
      bank.pointee.active.value = 0
      bank.pointee.level.value = 0
      refreshShared(word: word)
    }
  }

  // MARK: Message-based SPIs (12.9.33)

  /// `GICD_SETSPI_*` and `GICD_CLRSPI_*`.
  private mutating func writeMessageBasedSPI(_ event: Event, set: Bool, nonSecure: Bool) {
    let row = distributorMap.row(distributorMap.index(at: event.offset))
    guard !(row.isSecure && nonSecure) else { return }
    sendMessage(Int(event.b & 0x3FF), set: set, nonSecure: nonSecure)
  }

  // MARK: GICD_IROUTER (12.9.22)

  private mutating func readRouter(_ event: Event, _ row: RegisterLookup.Row, check: Int, nonSecure: Bool) {
    let intid = row.interrupts.intid(at: event.offset &- row.start)
    guard INTID.isSPI(intid) else { return }
    guard implemented(intid >> 5) != 0 else {
      compare(check, expected: 0, seen: event.b, pe: event.pe)
      return
    }
    let reach = visible(row.interrupts, 0, word: intid >> 5, nonSecure: nonSecure)
    let isVisible = reach[intid & 31]
    let bank = bank(0, intid >> 5)
    let shownTargets = bank.pointee.knownTarget & ~bank.pointee.seenTarget
    let isKnown = reach.knows(intid & 31) && (shownTargets.bit(intid & 31) || !isVisible)
    let known: UInt64 = isKnown ? .max : 0
    let verdict = compare(
      check, expected: isVisible ? part(distributor.router[intid], event) : 0, seen: event.b, known: known,
      pe: event.pe)
    // Of an interrupt that may be of a group that Non-secure software does not see, zero says nothing.
    guard event.b != 0 || isVisible && reach.knows(intid & 31) else { return }
    if verdict == .taught { distributor.router[intid] = merge(distributor.router[intid], event) }
    // Where it went until now was a guess, even if that is what the register held.
    if verdict != .disagreed, !isKnown, isVisible { reroute(intid) }
    if event.size == 8 { knowTarget(bank, intid & 31) }
  }

  private func knowTarget(_ bank: UnsafeMutablePointer<InterruptBank>, _ bit: Int) {
    bank.pointee.knownTarget.setBit(bit, to: true)
    bank.pointee.seenTarget.setBit(bit, to: false)
  }

  private mutating func writeRouter(_ event: Event, _ row: RegisterLookup.Row, nonSecure: Bool) {
    let intid = row.interrupts.intid(at: event.offset &- row.start)
    let (word, bit) = (intid >> 5, intid & 31)
    let reach = visible(row.interrupts, 0, word: word, nonSecure: nonSecure)
    guard INTID.isSPI(intid), (implemented(word) & reach.value).bit(bit) else { return }
    // Aff3 in 39:32, Interrupt_Routing_Mode in 31, Aff2 to Aff0 in 23:0; the rest is RES0.
    let mask: UInt64 = departures.contains(.keepsReservedRouteBits) ? .max : 0xFF_80FF_FFFF
    distributor.router[intid] = merge(distributor.router[intid], event) & mask
    if (certainlyImplemented(word) & reach.known).bit(bit), event.size == 8 {
      knowTarget(bank(0, word), bit)
    }
    reroute(intid)
    refresh(0, intid: intid)
  }
}
