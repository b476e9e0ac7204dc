/// Spans of time and of events, in buckets of powers of two: a percentile within a factor of two, in constant memory.
struct SpanCounts: BitwiseCopyable {
  private var times = InlineArray<64, UInt32>(repeating: 0)
  private var events = InlineArray<64, UInt32>(repeating: 0)
  private(set) var count: UInt64 = 0

  @inline(__always) mutating func add(time: UInt64, events span: UInt64) {
    let first = 63 &- (time | 1).leadingZeroBitCount
    let second = 63 &- (span | 1).leadingZeroBitCount
    times[first] &+= 1
    events[second] &+= 1
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
      sum += UInt64(isTimed ? times[n] : events[n])
      if sum >= wanted { return n >= 62 ? .max >> 1 : 2 << UInt64(n) }
    }
    return .max >> 1
  }
}
