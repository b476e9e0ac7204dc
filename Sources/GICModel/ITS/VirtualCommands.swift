import InterruptTrace
import LPIStore

extension ITSCommand {
  /// `vINTID` of VMAPTI.
  var virtualINTID: UInt32 { UInt32(truncatingIfNeeded: dw2) }
  /// `Dbell_pINTID` of VMAPTI, VMAPI and VMOVI; nil for 1023, which is none.
  var doorbell: UInt32? {
    let intid = UInt32(truncatingIfNeeded: dw2 >> 32)
    return intid == INTID.spurious ? nil : intid
  }
  /// `D` of VMOVI: the doorbell changes too.
  var changesDoorbell: Bool { dw2 & 1 != 0 }
  /// `VPT_addr` of VMAPP in bytes.
  var virtualPendingTable: UInt64 { dw3 & 0x000F_FFFF_FFFF_0000 }
  /// `VPT_size` of VMAPP: vINTID bits minus one.
  var virtualINTIDBits: UInt8 { UInt8(dw3 & 0x1F) }
}

/// ITS commands about vPEs (GICv4; IHI 0069H, 5.3).
extension GICv3 where Store: ~Copyable {
  mutating func executeVirtual(_ command: ITSCommand, unit: Int) -> ITSError? {
    switch command.opcode {
    case ITSOpcode.vmapp: mapVirtualPE(command, unit: unit)
    case ITSOpcode.vmovp: moveVirtualPE(command, unit: unit)
    case ITSOpcode.vmapti: mapVirtualInterrupt(command, unit: unit, intid: command.virtualINTID)
    case ITSOpcode.vmapi: mapVirtualInterrupt(command, unit: unit, intid: command.eventID)
    case ITSOpcode.vmovi: moveVirtualInterrupt(command, unit: unit)
    case ITSOpcode.vinvall: invalidateVirtualPE(command, unit: unit)
    case ITSOpcode.vsgi: configureVirtualSGI(command, unit: unit)
    case ITSOpcode.invdb: invalidateDoorbell(command, unit: unit)
    default: nil  // SYNC and VSYNC wait for effects that are immediate here.
    }
  }

  /// Keeps a vPE table entry that a command changes, for the reads of the table that the capture shows next.
  private mutating func rememberVirtualPE(_ vPE: UInt32, unit: Int) {
    translation.units[unit].changedVPE = (vPE, translation.units[unit].vPEs[vPE])
  }

  /// A vPE; nil if it is not mapped, or if nothing has shown it.
  private func virtualPE(_ vPE: UInt32, unit: Int) -> VirtualPE? { translation.units[unit].vPEs[vPE] }

  /// The error that a command about an unmapped vPE ends with, if the vPE table is known.
  var unmappedVirtualPE: ITSError? { translation.startsEmpty ? .unmappedVPE : nil }

  // MARK: vPEs

  /// VMAPP.
  private mutating func mapVirtualPE(_ command: ITSCommand, unit: Int) -> ITSError? {
    rememberVirtualPE(command.vPE, unit: unit)
    guard command.isValid else {
      translation.units[unit].vPEs[command.vPE] = nil
      return nil
    }
    guard let pe = redistributor(command.redistributor) else { return .ittSizeOrProcessorOutOfRange }
    let table = virtualTables.place(of: command.virtualPendingTable)
    if table >= 0, virtualPE(command.vPE, unit: unit) == nil { virtualTables[table].isUnknown = true }
    let isV41 = topology.architecture.rawValue >= Topology.Architecture.v4_1.rawValue
    let defaultDoorbell = UInt32(truncatingIfNeeded: command.dw1)
    translation.units[unit].vPEs[command.vPE] = VirtualPE(
      pe: pe, pendingTable: command.virtualPendingTable, size: command.virtualINTIDBits, table: table,
      doorbell: isV41 && defaultDoorbell != INTID.spurious ? defaultDoorbell : nil)
    return nil
  }

  /// VMOVP: its pending table goes with the vPE, for it lies in memory.
  private mutating func moveVirtualPE(_ command: ITSCommand, unit: Int) -> ITSError? {
    rememberVirtualPE(command.vPE, unit: unit)
    guard let pe = redistributor(command.redistributor) else { return .ittSizeOrProcessorOutOfRange }
    guard translation.units[unit].vPEs[command.vPE] != nil else {
      translation.units[unit].unresolved = UnresolvedTranslation(
        at: DeviceEvent(device: 0, event: 0), opcode: command.opcode, cause: .command, collection: pe)
      return unmappedVirtualPE
    }
    // With GITS_TYPER.VMOVP the move is made known to one ITS and holds for all.
    for other in 0..<translation.count { translation.units[other].vPEs[command.vPE]?.pe = pe }
    return nil
  }

  /// VINVALL.
  private mutating func invalidateVirtualPE(_ command: ITSCommand, unit: Int) -> ITSError? {
    guard let vPE = virtualPE(command.vPE, unit: unit) else { return unmappedVirtualPE }
    forgetVirtualConfiguration(table: vPE.table)
    if Int(vPE.pe) < peCount { staleVirtualLPI(Int(vPE.pe)) }
    return nil
  }

  // MARK: Interrupts

  /// VMAPTI and VMAPI.
  private mutating func mapVirtualInterrupt(_ command: ITSCommand, unit: Int, intid: UInt32) -> ITSError? {
    guard ensureDevice(command, unit: unit) else { return .unmappedDevice }
    guard intid >= LPILimits.firstINTID, intid < 1 << 24 else { return .physicalIDOutOfRange }
    if let doorbell = command.doorbell, doorbell < LPILimits.firstINTID || doorbell >= 1 << 24 {
      return .physicalIDOutOfRange
    }
    let entry = TranslationEntry(virtualINTID: intid, vpe: UInt16(truncatingIfNeeded: command.vPE))
    guard translation.stores[unit].map(command.at, entry, doorbell: command.doorbell) else { return .idOutOfRange }
    emit(.mapping, intid: intid, a: command.at.key, b: 1)
    return nil
  }

  /// VMOVI: the pending state moves to the new vPE's table, and rings there if that vPE is not resident.
  private mutating func moveVirtualInterrupt(_ command: ITSCommand, unit: Int) -> ITSError? {
    let entry = translation.stores[unit].lookup(command.at)
    guard entry.isValid else {
      let error = missing(command.at, unit: unit, opcode: command.opcode, collection: command.vPE)
      if command.changesDoorbell { translation.units[unit].unresolved?.doorbell = command.doorbell }
      return error
    }
    guard entry.isVirtual else { return .unmappedInterrupt }
    let doorbell = command.changesDoorbell ? command.doorbell : translation.stores[unit].doorbell(command.at)
    return move(virtual: entry, command.at, to: command.vPE, doorbell: doorbell, unit: unit)
  }

  mutating func move(
    virtual entry: TranslationEntry, _ at: DeviceEvent, to vPE: UInt32, doorbell: UInt32?, unit: Int
  ) -> ITSError? {
    let old = virtualPE(UInt32(entry.vpe), unit: unit)
    let new = virtualPE(vPE, unit: unit)
    if (old == nil || new == nil) && translation.startsEmpty { return .unmappedVPE }
    var changed = entry
    changed.vpe = UInt16(truncatingIfNeeded: vPE)
    translation.stores[unit].map(at, changed, doorbell: doorbell)
    guard let old, let new, old.table != new.table,
      clearVirtualLPI(entry.intid, table: old.table, pe: old.pe, cause: .command)
    else { return nil }
    setVirtualLPI(entry.intid, vPE: new, doorbell: doorbell ?? new.doorbell, cause: .command, source: at.key)
    return nil
  }

  /// INT, CLEAR, DISCARD and INV, and MSIs, of an event that is mapped to a vPE.
  mutating func actVirtual(
    _ opcode: UInt8, _ entry: TranslationEntry, _ at: DeviceEvent, unit: Int, cause: PendingCause
  ) -> ITSError? {
    guard let vPE = virtualPE(UInt32(entry.vpe), unit: unit) else {
      let fault: ITSFault = translation.startsEmpty ? .unmappedVPE : .unknown
      emit(.itsFault, intid: entry.intid, a: at.key, b: fault.rawValue)
      if opcode == ITSOpcode.discard { discard(entry, at, unit: unit) }
      if !translation.startsEmpty {
        translation.units[unit].unresolved = UnresolvedTranslation(
          at: at, opcode: opcode, cause: cause, entryIsKnown: true)
      }
      return unmappedVirtualPE
    }
    switch opcode {
    case ITSOpcode.int:
      let doorbell = entry.hasDoorbell ? translation.stores[unit].doorbell(at) : nil
      setVirtualLPI(entry.intid, vPE: vPE, doorbell: doorbell ?? vPE.doorbell, cause: cause, source: at.key)
    case ITSOpcode.clear: clearVirtualLPI(entry.intid, table: vPE.table, pe: vPE.pe, cause: cause)
    case ITSOpcode.inv:
      guard vPE.table >= 0 else { return nil }
      forgetVirtualConfiguration(entry.intid, vPE.table)
      if Int(vPE.pe) < peCount { staleVirtualLPI(Int(vPE.pe)) }
    default:
      clearVirtualLPI(entry.intid, table: vPE.table, pe: vPE.pe, cause: cause)
      discard(entry, at, unit: unit)
    }
    return nil
  }

  // MARK: GICv4.1

  /// INVDB: the configuration of a vPE's default doorbell must be read again.
  private mutating func invalidateDoorbell(_ command: ITSCommand, unit: Int) -> ITSError? {
    guard let vPE = virtualPE(command.vPE, unit: unit) else { return unmappedVirtualPE }
    if let doorbell = vPE.doorbell { invalidate(lpi: doorbell, pe: vPE.pe) }
    return nil
  }
}
