/// The place of a pending LPI in its PE's order: a 32-bit number, lowest first.
///
/// Bits 31:24 are the level: 0 to 63 for an enabled LPI of priority 4 × level, then 64 for an unknown configuration,
/// and 65 for a disabled LPI. Bits 23:0 are the INTID. The lowest key below ``firstIneligible`` is what the
/// PE acknowledges next.
@usableFromInline enum PendingKey {
  @usableFromInline static var unknownLevel: UInt32 { @inlinable @inline(__always) get { 64 } }
  @usableFromInline static var disabledLevel: UInt32 { @inlinable @inline(__always) get { 65 } }
  /// Keys from here on are pending but not to be acknowledged.
  @usableFromInline static var firstIneligible: UInt32 { @inlinable @inline(__always) get { 64 << 24 } }
  /// Above every key.
  @usableFromInline static var none: UInt32 { @inlinable @inline(__always) get { .max } }

  @inlinable @inline(__always) static func level(_ record: LPIRecord) -> UInt32 {
    if record.bits & (LPIRecord.knownBit | 1) == LPIRecord.knownBit | 1 {
      return UInt32(truncatingIfNeeded: record.bits >> 2) & 63
    }
    return record.isKnown ? disabledLevel : unknownLevel
  }

  @inlinable @inline(__always) static func key(_ intid: UInt32, _ record: LPIRecord) -> UInt32 {
    level(record) << 24 | intid & 0xFF_FFFF
  }

  /// The key of an LPI that is known and enabled.
  @inlinable @inline(__always) static func eligible(_ intid: UInt32, _ bits: UInt64) -> UInt32 {
    (UInt32(truncatingIfNeeded: bits) & 0xFC) &<< 22 | intid
  }

  @inlinable @inline(__always) static func intid(_ key: UInt32) -> UInt32 { key & 0xFF_FFFF }

  @inlinable @inline(__always)
  static func priority(_ key: UInt32) -> UInt8 { UInt8(truncatingIfNeeded: key >> 22) & 0xFC }
}
