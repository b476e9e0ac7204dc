/// What a store keeps about one LPI: 8 bytes.
///
/// The cached configuration (IHI 0069H section 5.1.1) and where the LPI goes. Where it is pending is not part of it: that is
/// each PE's own. The all-zero record means that nothing is known.
///
/// | bits | field |
/// |---|---|
/// | 7:0 | property byte: priority 7:2, enable 0 |
/// | 8 | configuration known |
/// | 10:9 | the store's own |
/// | 11 | mapped |
/// | 15:12 | reserved, zero |
/// | 39:16 | target PE |
/// | 55:40 | the store's own |
/// | 63:56 | user flags |
@frozen public struct LPIRecord: Equatable, BitwiseCopyable, Sendable {
  /// All fields, packed as the table above says.
  public var bits: UInt64

  /// A record from its packed form.
  @inlinable public init(bits: UInt64 = 0) {
    self.bits = bits
  }

  /// A record with the given fields.
  ///
  /// - Parameters:
  ///   - property: the configuration table's byte.
  ///   - isKnown: whether the configuration is known.
  ///   - targetPE: the PE index, 24 bits; higher bits are dropped.
  @inlinable
  public init(
    property: UInt8, isKnown: Bool = true, targetPE: UInt32 = 0, isMapped: Bool = false, userFlags: UInt8 = 0
  ) {
    bits = 0
    self.property = property
    self.isKnown = isKnown
    self.targetPE = targetPE
    self.isMapped = isMapped
    self.userFlags = userFlags
  }
}

// MARK: - Fields

extension LPIRecord {
  @usableFromInline static var knownBit: UInt64 { @inlinable @inline(__always) get { 1 << 8 } }
  /// Known and enabled.
  @usableFromInline static var eligible: UInt64 { @inlinable @inline(__always) get { knownBit | 1 } }
  @usableFromInline static var mappedBit: UInt64 { @inlinable @inline(__always) get { 1 << 11 } }
  /// The fields that a caller may set.
  @usableFromInline static var callerFields: UInt64 {
    @inlinable @inline(__always) get { ~placeFields & ~0xF000 }
  }

  /// The cached configuration byte: priority in 7:2, enable in bit 0.
  @inlinable public var property: UInt8 {
    get { UInt8(truncatingIfNeeded: bits) }
    set { bits = bits & ~0xFF | UInt64(newValue) }
  }

  /// The priority, 0 (highest) to 252 in steps of 4.
  @inlinable public var priority: UInt8 { property & 0xFC }

  /// Whether the cached configuration enables the LPI.
  @inlinable public var isEnabled: Bool { bits & 1 != 0 }

  /// Whether the configuration has been seen; if not, ``property`` says nothing.
  @inlinable public var isKnown: Bool {
    get { bits & LPIRecord.knownBit != 0 }
    set { bits = newValue ? bits | LPIRecord.knownBit : bits & ~LPIRecord.knownBit }
  }

  /// Whether a translation leads to this LPI.
  @inlinable public var isMapped: Bool {
    get { bits & LPIRecord.mappedBit != 0 }
    set { bits = newValue ? bits | LPIRecord.mappedBit : bits & ~LPIRecord.mappedBit }
  }

  /// The PE index the LPI is sent to, 24 bits.
  @inlinable public var targetPE: UInt32 {
    get { UInt32(truncatingIfNeeded: bits >> 16) & 0xFF_FFFF }
    set { bits = bits & ~(0xFF_FFFF << 16) | UInt64(newValue & 0xFF_FFFF) << 16 }
  }

  /// Eight bits for the store's user.
  @inlinable public var userFlags: UInt8 {
    get { UInt8(truncatingIfNeeded: bits >> 56) }
    set { bits = bits & ~(0xFF << 56) | UInt64(newValue) << 56 }
  }

  /// What the caller sees: without the store's own fields.
  @inlinable @inline(__always) var visible: LPIRecord { LPIRecord(bits: bits & LPIRecord.callerFields) }

  /// This record's own fields with another's caller fields.
  @inlinable @inline(__always) func replacingCallerFields(with other: LPIRecord) -> LPIRecord {
    LPIRecord(bits: bits & LPIRecord.placeFields | other.bits & LPIRecord.callerFields)
  }
}

// MARK: - Where it may be pending

extension LPIRecord {
  @usableFromInline static var placedBit: UInt64 { @inlinable @inline(__always) get { 1 << 9 } }
  @usableFromInline static var severalBit: UInt64 { @inlinable @inline(__always) get { 1 << 10 } }
  /// The fields that belong to the store.
  @usableFromInline static var placeFields: UInt64 {
    @inlinable @inline(__always) get { placedBit | severalBit | 0xFFFF << 40 }
  }

  /// The store's fields for an LPI that is pending on one PE at most.
  @inlinable @inline(__always) static func place(_ pe: UInt32) -> UInt64 { placedBit | UInt64(pe & 0xFFFF) &<< 40 }

  var isPlaced: Bool { bits & LPIRecord.placedBit != 0 }
  var isPlacedOnSeveral: Bool { bits & LPIRecord.severalBit != 0 }
  var placePE: UInt32 { UInt32(truncatingIfNeeded: bits >> 40) & 0xFFFF }

  func placed(on pe: UInt32) -> LPIRecord {
    LPIRecord(bits: bits & ~LPIRecord.placeFields | LPIRecord.place(pe))
  }
}
