/// An interrupt translation entry (ITE): what an ITS maps a DeviceID's EventID to (IHI 0069H section 5.2.5).
///
/// 8 bytes; the all-zero entry is an absent one. A virtual entry's doorbell is kept by the store beside it.
@frozen public struct TranslationEntry: Equatable, BitwiseCopyable, Sendable {
  /// INTID 23:0, ICID or vPEID 39:24, valid 40, known 41, virtual 42, has a doorbell 43, user flags 55:48.
  public var bits: UInt64

  /// An entry from its packed form.
  @inlinable public init(bits: UInt64 = 0) {
    self.bits = bits
  }

  /// A physical entry (MAPTI, MAPI): an LPI and its collection.
  @inlinable public init(intid: UInt32, collection icid: UInt16, isKnown: Bool = true) {
    bits = UInt64(intid & 0xFF_FFFF) | UInt64(icid) << 24 | 1 << 40 | (isKnown ? 1 << 41 : 0)
  }

  /// A virtual entry (VMAPTI, VMAPI): a vLPI and its vPE.
  @inlinable public init(virtualINTID intid: UInt32, vpe: UInt16, isKnown: Bool = true) {
    bits = UInt64(intid & 0xFF_FFFF) | UInt64(vpe) << 24 | 5 << 40 | (isKnown ? 1 << 41 : 0)
  }

  /// The (v)LPI's INTID, 24 bits.
  @inlinable public var intid: UInt32 {
    get { UInt32(truncatingIfNeeded: bits) & 0xFF_FFFF }
    set { bits = bits & ~0xFF_FFFF | UInt64(newValue & 0xFF_FFFF) }
  }

  /// The collection of a physical entry (ICID).
  @inlinable public var collection: UInt16 {
    get { UInt16(truncatingIfNeeded: bits >> 24) }
    set { bits = bits & ~(0xFFFF << 24) | UInt64(newValue) << 24 }
  }

  /// The vPE of a virtual entry (vPEID).
  @inlinable public var vpe: UInt16 {
    get { collection }
    set { collection = newValue }
  }

  /// Whether the entry exists: an LPI is translated by it.
  @inlinable public var isValid: Bool {
    get { bits >> 40 & 1 != 0 }
    set { bits = newValue ? bits | 1 << 40 : bits & ~(1 << 40) }
  }

  /// Whether the capture has shown the mapping; if not, it was inferred.
  @inlinable public var isKnown: Bool {
    get { bits >> 41 & 1 != 0 }
    set { bits = newValue ? bits | 1 << 41 : bits & ~(1 << 41) }
  }

  /// Whether it is a GICv4 virtual entry.
  @inlinable public var isVirtual: Bool { bits >> 42 & 1 != 0 }

  /// Whether the store has a doorbell for it. Kept by the store.
  public internal(set) var hasDoorbell: Bool {
    get { bits >> 43 & 1 != 0 }
    set { bits = newValue ? bits | 1 << 43 : bits & ~(1 << 43) }
  }

  /// Eight bits for the store's user.
  @inlinable public var userFlags: UInt8 {
    get { UInt8(truncatingIfNeeded: bits >> 48) }
    set { bits = bits & ~(0xFF << 48) | UInt64(newValue) << 48 }
  }
}
