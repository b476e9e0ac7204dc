/// The architecture's limits on LPIs.
public enum LPILimits {
  /// The first LPI (IHI 0069H section 2.2).
  @inlinable public static var firstINTID: UInt32 { 8192 }
  /// Widest INTID that a controller can have, in bits.
  @inlinable public static var maximumINTIDBits: Int { 24 }
  /// PEs are numbered from 0 up to, and not including, this.
  @inlinable public static var peLimit: UInt32 { 1 << 16 }

  /// The first INTID past those a width allows.
  @inlinable public static func intidLimit(bits: Int) -> UInt32 {
    1 << UInt32(min(max(bits, 0), maximumINTIDBits))
  }
}
