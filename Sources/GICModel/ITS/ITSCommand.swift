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
  var key: UInt64 { UInt64(deviceID) << 32 | UInt64(eventID) }
}

/// The commands by number (IHI 0069H, table 5-3).
enum ITSOpcode {
  static var movi: UInt8 { 0x01 }
  static var int: UInt8 { 0x03 }
  static var clear: UInt8 { 0x04 }
  static var sync: UInt8 { 0x05 }
  static var mapd: UInt8 { 0x08 }
  static var mapc: UInt8 { 0x09 }
  static var mapti: UInt8 { 0x0A }
  static var mapi: UInt8 { 0x0B }
  static var inv: UInt8 { 0x0C }
  static var invall: UInt8 { 0x0D }
  static var movall: UInt8 { 0x0E }
  static var discard: UInt8 { 0x0F }
  static var vmovi: UInt8 { 0x21 }
  static var vmovp: UInt8 { 0x22 }
  static var vsgi: UInt8 { 0x23 }
  static var vsync: UInt8 { 0x25 }
  static var vmapp: UInt8 { 0x29 }
  static var vmapti: UInt8 { 0x2A }
  static var vmapi: UInt8 { 0x2B }
  static var vinvall: UInt8 { 0x2D }
  static var invdb: UInt8 { 0x2E }
}

/// Names of ITS commands and their errors.
public enum ITSCommandNames {
  private static let commands: [UInt8: String] = [
    0x01: "MOVI", 0x03: "INT", 0x04: "CLEAR", 0x05: "SYNC", 0x08: "MAPD", 0x09: "MAPC", 0x0A: "MAPTI", 0x0B: "MAPI",
    0x0C: "INV", 0x0D: "INVALL", 0x0E: "MOVALL", 0x0F: "DISCARD", 0x21: "VMOVI", 0x22: "VMOVP", 0x23: "VSGI",
    0x25: "VSYNC", 0x29: "VMAPP", 0x2A: "VMAPTI", 0x2B: "VMAPI", 0x2D: "VINVALL", 0x2E: "INVDB",
  ]

  /// The manual's name of a command, or its number.
  public static func command(_ opcode: UInt8) -> String { commands[opcode] ?? hex(opcode) }

  /// The manual's name of a command's error (IHI 0069H, 5.3): `MAPTI_ID_OOR`; nil for 0.
  public static func error(_ code: UInt64) -> String? {
    guard code != 0, let reason = ITSError(rawValue: UInt8(truncatingIfNeeded: code)) else { return nil }
    let opcode = UInt8(truncatingIfNeeded: code >> 8)
    return "\(command(opcode))_\(reason.name(opcode))"
  }
}

/// What can be wrong with a command. The code the manual gives is `0x010000 | opcode << 8 | reason`.
enum ITSError: UInt8 {
  case deviceOutOfRange = 0x01
  case ittSizeOrProcessorOutOfRange = 0x02
  case collectionOutOfRange = 0x03
  case unmappedDevice = 0x04
  case idOutOfRange = 0x05
  case physicalIDOutOfRange = 0x06
  case unmappedInterrupt = 0x07
  case unmappedCollection = 0x09
  case vPEOutOfRange = 0x11
  case unmappedVPE = 0x12

  func name(_ opcode: UInt8) -> String {
    switch self {
    case .deviceOutOfRange: opcode == ITSOpcode.movall ? "PROCNUM_OOR" : "DEVICE_OOR"
    case .ittSizeOrProcessorOutOfRange: opcode == ITSOpcode.mapd ? "ITTSIZE_OOR" : "PROCNUM_OOR"
    case .collectionOutOfRange: "COLLECTION_OOR"
    case .unmappedDevice: "UNMAPPED_DEVICE"
    case .idOutOfRange: "ID_OOR"
    case .physicalIDOutOfRange: "PHYSICALID_OOR"
    case .unmappedInterrupt: "UNMAPPED_INTERRUPT"
    case .unmappedCollection: "UNMAPPED_COLLECTION"
    case .vPEOutOfRange: "VPE_OOR"
    case .unmappedVPE: "UNMAPPED_VPE"
    }
  }

  func code(_ opcode: UInt8) -> UInt64 { 0x01_0000 | UInt64(opcode) << 8 | UInt64(rawValue) }
}
