import Histogram

/// The latencies of one stage of one class of interrupt: the buckets of an HDR histogram of three significant digits
/// beside exact count, extremes and sum.
public struct LatencyDistribution: SampleStatistics, Sendable {
  /// The histogram takes values below 2^63; 2^62 ns are 146 years.
  private static let greatest: UInt64 = 1 << 62

  private var sum = 0.0
  /// Samples.
  public private(set) var count: UInt64 = 0
  /// The least, in ns; 0 if there is none.
  public private(set) var min: UInt64 = 0
  /// The greatest, in ns.
  public private(set) var max: UInt64 = 0
  /// Every bucket that holds samples, ascending: its greatest value in ns and its samples. Buckets of equal bounds of
  /// two distributions can be added.
  public private(set) var buckets: [(upper: UInt64, count: UInt64)] = []

  /// No samples.
  public init() {}

  /// Samples, ascending, with how often each occurred; values of one bucket come once.
  init(samples: some Sequence<(UInt64, UInt64)>, min: UInt64, max: UInt64, sum: Double) {
    self.min = min
    self.max = max
    self.sum = sum
    for (value, samples) in samples {
      count += samples
      buckets.append((LatencyCounts.upperBound(ofBucketWith: Swift.min(value, Self.greatest)), samples))
    }
  }

  /// The samples of both distributions; exact.
  public func merged(with other: LatencyDistribution) -> LatencyDistribution {
    guard count > 0 else { return other }
    guard other.count > 0 else { return self }
    var samples = Dictionary(buckets.map { ($0.upper, $0.count) }, uniquingKeysWith: +)
    for bucket in other.buckets { samples[bucket.upper, default: 0] += bucket.count }
    return LatencyDistribution(
      samples: samples.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }, min: Swift.min(min, other.min),
      max: Swift.max(max, other.max), sum: sum + other.sum)
  }

  /// The arithmetic mean in ns; 0 without samples.
  public var mean: UInt64 { meanLatency(sum: sum, count: count, max: max) }

  /// The least value that `percent` of the samples do not exceed, in ns, to three digits; never more than ``max``.
  /// O(buckets): whoever wants many takes ``percentiles``.
  public func percentile(_ percent: Double) -> UInt64 {
    guard count > 0, percent > 0 else { return min }
    guard percent < 100 else { return max }
    var histogram = Histogram<UInt64>(highestTrackableValue: Swift.max(2, Swift.min(max, Self.greatest)))
    for bucket in buckets { histogram.record(Swift.min(bucket.upper, Swift.max(2, max)), count: bucket.count) }
    return Swift.max(Swift.min(histogram.valueAtPercentile(percent), max), min)
  }

  /// ``percentile(_:)`` for whoever wants many, as a curve does: O(buckets) once, then O(log buckets) each.
  public var percentiles: (Double) -> UInt64 {
    guard count > 0 else { return { _ in 0 } }
    var ranks: [UInt64] = []
    ranks.reserveCapacity(buckets.count)
    for bucket in buckets { ranks.append((ranks.last ?? 0) + bucket.count) }
    return { [buckets, count, min, max] percent in
      guard percent > 0 else { return min }
      guard percent < 100 else { return max }
      // A hair less, so that what is a whole number but for rounding is not rounded up to the next.
      let rank = Swift.max(1, UInt64((percent.nextDown * Double(count) / 100).rounded(.up)))
      var (low, high) = (0, buckets.count - 1)
      while low < high {
        let middle = (low + high) / 2
        if ranks[middle] >= rank { high = middle } else { low = middle + 1 }
      }
      return Swift.max(Swift.min(buckets[low].upper, max), min)
    }
  }
}

/// The mean of `count` latencies; a sum of the greatest numbers rounds up to more than fits.
func meanLatency(sum: Double, count: UInt64, max: UInt64) -> UInt64 {
  guard count > 0 else { return 0 }
  let mean = (sum / Double(count)).rounded()
  return mean < 0x1p64 ? Swift.min(UInt64(mean), max) : max
}
