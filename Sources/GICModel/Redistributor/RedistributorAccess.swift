import InterruptTrace

/// Reads and writes of `GICR_*` (IHI 0069H, 12.11).
extension GICv3 where Store: ~Copyable {
  mutating func readRedistributor(_ event: Event, pe: Int) {
    let index = redistributorMap.index(at: event.offset)
    let row = redistributorMap.row(index)
    guard row.role != .reserved, !event.flags.contains(.refused) else { return compareReserved(event) }
    let check = PredictionLedger.check(.gicr, index: index)
    let nonSecure = isNonSecure(event)
    switch row.role {
    case .control: readRedistributorControl(event, pe: pe, check: check)
    case .type:
      learnRedistributorType(event, pe: pe)
      compareIdentification(event, check: check)
    case .implementer, .identification, .status: compareIdentification(event, check: check)
    case .waker:
      let waker = nonSecure ? Learned(0, known: pes[pe].waker.known) : pes[pe].waker
      if compare(check, waker, event) == .taught { pes[pe].waker.value = UInt32(truncatingIfNeeded: event.b) }
    case .propertyBase: compare(check, with: &pes[pe].propertyBase, event)
    case .pendingBase:
      let before = pes[pe].pendingBase.known
      compare(check, with: &pes[pe].pendingBase, event)
      // Nothing has written it since LPIs were enabled last, as far as the capture goes.
      let taught = pes[pe].pendingBase.known & ~before
      pes[pe].usedPendingBase = pes[pe].usedPendingBase & ~taught | pes[pe].pendingBase.value & taught
    case .virtualPropertyBase: compare(check, with: &pes[pe].virtualPropertyBase, event)
    case .virtualPendingBase: readVirtualPendingBase(event, pe: pe, check: check)
    case .virtualSGIPending: readVirtualSGIPending(event, pe: pe, check: check)
    case .interrupts:
      // Beyond the first word it is about the extended PPI range.
      if row.interrupts.intid(at: event.offset &- row.start) < INTID.firstSPI {
        readInterrupts(row, event, check: check, pe: pe, nonSecure: nonSecure)
      } else {
        compareIdentification(event, check: check)
      }
    default: compare(check, expected: 0, seen: event.b, pe: event.pe)
    }
  }

  private mutating func readRedistributorControl(_ event: Event, pe: Int, check: Int) {
    // Bits other than EnableLPIs and DPG are the implementation's or change by themselves.
    var control = pes[pe].control
    let unseen: UInt32 = departures.contains(.redistributorControlIsFixed) ? ~1 : 0
    control.known = control.known == .max ? ~(1 << 31 | 1 << 3) : unseen | control.known & 1
    if compare(check, control, event) == .taught {
      pes[pe].control.value = UInt32(truncatingIfNeeded: event.b)
      pes[pe].highestIsStale = true
    }
    pes[pe].control.known = .max
  }

  private mutating func learnRedistributorType(_ event: Event, pe: Int) {
    guard event.size == 8 else { return }
    topology.set(.gicrTyper, index: UInt32(pe), to: event.b, source: .register)
    topology.set(.affinity, index: UInt32(pe), to: UInt32(event.b >> 32), source: .register)
    pes[pe].affinity = UInt32(truncatingIfNeeded: event.b >> 32)
  }

  // MARK: Writes

  mutating func writeRedistributor(_ event: Event, pe: Int) {
    let index = redistributorMap.index(at: event.offset)
    let row = redistributorMap.row(index)
    let nonSecure = isNonSecure(event)
    let value = UInt32(truncatingIfNeeded: event.b)
    switch row.role {
    case .control: writeRedistributorControl(value, pe: pe)
    case .waker:
      guard !nonSecure else { return }
      // ChildrenAsleep follows ProcessorSleep (IHI 0069H, 12.11.42).
      pes[pe].waker = .certain(value & 2 != 0 ? 6 : 0)
      pes[pe].highestIsStale = true
    case .propertyBase: pes[pe].propertyBase.know(event)
    case .pendingBase: pes[pe].pendingBase.know(event)
    case .virtualPropertyBase: pes[pe].virtualPropertyBase.know(event)
    case .virtualPendingBase: writeVirtualPendingBase(event, pe: pe)
    case .virtualSGISelect: if isV41 { pes[pe].virtualSGISelect = value & 0xFFFF }
    case .setLPI: setLPI(UInt32(truncatingIfNeeded: event.b), pe: UInt32(pe), cause: .directLPI)
    case .clearLPI: clearLPI(UInt32(truncatingIfNeeded: event.b), pe: UInt32(pe), cause: .directLPI)
    case .invalidateLPI:
      emit(.configurationInvalidated, pe: pe, intid: UInt32(truncatingIfNeeded: event.b) & 0xFF_FFFF)
      invalidate(lpi: UInt32(truncatingIfNeeded: event.b), pe: UInt32(pe))
    case .invalidateAll:
      emit(.configurationInvalidated, pe: pe)
      invalidateAll(pe: UInt32(pe))
    case .interrupts:
      // Beyond the first word it is about the extended PPI range.
      guard row.interrupts.intid(at: event.offset &- row.start) < INTID.firstSPI else { return }
      writeInterrupts(row, event.offset, size: event.size, event.b, pe: pe, nonSecure: nonSecure)
    default: break
    }
  }

  private mutating func writeRedistributorControl(_ value: UInt32, pe: Int) {
    let was = pes[pe].control[0]
    let now = value & 1 != 0
    // DPG0, DPG1NS and DPG1S are writable where GICR_TYPER.DPGS says so.
    let writable: UInt32 = departures.contains(.hasNoProcessorSelection) ? 1 : 1 | 0b111 << 24
    pes[pe].control.know(value, in: writable)
    pes[pe].highestIsStale = true
    if was, !now { disableLPIs(pe: UInt32(pe)) }
    if !was, now { enableLPIs(pe: UInt32(pe)) }
    if was, now, departures.contains(.enablingLPIsAgainRereads) { invalidateAll(pe: UInt32(pe)) }
  }
}
