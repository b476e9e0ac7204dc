import InterruptTrace

/// The lines do not say which ITS they are about; it is taken to be the first.
extension LogDecoder {
  mutating func its(_ kind: EventKind, _ offset: UInt64, _ value: UInt64, _ size: UInt64, _ flags: EventFlags = []) {
    let access = mmio(kind, .gits, offset, value, size: size, flags: flags)
    if kind == .mmioWrite, flags.isEmpty {
      order.insert(access, before: order.startOfCommands())
    } else {
      order.settle(access)
    }
  }

  /// A write into the translation frame: an MSI if it hits GITS_TRANSLATER.
  mutating func takeTranslation(_ v: UnsafeMutablePointer<UInt64>) {
    guard v[0] == 0x40 else { return order.settle(mmio(.mmioWrite, .translater, v[0], v[1], size: v[2])) }
    order.settle(
      event(.msi, pe: PE.none, a: v[1] & 0xFFFF_FFFF | v[3] << 32, b: UInt64(Frame.translater.rawValue) << 32))
  }

  // MARK: Commands

  /// A command, encoded as in its queue entry (IHI 0069H section 5.3); what the line does not show is zero.
  mutating func takeCommand(_ opcode: UInt64, _ v: UnsafeMutablePointer<UInt64>) {
    var dw: (UInt64, UInt64, UInt64, UInt64) = (opcode, 0, 0, 0)
    switch UInt8(truncatingIfNeeded: opcode) {
    case ITSOpcode.movi, ITSOpcode.mapi:  // DeviceID, EventID, ICID
      dw = (Self.device(opcode, v[0]), v[1] & 0xFFFF_FFFF, v[2] & 0xFFFF, 0)
    case ITSOpcode.int, ITSOpcode.clear, ITSOpcode.inv, ITSOpcode.discard:  // DeviceID, EventID
      dw = (Self.device(opcode, v[0]), v[1] & 0xFFFF_FFFF, 0, 0)
    case ITSOpcode.mapd:  // DeviceID, Size, ITT_addr without its low 8 bits, V
      dw = (Self.device(opcode, v[0]), v[1] & 0x1F, (v[2] & 0xFFF_FFFF_FFFF) << 8 | (v[3] & 1) << 63, 0)
    case ITSOpcode.mapc:  // ICID, RDbase, V
      dw.2 = v[0] & 0xFFFF | Self.target(v[1]) | (v[2] & 1) << 63
    case ITSOpcode.mapti:  // DeviceID, EventID, ICID, pINTID
      dw = (Self.device(opcode, v[0]), v[1] & 0xFFFF_FFFF | v[3] << 32, v[2] & 0xFFFF, 0)
    case ITSOpcode.movall:  // RDbase1, RDbase2
      dw = (opcode, 0, Self.target(v[0]), Self.target(v[1]))
    case ITSOpcode.vmovi:  // DeviceID, EventID, vPEID, D, Dbell_pINTID
      dw = (Self.device(opcode, v[0]), Self.virtual(v[1], v[2]), v[3] & 1 | v[4] << 32, 0)
    case ITSOpcode.vmovp:  // vPEID, RDbase; the sequence number and the ITS list are not shown
      dw = (opcode, Self.virtual(0, v[0]), Self.target(v[1]), 0)
    case ITSOpcode.vmapp:  // vPEID, RDbase, V, VPT_addr without its low 16 bits, VPT_size
      dw = (
        opcode, Self.virtual(0, v[0]), Self.target(v[1]) | (v[2] & 1) << 63, (v[3] & 0xF_FFFF_FFFF) << 16 | v[4] & 0x1F
      )
    case ITSOpcode.vmapti:  // DeviceID, EventID, vPEID, vINTID, Dbell_pINTID
      dw = (Self.device(opcode, v[0]), Self.virtual(v[1], v[2]), v[3] & 0xFFFF_FFFF | v[4] << 32, 0)
    case ITSOpcode.vmapi:  // DeviceID, EventID, vPEID, Dbell_pINTID
      dw = (Self.device(opcode, v[0]), Self.virtual(v[1], v[2]), v[3] << 32, 0)
    case ITSOpcode.vinvall:  // vPEID
      dw.1 = Self.virtual(0, v[0])
    default: return takeHiddenCommand(opcode)
    }
    order.observe(event(.itsCommand, pe: PE.none, a: dw.0, b: dw.1))
    order.observe(event(.continuation, pe: PE.none, a: dw.2, b: dw.3))
  }

  /// SYNC, INVALL, VSYNC and what QEMU does not know: the operands are not shown.
  mutating func takeHiddenCommand(_ opcode: UInt64) {
    order.observe(event(.itsCommand, flags: .operandsHidden, pe: PE.none, a: opcode))
    order.observe(event(.continuation, pe: PE.none))
  }

  private static func device(_ opcode: UInt64, _ deviceID: UInt64) -> UInt64 { opcode | deviceID << 32 }
  private static func virtual(_ eventID: UInt64, _ vPEID: UInt64) -> UInt64 {
    eventID & 0xFFFF_FFFF | (vPEID & 0xFFFF) << 32
  }
  /// RDbase: a PE's GICR_TYPER.Processor_Number, as GITS_TYPER.PTA is 0.
  private static func target(_ number: UInt64) -> UInt64 { (number & 0x7_FFFF_FFFF) << 16 }

  // MARK: Tables

  mutating func takeTableEntry(_ table: UInt8, _ v: UnsafeMutablePointer<UInt64>, _ flags: EventFlags) {
    let flags = EventFlags(rawValue: flags.rawValue | table)
    switch table {
    case ITSTable.device.rawValue:
      // DeviceID, V, size, ITT address: in bytes when read, without its low 8 bits when written
      let address = flags.contains(.tableWrite) ? v[3] << 8 : v[3]
      entry(flags, a: v[0] & 0xFFFF_FFFF | (v[2] & 0xFF) << 32 | (v[1] & 1) << 40, b: address)
    case ITSTable.collection.rawValue:  // ICID, V, RDbase
      entry(flags, a: v[0] & 0xFFFF_FFFF | (v[1] & 1) << 40, b: v[2])
    case ITSTable.interruptTranslation.rawValue:
      // ITT address, EventID, V, type (1 is physical), INTID, ICID, vPEID, doorbell
      entry(flags, a: v[0], b: v[1] & 0xFFFF_FFFF | (v[2] & 1) << 40 | (v[3] & 1) << 41)
      order.observe(
        event(.continuation, pe: PE.none, a: v[4] & 0xFFFF_FFFF | v[5] << 32, b: v[6] & 0xFFFF_FFFF | v[7] << 32))
    default:  // vPEID, V, VPT size, VPT address without its low 16 bits, RDbase
      entry(flags, a: v[0] & 0xFFFF_FFFF | (v[2] & 0xFF) << 32 | (v[1] & 1) << 40, b: v[3] << 16)
      order.observe(event(.continuation, pe: PE.none, a: v[4], b: 0))
    }
  }

  /// The entry could not be read: only its index is known.
  mutating func takeTableFault(_ table: UInt8, _ v: UnsafeMutablePointer<UInt64>) {
    let flags = EventFlags(rawValue: EventFlags.tableFault.rawValue | table)
    switch table {
    case ITSTable.interruptTranslation.rawValue:
      entry(flags, a: v[0], b: v[1] & 0xFFFF_FFFF)
      order.observe(event(.continuation, pe: PE.none))
    case ITSTable.vPE.rawValue:
      entry(flags, a: v[0] & 0xFFFF_FFFF, b: 0)
      order.observe(event(.continuation, pe: PE.none))
    default: entry(flags, a: v[0] & 0xFFFF_FFFF, b: 0)
    }
  }

  private mutating func entry(_ flags: EventFlags, a: UInt64, b: UInt64) {
    order.observe(event(.tableEntry, flags: flags, pe: PE.none, a: a, b: b))
  }
}
