/// The latencies of one stage of one INTID, PE or device: as many buckets as it has different latencies.
///
/// Buckets are log-linear with 32 to an octave, so a percentile is at most 3.2 % too high. They lie in a
/// ``BucketPool`` and line up with the powers of two that HDR histograms use.
struct SparseDistribution: BitwiseCopyable {
  var count: UInt64 = 0
  var min: UInt64 = 0
  var max: UInt64 = 0
  var sum: Double = 0
  /// Samples in buckets; less than `count` once the pool is full.
  var bucketed: UInt64 = 0
  /// Where the buckets lie in the pool, ascending.
  var start: UInt32 = 0
  var used: UInt16 = 0
  var capacityLog2: UInt8 = 0

  var mean: UInt64 { meanLatency(sum: sum, count: count, max: max) }

  /// The number of the bucket that holds a value.
  @inline(__always)
  static func bucket(of value: UInt64) -> UInt16 {
    guard value >= 32 else { return UInt16(truncatingIfNeeded: value) }
    let magnitude = 63 &- value.leadingZeroBitCount
    return UInt16(
      truncatingIfNeeded: (magnitude &- 4) &<< 5 | Int(truncatingIfNeeded: value &>> UInt64(magnitude &- 5)) & 31
    )
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
/// When the limit is reached, distributions keep count, extremes and mean, and stop keeping percentiles: memory does
/// not grow with the capture.
struct BucketPool: ~Copyable {
  struct Bucket: BitwiseCopyable {
    var number: UInt16
    var count: UInt32
  }

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
    capacity = Swift.min(4096, limit)
    slab = .allocate(capacity: Swift.max(capacity, 1))
  }

  deinit { slab.deallocate() }

  /// The buckets of a distribution, ascending.
  func buckets(of distribution: SparseDistribution) -> UnsafeBufferPointer<Bucket> {
    UnsafeBufferPointer(start: slab + Int(distribution.start), count: Int(distribution.used))
  }

  /// Adds a latency in ns. O(log buckets), and O(buckets) for a latency that is new to the distribution.
  mutating func record(_ value: UInt64, in distribution: UnsafeMutablePointer<SparseDistribution>) {
    let first = distribution.pointee.count == 0
    distribution.pointee.min = first ? value : Swift.min(distribution.pointee.min, value)
    distribution.pointee.max = Swift.max(distribution.pointee.max, value)
    distribution.pointee.sum += Double(value)
    distribution.pointee.count &+= 1

    let number = SparseDistribution.bucket(of: value)
    let used = Int(distribution.pointee.used)
    var low = 0
    var high = used
    let base = slab + Int(distribution.pointee.start)
    while low < high {
      let middle = (low &+ high) &>> 1
      if base[middle].number < number { low = middle &+ 1 } else { high = middle }
    }
    if low < used, base[low].number == number {
      if base[low].count < .max {
        base[low].count &+= 1
        distribution.pointee.bucketed &+= 1
      }
      return
    }
    if used == 0 || used == 1 << Int(distribution.pointee.capacityLog2) {
      guard makeRoom(distribution) else { return }
    }
    let place = slab + Int(distribution.pointee.start)
    (place + low + 1).update(from: place + low, count: used - low)
    place[low] = Bucket(number: number, count: 1)
    distribution.pointee.used &+= 1
    distribution.pointee.bucketed &+= 1
  }

  private mutating func makeRoom(_ distribution: UnsafeMutablePointer<SparseDistribution>) -> Bool {
    let used = Int(distribution.pointee.used)
    let order = used == 0 ? 2 : Int(distribution.pointee.capacityLog2) + 1
    guard let start = allocate(order) else { return false }
    if used > 0 {
      (slab + Int(start)).update(from: slab + Int(distribution.pointee.start), count: used)
      free[order - 1].append(distribution.pointee.start)
    }
    distribution.pointee.start = start
    distribution.pointee.capacityLog2 = UInt8(order)
    return true
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
