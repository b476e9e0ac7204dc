/// Why an MSI or a command had no effect on an LPI.
public enum ITSFault: UInt64, Sendable, CaseIterable {
  /// The ITS is disabled.
  case itsDisabled = 1
  /// No device table entry: the device was never mapped, or no longer is.
  case unmappedDevice
  /// The EventID does not fit the device's interrupt translation table.
  case eventOutOfRange
  /// No interrupt translation entry.
  case unmappedEvent
  /// The collection is not mapped to a Redistributor.
  case unmappedCollection
  /// `GICR_CTLR.EnableLPIs` is clear on the target.
  case lpisDisabled
  /// The INTID does not fit `GICR_PROPBASER.IDbits`, or is below 8192.
  case intidOutOfRange
  /// The vPE is not mapped.
  case unmappedVPE
  /// The capture has not shown the mapping.
  case unknown

  /// A short name.
  public var name: String {
    switch self {
    case .itsDisabled: "ITS disabled"
    case .unmappedDevice: "unmapped device"
    case .eventOutOfRange: "EventID out of range"
    case .unmappedEvent: "unmapped EventID"
    case .unmappedCollection: "unmapped collection"
    case .lpisDisabled: "LPIs disabled at the Redistributor"
    case .intidOutOfRange: "INTID out of range"
    case .unmappedVPE: "unmapped vPE"
    case .unknown: "mapping not shown by the capture"
    }
  }
}
