/// How many different durations are kept exactly, by all distributions of an analysis together.
final class DurationBudget {
  /// 16 bytes each.
  static let limit = 2 << 20
  fileprivate(set) var used = 0
  private let limit: Int

  init(limit: Int = DurationBudget.limit) { self.limit = limit }

  fileprivate var isSpent: Bool { used > limit }
}

/// Durations being counted: every different one with how often it came, so that percentiles are exact.
///
/// When all that are counted by one analysis are of more variety than the ``DurationBudget`` allows, those that come next
/// keep eight binary digits: percentiles are then at most 0.8 % too high.
struct DurationSamples {
  private(set) var count: UInt64 = 0
  private(set) var min = UInt64.max
  private(set) var max: UInt64 = 0
  /// The sum, at most `.max`.
  private(set) var total: UInt64 = 0
  /// Ascending, with how often each came.
  private var values: [SampleBucket] = []
  /// Those that are not among `values` yet.
  private var waiting: [UInt64] = []
  private var isCoarse = false

  private static let digits = 8
  private static let batch = 32

  /// Counts a duration. O(1) on average, for as many different ones as there are.
  mutating func add(_ duration: UInt64, _ budget: DurationBudget) {
    count &+= 1
    min = Swift.min(min, duration)
    max = Swift.max(max, duration)
    let (sum, isHuge) = total.addingReportingOverflow(duration)
    total = isHuge ? .max : sum
    waiting.append(isCoarse ? Self.coarse(duration) : duration)
    if waiting.count >= Swift.max(Self.batch, values.count / 2) { merge(budget) }
  }

  private mutating func merge(_ budget: DurationBudget) {
    let before = values.count
    values = merged
    waiting.removeAll(keepingCapacity: true)
    budget.used += values.count - before
    guard budget.isSpent, !isCoarse else { return }
    isCoarse = true
    waiting = []
    let exact = values
    values = []
    for value in exact { values.count(Self.coarse(value.upper), value.count) }
    budget.used += values.count - exact.count
  }

  /// The values with those that wait.
  private var merged: [SampleBucket] {
    var result: [SampleBucket] = []
    result.reserveCapacity(values.count + waiting.count)
    var next = 0
    for duration in waiting.sorted() {
      while next < values.count, values[next].upper <= duration {
        result.count(values[next].upper, values[next].count)
        next += 1
      }
      result.count(duration, 1)
    }
    result += values[next...]
    return result
  }

  /// The greatest duration that has the same first binary digits.
  private static func coarse(_ duration: UInt64) -> UInt64 {
    let shift = Swift.max(0, 64 - digits - duration.leadingZeroBitCount)
    return duration | ((1 << UInt64(shift)) - 1)
  }

  /// What was counted so far. O(different durations).
  var distribution: DurationDistribution {
    DurationDistribution(buckets: merged, count: count, min: count > 0 ? min : 0, max: max, total: total)
  }
}

/// Durations with exact percentiles.
public struct DurationDistribution: SampleStatistics, Sendable {
  /// A bucket for every different duration, in ns.
  public private(set) var buckets: [SampleBucket] = []
  /// How many there are.
  public private(set) var count: UInt64 = 0
  /// The least, in ns; 0 if there is none.
  public private(set) var min: UInt64 = 0
  /// The greatest, in ns.
  public private(set) var max: UInt64 = 0
  /// All together, in ns.
  public private(set) var total: UInt64 = 0

  /// No durations.
  public init() {}

  init(buckets: [SampleBucket], count: UInt64, min: UInt64, max: UInt64, total: UInt64) {
    (self.buckets, self.count, self.min, self.max, self.total) = (buckets, count, min, max, total)
  }

  /// All durations of several distributions. O(n log n) in their different durations.
  static func sum(_ distributions: [DurationDistribution]) -> DurationDistribution {
    var result = DurationDistribution()
    let shown = distributions.filter { $0.count > 0 }
    for value in shown.flatMap(\.buckets).sorted(by: { $0.upper < $1.upper }) {
      result.buckets.count(value.upper, value.count)
    }
    result.count = shown.reduce(0) { $0 + $1.count }
    result.min = shown.map(\.min).min() ?? 0
    result.max = shown.map(\.max).max() ?? 0
    for distribution in shown {
      let (sum, isHuge) = result.total.addingReportingOverflow(distribution.total)
      result.total = isHuge ? .max : sum
    }
    return result
  }

  /// The arithmetic mean in ns, rounded down; 0 without durations.
  public var mean: UInt64 { count == 0 ? 0 : total / count }

  /// The same in the buckets of all other distributions.
  public var latencies: LatencyDistribution {
    LatencyDistribution(samples: buckets.lazy.map { ($0.upper, $0.count) }, min: min, max: max, sum: Double(total))
  }
}
