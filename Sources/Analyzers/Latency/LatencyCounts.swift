import Glibc

/// Latencies being counted, in the buckets of an HDR histogram of three significant digits.
///
/// The histogram itself is made from these counts when a report wants it: counting into memory of our own takes no
/// uniqueness check and no growth, and pages that no latency falls into cost nothing. Counters of 32 bits, because what
/// counting costs is the cache misses; a full one is emptied into `carried`.
struct LatencyCounts: ~Copyable {
  /// 2048 values of full resolution, then 1024 buckets for each doubling.
  private static let halfLog2 = 10
  private static let size = (64 - halfLog2 + 1) << halfLog2

  private let buckets: UnsafeMutablePointer<UInt32>
  private var carried: [Int: UInt64] = [:]
  private(set) var count: UInt64 = 0
  private var min = UInt64.max
  private var max: UInt64 = 0
  private var sum = 0.0

  init() {
    // Zero pages until they are written to.
    buckets = calloc(Self.size, MemoryLayout<UInt32>.stride)!.bindMemory(to: UInt32.self, capacity: Self.size)
  }

  deinit { free(buckets) }

  /// Counts a latency in ns. O(1).
  @inline(__always)
  mutating func record(_ nanoseconds: UInt64) {
    min = Swift.min(min, nanoseconds)
    max = Swift.max(max, nanoseconds)
    sum += Double(nanoseconds)
    count &+= 1
    let place = buckets + Self.bucket(of: nanoseconds)
    place.pointee &+= 1
    if place.pointee == 0 { carried[place - buckets, default: 0] += 1 << 32 }
  }

  private func samples(in bucket: Int) -> UInt64 {
    UInt64(buckets[bucket]) + (carried.isEmpty ? 0 : carried[bucket] ?? 0)
  }

  @inline(__always)
  private static func bucket(of value: UInt64) -> Int {
    let shift = Swift.max(0, 63 &- halfLog2 &- value.leadingZeroBitCount)
    return shift &<< halfLog2 &+ Int(truncatingIfNeeded: value &>> UInt64(truncatingIfNeeded: shift))
  }

  /// The least value of a bucket.
  private static func lowerBound(of bucket: Int) -> UInt64 {
    guard bucket >= 2 << halfLog2 else { return UInt64(bucket) }
    let shift = bucket >> halfLog2 - 1
    return UInt64(bucket - shift << halfLog2) << UInt64(shift)
  }

  /// The samples so far. O(buckets).
  var distribution: LatencyDistribution {
    guard count > 0 else { return LatencyDistribution() }
    var samples: [(UInt64, UInt64)] = []
    for bucket in Self.bucket(of: min)...Self.bucket(of: max) where self.samples(in: bucket) != 0 {
      samples.append((Self.lowerBound(of: bucket), self.samples(in: bucket)))
    }
    return LatencyDistribution(samples: samples, min: min, max: max, sum: sum)
  }
}
