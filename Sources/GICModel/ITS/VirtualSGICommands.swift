import InterruptTrace
import LPIStore

/// VSGI and `GITS_SGIR` (IHI 0069H, 6.2).
extension GICv3 where Store: ~Copyable {
  /// VSGI: SGI in 35:32, priority bits 7:4 in 23:20, group in 10, clear in 9, enable in 8.
  mutating func configureVirtualSGI(_ command: ITSCommand, unit: Int) -> ITSError? {
    guard let vPE = translation.units[unit].vPEs[command.vPE] else { return unmappedVirtualPE }
    guard vPE.table >= 0 else { return nil }
    let sgi = Int(command.dw0 >> 32 & 0xF)
    if command.dw0 >> 9 & 1 != 0 {
      clearVirtualSGI(sgi, vPE: vPE)
    } else {
      let shift = UInt64(sgi * 4)
      var sgis = virtualTables[vPE.table].sgis
      sgis.enabled.setBit(sgi, to: command.dw0 >> 8 & 1 != 0)
      sgis.group1.setBit(sgi, to: command.dw0 >> 10 & 1 != 0)
      sgis.priorities = sgis.priorities & ~(0xF << shift) | (command.dw0 >> 20 & 0xF) << shift
      virtualTables[vPE.table].sgis = sgis
    }
    if Int(vPE.pe) < peCount { staleVirtualLPI(Int(vPE.pe)) }
    return nil
  }

  private mutating func clearVirtualSGI(_ sgi: Int, vPE: VirtualPE) {
    guard virtualTables[vPE.table].sgis.pending.bit(sgi) else { return }
    virtualTables[vPE.table].sgis.pending.setBit(sgi, to: false)
    emit(.virtualPendingCleared, pe: vPE.pe, intid: UInt32(sgi), a: UInt64(PendingCause.command.rawValue))
  }

  /// A write of `GITS_SGIR`: vPEID in 47:32, SGI in 3:0.
  mutating func sendVirtualSGI(_ value: UInt64, unit: Int) {
    guard let vPE = translation.units[unit].vPEs[UInt32(value >> 32 & 0xFFFF)], vPE.table >= 0, holds(vPE.pe) else {
      return
    }
    let sgi = Int(value & 0xF)
    let sgis = virtualTables[vPE.table].sgis
    virtualTables[vPE.table].sgis.pending.setBit(sgi, to: true)
    emit(
      sgis.pending.bit(sgi) ? .virtualMerged : .virtualPending, pe: vPE.pe, intid: UInt32(sgi),
      priority: sgis.priority(sgi), a: UInt64(PendingCause.sgi.rawValue), b: .max)
    if pes[Int(vPE.pe)].virtual.residentTable == vPE.table {
      staleVirtualLPI(Int(vPE.pe))
    } else if sgis.enabled.bit(sgi), let doorbell = vPE.doorbell {
      setLPI(doorbell, pe: vPE.pe, cause: .doorbell)
    }
  }

  /// `GICR_VSGIPENDR`: bit 31 is set while the answer to `GICR_VSGIR` is not there yet, bits 15:0 are the pending SGIs
  /// of the vPE that was asked for, UNKNOWN if it is not mapped here.
  mutating func readVirtualSGIPending(_ event: Event, pe: Int, check: Int) {
    guard isV41 else {
      compare(check, expected: 0, seen: event.b, pe: event.pe)
      return
    }
    let select = pes[pe].virtualSGISelect
    let table = select == .max ? -1 : virtualTables.place(of: virtualPendingTable(ofVPE: select))
    // What was pending before the capture began is not known.
    let isKnown = table >= 0 && topology[.startsAtReset] == true
    compare(
      check, expected: isKnown ? UInt64(virtualTables[table].sgis.pending & 0xFFFF) : 0, seen: event.b,
      known: isKnown && event.b >> 31 & 1 == 0 ? .max : ~0x8000_FFFF, pe: event.pe)
  }

  /// Lets a virtual SGI of the resident vPE take the place of the best virtual LPI, if it has a higher priority.
  /// `GICR_VPENDBASER.VGrp0En` and `VGrp1En`, bits 59 and 58, enable the groups.
  mutating func refreshVirtualSGI(_ pe: Int, table: Int32) {
    let sgis = virtualTables[table].sgis
    let base = pes[pe].virtualPendingBase
    let groups = (base >> 58 & 1 != 0 ? sgis.group1 : 0) | (base >> 59 & 1 != 0 ? ~sgis.group1 : 0)
    var rest = sgis.pending & sgis.enabled & groups
    while rest != 0 {
      let sgi = rest.lowestBit
      rest &= rest &- 1
      // The lower INTID goes first among equals, so before every virtual LPI.
      let isFirst =
        sgis.priority(sgi) < pes[pe].virtual.virtualLPIPriority
        || sgis.priority(sgi) == pes[pe].virtual.virtualLPIPriority
          && pes[pe].virtual.virtualLPI >= LPILimits.firstINTID
      guard isFirst else { continue }
      pes[pe].virtual.virtualLPI = UInt32(sgi)
      pes[pe].virtual.virtualLPIPriority = sgis.priority(sgi)
      pes[pe].virtual.virtualLPIIsGroup1 = sgis.group1.bit(sgi)
    }
  }
}
