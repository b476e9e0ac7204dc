import InterruptTrace
import LPIStore

/// Virtual LPIs (GICv4; IHI 0069H, 6.2): pending in the table of a vPE, signalled where that vPE is resident, else
/// announced by a doorbell.
extension GICv3 where Store: ~Copyable {
  /// The PE on which the vPE of a table is resident: the one it is mapped to, or none.
  private func isResident(_ table: Int32, on pe: UInt32) -> Bool {
    Int(pe) < peCount && pes[Int(pe)].virtual.residentTable == table
  }

  /// Makes a virtual LPI pending for a vPE. `source` is `DeviceID << 32 | EventID`.
  mutating func setVirtualLPI(_ intid: UInt32, vPE: VirtualPE, doorbell: UInt32?, cause: PendingCause, source: UInt64) {
    guard vPE.table >= 0, holds(vPE.pe) else { return }
    let resident = isResident(vPE.table, on: vPE.pe)
    guard intid >= LPILimits.firstINTID, vPE.size >= 23 || intid >> UInt32(vPE.size + 1) == 0,
      !resident || fitsVirtual(intid, pe: Int(vPE.pe))
    else {
      emit(.itsFault, pe: vPE.pe, intid: intid, a: source, b: ITSFault.intidOutOfRange.rawValue)
      return
    }
    let isNew = virtualTables.setPending(intid, vPE.table)
    if isNew { forgetVirtualConfiguration(intid, vPE.table) }
    emit(
      isNew ? .virtualPending : .virtualMerged, pe: vPE.pe, intid: intid,
      priority: UInt32(virtualTables.record(intid, vPE.table).priority), a: UInt64(cause.rawValue), b: source)
    if resident {
      staleVirtualLPI(Int(vPE.pe))
    } else if let doorbell {
      setLPI(doorbell, pe: vPE.pe, cause: .doorbell, source: source)
    }
  }

  /// Makes a virtual LPI not pending for a vPE. Returns whether it was.
  @discardableResult
  mutating func clearVirtualLPI(_ intid: UInt32, table: Int32, pe: UInt32, cause: PendingCause) -> Bool {
    guard table >= 0, virtualTables.clearPending(intid, table) else { return false }
    emit(.virtualPendingCleared, pe: pe, intid: intid, a: UInt64(cause.rawValue))
    if isResident(table, on: pe) { staleVirtualLPI(Int(pe)) }
    return true
  }

  /// Whether an INTID fits `GICR_VPROPBASER.IDbits`, where that is known.
  private func fitsVirtual(_ intid: UInt32, pe: Int) -> Bool {
    guard pes[pe].virtualPropertyBase.knows(0) else { return true }
    let bits = (pes[pe].virtualPropertyBase.value & 0x1F) + 1
    return bits >= 24 || intid >> UInt32(bits) == 0
  }

  /// The best virtual LPI of a PE must be found again.
  @inline(__always) func staleVirtualLPI(_ pe: Int) {
    pes[pe].virtual.virtualLPIIsStale = true
    pes[pe].virtual.invalidate()
  }

  /// Finds the highest-priority directly injected interrupt of the resident vPE.
  mutating func refreshVirtualLPI(_ pe: Int) {
    pes[pe].virtual.virtualLPIIsStale = false
    let table = pes[pe].virtual.residentTable
    pes[pe].virtual.virtualLPIPriority = 0xFF
    pes[pe].virtual.virtualLPIIsGroup1 = true
    guard table >= 0 else { return }
    if let best = virtualTables.best(table) {
      pes[pe].virtual.virtualLPI = best.intid
      pes[pe].virtual.virtualLPIPriority = UInt32(best.priority)
    }
    refreshVirtualSGI(pe, table: table)
  }

  /// The guest acknowledged its highest-priority virtual LPI. Neither virtual LPIs nor virtual SGIs
  /// have an active state.
  mutating func acknowledgeVirtualLPI(pe: Int) {
    let table = pes[pe].virtual.residentTable
    guard table >= 0 else { return }
    let intid = pes[pe].virtual.virtualLPI
    if intid < 16 {
      virtualTables[table].sgis.pending.setBit(Int(intid), to: false)
    } else {
      virtualTables.clearPending(intid, table)
    }
    staleVirtualLPI(pe)
  }

  // MARK: Configuration, which lies in guest memory

  /// The controller has reason to read a virtual LPI's configuration again.
  mutating func forgetVirtualConfiguration(_ intid: UInt32, _ table: Int32) {
    let record = virtualTables.record(intid, table)
    guard record.userFlags & LPIFlags.confirmed != 0 else { return }
    virtualTables.setUserFlags(intid, table, record.userFlags & ~LPIFlags.confirmed)
  }

  /// The configuration of every virtual LPI that is pending for a vPE must be read again.
  mutating func forgetVirtualConfiguration(table: Int32) {
    guard table >= 0 else { return }
    for intid in virtualTables.confirmed.take(table: UInt32(table)) where virtualTables.isPending(intid, table) {
      forgetVirtualConfiguration(intid, table)
    }
  }

  /// Whether something about the virtual LPIs of the resident vPE is not known.
  func knowsVirtualLPIs(_ pe: Int) -> Bool {
    let table = pes[pe].virtual.residentTable
    guard table >= 0 else {
      return pes[pe].known.contains(.virtualPendingBase) || departures.contains(.residencyIsNeverUnseen)
    }
    guard !virtualTables[table].isUnknown, virtualTables.unknownPendingCount(table) == 0 else { return false }
    guard pes[pe].virtual.virtualLPIPriority < 0xFF else { return true }
    return virtualTables.record(pes[pe].virtual.virtualLPI, table).userFlags & LPIFlags.confirmed != 0
  }

  /// Makes `seen` the highest-priority virtual LPI of the resident vPE by what is unknown: the configuration in memory, and
  /// what the pending table held at first.
  mutating func reconcileVirtualLPI(_ pe: Int, seen: (intid: UInt32, priority: UInt32)?) -> Bool {
    refreshVirtualLPI(pe)
    if pes[pe].virtual.virtualLPIPriority >= 0xFF, seen == nil { return true }
    if pes[pe].virtual.residentTable < 0 {
      guard !pes[pe].known.contains(.virtualPendingBase) else { return false }
      // A vPE that was made resident before the capture began.
      pes[pe].virtual.residentTable = virtualTables.place(of: 1 << 63 | UInt64(pe))
    }
    let table = pes[pe].virtual.residentTable
    guard table >= 0 else { return false }
    for _ in 0..<16 {
      refreshVirtualLPI(pe)
      pes[pe].virtual.invalidate()
      let priority = pes[pe].virtual.virtualLPIPriority
      let intid = pes[pe].virtual.virtualLPI
      if priority >= 0xFF, seen == nil { return true }
      if let seen, priority == seen.priority, intid == seen.intid { return true }
      let isOutranked = priority < 0xFF && seen.map { (priority, intid) < ($0.priority, $0.intid) } ?? true
      if isOutranked {
        let record = virtualTables.record(intid, table)
        guard record.userFlags & LPIFlags.confirmed == 0 else { return false }
        let isDisabled = seen == nil
        virtualTables.setConfiguration(
          intid, table, property: isDisabled ? record.property & ~1 : record.property, isKnown: isDisabled)
      } else if let seen, !promoteVirtualLPI(seen.intid, priority: seen.priority, table: table, pe: pe) {
        return false
      }
    }
    return false
  }

  private mutating func promoteVirtualLPI(_ intid: UInt32, priority: UInt32, table: Int32, pe: Int) -> Bool {
    let property = UInt8(truncatingIfNeeded: priority & 0xFC) | 1
    let record = virtualTables.record(intid, table)
    let wasPending = virtualTables.isPending(intid, table)
    if wasPending, record.isKnown, record.property == property { return false }
    if record.isKnown, record.userFlags & LPIFlags.confirmed != 0, record.property != property { return false }
    if !wasPending {
      guard virtualTables[table].isUnknown, intid >= LPILimits.firstINTID, intid < 1 << 24 else { return false }
      virtualTables.setPending(intid, table)
      emit(.virtualPending, pe: pe, intid: intid, priority: priority, a: UInt64(PendingCause.pendingTable.rawValue))
    }
    virtualTables.setConfiguration(intid, table, property: property, isKnown: true)
    virtualTables.confirm(intid, table)
    return true
  }
}
