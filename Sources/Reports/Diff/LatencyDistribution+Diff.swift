import Analyzers
import InterruptTrace

/// A distribution from a report's JSON, and what a comparison asks of it.
extension LatencyDistribution {
  /// A row of `latency` or `latency_by_…`; nil without samples, or if it keeps no buckets for them.
  init?(_ row: ValueTree) {
    guard let count = row["count"]?.number, count > 0, let min = row["min_ns"]?.number,
      let max = row["max_ns"]?.number, let mean = row["mean_ns"]?.number, min <= max
    else { return nil }
    var buckets: [SampleBucket] = []
    var total: UInt64 = 0
    for pair in row["buckets"]?.elements ?? [] {
      guard pair.elements.count == 2, let upper = pair.elements[0].number, let samples = pair.elements[1].number,
        samples > 0
      else { return nil }
      let sum = total.addingReportingOverflow(samples)
      guard !sum.overflow, upper >= buckets.last?.upper ?? 0 else { return nil }
      total = sum.partialValue
      buckets.append(SampleBucket(upper: upper, count: samples))
    }
    guard total == count else { return nil }
    self.init(buckets, count: count, min: min, max: max, sum: Double(mean) * Double(count))
  }

  /// The least value that a fraction of the samples do not exceed.
  func quantile(_ fraction: Double) -> UInt64 {
    sample(rank: Swift.max(1, UInt64((Double(count) * fraction).rounded(.up))))
  }

  /// Where the quantile of what the samples were drawn from lies, from order statistics: the rank of the quantile is
  /// binomially distributed, whatever the distribution of the latencies. An end is nil where the samples are too few
  /// to bound it.
  func interval(_ fraction: Double, deviations: Double) -> (low: UInt64?, high: UInt64?) {
    let n = Double(count)
    let spread = deviations * (n * fraction * (1 - fraction)).squareRoot()
    let low = (n * fraction - spread).rounded(.down)
    let high = (n * fraction + spread).rounded(.up) + 1
    return (low >= 1 ? sample(rank: UInt64(low)) : nil, high <= n ? sample(rank: UInt64(high)) : nil)
  }
}
