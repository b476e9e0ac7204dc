import Testing

@testable import Analyzers

@Suite("Distributions")
struct DistributionTests {
  private func distribution(_ values: some Sequence<UInt64>) -> LatencyDistribution {
    var counts = LatencyCounts()
    for value in values { counts.record(value) }
    return counts.distribution
  }

  @Test("Our buckets are the histogram's")
  func buckets() {
    for magnitude in UInt64(0)..<62 {
      for value in [1 << magnitude, (1 << magnitude) + 1, (2 << magnitude) - 1, (3 << magnitude) >> 1] as [UInt64] {
        let bucket = distribution([value]).buckets
        #expect(bucket.count == 1)
        #expect(bucket[0].upper >= value)
        #expect(bucket[0].upper - value <= value / 1024)
      }
    }
  }

  @Test("Durations of a guest are counted alike in whatever order they come")
  func durations() {
    let values: [UInt64] = (0..<60).flatMap { [1 << $0, (3 << $0) >> 1, 1 << $0] }
    func counts(_ values: [UInt64]) -> LatencyDistribution {
      var counts = DurationCounts()
      for value in values { counts.add(value) }
      return counts.distribution
    }
    let ascending = counts(values)
    #expect(ascending.count == 180 && ascending.buckets.reduce(0) { $0 + $1.count } == 180)
    for order in [values.reversed(), values.shuffled()] {
      let other = counts(order)
      #expect(other.buckets.map(\.upper) == ascending.buckets.map(\.upper))
      #expect(other.buckets.map(\.count) == ascending.buckets.map(\.count))
      #expect(other.min == 1 && other.max == ascending.max)
    }
    let single = counts([1 << 40])
    #expect(single.buckets.count == 1 && single.buckets[0].upper >= 1 << 40)
  }

  @Test("Percentiles are right to three digits, extremes and mean exactly")
  func percentiles() {
    let distribution = distribution(1...100_000)
    #expect(distribution.count == 100_000)
    #expect(distribution.min == 1)
    #expect(distribution.max == 100_000)
    #expect(distribution.mean == 50_001)
    for percent in [50.0, 90, 99, 99.9, 99.99] {
      let exact = 1000 * percent
      #expect(abs(Double(distribution.percentile(percent)) - exact) <= exact / 1000)
    }
    #expect(distribution.buckets.reduce(0) { $0 + $1.count } == 100_000)
  }

  @Test("Many percentiles are those that are asked for one by one")
  func manyPercentiles() {
    for values in [[7], [0, 0, 1], [3, 3, 1_000_000], (1...5000).map { $0 * $0 * 37 }, [.max, 0], [1, 2, .max / 3]]
      as [[UInt64]]
    {
      let distribution = distribution(values)
      let percentiles = distribution.percentiles
      for percent in [0, 0.001, 1, 10, 33.3, 50, 66.67, 90, 99, 99.9, 99.99, 99.9999, 100] as [Double] {
        #expect(percentiles(percent) == distribution.percentile(percent), "\(values.count) values, \(percent) %")
      }
    }
    #expect(LatencyDistribution().percentiles(50) == 0)
  }

  @Test("Merged in any order and grouping, parts are what all their samples are, to the bucket", arguments: 0..<40)
  func merging(seed: UInt64) {
    // A different spread in each part, as captures of different machines have.
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    func random(below limit: UInt64) -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state >> 33) % limit
    }
    let samples = (0..<(2 + random(below: 9))).map { _ in
      let (count, width) = (random(below: 400), random(below: 40))
      return (0..<count).map { _ in (random(below: 1 << 31) << 9) >> width }
    }
    let (parts, all) = (samples.map { distribution($0) }, distribution(samples.joined()))
    var left = LatencyDistribution()
    for part in parts { left = left.merged(with: part) }
    var right = LatencyDistribution()
    for part in parts.reversed() { right = part.merged(with: right) }
    var pool = parts
    while pool.count > 1 {
      let first = pool.remove(at: Int(random(below: UInt64(pool.count))))
      let place = Int(random(below: UInt64(pool.count)))
      pool[place] = pool[place].merged(with: first)
    }
    let sorted = samples.joined().sorted()
    for merged in [left, right, pool[0]] {
      #expect(merged.buckets.map(\.upper) == all.buckets.map(\.upper))
      #expect(merged.buckets.map(\.count) == all.buckets.map(\.count))
      #expect((merged.count, merged.min, merged.max) == (all.count, all.min, all.max))
      for percent in [50, 90, 99, 99.9] where !sorted.isEmpty {
        let raw = sorted[max(0, Int((percent.nextDown * Double(sorted.count) / 100).rounded(.up)) - 1)]
        let bucket = distribution([raw]).buckets[0].upper
        #expect(merged.percentiles(percent) == max(min(bucket, all.max), all.min))
      }
    }
  }

  @Test("A bucket holds any number of samples")
  func manySamples() {
    let distribution = distribution((0..<100_003).lazy.map { $0 % 2 == 0 ? 7 : 1_000_000 })
    #expect(distribution.buckets.map(\.count) == [50_002, 50_001])
    #expect(distribution.percentile(50) == 7)
  }

  @Test("The greatest possible values are taken")
  func hugeValues() {
    let distribution = distribution([.max, 0])
    #expect(distribution.max == .max)
    #expect(distribution.count == 2)
  }

  @Test("Merged distributions are as one")
  func merge() {
    let values = Array(stride(from: UInt64(3), to: 1_000_000, by: 977))
    let both = distribution(values)
    let merged = distribution(values.filter { $0 % 2 == 0 }).merged(with: distribution(values.filter { $0 % 2 == 1 }))
    #expect(merged.buckets.map(\.upper) == both.buckets.map(\.upper))
    #expect(merged.buckets.map(\.count) == both.buckets.map(\.count))
    #expect(merged.mean == both.mean)
    #expect(merged.percentile(99) == both.percentile(99))
  }

  @Test("Sparse buckets are contiguous and at most 1/32 wide")
  func sparseBuckets() {
    var next: UInt64 = 0
    for bucket in UInt16(0)..<1920 {
      #expect(SparseDistribution.bucket(of: next) == bucket)
      let upper = SparseDistribution.upperBound(of: bucket)
      #expect(SparseDistribution.bucket(of: upper) == bucket)
      #expect(upper - next <= next / 32)
      next = upper &+ 1
    }
    #expect(next == 0)
  }

  @Test("A pool keeps each distribution's buckets apart, in lists and in pages")
  func pool() {
    var pool = BucketPool()
    var distributions = [SparseDistribution](repeating: SparseDistribution(), count: 50)
    var random = SystemRandomNumberGenerator()
    var values = [[UInt64]](repeating: [], count: 50)
    for _ in 0..<20_000 {
      let which = Int.random(in: 0..<50, using: &random)
      let value = UInt64.random(in: 0...(1 << UInt64(which)), using: &random)
      values[which].append(value)
      pool.record(value, in: &distributions[which])
    }
    for (distribution, values) in zip(distributions, values) {
      var buckets: [UInt16: UInt64] = [:]
      pool.forEachBucket(of: distribution) { buckets[$0, default: 0] += $1 }
      let expected = Dictionary(values.map { (SparseDistribution.bucket(of: $0), UInt64(1)) }, uniquingKeysWith: +)
      #expect(buckets == expected)
      #expect(distribution.bucketed == distribution.count)
      #expect(distribution.max == values.max() ?? 0)
    }
  }

  @Test("A full pool keeps count, extremes and mean")
  func fullPool() {
    var pool = BucketPool(limit: 8)
    var distribution = SparseDistribution()
    for value in UInt64(1)...20 { pool.record(value, in: &distribution) }
    let isFull = pool.isFull
    #expect(isFull)
    #expect(distribution.count == 20)
    #expect(distribution.sum == 210)
    #expect(distribution.bucketed < 20)
  }

  @Test("A live table behaves as a dictionary does")
  func liveTable() {
    var table = LiveTable<UInt32>(7)
    var reference: [UInt64: UInt32] = [:]
    for step in UInt32(0)..<50_000 {
      let key = UInt64.random(in: 0..<300) * 0x1_0000_0001
      switch step % 3 {
      case 0, 1:
        let place = table.insert(key)
        #expect(place.pointee == reference[key] ?? 7)
        place.pointee = step
        reference[key] = step
      default:
        table.remove(key)
        reference[key] = nil
      }
      #expect(table.count == reference.count)
    }
    #expect(table.sorted().map(\.key) == reference.keys.sorted())
    #expect(table.sorted().allSatisfy { reference[$0.key] == $0.value })
    _ = table.insert(.max)
    #expect(table.find(.max) != nil)
  }

  @Test("A dense table behaves as a dictionary does, and a copy goes its own way")
  func denseTable() {
    var table = DenseTable<UInt32>(7)
    var reference: [UInt64: UInt32] = [:]
    func fill(_ table: inout DenseTable<UInt32>, _ reference: inout [UInt64: UInt32], _ steps: Range<UInt32>) {
      for step in steps {
        let key = UInt64.random(in: 0..<3000) * 0x1_0000_0001
        #expect(table.find(key)?.pointee == reference[key])
        let place = table.insert(key)
        #expect(place.pointee == reference[key] ?? 7)
        place.pointee = step
        reference[key] = step
        #expect(table.count == reference.count)
      }
    }
    fill(&table, &reference, 0..<5000)
    var copy = DenseTable(copying: table)
    var other = reference
    fill(&copy, &other, 5000..<9000)
    #expect(table.sorted().map(\.key) == reference.keys.sorted() && copy.sorted().map(\.key) == other.keys.sorted())
    for row in table.sorted() { #expect(table[row.number].pointee == reference[row.key]) }
    for row in copy.sorted() { #expect(copy[row.number].pointee == other[row.key]) }
    for row in table.sorted() { table[row.number].pointee = 1 }
    #expect(copy.sorted().contains { copy[$0.number].pointee != 1 })
    _ = copy.insert(.max)
    #expect(copy.find(.max) != nil)
  }
}
