import InterruptTrace

/// Follows how often the caches of one shape miss while a capture is replayed, for whoever shows it over time. At the end
/// its counts are those of ``ITSCaches/shapes``.
public final class ITSMissFollower {
  /// A cache whose misses have become more.
  public struct Cache: Hashable, Sendable {
    /// 0 is the physical controller, n is guest n.
    public var domain: UInt16
    /// The ITS's index.
    public var its: Int
    /// What it caches.
    public var table: ITSCacheTable
  }

  /// The caches' sizes.
  public let shape: ITSCacheShape
  private var analyzer: ITSCacheAnalyzer
  private var counts: [Cache: UInt64] = [:]

  /// Caches that are empty.
  public init(shape: ITSCacheShape) {
    self.shape = shape
    analyzer = ITSCacheAnalyzer(shapes: [shape])
  }

  /// Takes in a transition of any kind; tells of each cache that misses by it, with all its misses in the window so far.
  /// O(log entries).
  public func take(_ t: Transition, isReported: Bool, _ missed: (Cache, UInt64) throws -> Void) rethrows {
    analyzer.take(t, isReported: isReported)
    guard isReported, t.kind == .tableWalk else { return }
    for table in ITSCacheTable.allCases where shape.entries(of: table) != nil {
      let cache = Cache(domain: t.domain, its: t.tableWalk.walk.its, table: table)
      let misses = analyzer.misses(cache)
      guard misses > counts[cache, default: 0] else { continue }
      counts[cache] = misses
      try missed(cache, misses)
    }
  }
}
