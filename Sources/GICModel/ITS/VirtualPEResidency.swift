import InterruptTrace

/// Which vPE is resident on a PE: `GICR_VPENDBASER` (IHI 0069H, 12.11.38).
extension GICv3 where Store: ~Copyable {
  private static var valid: UInt64 { 1 << 63 }
  private static var pendingLast: UInt64 { 1 << 61 }
  private static var dirty: UInt64 { 1 << 60 }
  /// Fields of GICv4.0 that software sets: cacheability, shareability, address, PendingLast, IDAI, Valid.
  private static var writable: UInt64 { 0xE700_0000_0000_0000 | 0x000F_FFFF_FFFF_0F80 }
  /// GICv4.1: vPEID, group enables, PendingLast, Doorbell, Valid.
  private static var writableV41: UInt64 { 0xEC00_0000_0000_FFFF }

  /// GICv4.1 or later.
  var isV41: Bool { topology.architecture.rawValue >= Topology.Architecture.v4_1.rawValue }

  mutating func readVirtualPendingBase(_ event: Event, pe: Int, check: Int) {
    let value = pes[pe].virtualPendingBase
    var known: UInt64 = pes[pe].known.contains(.virtualPendingBase) ? .max : 0
    // When the tables are written back is the controller's affair; whether something is pending may not be known.
    if !departures.contains(.pendingTablesAreNeverDirty) { known &= ~Self.dirty }
    if pes[pe].virtual.pendingLastIsUnknown { known &= ~Self.pendingLast }
    let verdict = compare(check, expected: part(value, event), seen: event.b, known: part(known, event), pe: event.pe)
    if verdict == .taught {
      pes[pe].virtualPendingBase = merge(value, event)
      if !pes[pe].known.contains(.virtualPendingBase), event.size == 8 {
        makeResident(pes[pe].virtualPendingBase & Self.valid != 0 ? pes[pe].virtualPendingBase : 0, pe: pe)
      }
    }
    if event.size == 8 { pes[pe].known.insert(.virtualPendingBase) }
  }

  mutating func writeVirtualPendingBase(_ event: Event, pe: Int) {
    let old = pes[pe].virtualPendingBase
    let isKnown = pes[pe].known.contains(.virtualPendingBase)
    var new = merge(old, event) & (isV41 ? Self.writableV41 : Self.writable)
    pes[pe].known.insert(.virtualPendingBase)
    pes[pe].virtual.isInUse = true
    let (was, now) = (old & Self.valid != 0, new & Self.valid != 0)
    // Changing a valid register is UNPREDICTABLE; QEMU ignores it, and so does this model.
    if was, now, isKnown { return }
    pes[pe].virtual.pendingLastIsUnknown = false
    if now {
      new |= Self.pendingLast
    } else if was {
      refreshVirtual(pe)
      let isPending = pes[pe].virtual.virtualLPIPriority < 0xFF
      new = new & ~Self.pendingLast | (isPending ? Self.pendingLast : 0)
      pes[pe].virtual.pendingLastIsUnknown = !knowsVirtualLPIs(pe)
    }
    pes[pe].virtualPendingBase = new
    if was || now { makeResident(now ? new : 0, pe: pe) }
  }

  /// Makes the vPE that a value of `GICR_VPENDBASER` names resident on a PE; 0 for none.
  private mutating func makeResident(_ value: UInt64, pe: Int) {
    let old = pes[pe].virtual.residentTable
    var table: Int32 = -1
    if value & Self.valid != 0 {
      table = virtualTables.place(
        of: isV41 ? virtualPendingTable(ofVPE: UInt32(value & 0xFFFF)) : value & 0x000F_FFFF_FFFF_0000)
      if table >= 0 {
        if pes[pe].virtualPropertyBase.knows(12), !isV41 {
          virtualTables.assign(table, configuration: pes[pe].virtualPropertyBase.value & 0x000F_FFFF_FFFF_F000)
        }
        // The configuration is read from memory again.
        forgetVirtualConfiguration(table: table)
      }
    }
    pes[pe].virtual.residentTable = table
    staleVirtualLPI(pe)
    if old >= 0, old != table {
      emit(
        .vPENonresident, pe: pe, a: virtualTables[old].address,
        b: pes[pe].virtualPendingBase & Self.pendingLast != 0 ? 1 : 0)
    }
    if table >= 0, old != table { emit(.vPEResident, pe: pe, a: virtualTables[table].address) }
  }

  /// The pending table that VMAPP gave a vPE; a made-up address if nothing has shown it.
  func virtualPendingTable(ofVPE vPE: UInt32) -> UInt64 {
    for unit in 0..<translation.count {
      if let found = translation.units[unit].vPEs[vPE] { return found.pendingTable }
    }
    return 1 << 63 | 1 << 62 | UInt64(vPE)
  }
}
