import GICModel
import InterruptTrace
import Replay

/// How often a PE acknowledged an INTID.
public struct AcknowledgeCount: Equatable, Sendable {
  /// 0 is the physical controller, n is guest n.
  public var domain: UInt16
  /// Linear number of the PE.
  public var pe: UInt32
  /// The interrupt.
  public var intid: UInt32
  /// How often.
  public var count: UInt64
}

/// Counts acknowledges by PE and INTID, as `/proc/interrupts` does.
struct AcknowledgeAnalyzer: ~Copyable {
  private var table = LiveTable<UInt64>(0)
  private let filter: TransitionFilter

  init(filter: TransitionFilter = TransitionFilter()) { self.filter = filter }

  mutating func consume(_ batch: ReplayBatch) {
    guard batch.isReported else { return }
    for transition in batch.transitions where transition.kind == .acknowledged && filter.includes(transition) {
      let key = InterruptKey(domain: transition.domain, pe: transition.pe, intid: transition.intid)
      table.insert(key.rawValue).pointee &+= 1
    }
  }

  /// Every pair that occurred, by domain, PE and INTID.
  var counts: [AcknowledgeCount] {
    table.sorted().map { entry in
      let key = InterruptKey(rawValue: entry.key)
      return AcknowledgeCount(domain: key.domain, pe: key.pe, intid: key.intid, count: entry.value)
    }
  }
}
