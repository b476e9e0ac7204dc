import InterruptTrace

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
  private var table: LiveTable<UInt64>
  private let rows: Int

  init(_ limits: AnalysisLimits) {
    table = LiveTable(0, limit: limits.owners)
    rows = limits.rows
  }

  @inline(__always) mutating func count(_ t: Transition) {
    table.insert(InterruptKey(domain: t.domain, pe: t.pe, intid: t.intid).rawValue).pointee &+= 1
  }

  /// Every pair that occurred, by domain, PE and INTID; if they are more than there are rows, the busiest, and how many
  /// acknowledges the others have.
  var counts: (rows: [AcknowledgeCount], rest: UInt64) {
    let (found, rest) = table.busiest(rows)
    let counts = found.map { entry in
      let key = InterruptKey(rawValue: entry.key)
      return AcknowledgeCount(domain: key.domain, pe: key.pe, intid: key.intid, count: entry.value)
    }
    return (counts, rest)
  }
}
