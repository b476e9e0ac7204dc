/// What can be wrong with an ITS command (IHI 0069H, 5.3).
public enum ITSError: UInt8, Sendable {
  /// The DeviceID does not fit the device table; of MOVALL, the processor number.
  case deviceOutOfRange = 0x01
  /// The size of MAPD's interrupt translation table, or a processor number, is out of range.
  case ittSizeOrProcessorOutOfRange = 0x02
  /// The ICID does not fit the collection table.
  case collectionOutOfRange = 0x03
  /// The device is not mapped.
  case unmappedDevice = 0x04
  /// The EventID does not fit the device's interrupt translation table.
  case idOutOfRange = 0x05
  /// The physical INTID is out of range.
  case physicalIDOutOfRange = 0x06
  /// The event is not mapped.
  case unmappedInterrupt = 0x07
  /// The collection is not mapped.
  case unmappedCollection = 0x09
  /// The vPEID is out of range.
  case vPEOutOfRange = 0x11
  /// The vPE is not mapped.
  case unmappedVPE = 0x12

  /// The code that the manual gives for the error of a command: `0x010000 | opcode << 8 | reason`.
  public func code(_ opcode: UInt8) -> UInt64 { 0x01_0000 | UInt64(opcode) << 8 | UInt64(rawValue) }

  /// The manual's name of a code, with its command: `MAPTI_ID_OOR`; nil for 0 and what is no error's code.
  public static func name(ofCode code: UInt64) -> String? {
    guard code != 0, let reason = ITSError(rawValue: UInt8(truncatingIfNeeded: code)) else { return nil }
    let opcode = UInt8(truncatingIfNeeded: code >> 8)
    return "\(ITSOpcode.name(opcode))_\(reason.name(opcode))"
  }

  private func name(_ opcode: UInt8) -> String {
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
}
