/// What a state report is limited to.
public struct StateFilter: Equatable, Sendable {
  /// Only these PEs; nil for all.
  public var pes: Set<UInt32>?
  /// Only these INTIDs; nil for all.
  public var intids: Set<UInt32>?
  /// Also interrupts that are merely configured; else only those that are enabled or have done something.
  public var includesIdle: Bool
  /// Of LPIs, and of the translations of an ITS, about this many are listed, the pending ones among them; nil for all. What
  /// is cut says how many there are in all.
  public var lpiLimit: Int?
  /// LPIs that are listed whatever the limit.
  public var namedLPIs: Set<UInt32> = []
  /// A filter; the default shows everything.
  public init(pes: Set<UInt32>? = nil, intids: Set<UInt32>? = nil, includesIdle: Bool = true) {
    self.pes = pes
    self.intids = intids
    self.includesIdle = includesIdle
  }

  /// Whether a PE passes.
  func includes(pe: Int) -> Bool { pes?.contains(UInt32(pe)) ?? true }

  /// Whether an INTID passes.
  func includes(intid: Int) -> Bool { intids?.contains(UInt32(intid)) ?? true }
}
