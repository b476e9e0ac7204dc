import Glibc

/// Latencies being counted, in the buckets of an HDR histogram of three significant digits.
///
/// The histogram itself is made from these counts when a report wants it: counting into memory of our own takes no
/// uniqueness check and no growth, and pages that no latency falls into cost nothing. Counters of 8 bits, because what
/// counting costs is the cache misses; when one wraps round, that is counted in `wraps`.
struct LatencyCounts: ~Copyable {
  /// 2048 values of full resolution, then 1024 buckets for each doubling.
  private static let halfLog2 = 10
  private static let size = (64 - halfLog2 + 1) << halfLog2
  /// The wraps, and behind them the buckets.
  private static let bytes = size * (MemoryLayout<UInt32>.stride + 1)

  /// Zero pages until they are written to; nil until there is a sample.
  private var memory: UnsafeMutableRawPointer?
  private(set) var count: UInt64 = 0
  private var min = UInt64.max
  private var max: UInt64 = 0
  private var sum = 0.0
  /// Octaves that hold samples, and those of which some counter has wrapped round: a bit each.
  private var octaves: UInt64 = 0
  private var wrapped: UInt64 = 0

  init() {}

  deinit { if let memory { munmap(memory, Self.bytes) } }

  /// Counts a latency in ns. O(1).
  @inline(__always) mutating func record(_ nanoseconds: UInt64) {
    let memory = memory ?? reserve()
    min = Swift.min(min, nanoseconds)
    max = Swift.max(max, nanoseconds)
    sum += Double(nanoseconds)
    count &+= 1
    let bucket = Self.bucket(of: nanoseconds)
    octaves |= 1 &<< UInt64(truncatingIfNeeded: bucket &>> Self.halfLog2)
    let place = Self.buckets(memory) + bucket
    place.pointee &+= 1
    if place.pointee == 0 { wrap(memory, bucket) }
  }

  @inline(never) private mutating func wrap(_ memory: UnsafeMutableRawPointer, _ bucket: Int) {
    Self.wraps(memory)[bucket] &+= 1
    wrapped |= 1 &<< UInt64(truncatingIfNeeded: bucket &>> Self.halfLog2)
  }

  @inline(never) private mutating func reserve() -> UnsafeMutableRawPointer {
    let pages = mmap(nil, Self.bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let pages, pages != MAP_FAILED else { fatalError("no memory for latencies") }
    memory = pages
    return pages
  }

  @inline(__always) private static func wraps(_ memory: UnsafeMutableRawPointer) -> UnsafeMutablePointer<UInt32> {
    memory.assumingMemoryBound(to: UInt32.self)
  }

  @inline(__always) private static func buckets(_ memory: UnsafeMutableRawPointer) -> UnsafeMutablePointer<UInt8> {
    (memory + size * MemoryLayout<UInt32>.stride).assumingMemoryBound(to: UInt8.self)
  }

  @inline(__always) private static func bucket(of value: UInt64) -> Int {
    let shift = Swift.max(0, 63 &- halfLog2 &- value.leadingZeroBitCount)
    return shift &<< halfLog2 &+ Int(truncatingIfNeeded: value &>> UInt64(truncatingIfNeeded: shift))
  }

  /// The least value of a bucket.
  private static func lowerBound(of bucket: Int) -> UInt64 {
    guard bucket >= 2 << halfLog2 else { return UInt64(bucket) }
    let shift = bucket >> halfLog2 - 1
    return UInt64(bucket - shift << halfLog2) << UInt64(shift)
  }

  /// The greatest value of the bucket that holds a value below 2^63.
  static func upperBound(ofBucketWith value: UInt64) -> UInt64 { lowerBound(of: bucket(of: value) + 1) - 1 }

  /// The samples so far. O(buckets).
  var distribution: LatencyDistribution {
    guard let memory else { return LatencyDistribution() }
    var samples: [(UInt64, UInt64)] = []
    let counters = Self.buckets(memory)
    for octave in 0..<64 where octaves >> UInt64(octave) & 1 != 0 {
      let hasWraps = wrapped >> UInt64(octave) & 1 != 0
      for first in stride(from: octave << Self.halfLog2, to: (octave + 1) << Self.halfLog2, by: 8) {
        // Most buckets are empty.
        let eight = UnsafeRawPointer(counters + first).loadUnaligned(as: UInt64.self)
        guard hasWraps || eight != 0 else { continue }
        for bucket in first..<first + 8 {
          let count = UInt64(counters[bucket]) + (hasWraps ? UInt64(Self.wraps(memory)[bucket]) << 8 : 0)
          if count != 0 { samples.append((Self.lowerBound(of: bucket), count)) }
        }
      }
    }
    return LatencyDistribution(samples: samples, min: min, max: max, sum: sum)
  }
}
