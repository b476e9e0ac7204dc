/// Latencies over time, in at most 256 equal spans, which double when the capture outgrows them.
public struct LatencySeries: Sendable {
  /// The latencies of the interrupts that began in one span.
  public struct Span: BitwiseCopyable, Sendable {
    /// How many.
    public private(set) var count: UInt64 = 0
    /// All together, in ns; a floating-point number, as the sum of the greatest ones exceeds 64 bits.
    private var sum = 0.0
    /// The greatest, in ns.
    public private(set) var worst: UInt64 = 0

    /// No latencies.
    public init() {}

    /// The arithmetic mean in ns; 0 without samples.
    public var mean: UInt64 { meanLatency(sum: sum, count: count, max: worst) }

    /// Counts one latency.
    public mutating func add(_ nanoseconds: UInt64) {
      count += 1
      sum += Double(nanoseconds)
      worst = max(worst, nanoseconds)
    }

    /// Counts those of another span too.
    public mutating func merge(_ other: Span) {
      count += other.count
      sum += other.sum
      worst = max(worst, other.worst)
    }
  }

  private static var limit: UInt64 { 256 }
  /// Start of the first span, in ns since the capture's epoch; nil without samples.
  public private(set) var start: UInt64?
  /// Length of a span in ns.
  public var width: UInt64 { 1 << widthLog2 }
  private var widthLog2: UInt64 = 10
  /// The spans, up to the last that has samples.
  public private(set) var spans: [Span] = []

  /// No samples.
  public init() { spans.reserveCapacity(Int(Self.limit)) }

  /// Adds a latency that began at `time`, in ns; what began before the first that came counts with that. O(1) but for
  /// the rare doubling.
  public mutating func add(_ nanoseconds: UInt64, at time: UInt64) {
    let start = self.start ?? time
    self.start = start
    let offset = time > start ? time &- start : 0
    while offset &>> widthLog2 >= Self.limit { double() }
    let place = Int(truncatingIfNeeded: offset &>> widthLog2)
    while spans.count <= place { spans.append(Span()) }
    spans[place].add(nanoseconds)
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
