import InterruptTrace

/// Follows what ITSes look up in their tables, through caches of every size.
///
/// Every walk looks up each table it needs, as independent caches do; a look-up that misses is a read of guest memory.
/// A filter by PE or INTID does not apply: caches are shared.
struct ITSCacheAnalyzer: ~Copyable {
  /// ITSes that are told apart; more than that exist in no system.
  private static let limit = 64

  private let shapes: [ITSCacheShape]
  private var units: [ITSUnit] = []

  private let limits: AnalysisLimits

  init(shapes: [ITSCacheShape] = ITSCacheShape.standard, limits: AnalysisLimits = AnalysisLimits()) {
    self.shapes = shapes
    self.limits = limits
  }

  /// Look-ups that count as first ones because there were too many different ones.
  var unfollowed: UInt64 { units.reduce(0) { $0 + $1.unfollowed } }

  /// Takes in a transition that concerns tables, or LPIs' configuration. O(log entries).
  mutating func take(_ t: Transition, isReported: Bool) {
    switch t.kind {
    case .tableWalk: unit(t.domain, t.tableWalk.walk.its)?.take(t, isCounted: isReported)
    case .tableRead: unit(t.domain, t.tableRead.its)?.take(t, isCounted: isReported)
    case .itsEnabled: unit(t.domain, t.itsEnabled.its)?.take(t, isCounted: isReported)
    case .merged:
      // Which ITS it came through is not said; with one there is no question.
      if INTID.isLPI(t.intid) { units.first { $0.domain == t.domain }?.take(t, isCounted: isReported) }
    case .lpisEnabled, .configurationInvalidated:
      for unit in units where unit.domain == t.domain { unit.take(t, isCounted: isReported) }
    default: break
    }
  }

  private mutating func unit(_ domain: UInt16, _ its: Int) -> ITSUnit? {
    if let unit = units.first(where: { $0.its == its && $0.domain == domain }) { return unit }
    guard units.count < Self.limit else { return nil }
    // Many ITSes share what one may take.
    let limit = max(limits.translations / (units.count + 1), 256)
    units.append(ITSUnit(domain: domain, its: its, shapes: shapes, limit: limit))
    return units.last
  }

  /// Misses of a cache of the first shape.
  func misses(_ cache: ITSMissFollower.Cache) -> UInt64 {
    units.first { $0.its == cache.its && $0.domain == cache.domain }?.misses(cache.table) ?? 0
  }

  /// Every ITS that walked its tables, in the order of domains and numbers.
  var caches: [ITSCaches] {
    units.map(\.result).filter { $0.msis + $0.commands > 0 }.sorted { ($0.domain, $0.its) < ($1.domain, $1.its) }
  }
}

extension ITSCacheTable {
  /// The caches' name for a table.
  init(_ table: ITSTable) {
    self =
      switch table {
      case .device: .device
      case .collection: .collection
      case .interruptTranslation: .event
      case .vPE: .vPE
      }
  }
}
