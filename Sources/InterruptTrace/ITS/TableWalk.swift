/// What an ITS read of its tables for one MSI or command, in one word (``TransitionKind/tableWalk``).
///
/// The tables are read in the order DTE, ITE, CTE or VTE, configuration byte, each only if the one before was valid (IHI
/// 0069H, 5.1.2 and 5.2). Whether a read goes to memory or is answered by a cache is an analysis' affair.
@frozen public struct TableWalk: BitwiseCopyable, Equatable, Sendable {
  /// ICID or vPEID 15:0, that of MOVI's or VMOVI's target 31:16, opcode 39:32, ITS 43:40, ``Reads`` 63:44.
  public var rawValue: UInt64

  /// A walk from its packed form.
  @inlinable public init(rawValue: UInt64) {
    self.rawValue = rawValue
  }

  /// A walk with every field given; the opcode of an MSI is 0.
  @inlinable public init(opcode: UInt8, its: Int, owner: UInt16 = 0, target: UInt16 = 0, reads: Reads = []) {
    rawValue =
      UInt64(owner) | UInt64(target) << 16 | UInt64(opcode) << 32 | UInt64(its & 15) << 40 | UInt64(reads.rawValue)
      << 44
  }

  /// What is read, and what is to know about it.
  @frozen public struct Reads: OptionSet, BitwiseCopyable, Hashable, Sendable {
    /// Bits 63:44 of the walk.
    public var rawValue: UInt32
    /// Any combination.
    @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }
    /// The device table's entry of the DeviceID.
    @inlinable public static var device: Self { .init(rawValue: 1 << 0) }
    /// The interrupt translation table's entry of the EventID.
    @inlinable public static var event: Self { .init(rawValue: 1 << 1) }
    /// The collection table's entry of the ICID.
    @inlinable public static var collection: Self { .init(rawValue: 1 << 2) }
    /// The vPE table's entry of the vPEID (GICv4).
    @inlinable public static var vPE: Self { .init(rawValue: 1 << 3) }
    /// The entry of the collection or vPE that MOVI or VMOVI move to.
    @inlinable public static var target: Self { .init(rawValue: 1 << 4) }
    /// The LPI's byte in the configuration table, which the Redistributor reads (5.1.1).
    @inlinable public static var configuration: Self { .init(rawValue: 1 << 5) }
    /// The last entry read is invalid: the walk ends there.
    @inlinable public static var endsInvalid: Self { .init(rawValue: 1 << 8) }
    /// The entry that the command sets is valid from now on: MAPD, MAPC, VMAPP with V set.
    @inlinable public static var setsValid: Self { .init(rawValue: 1 << 9) }
    /// The entry that the command sets was valid before.
    @inlinable public static var wasValid: Self { .init(rawValue: 1 << 10) }
    /// `owner` is a vPEID.
    @inlinable public static var isVirtual: Self { .init(rawValue: 1 << 11) }
    /// The device table has two levels (`GITS_BASERn.Indirect`): each of its entries takes a read more.
    @inlinable public static var twoLevels: Self { .init(rawValue: 1 << 12) }
    /// The rest of a walk whose first part could not be completed until the capture showed an entry.
    @inlinable public static var isRest: Self { .init(rawValue: 1 << 13) }
  }

  /// The command, or 0 for an MSI.
  @inlinable public var opcode: UInt8 { UInt8(truncatingIfNeeded: rawValue >> 32) }
  /// Whether an MSI caused it.
  @inlinable public var isMSI: Bool { opcode == 0 }
  /// The ITS's index, 0 to 15.
  @inlinable public var its: Int { Int(truncatingIfNeeded: rawValue >> 40 & 15) }
  /// The ICID, or the vPEID with ``Reads/isVirtual``.
  @inlinable public var owner: UInt16 { UInt16(truncatingIfNeeded: rawValue) }
  /// The ICID or vPEID that MOVI or VMOVI move to.
  @inlinable public var target: UInt16 { UInt16(truncatingIfNeeded: rawValue >> 16) }
  /// What is read.
  @inlinable public var reads: Reads { Reads(rawValue: UInt32(truncatingIfNeeded: rawValue >> 44)) }
}

extension TableWalk {
  /// Which cached entries a command makes invalid.
  public enum Effect: Sendable {
    /// None.
    case nothing
    /// The device's, and those of all its events (MAPD).
    case device
    /// The event's.
    case event
    /// The collection's.
    case collection
    /// The vPE's.
    case vPE
    /// The interrupt's configuration.
    case configuration
    /// The configuration of all interrupts of a collection or vPE; a cache does not know whose an entry is.
    case allConfiguration
  }

  /// What the command makes invalid (IHI 0069H, 5.3).
  public var effect: Effect {
    switch opcode {
    case ITSOpcode.mapd: .device
    case ITSOpcode.mapti, ITSOpcode.mapi, ITSOpcode.vmapti, ITSOpcode.vmapi, ITSOpcode.movi, ITSOpcode.vmovi,
      ITSOpcode.discard:
      .event
    case ITSOpcode.mapc: .collection
    case ITSOpcode.vmapp, ITSOpcode.vmovp: .vPE
    case ITSOpcode.inv: .configuration
    case ITSOpcode.invall, ITSOpcode.vinvall: .allConfiguration
    default: .nothing
    }
  }

  /// Whether it is an INT command.
  public var isINT: Bool { opcode == ITSOpcode.int }

  /// Whether KVM, were it the one to carry the command out, would flush its cache of translations: at MOVI and DISCARD
  /// that succeed, MOVALL, MAPC with V clear, and MAPD that frees a device.
  public var flushesTranslations: Bool {
    switch opcode {
    case ITSOpcode.movi, ITSOpcode.discard: !reads.contains(.endsInvalid)
    case ITSOpcode.movall: true
    case ITSOpcode.mapc: !reads.contains(.setsValid)
    case ITSOpcode.mapd: reads.contains(.wasValid)
    default: false
    }
  }
}
