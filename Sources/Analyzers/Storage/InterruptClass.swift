import InterruptTrace

/// The classes of interrupt, told apart by INTID (IHI 0069H, 2.2.1).
public enum InterruptClass: UInt8, Sendable, CaseIterable, Comparable {
  /// Software-generated: 0 to 15, private to a PE.
  case sgi
  /// Private peripheral: 16 to 31 and 1056 to 1119.
  case ppi
  /// Shared peripheral: 32 to 1019 and 4096 to 5119.
  case spi
  /// Locality-specific: from 8192, message-signalled.
  case lpi

  /// The class of an INTID; special and reserved INTIDs count as SPIs, which no real interrupt ever has.
  @inlinable public init(intid: UInt32) {
    self =
      switch intid {
      case INTID.sgis: .sgi
      case INTID.ppis, INTID.extendedPPIs: .ppi
      case INTID.firstLPI...: .lpi
      default: .spi
      }
  }

  /// The manual's name, which scripts depend on.
  public var name: String {
    switch self {
    case .sgi: "SGI"
    case .ppi: "PPI"
    case .spi: "SPI"
    case .lpi: "LPI"
    }
  }

  /// Whether each PE has an interrupt of its own with this INTID.
  @inlinable public var isPrivate: Bool { self == .sgi || self == .ppi }

  /// In the order of INTIDs.
  public static func < (left: InterruptClass, right: InterruptClass) -> Bool { left.rawValue < right.rawValue }
}
