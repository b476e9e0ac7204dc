extension TopologyValue where Self: RawRepresentable, RawValue == UInt64 {
  /// The case of the number, or nil.
  public init?(topologyBits: UInt64) { self.init(rawValue: topologyBits) }
  /// The number of the case.
  public var topologyBits: UInt64 { rawValue }
}

extension Bool: TopologyValue {
  /// 0 or 1; anything else is neither.
  public init?(topologyBits: UInt64) {
    guard topologyBits <= 1 else { return nil }
    self = topologyBits == 1
  }
  /// 0 or 1.
  public var topologyBits: UInt64 { self ? 1 : 0 }
}

extension Int: TopologyValue {
  /// A count; one that no `Int` holds is the greatest.
  public init?(topologyBits: UInt64) { self.init(clamping: topologyBits) }
  /// The count, which is not negative.
  public var topologyBits: UInt64 { UInt64(clamping: self) }
}

extension UInt32: TopologyValue {
  /// The low 32 bits.
  public init?(topologyBits: UInt64) { self.init(truncatingIfNeeded: topologyBits) }
  /// The number.
  public var topologyBits: UInt64 { UInt64(self) }
}

extension UInt64: TopologyValue {
  /// The number itself.
  public init?(topologyBits: UInt64) { self = topologyBits }
  /// The number itself.
  public var topologyBits: UInt64 { self }
}

extension Int64: TopologyValue {
  /// As two's complement.
  public init?(topologyBits: UInt64) { self.init(bitPattern: topologyBits) }
  /// As two's complement.
  public var topologyBits: UInt64 { UInt64(bitPattern: self) }
}

extension Topology {
  /// How many Security states a controller has.
  public enum SecurityStates: UInt64, TopologyValue {
    /// One (`GICD_CTLR.DS` is 1, or there is no EL3).
    case one = 1
    /// Secure and Non-secure.
    case two = 2
  }

  /// A release of Linux: 6.12.
  public struct KernelRelease: Comparable, TopologyValue {
    /// The first number.
    public var major: UInt16
    /// The second number.
    public var minor: UInt16

    /// A release.
    public init(_ major: UInt16, _ minor: UInt16) { (self.major, self.minor) = (major, minor) }

    /// The release in a text such as `Linux (none) 6.1.0-56-cloud-arm64 aarch64`; nil if there is none.
    public init?(in text: String) {
      for word in text.split(separator: " ") {
        let numbers = word.split(separator: ".", maxSplits: 2)
        guard numbers.count >= 2, let major = UInt16(numbers[0]), let minor = UInt16(numbers[1].prefix { $0.isNumber })
        else { continue }
        self.init(major, minor)
        return
      }
      return nil
    }

    /// `major << 16 | minor`.
    public init?(topologyBits: UInt64) {
      guard let major = UInt16(exactly: topologyBits >> 16) else { return nil }
      self.init(major, UInt16(truncatingIfNeeded: topologyBits))
    }
    /// `major << 16 | minor`.
    public var topologyBits: UInt64 { UInt64(major) << 16 | UInt64(minor) }

    /// Earlier releases are less.
    public static func < (left: Self, right: Self) -> Bool { (left.major, left.minor) < (right.major, right.minor) }
  }
}
