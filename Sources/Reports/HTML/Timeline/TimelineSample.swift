/// The bars that a report holds: all of them up to a limit, beyond it every second, fourth, eighth one and the longest.
struct TimelineSample {
  /// A picture of more would be slow to load, and no screen could show them.
  static let limit = 100_000
  private static let longest = 2_000

  private var bars: [(number: UInt64, bar: TimelineBar)] = []
  private var stride: UInt64 = 1
  private let limit: Int
  /// All that were offered.
  private(set) var offered: UInt64 = 0

  init(limit: Int = Self.limit) { self.limit = max(limit, 4) }

  /// Whether some were left out.
  var isThinned: Bool { stride > 1 || bars.count > limit }

  mutating func append(_ bar: TimelineBar) {
    let isLong = bar.length >= threshold
    if offered % stride == 0 || isLong { bars.append((offered, bar)) }
    offered += 1
    if bars.count >= limit * 2 { thin() }
  }

  /// Bars of this length are kept whatever their number; rises with each thinning.
  private var threshold: UInt64 = .max

  private mutating func thin() {
    let lengths = bars.map(\.bar.length).sorted(by: >)
    threshold = lengths[min(Self.longest, limit / 4, lengths.count - 1)]
    while bars.count > limit {
      stride *= 2
      let kept = bars.filter { $0.number % stride == 0 || $0.bar.length > threshold }
      if kept.count == bars.count { break }
      bars = kept
    }
  }

  /// In the order of their starts, no more than the limit.
  mutating func result() -> [TimelineBar] {
    if bars.count > limit { thin() }
    return bars.map(\.bar).sorted { ($0.start, $0.event) < ($1.start, $1.event) }
  }
}
