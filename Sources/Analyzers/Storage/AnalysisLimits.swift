/// How much an analysis keeps at a time, so that its memory does not depend on what a capture holds. What finds no room is
/// not followed, and counted: ``UnfollowedCounts``.
public struct AnalysisLimits: Sendable, Equatable {
  /// What an analysis may take by default, in bytes, beside the program itself.
  public static let standardMemory = 80 << 20

  /// Interrupts that are followed for findings, each on its own.
  public var interrupts: Int
  /// Interrupts whose moments are kept while they are pending.
  public var pending: Int
  /// Interrupts whose moments are kept while they are in service.
  public var inService: Int
  /// INTIDs on a PE with latencies and counts of their own.
  public var owners: Int
  /// Buckets of all their latencies.
  public var buckets: Int
  /// Entries of each table of an ITS that are told apart.
  public var translations: Int
  /// Interrupts in list registers, and directly injected ones.
  public var virtual: Int
  /// A traced kernel's interrupts on a CPU, and handlers of those, that are told apart.
  public var kernelLines: Int
  /// Rows of a list in the results.
  public var rows: Int

  /// Limits for a budget of memory in bytes; below 4 MiB those of 4 MiB.
  public init(memory: Int = standardMemory) {
    // Numbers that take 96 MiB: 36 for the interrupts' state, 10 and 8 for moments, 12 and 8 for latencies, the rest for
    // the others.
    func share(_ standard: Int) -> Int { Int(Double(standard) * max(Double(memory) / Double(96 << 20), 1.0 / 24)) }
    interrupts = share(1 << 16)
    pending = share(1 << 16)
    inService = share(1 << 14)
    owners = share(1 << 15)
    buckets = share(1 << 20)
    translations = share(1 << 15)
    virtual = share(1 << 14)
    kernelLines = share(1 << 14)
    rows = share(1 << 13)
  }
}

/// What found no room in an analysis, by what it would have been part of.
public struct UnfollowedCounts: Sendable, Equatable {
  /// Transitions of interrupts that were not followed: no finding is about those.
  public var transitions: UInt64 = 0
  /// Times that an interrupt became pending or was acknowledged and its moments were not kept.
  public var moments: UInt64 = 0
  /// Samples of INTIDs, PEs and devices that have no row of their own, by INTID.
  public var latencies: UInt64 = 0
  /// Acknowledges of INTIDs that have no row of their own.
  public var acknowledges: UInt64 = 0
  /// Spurious acknowledges of the same kind.
  public var spurious: UInt64 = 0
  /// Look-ups in the tables of ITSes that count as first ones, whether they were or not.
  public var translations: UInt64 = 0
  /// Moments of guests' interrupts that were not kept.
  public var virtual: UInt64 = 0

  /// Nothing.
  public init() {}

  /// Whether everything was followed.
  public var isEmpty: Bool { self == UnfollowedCounts() }
}
