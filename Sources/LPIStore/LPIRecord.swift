/// What a store keeps about one LPI: 8 bytes.
///
/// The cached configuration (IHI 0069H section 5.1.1), where the LPI goes, and where it is pending. The all-zero
/// record means that nothing is known: a store has no entry for such an LPI.
///
/// | bits | field |
/// |---|---|
/// | 7:0 | property byte: priority 7:2, enable 0 |
/// | 8 | configuration known |
/// | 9 | pending (kept by the store) |
/// | 10 | pending on more than one PE (kept by the store) |
/// | 11 | mapped |
/// | 15:12 | reserved, zero |
/// | 39:16 | target PE |
/// | 55:40 | PE it is pending on (kept by the store) |
/// | 63:56 | user flags |
@frozen
public struct LPIRecord: Equatable, BitwiseCopyable, Sendable {
  /// All fields, packed as the table above says.
  public var bits: UInt64

  /// A record from its packed form.
  @inlinable
  public init(bits: UInt64 = 0) {
    self.bits = bits
  }

  /// A record that is not pending.
  ///
  /// - Parameters:
  ///   - property: the configuration table's byte.
  ///   - isKnown: whether the configuration is known.
  ///   - targetPE: the PE index, 24 bits; higher bits are dropped.
  @inlinable
  public init(
    property: UInt8,
    isKnown: Bool = true,
    targetPE: UInt32 = 0,
    isMapped: Bool = false,
    userFlags: UInt8 = 0
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
  @usableFromInline static var pendingBit: UInt64 { @inlinable @inline(__always) get { 1 << 9 } }
  @usableFromInline static var severalBit: UInt64 { @inlinable @inline(__always) get { 1 << 10 } }
  @usableFromInline static var mappedBit: UInt64 { @inlinable @inline(__always) get { 1 << 11 } }
  @usableFromInline static var pendingPEMask: UInt64 { @inlinable @inline(__always) get { 0xFFFF << 40 } }
  /// The fields that belong to the store: a caller's record does not change them.
  @usableFromInline static var pendingFields: UInt64 {
    @inlinable @inline(__always) get { pendingBit | severalBit | pendingPEMask }
  }
  /// The fields that a caller may set.
  @usableFromInline static var callerFields: UInt64 {
    @inlinable @inline(__always) get { ~pendingFields & ~0xF000 }
  }

  /// The cached configuration byte: priority in 7:2, enable in bit 0.
  @inlinable
  public var property: UInt8 {
    get { UInt8(truncatingIfNeeded: bits) }
    set { bits = bits & ~0xFF | UInt64(newValue) }
  }

  /// The priority, 0 (highest) to 252 in steps of 4.
  @inlinable
  public var priority: UInt8 { property & 0xFC }

  /// Whether the cached configuration enables the LPI.
  @inlinable
  public var isEnabled: Bool { bits & 1 != 0 }

  /// Whether the configuration has been seen; if not, ``property`` says nothing.
  @inlinable
  public var isKnown: Bool {
    get { bits & LPIRecord.knownBit != 0 }
    set { bits = newValue ? bits | LPIRecord.knownBit : bits & ~LPIRecord.knownBit }
  }

  /// Whether a translation leads to this LPI.
  @inlinable
  public var isMapped: Bool {
    get { bits & LPIRecord.mappedBit != 0 }
    set { bits = newValue ? bits | LPIRecord.mappedBit : bits & ~LPIRecord.mappedBit }
  }

  /// The PE index the LPI is sent to, 24 bits.
  @inlinable
  public var targetPE: UInt32 {
    get { UInt32(truncatingIfNeeded: bits >> 16) & 0xFF_FFFF }
    set { bits = bits & ~(0xFF_FFFF << 16) | UInt64(newValue & 0xFF_FFFF) << 16 }
  }

  /// Eight bits for the store's user.
  @inlinable
  public var userFlags: UInt8 {
    get { UInt8(truncatingIfNeeded: bits >> 56) }
    set { bits = bits & ~(0xFF << 56) | UInt64(newValue) << 56 }
  }

  /// Whether the LPI is pending on at least one PE.
  @inlinable
  public var isPending: Bool { bits & LPIRecord.pendingBit != 0 }

  /// Whether the LPI is pending on more than one PE.
  @inlinable
  public var isPendingOnSeveral: Bool { bits & LPIRecord.severalBit != 0 }

  /// The PE that the LPI is pending on; the lowest, if on several. 0 if it is not pending.
  @inlinable
  public var pendingPE: UInt32 { UInt32(truncatingIfNeeded: bits >> 40) & 0xFFFF }

  /// This record, pending on one PE.
  @inlinable @inline(__always)
  func pending(on pe: UInt32) -> LPIRecord {
    LPIRecord(bits: bits & ~LPIRecord.pendingPEMask | LPIRecord.pendingBit | UInt64(pe & 0xFFFF) << 40)
  }

  /// This record, not pending anywhere.
  @inlinable @inline(__always)
  var notPending: LPIRecord { LPIRecord(bits: bits & ~LPIRecord.pendingFields) }

  /// This record's pending fields with another's caller fields.
  @inlinable @inline(__always)
  func replacingCallerFields(with other: LPIRecord) -> LPIRecord {
    LPIRecord(bits: bits & LPIRecord.pendingFields | other.bits & LPIRecord.callerFields)
  }
}
