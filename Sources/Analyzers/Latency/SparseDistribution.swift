/// The latencies of one span of one owner: as many buckets as it has different latencies.
///
/// Buckets are log-linear with 32 to an octave, so a percentile is at most 3.2 % too high. They lie in a
/// ``BucketPool`` and line up with the powers of two that HDR histograms use.
struct SparseDistribution: BitwiseCopyable {
  var count: UInt64 = 0
  var min = UInt64.max
  var max: UInt64 = 0
  var sum: Double = 0
  /// Samples in buckets; less than `count` once the pool is full.
  var bucketed: UInt64 = 0
  /// Where the pool has the buckets.
  var start: UInt32 = 0
  /// Buckets of a list; 0 and `isPaged` for a directory of octaves.
  var used: UInt8 = 0
  var capacityLog2: UInt8 = 0
  var isPaged = false

  /// Counts the samples of another one, but for the buckets.
  mutating func merge(_ other: SparseDistribution) {
    count += other.count
    min = Swift.min(min, other.min)
    max = Swift.max(max, other.max)
    sum += other.sum
    bucketed += other.bucketed
  }

  /// Numbers of buckets are below this: 32 single values, and 32 buckets for each of 59 octaves.
  static let bucketCount = 60 << 5

  /// The number of the bucket that holds a value.
  @inline(__always) static func bucket(of value: UInt64) -> UInt16 {
    guard value >= 32 else { return UInt16(truncatingIfNeeded: value) }
    let magnitude = 63 &- value.leadingZeroBitCount
    return UInt16(
      truncatingIfNeeded: (magnitude &- 4) &<< 5 | Int(truncatingIfNeeded: value &>> UInt64(magnitude &- 5)) & 31)
  }

  /// The greatest value that a bucket holds.
  static func upperBound(of bucket: UInt16) -> UInt64 {
    guard bucket >= 32 else { return UInt64(bucket) }
    let shift = UInt64(bucket >> 5) - 1
    return ((UInt64(bucket & 31) + 33) << shift) &- 1
  }
}

/// The memory of all sparse distributions: one growing slab with a free list per power of two, and a limit.
///
/// A distribution begins as a short list of buckets. One of many different latencies becomes a directory of octaves with
/// a page of counters each, where a sample finds its counter without a search. When the limit is reached, distributions
/// keep count, extremes and mean, and stop keeping percentiles: memory does not grow with the capture.
struct BucketPool: ~Copyable {
  struct Bucket: BitwiseCopyable {
    var number: UInt32
    var count: UInt32
  }

  /// Buckets of the longest list, 2^4.
  private static let longestListLog2 = 4
  /// A directory: 64 numbers of 4 bytes.
  private static let directoryLog2 = 5
  /// A page: the 32 counters of an octave.
  private static let pageLog2 = 4

  private var slab: UnsafeMutablePointer<Bucket>
  private var capacity: Int
  private var used = 0
  private let limit: Int
  /// Starts of free blocks of 2^i buckets.
  private var free = [[UInt32]](repeating: [], count: 16)
  private(set) var isFull = false

  /// A pool of at most `limit` buckets of 8 bytes.
  init(limit: Int = 3 << 20) {
    self.limit = limit
    capacity = Swift.max(Swift.min(4096, limit), 1)
    slab = .allocate(capacity: capacity)
  }

  deinit { slab.deallocate() }

  /// Calls `body` with every bucket of a distribution that holds samples, in no particular order.
  func forEachBucket(of distribution: SparseDistribution, _ body: (_ number: UInt16, _ count: UInt64) -> Void) {
    guard distribution.isPaged else {
      for bucket in UnsafeBufferPointer(start: slab + Int(distribution.start), count: Int(distribution.used)) {
        body(UInt16(bucket.number), UInt64(bucket.count))
      }
      return
    }
    let directory = words(at: distribution.start)
    for octave in 0..<64 where directory[octave] != 0 {
      let page = words(at: directory[octave] - 1)
      for n in 0..<32 where page[n] != 0 { body(UInt16(octave << 5 | n), UInt64(page[n])) }
    }
  }

  /// A block seen as numbers of 4 bytes, two to a bucket.
  @inline(__always) private func words(at start: UInt32) -> UnsafeMutablePointer<UInt32> {
    UnsafeMutableRawPointer(slab + Int(start)).assumingMemoryBound(to: UInt32.self)
  }

  /// Adds a latency in ns. O(1).
  @inline(__always) mutating func record(_ value: UInt64, in distribution: UnsafeMutablePointer<SparseDistribution>) {
    distribution.pointee.min = Swift.min(distribution.pointee.min, value)
    distribution.pointee.max = Swift.max(distribution.pointee.max, value)
    distribution.pointee.sum += Double(value)
    distribution.pointee.count &+= 1
    let number = SparseDistribution.bucket(of: value)
    if distribution.pointee.isPaged {
      let page = words(at: distribution.pointee.start)[Int(number &>> 5)]
      if page != 0 { return increment(words(at: page &- 1) + Int(number & 31), distribution) }
    }
    recordInNewPlace(number, distribution)
  }

  @inline(__always)
  private func increment(
    _ counter: UnsafeMutablePointer<UInt32>, _ distribution: UnsafeMutablePointer<SparseDistribution>
  ) {
    guard counter.pointee < .max else { return }
    counter.pointee &+= 1
    distribution.pointee.bucketed &+= 1
  }

  @inline(never)
  private mutating func recordInNewPlace(_ number: UInt16, _ d: UnsafeMutablePointer<SparseDistribution>) {
    if !d.pointee.isPaged {
      let list = slab + Int(d.pointee.start)
      let used = Int(d.pointee.used)
      for n in 0..<used where list[n].number == UInt32(number) {
        if list[n].count < .max {
          list[n].count &+= 1
          d.pointee.bucketed &+= 1
        }
        return
      }
      if used < 1 << Self.longestListLog2 {
        guard used > 0 && used < 1 << Int(d.pointee.capacityLog2) || makeRoom(d) else { return }
        slab[Int(d.pointee.start) + used] = Bucket(number: UInt32(number), count: 1)
        d.pointee.used += 1
        d.pointee.bucketed &+= 1
        return
      }
      guard turnToPages(d) else { return }
    }
    guard let page = page(of: number, d) else { return }
    increment(page + Int(number & 31), d)
  }

  private mutating func makeRoom(_ d: UnsafeMutablePointer<SparseDistribution>) -> Bool {
    let used = Int(d.pointee.used)
    let order = used == 0 ? 1 : Int(d.pointee.capacityLog2) + 1
    guard let start = allocate(order) else { return false }
    if used > 0 {
      (slab + Int(start)).update(from: slab + Int(d.pointee.start), count: used)
      free[order - 1].append(d.pointee.start)
    }
    d.pointee.start = start
    d.pointee.capacityLog2 = UInt8(order)
    return true
  }

  private mutating func turnToPages(_ d: UnsafeMutablePointer<SparseDistribution>) -> Bool {
    guard let directory = allocate(Self.directoryLog2) else { return false }
    words(at: directory).update(repeating: 0, count: 64)
    let list = (0..<Int(d.pointee.used)).map { slab[Int(d.pointee.start) + $0] }
    free[Int(d.pointee.capacityLog2)].append(d.pointee.start)
    d.pointee.start = directory
    d.pointee.isPaged = true
    d.pointee.used = 0
    for bucket in list {
      guard let page = page(of: UInt16(bucket.number), d) else {
        d.pointee.bucketed -= UInt64(bucket.count)
        continue
      }
      page[Int(bucket.number & 31)] = bucket.count
    }
    return true
  }

  /// The counters of a bucket's octave, which are made if need be.
  private mutating func page(
    of number: UInt16, _ d: UnsafeMutablePointer<SparseDistribution>
  ) -> UnsafeMutablePointer<UInt32>? {
    let octave = Int(number >> 5)
    let page = words(at: d.pointee.start)[octave]
    if page != 0 { return words(at: page - 1) }
    guard let start = allocate(Self.pageLog2) else { return nil }
    words(at: start).update(repeating: 0, count: 32)
    words(at: d.pointee.start)[octave] = start + 1
    return words(at: start)
  }

  private mutating func allocate(_ order: Int) -> UInt32? {
    if let start = free[order].popLast() { return start }
    let size = 1 << order
    guard used + size <= limit else {
      isFull = true
      return nil
    }
    if used + size > capacity {
      let bigger = Swift.min(Swift.max(capacity * 2, used + size), limit)
      let newSlab = UnsafeMutablePointer<Bucket>.allocate(capacity: bigger)
      newSlab.update(from: slab, count: used)
      slab.deallocate()
      slab = newSlab
      capacity = bigger
    }
    defer { used += size }
    return UInt32(used)
  }
}
