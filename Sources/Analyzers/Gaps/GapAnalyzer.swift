import GICModel
import InterruptTrace
import Replay

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

  mutating func consume(_ batch: ReplayBatch) {
    guard batch.isReported else { return }
    for transition in batch.transitions where transition.kind == .gap {
      count += 1
      lost = lost.addingReportingOverflow(transition.a).partialValue
      if gaps.count < Self.listed {
        gaps.append(Gap(event: transition.event, time: transition.time, pe: transition.pe, lost: transition.a))
      }
    }
  }
}
