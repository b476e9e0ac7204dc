/// Latencies over time, in at most 256 spans.
public typealias LatencySeries = TimeSeries<LatencySpan>

/// The latencies of the interrupts that began in one span.
public struct LatencySpan: SpanValue, BitwiseCopyable, Sendable {
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

  /// As ``SpanValue`` wants it.
  public mutating func merge(_ other: LatencySpan) {
    count += other.count
    sum += other.sum
    worst = max(worst, other.worst)
  }
}

extension LatencySeries {
  /// No samples.
  public init() { self.init(limit: 256) }

  /// Adds a latency that began at `time`, in ns.
  public mutating func add(_ nanoseconds: UInt64, at time: UInt64) { change(at: time) { $0.add(nanoseconds) } }
}
