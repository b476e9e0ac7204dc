import Glibc

/// A latency distribution as a report's JSON has it: buckets, and exact extremes.
struct SampledLatency: Equatable, Sendable {
  var count: UInt64
  var min: UInt64
  var mean: UInt64
  var max: UInt64
  /// Each bucket's greatest value in ns and its samples, ascending.
  var buckets: [Bucket]

  struct Bucket: Equatable, Sendable {
    var upper: UInt64
    var count: UInt64
  }

  /// A row of `latency` or `latency_by_…`; nil without samples, or if it keeps no buckets for them.
  init?(_ row: JSONValue) {
    guard let count = row["count"]?.number, count > 0, let min = row["min_ns"]?.number,
      let max = row["max_ns"]?.number, let mean = row["mean_ns"]?.number, min <= max
    else { return nil }
    var buckets: [Bucket] = []
    var total: UInt64 = 0
    for pair in row["buckets"]?.elements ?? [] {
      guard case .array(let values) = pair, values.count == 2, let upper = values[0].number,
        let samples = values[1].number, samples > 0
      else { return nil }
      let sum = total.addingReportingOverflow(samples)
      guard !sum.overflow, upper >= buckets.last?.upper ?? 0 else { return nil }
      total = sum.partialValue
      buckets.append(Bucket(upper: upper, count: samples))
    }
    guard total == count else { return nil }
    self.init(count: count, min: min, mean: mean, max: max, buckets: buckets)
  }

  init(count: UInt64, min: UInt64, mean: UInt64, max: UInt64, buckets: [Bucket]) {
    self.count = count
    self.min = min
    self.mean = mean
    self.max = max
    self.buckets = buckets
  }

  /// The samples of both.
  func merged(with other: SampledLatency) -> SampledLatency {
    var all: [Bucket] = []
    for bucket in (buckets + other.buckets).sorted(by: { $0.upper < $1.upper }) {
      if all.last?.upper == bucket.upper { all[all.count - 1].count += bucket.count } else { all.append(bucket) }
    }
    let sum = Double(mean) * Double(count) + Double(other.mean) * Double(other.count)
    let least = Swift.min(min, other.min)
    let most = Swift.max(max, other.max)
    let mean = (sum / Double(count + other.count)).rounded()
    return SampledLatency(
      count: count + other.count, min: least, mean: mean < 0x1p64 ? Swift.min(UInt64(mean), most) : most, max: most,
      buckets: all)
  }

  /// The sample of a rank from 1 to ``count``, to the bucket's width. O(buckets).
  func sample(rank: UInt64) -> UInt64 {
    var below: UInt64 = 0
    for bucket in buckets {
      below += bucket.count
      if below >= rank { return Swift.max(Swift.min(bucket.upper, max), min) }
    }
    return max
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
