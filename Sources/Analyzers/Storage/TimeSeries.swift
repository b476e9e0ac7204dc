/// What one span of a ``TimeSeries`` holds.
public protocol SpanValue {
  /// That of a span in which nothing happened.
  init()
  /// Adds what another span holds: the two become one.
  mutating func merge(_ other: Self)
}

/// Values over time, in a limited number of equal spans, which double when the capture outgrows them.
public struct TimeSeries<Value: SpanValue> {
  private let limit: UInt64
  /// Start of the first span, in ns since the capture's epoch; nil if nothing came.
  public private(set) var start: UInt64?
  /// Length of a span in ns.
  public var width: UInt64 { 1 << widthLog2 }
  private var widthLog2: UInt64 = 10
  /// The spans, up to the last in which something came.
  public private(set) var spans: [Value] = []

  /// At most `limit` spans.
  public init(limit: Int) {
    self.limit = UInt64(limit)
    spans.reserveCapacity(limit)
  }

  /// Changes what the span of a moment holds; what lies before the first moment that came counts with that. O(1) but for the
  /// rare doubling.
  public mutating func change(at time: UInt64, _ body: (inout Value) -> Void) {
    let start = self.start ?? time
    self.start = start
    let offset = time > start ? time &- start : 0
    while offset &>> widthLog2 >= limit { double() }
    let place = Int(truncatingIfNeeded: offset &>> widthLog2)
    while spans.count <= place { spans.append(Value()) }
    body(&spans[place])
  }

  private mutating func double() {
    for i in 0..<(spans.count + 1) / 2 {
      var span = spans[2 * i]
      if 2 * i + 1 < spans.count { span.merge(spans[2 * i + 1]) }
      spans[i] = span
    }
    spans.removeLast(spans.count / 2)
    widthLog2 += 1
  }

  /// The end of the last span.
  public var end: UInt64? { start.map { $0 &+ width &* UInt64(spans.count) } }
}

extension TimeSeries: Sendable where Value: Sendable {}
