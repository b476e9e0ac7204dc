/// Spans of time and of events, in buckets of powers of two: a percentile within a factor of two, in constant memory.
///
/// The buckets lie elsewhere: whoever has spans is copied now and then to be looked at.
struct SpanCounts: ~Copyable {
  /// 64 of time, then 64 of events.
  private let buckets: UnsafeMutablePointer<UInt32>
  private(set) var count: UInt64 = 0

  init() {
    buckets = .allocate(capacity: 128)
    buckets.initialize(repeating: 0, count: 128)
  }

  init(copying other: borrowing SpanCounts) {
    buckets = .allocate(capacity: 128)
    buckets.initialize(from: other.buckets, count: 128)
    count = other.count
  }

  deinit { buckets.deallocate() }

  @inline(__always) mutating func add(time: UInt64, events span: UInt64) {
    let first = 63 &- (time | 1).leadingZeroBitCount
    let second = 63 &- (span | 1).leadingZeroBitCount
    buckets[first] &+= 1
    buckets[64 &+ second] &+= 1
    count &+= 1
  }

  /// An upper bound of the span that all but the longest do not exceed: of a thousand one is left out, of any number
  /// three. 0 if there are no more.
  func usual(isTimed: Bool) -> UInt64 {
    let outliers = max(3, count / 1000)
    guard count > outliers else { return 0 }
    let wanted = count - outliers
    var sum: UInt64 = 0
    for n in 0..<64 {
      sum += UInt64(buckets[isTimed ? n : 64 + n])
      if sum >= wanted { return n >= 62 ? .max >> 1 : 2 << UInt64(n) }
    }
    return .max >> 1
  }
}
