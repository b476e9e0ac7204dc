/// One thing that a controller did, or is to do, with LPIs.
@frozen public struct LPIOperation: BitwiseCopyable, Equatable, Sendable {
  /// What is done.
  @frozen public enum Kind: UInt8, BitwiseCopyable, Sendable {
    /// A device is mapped for 2^`event` events (MAPD).
    case mapDevice
    /// A device is unmapped with its events (MAPD, V = 0).
    case unmapDevice
    /// An event leads to an LPI (MAPTI, MAPI), `pe` is the collection's.
    case map
    /// An event leads nowhere (DISCARD).
    case unmap
    /// The configuration byte in memory is `property`.
    case configure
    /// The configuration is read again (INV).
    case invalidate
    /// An MSI: `device` and `event` lead to `intid`, which becomes pending on `pe`.
    case inject
    /// `intid` becomes pending on `pe` without a translation.
    case pend
    /// `pe` acknowledges, and gets `intid`.
    case acknowledge
    /// `intid` is no longer pending on `pe`, though not acknowledged (CLEAR).
    case clear
    /// An event's LPI goes to another PE, from `pe` to `target`, pending or not (MOVI).
    case move
    /// All that is pending on `pe` goes to `target` (MOVALL).
    case moveAll
  }

  /// What is done.
  public var kind: Kind
  /// The configuration byte.
  public var property: UInt8
  /// The PE.
  public var pe: UInt32
  /// The LPI.
  public var intid: UInt32
  /// DeviceID.
  public var device: UInt32
  /// EventID, or of ``Kind/mapDevice`` their width in bits.
  public var event: UInt32
  /// The other PE.
  public var target: UInt32

  /// An operation; what does not matter to it stays 0.
  public init(
    _ kind: Kind, device: UInt32 = 0, event: UInt32 = 0, intid: UInt32 = 0, pe: UInt32 = 0, property: UInt8 = 0,
    target: UInt32 = 0
  ) {
    self.kind = kind
    self.device = device
    self.event = event
    self.intid = intid
    self.pe = pe
    self.property = property
    self.target = target
  }
}
