import InterruptTrace
import LPIStore

/// LPIs at the Redistributors (IHI 0069H, 5.1).
extension GICv3 where Store: ~Copyable {
  /// Makes an LPI pending on a PE. `source` is `DeviceID << 32 | EventID`.
  @inline(__always) mutating func setLPI(_ intid: UInt32, pe: UInt32, cause: PendingCause, source: UInt64 = .max) {
    guard holds(pe) else { return }
    guard takesLPIs(pe) else {
      return emit(.itsFault, pe: pe, intid: intid, a: source, b: ITSFault.lpisDisabled.rawValue)
    }
    guard intid >= LPILimits.firstINTID, fits(intid, pe: pe) else {
      return emit(.itsFault, pe: pe, intid: intid, a: source, b: ITSFault.intidOutOfRange.rawValue)
    }
    if !configurationMemory.isEmpty { fetchConfiguration(intid) }
    let isNew = lpis.setPending(intid, pe: pe)
    let record = lpis.record(intid)
    if !record.isKnown { pes[Int(pe)].unconfiguredLPI = intid }
    if isNew, record.userFlags & LPIFlags.confirmed != 0 {
      lpis.setUserFlags(intid, record.userFlags & ~LPIFlags.confirmed)
    }
    emit(
      isNew ? .pending : .merged, pe: pe, intid: intid, priority: lpiPriority(record.priority),
      a: UInt64(cause.rawValue), b: source)
    pes[Int(pe)].highestIsStale = true
  }

  /// Makes an LPI not pending on a PE.
  @inline(__always) mutating func clearLPI(_ intid: UInt32, pe: UInt32, cause: PendingCause) {
    guard holds(pe), takesLPIs(pe), fits(intid, pe: pe), lpis.clearPending(intid, pe: pe) else { return }
    emit(.pendingCleared, pe: pe, intid: intid, a: UInt64(cause.rawValue))
    staleLPIs(Int(pe))
  }

  /// Another LPI may have to be selected: ``Departures/rereadsLPIConfiguration``.
  @inline(__always) mutating func rereadConfiguration(pe: Int) {
    if departures.contains(.rereadsLPIConfiguration) { pes[pe].configurationIsReread = true }
  }

  /// The LPIs that are pending on a PE changed, or their configuration did.
  @inline(__always) mutating func staleLPIs(_ pe: Int) {
    pes[pe].highestIsStale = true
    rereadConfiguration(pe: pe)
  }

  /// Whether an INTID fits `GICR_PROPBASER.IDbits`, where that is known, and `GICD_TYPER.IDbits`.
  @inline(__always) func fits(_ intid: UInt32, pe: UInt32) -> Bool {
    var bits = lpiINTIDBits
    if pes[Int(pe)].propertyBase.knows(0) { bits = min(bits, Int(pes[Int(pe)].propertyBase.value & 0x1F) + 1) }
    return intid >> UInt32(bits) == 0
  }

  /// Whether a Redistributor keeps pending LPIs: `GICR_CTLR.EnableLPIs`, taken for set until the capture shows it.
  @inline(__always) func takesLPIs(_ pe: UInt32) -> Bool {
    pes[Int(pe)].control[0] || !pes[Int(pe)].control.knows(0)
  }

  /// `GICR_CTLR.EnableLPIs` was set: the pending table in memory counts from here. A `GICR_PENDBASER` written since LPIs were
  /// enabled last may name another table, or promise by PTZ that it is zero; else its content is shown only by what follows
  /// (IHI 0069H, 12.11.32).
  mutating func enableLPIs(pe: UInt32) {
    let (base, used) = (pes[Int(pe)].pendingBase, pes[Int(pe)].usedPendingBase)
    if used == 0, !startsAtReset {
      // Which table was used before the capture is not known.
      pes[Int(pe)].pendingTableIsUnknown = true
      pes[Int(pe)].usedPendingBase = base.value
    } else if used != base.value {
      let isZero = base.knows(62) && base[62]
      let isMoved = (base.value ^ used) & 0x000F_FFFF_FFFF_0000 != 0  // bits 51:16
      if isZero || isMoved { losePending(pe: pe) }
      pes[Int(pe)].pendingTableIsUnknown = !isZero || !isMoved
      // PTZ is write-only: it is a promise for this once.
      pes[Int(pe)].usedPendingBase = base.value
    }
    staleLPIs(Int(pe))
  }

  /// What is pending stands in a table that is not used any more, or that software says is zero.
  private mutating func losePending(pe: UInt32) {
    for intid in lpis.allPending(pe: pe) {
      lpis.clearPending(intid, pe: pe)
      emit(.pendingCleared, pe: pe, intid: intid, a: UInt64(PendingCause.pendingTable.rawValue))
    }
  }

  /// `GICR_CTLR.EnableLPIs` was cleared: the Redistributor writes its pending state back to memory, where it
  /// is kept.
  mutating func disableLPIs(pe: UInt32) {
    pes[Int(pe)].highestIsStale = true
    if departures.contains(.disablingLPIsForgetsPending) { lpis.clearAllPending(pe: pe) }
  }

  /// An LPI's configuration must be read again from memory.
  mutating func invalidate(lpi intid: UInt32, pe: UInt32) {
    if let property = configurationMemory[intid] {
      configureLPI(intid, property: property, isKnown: true, as: .derived)
    }
    let record = lpis.record(intid)
    if record.userFlags & LPIFlags.confirmed != 0 { lpis.setUserFlags(intid, record.userFlags & ~LPIFlags.confirmed) }
    guard holds(pe) else { return }
    staleLPIs(Int(pe))
  }

  /// The configuration of every LPI of a PE must be read again; what is not pending now is read when it becomes so.
  mutating func invalidateAll(pe: UInt32) {
    guard holds(pe) else { return }
    // What was read since it was written, or never changed, would only be found the same again.
    for intid in configurationMemory.takeUnread() {
      guard let property = configurationMemory[intid] else { continue }
      configureLPI(intid, property: property, isKnown: true, as: .derived)
    }
    rereadConfiguration(pe: Int(pe))
    for intid in confirmedLPIs.take(table: pe) where lpis.isPending(intid, pe: pe) {
      lpis.setUserFlags(intid, lpis.record(intid).userFlags & ~LPIFlags.confirmed)
    }
    if lpis.pendingCount(pe: pe) > 0 { staleLPIs(Int(pe)) }
  }

  /// The capture confirms the configuration of an LPI that is pending.
  mutating func confirm(lpi intid: UInt32) {
    lpis.setUserFlags(intid, lpis.record(intid).userFlags | LPIFlags.confirmed)
    for pe in lpis.pendingPEs(intid) { confirmedLPIs.add(intid, table: pe) }
  }

  /// A Redistributor that has not cached an LPI's configuration reads it when the LPI becomes pending (5.1.1).
  private mutating func fetchConfiguration(_ intid: UInt32) {
    guard let property = configurationMemory[intid] else { return }
    let record = lpis.record(intid)
    guard !record.isKnown || departures.contains(.rereadsLPIConfiguration),
      record.property != property || !record.isKnown
    else { return }
    configureLPI(intid, property: property, isKnown: true, as: .derived)
  }

  /// Guest memory that the capture shows: bytes of an LPI configuration table, if it lies in one. What the
  /// Redistributors have cached stays as it is until they are told to read again (5.1.1).
  mutating func writeMemory(_ event: Event) {
    guard let pe = (0..<peCount).first(where: { pes[$0].propertyBase.knows(12) }) else { return }
    let base = pes[pe].propertyBase.value & 0x000F_FFFF_FFFF_F000
    let size = UInt64(2) << (pes[pe].propertyBase.value & 0x1F)
    for n in 0..<UInt64(event.size) {
      let offset = event.a &+ n &- base
      guard offset < size else { continue }
      let intid = LPILimits.firstINTID &+ UInt32(truncatingIfNeeded: offset)
      configurationMemory.write(UInt8(truncatingIfNeeded: event.b >> (n * 8)), of: intid)
      if !lpis.record(intid).isKnown, !lpis.pendingPEs(intid).isEmpty {
        fetchConfiguration(intid)
        for pe in 0..<peCount { pes[pe].highestIsStale = true }
      }
    }
  }
}
