import InterruptTrace

/// An ITS command: four doublewords as they stand in the command queue (IHI 0069H, 5.3).
struct ITSCommand {
  let dw0: UInt64
  let dw1: UInt64
  let dw2: UInt64
  let dw3: UInt64
  let its: Int
  /// The capture does not show every operand.
  let operandsAreHidden: Bool

  init(_ first: Event, _ more: Event) {
    dw0 = first.a
    dw1 = first.b
    dw2 = more.a
    dw3 = more.b
    its = first.its
    operandsAreHidden = first.flags.contains(.operandsHidden)
  }

  var opcode: UInt8 { UInt8(truncatingIfNeeded: dw0) }
  var deviceID: UInt32 { UInt32(truncatingIfNeeded: dw0 >> 32) }
  var eventID: UInt32 { UInt32(truncatingIfNeeded: dw1) }
  var at: DeviceEvent { DeviceEvent(device: deviceID, event: eventID) }
  /// Whether the command is about one event of a device.
  var namesEvent: Bool {
    switch opcode {
    case ITSOpcode.movi, ITSOpcode.int, ITSOpcode.clear, ITSOpcode.inv, ITSOpcode.discard: true
    default: false
    }
  }
  /// `pINTID` of MAPTI.
  var physicalINTID: UInt32 { UInt32(truncatingIfNeeded: dw1 >> 32) }
  var collection: UInt32 { UInt32(truncatingIfNeeded: dw2) & 0xFFFF }
  /// RDbase, in units of 64 KiB or as a processor number (`GITS_TYPER.PTA`).
  var redistributor: UInt64 { dw2 >> 16 & 0x7_FFFF_FFFF }
  /// The second RDbase of MOVALL.
  var secondRedistributor: UInt64 { dw3 >> 16 & 0x7_FFFF_FFFF }
  var isValid: Bool { dw2 >> 63 != 0 }
  /// MAPD's Size: EventID bits minus one.
  var eventBits: Int { Int(dw1 & 0x1F) + 1 }
  /// MAPD's ITT address in bytes.
  var ittAddress: UInt64 { dw2 & 0x000F_FFFF_FFFF_FF00 }
  /// vPEID of VMAPTI, VMAPI, VMAPP, VMOVP, VMOVI and VINVALL.
  var vPE: UInt32 { UInt32(truncatingIfNeeded: dw1 >> 32) & 0xFFFF }
}
