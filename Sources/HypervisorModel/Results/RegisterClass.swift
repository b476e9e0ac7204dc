import InterruptTrace

/// Classes of INTIDs that a hypervisor treats differently.
public enum RegisterClass: Int, Sendable, CaseIterable {
  /// SGIs.
  case sgi
  /// PPIs.
  case ppi
  /// SPIs.
  case spi
  /// LPIs.
  case lpi

  /// The class of an INTID.
  public init(_ intid: UInt32) {
    self = INTID.isSGI(intid) ? .sgi : INTID.isBanked(intid) ? .ppi : INTID.isLPI(intid) ? .lpi : .spi
  }

  /// Its name.
  public var name: String {
    switch self {
    case .sgi: "SGI"
    case .ppi: "PPI"
    case .spi: "SPI"
    case .lpi: "LPI"
    }
  }
}
