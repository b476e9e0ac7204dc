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
  private var values: [DurationDistribution.Value] = []
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
    for value in exact { values.count(Self.coarse(value.duration), value.count) }
    budget.used += values.count - exact.count
  }

  /// The values with those that wait.
  private var merged: [DurationDistribution.Value] {
    var result: [DurationDistribution.Value] = []
    result.reserveCapacity(values.count + waiting.count)
    var next = 0
    for duration in waiting.sorted() {
      while next < values.count, values[next].duration <= duration {
        result.count(values[next].duration, values[next].count)
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
    DurationDistribution(values: merged, count: count, min: count > 0 ? min : 0, max: max, total: total)
  }
}

extension [DurationDistribution.Value] {
  /// Counts a duration that is no less than those that were counted.
  fileprivate mutating func count(_ duration: UInt64, _ times: UInt64) {
    if last?.duration == duration {
      self[endIndex - 1].count += times
    } else {
      append(.init(duration: duration, count: times))
    }
  }
}

/// Durations with exact percentiles.
public struct DurationDistribution: SampleStatistics, Sendable {
  /// A duration and how often it came.
  public struct Value: BitwiseCopyable, Sendable {
    /// In ns.
    public var duration: UInt64
    /// How often.
    public var count: UInt64
  }

  /// Ascending.
  private var values: [Value] = []
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

  init(values: [Value], count: UInt64, min: UInt64, max: UInt64, total: UInt64) {
    (self.values, self.count, self.min, self.max, self.total) = (values, count, min, max, total)
  }

  /// All durations of several distributions. O(n log n) in their different durations.
  static func sum(_ distributions: [DurationDistribution]) -> DurationDistribution {
    var result = DurationDistribution()
    let shown = distributions.filter { $0.count > 0 }
    for value in shown.flatMap(\.values).sorted(by: { $0.duration < $1.duration }) {
      result.values.count(value.duration, value.count)
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

  /// The least duration that `percent` of all do not exceed, in ns; 0 without durations. O(different durations).
  public func percentile(_ percent: Double) -> UInt64 {
    guard count > 0 else { return 0 }
    let rank = Swift.max(1, UInt64((percent.nextDown * Double(count) / 100).rounded(.up)))
    var seen: UInt64 = 0
    for value in values {
      seen += value.count
      if seen >= rank { return Swift.min(value.duration, max) }
    }
    return max
  }

  /// The same in the buckets of all other distributions.
  public var latencies: LatencyDistribution {
    var samples: [(UInt64, UInt64)] = []
    for value in values {
      let bucket = LatencyCounts.upperBound(ofBucketWith: Swift.min(value.duration, 1 << 62))
      if samples.last?.0 == bucket {
        samples[samples.count - 1].1 += value.count
      } else {
        samples.append((bucket, value.count))
      }
    }
    return LatencyDistribution(samples: samples, min: min, max: max, sum: Double(total))
  }
}
