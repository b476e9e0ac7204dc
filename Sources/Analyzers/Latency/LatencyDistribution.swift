/// Latencies: exact count, extremes and sum, and buckets from which percentiles follow. Buckets of equal bounds of two
/// distributions can be added.
public struct LatencyDistribution: SampleStatistics, Equatable, Sendable {
  /// Greater values share a bucket; 2^62 ns are 146 years.
  private static let greatest: UInt64 = 1 << 62

  private var sum = 0.0
  /// Samples.
  public private(set) var count: UInt64 = 0
  /// The least, in ns; 0 if there is none.
  public private(set) var min: UInt64 = 0
  /// The greatest, in ns.
  public private(set) var max: UInt64 = 0
  /// As ``SampleStatistics`` says; in ns.
  public private(set) var buckets: [SampleBucket] = []

  /// No samples.
  public init() {}

  /// So many samples in these buckets, ascending.
  public init(_ buckets: [SampleBucket], count: UInt64, min: UInt64, max: UInt64, sum: Double) {
    (self.buckets, self.count, self.min, self.max, self.sum) = (buckets, count, min, max, sum)
  }

  /// Samples, ascending, with how often each occurred. The buckets are those of an HDR histogram of three significant
  /// digits.
  init(samples: some Sequence<(UInt64, UInt64)>, min: UInt64, max: UInt64, sum: Double) {
    var buckets: [SampleBucket] = []
    buckets.reserveCapacity(samples.underestimatedCount)
    for (value, count) in samples {
      buckets.count(LatencyCounts.upperBound(ofBucketWith: Swift.min(value, Self.greatest)), count)
    }
    self.init(buckets, count: buckets.reduce(0) { $0 + $1.count }, min: min, max: max, sum: sum)
  }

  /// The samples of both distributions; exact.
  public func merged(with other: LatencyDistribution) -> LatencyDistribution {
    guard count > 0 else { return other }
    guard other.count > 0 else { return self }
    var all: [SampleBucket] = []
    for bucket in (buckets + other.buckets).sorted(by: { $0.upper < $1.upper }) {
      all.count(bucket.upper, bucket.count)
    }
    return LatencyDistribution(
      all, count: count + other.count, min: Swift.min(min, other.min), max: Swift.max(max, other.max),
      sum: sum + other.sum)
  }

  /// The arithmetic mean in ns; 0 without samples.
  public var mean: UInt64 { meanLatency(sum: sum, count: count, max: max) }

  /// ``SampleStatistics/percentile(_:)`` for whoever wants many, as a curve does: O(buckets) once, then O(log buckets) each.
  public var percentiles: (Double) -> UInt64 {
    var ranks: [UInt64] = []
    ranks.reserveCapacity(buckets.count)
    for bucket in buckets { ranks.append((ranks.last ?? 0) + bucket.count) }
    return { percent in
      guard count > 0, percent > 0 else { return min }
      guard percent < 100 else { return max }
      let rank = rank(of: percent)
      let bucket = Swift.min(ranks.partitioningIndex { $0 >= rank }, buckets.count - 1)
      return Swift.max(Swift.min(buckets[bucket].upper, max), min)
    }
  }
}

/// The mean of `count` latencies; a sum of the greatest numbers rounds up to more than fits.
func meanLatency(sum: Double, count: UInt64, max: UInt64) -> UInt64 {
  guard count > 0 else { return 0 }
  let mean = (sum / Double(count)).rounded()
  return mean < 0x1p64 ? Swift.min(UInt64(mean), max) : max
}
