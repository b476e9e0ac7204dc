import InterruptTrace

/// Events missing from the capture.
public struct Gap: Equatable, Sendable {
  /// Number of the gap's own event.
  public var event: UInt64
  /// When, in ns since the capture's epoch.
  public var time: UInt64
  /// The PE whose events are missing, or ``PE/none`` for all.
  public var pe: UInt32
  /// How many, 0 if not known.
  public var lost: UInt64
}

/// Lists the capture's gaps.
struct GapAnalyzer: ~Copyable {
  /// More are counted, not listed.
  private static let listed = 1000
  private(set) var gaps: [Gap] = []
  private(set) var count: UInt64 = 0
  private(set) var lost: UInt64 = 0

  mutating func list(_ t: Transition) {
    count += 1
    lost = lost.addingReportingOverflow(t.gap.lost).partialValue
    if gaps.count < Self.listed { gaps.append(Gap(event: t.event, time: t.time, pe: t.pe, lost: t.gap.lost)) }
  }
}
