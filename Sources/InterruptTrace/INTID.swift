/// The ranges of interrupt identifiers (IHI 0069H, 2.2, table 2-1; IHI 0048B, 2.2.1 for the basic ones).
///
/// Interrupts travel as plain integers; the predicates take any of their types. `isSGI`, `isPPI` and `isSPI` are about
/// the basic ranges, which every version of the architecture has; ``isPrivate(_:)`` and ``isShared(_:)`` include the
/// extended ones of GICv3.1.
public enum INTID {
  /// Software-generated interrupts, private to a PE.
  @inlinable public static var sgis: Range<UInt32> { 0..<16 }
  /// Private peripheral interrupts.
  @inlinable public static var ppis: Range<UInt32> { 16..<32 }
  /// Shared peripheral interrupts.
  @inlinable public static var spis: Range<UInt32> { 32..<1020 }
  /// What an acknowledge returns instead of an interrupt.
  @inlinable public static var specials: Range<UInt32> { 1020..<1024 }
  /// Extended PPIs (GICv3.1).
  @inlinable public static var extendedPPIs: Range<UInt32> { 1056..<1120 }
  /// Extended SPIs (GICv3.1).
  @inlinable public static var extendedSPIs: Range<UInt32> { 4096..<5120 }
  /// The first locality-specific peripheral interrupt; the last depends on the controller.
  @inlinable public static var firstLPI: UInt32 { 8192 }
  /// The first SPI: INTIDs below it are a PE's own, their registers are banked.
  @inlinable public static var firstSPI: UInt32 { 32 }

  /// Stands for "no interrupt" where an INTID is expected.
  @inlinable public static var none: UInt32 { 0xFFFF_FFFF }

  // MARK: Special INTIDs (IHI 0069H, 2.2.1)

  /// A Secure Group 1 interrupt is pending, seen from EL3.
  @inlinable public static var secure: UInt32 { 1020 }
  /// A Non-secure Group 1 interrupt is pending, seen from EL3.
  @inlinable public static var nonSecure: UInt32 { 1021 }
  /// An interrupt with superpriority must be acknowledged through `ICC_NMIAR1_EL1`; in GICv2 the interrupt is in the
  /// other group.
  @inlinable public static var nonMaskable: UInt32 { 1022 }
  /// No pending interrupt of sufficient priority.
  @inlinable public static var spurious: UInt32 { 1023 }

  // MARK: Predicates

  /// 0 to 15.
  @inlinable @inline(__always) public static func isSGI(_ intid: some BinaryInteger) -> Bool { intid < 16 }
  /// 16 to 31.
  @inlinable @inline(__always)
  public static func isPPI(_ intid: some BinaryInteger) -> Bool { intid >= 16 && intid < 32 }
  /// 32 to 1019.
  @inlinable @inline(__always)
  public static func isSPI(_ intid: some BinaryInteger) -> Bool { intid >= 32 && intid < 1020 }
  /// 0 to 31: an SGI or PPI of the basic ranges, whose registers are banked for each PE.
  @inlinable @inline(__always) public static func isBanked(_ intid: some BinaryInteger) -> Bool { intid < 32 }
  /// 0 to 1019: an interrupt of the basic ranges.
  @inlinable @inline(__always) public static func isBasic(_ intid: some BinaryInteger) -> Bool { intid < 1020 }
  /// 1020 to 1023.
  @inlinable @inline(__always)
  public static func isSpecial(_ intid: some BinaryInteger) -> Bool { intid >= 1020 && intid < 1024 }
  /// 1056 to 1119.
  @inlinable @inline(__always)
  public static func isExtendedPPI(_ intid: some BinaryInteger) -> Bool { intid >= 1056 && intid < 1120 }
  /// 4096 to 5119.
  @inlinable @inline(__always)
  public static func isExtendedSPI(_ intid: some BinaryInteger) -> Bool { intid >= 4096 && intid < 5120 }
  /// From 8192. ``none`` is not excluded: compare with it first where it can occur.
  @inlinable @inline(__always) public static func isLPI(_ intid: some BinaryInteger) -> Bool { intid >= 8192 }

  /// An interrupt that belongs to one PE: an SGI, a PPI or an extended PPI.
  @inlinable @inline(__always)
  public static func isPrivate(_ intid: some BinaryInteger) -> Bool { isBanked(intid) || isExtendedPPI(intid) }
  /// An interrupt that any PE may take: an SPI or an extended SPI.
  @inlinable @inline(__always)
  public static func isShared(_ intid: some BinaryInteger) -> Bool { isSPI(intid) || isExtendedSPI(intid) }
}
