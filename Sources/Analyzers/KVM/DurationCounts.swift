/// Durations in buckets of 3 %.
struct DurationCounts {
  private var count: UInt64 = 0
  private var min: UInt64 = .max
  private var max: UInt64 = 0
  private var sum = 0.0
  private var buckets: [UInt64] = []

  mutating func add(_ value: UInt64) {
    count += 1
    min = Swift.min(min, value)
    max = Swift.max(max, value)
    sum += Double(value)
    let bucket = Int(SparseDistribution.bucket(of: value))
    if buckets.count <= bucket { buckets += Array(repeating: 0, count: bucket + 1 - buckets.count) }
    buckets[bucket] += 1
  }

  var isEmpty: Bool { count == 0 }

  var distribution: LatencyDistribution {
    guard count > 0 else { return LatencyDistribution() }
    let samples = buckets.enumerated().lazy.filter { $0.element > 0 }
      .map { (SparseDistribution.upperBound(of: UInt16($0.offset)), $0.element) }
    return LatencyDistribution(samples: Array(samples), min: min, max: max, sum: sum)
  }
}
