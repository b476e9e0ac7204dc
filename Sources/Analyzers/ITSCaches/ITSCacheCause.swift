import InterruptTrace

/// What makes cached table entries invalid: an ITS command, or software at a register.
public struct ITSCacheCause: RawRepresentable, Hashable, Sendable {
  /// An ITS command's opcode, or a number from 0xF0 for a register.
  public var rawValue: UInt8
  /// Any number.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// `GITS_CTLR.Enabled` cleared.
  static let itsDisabled = Self(rawValue: 0xF0)
  /// `GICR_CTLR.EnableLPIs` cleared.
  static let lpisDisabled = Self(rawValue: 0xF1)
  /// `GICR_INVLPIR` or `GICR_INVALLR` written.
  static let invalidatedAtRegister = Self(rawValue: 0xF2)

  /// The command, or what software did.
  public var name: String {
    switch self {
    case .itsDisabled: "ITS disabled"
    case .lpisDisabled: "LPIs disabled"
    case .invalidatedAtRegister: "GICR_INVLPIR, GICR_INVALLR"
    default: ITSOpcode.name(rawValue)
    }
  }
}

/// How often each cause came, and what it cost. A fixed size.
struct ITSCacheCauses: ~Copyable {
  private let counts: UnsafeMutablePointer<ITSInvalidation>

  init() {
    counts = .allocate(capacity: 256)
    for cause in 0..<256 {
      (counts + cause).initialize(to: ITSInvalidation(cause: ITSCacheCause(rawValue: UInt8(cause))))
    }
  }

  deinit { counts.deallocate() }

  func came(_ cause: UInt8) { counts[Int(cause)].count += 1 }
  func dropped(_ cause: UInt8, _ entries: Int) { counts[Int(cause)].dropped += UInt64(entries) }
  func fetchedAgain(_ cause: UInt8) { counts[Int(cause)].refetched += 1 }

  var rows: [ITSInvalidation] { (0..<256).map { counts[$0] }.filter { $0.count > 0 || $0.dropped > 0 } }
}

/// Invalidations for one cause.
public struct ITSInvalidation: Sendable, Equatable {
  /// The command, or what software did.
  public var cause: ITSCacheCause
  /// How often.
  public var count: UInt64 = 0
  /// Entries that were valid in a cache of any size, and no longer are.
  public var dropped: UInt64 = 0
  /// Those of them that were looked up, and hence fetched, again.
  public var refetched: UInt64 = 0
}
