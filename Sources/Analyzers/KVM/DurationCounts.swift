/// Durations in buckets of 3 %.
struct DurationCounts {
  private var count: UInt64 = 0
  private var min: UInt64 = .max
  private var max: UInt64 = 0
  private var sum = 0.0
  /// From the lowest bucket used to the highest.
  private var buckets: [UInt64] = []
  private var first = 0

  mutating func add(_ value: UInt64) {
    count += 1
    min = Swift.min(min, value)
    max = Swift.max(max, value)
    sum += Double(value)
    let bucket = Int(SparseDistribution.bucket(of: value))
    if bucket < first || bucket >= first + buckets.count { reach(bucket) }
    buckets[bucket - first] += 1
  }

  private mutating func reach(_ bucket: Int) {
    if buckets.isEmpty { first = bucket }
    if bucket < first {
      buckets.insert(contentsOf: repeatElement(0, count: first - bucket), at: 0)
      first = bucket
    } else {
      buckets.append(contentsOf: repeatElement(0, count: bucket + 1 - first - buckets.count))
    }
  }

  var isEmpty: Bool { count == 0 }

  var distribution: LatencyDistribution {
    guard count > 0 else { return LatencyDistribution() }
    let samples = buckets.enumerated().lazy.filter { $0.element > 0 }
      .map { (SparseDistribution.upperBound(of: UInt16(first + $0.offset)), $0.element) }
    return LatencyDistribution(samples: Array(samples), min: min, max: max, sum: sum)
  }
}
