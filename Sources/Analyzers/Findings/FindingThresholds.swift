/// The threshold of each kind of finding. All can be set by name.
public struct FindingThresholds: Sendable, Equatable {
  /// How long an interrupt is blocked by the controller's state, or a handler runs, before it counts as stuck, in ns.
  public var stuckTime: UInt64 = 1_000_000
  /// A handler counts as stuck only when it takes this many times what nearly all handlers take in the capture.
  public var stuckFactor: UInt64 = 10
  /// How long an interrupt is signalled to a PE that does not take it, and has taken others before, for that to be a note,
  /// in ns. After 200 times as long it counts as stuck, also in a guest and at a PE that has taken none.
  public var unservedTime: UInt64 = 5_000_000
  /// How often in succession an interrupt is pending again when it ends before that is a storm.
  public var stormRefires: UInt64 = 64
  /// How often in succession a PE takes the same interrupt with hardly anything between before that is a storm.
  public var stormRun: UInt64 = 256
  /// How many other interrupts a PE takes before a waiting one counts as starved.
  public var starvedBy: UInt64 = 64
  /// How often in succession an acknowledge returns nothing before that is a finding.
  public var spuriousRun: UInt64 = 8
  /// How many interrupts no handler must have handled, at least a tenth of their line's, before that is a finding.
  public var unhandledInterrupts: UInt64 = 16
  /// How many edges must have coalesced, at least a tenth of all, before that is a finding.
  public var coalescedEdges: UInt64 = 16
  /// How many pulses of a line must have been missed before that is a finding.
  public var missedPulses: UInt64 = 3
  /// How long an LPI must have been held back by a stale configuration before that is more than a note, in ns.
  public var staleTime: UInt64 = 500_000
  /// How long commands wait unread before that is an error, in ns.
  public var commandTime: UInt64 = 1_000_000
  /// How long a guest's interrupt waits for a list register before that is more than a note, in ns.
  public var overflowTime: UInt64 = 1_000_000
  /// Most findings that are listed.
  public var listed = 10_000

  /// The defaults.
  public init() {}

  /// The defaults for whoever lists nothing.
  static var unlisted: FindingThresholds {
    var thresholds = FindingThresholds()
    thresholds.listed = 0
    return thresholds
  }

  /// Names of the thresholds, each with whether it is a span of time.
  public static var names: [(name: String, isTime: Bool)] { fields.map { ($0.name, $0.isTime) } }

  // Key paths are immutable; the compiler cannot know of these that they capture nothing.
  nonisolated(unsafe) private static let fields:
    [(name: String, isTime: Bool, path: WritableKeyPath<FindingThresholds, UInt64>)] = [
      ("stuck-time", true, \.stuckTime), ("stuck-factor", false, \.stuckFactor),
      ("unserved-time", true, \.unservedTime), ("storm-refires", false, \.stormRefires),
      ("storm-run", false, \.stormRun), ("starved-by", false, \.starvedBy), ("spurious-run", false, \.spuriousRun),
      ("unhandled-interrupts", false, \.unhandledInterrupts), ("coalesced-edges", false, \.coalescedEdges),
      ("missed-pulses", false, \.missedPulses),
      ("stale-time", true, \.staleTime), ("command-time", true, \.commandTime),
      ("overflow-time", true, \.overflowTime),
    ]

  /// Sets a threshold by name, spans of time in ns. False if there is none of that name.
  public mutating func set(_ name: String, to value: UInt64) -> Bool {
    guard let field = Self.fields.first(where: { $0.name == name }) else { return false }
    self[keyPath: field.path] = value
    return true
  }
}
