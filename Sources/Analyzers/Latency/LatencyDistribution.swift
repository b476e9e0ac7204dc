import Histogram

/// The latencies of one stage of one class of interrupt: an HDR histogram of three significant digits beside exact
/// count, extremes and sum.
public struct LatencyDistribution: Sendable {
  /// The histogram traps on values of 2^63 and more; 2^62 ns are 146 years.
  private static let greatest: UInt64 = 1 << 62

  private var histogram = Histogram<UInt64>(numberOfSignificantValueDigits: .three)
  /// Samples.
  public private(set) var count: UInt64 = 0
  /// The least, in ns; 0 if there is none.
  public private(set) var min: UInt64 = 0
  /// The greatest, in ns.
  public private(set) var max: UInt64 = 0
  private var sum = 0.0

  /// No samples.
  public init() {}

  /// Adds a latency in ns. O(1).
  public mutating func record(_ nanoseconds: UInt64) {
    min = count == 0 ? nanoseconds : Swift.min(min, nanoseconds)
    max = Swift.max(max, nanoseconds)
    sum += Double(nanoseconds)
    count += 1
    histogram.record(Swift.min(nanoseconds, Self.greatest))
  }

  /// Adds the samples of another distribution; exact.
  public mutating func merge(_ other: LatencyDistribution) {
    guard other.count > 0 else { return }
    min = count == 0 ? other.min : Swift.min(min, other.min)
    max = Swift.max(max, other.max)
    sum += other.sum
    count += other.count
    for bucket in other.histogram.recordedValues() { histogram.record(bucket.value, count: bucket.count) }
  }

  /// The arithmetic mean in ns; 0 without samples.
  public var mean: UInt64 { count == 0 ? 0 : UInt64((sum / Double(count)).rounded()) }

  /// The least value that `percent` of the samples do not exceed, in ns, to three digits; never more than ``max``.
  public func percentile(_ percent: Double) -> UInt64 {
    count == 0 ? 0 : Swift.max(Swift.min(histogram.valueAtPercentile(percent), max), min)
  }

  /// Every bucket that holds samples, ascending: its greatest value in ns and its samples. Buckets of equal bounds of
  /// two distributions can be added.
  public var buckets: [(upper: UInt64, count: UInt64)] {
    histogram.recordedValues().map { (histogram.highestEquivalentForValue($0.value), $0.count) }
  }
}
