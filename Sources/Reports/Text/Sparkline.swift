import Analyzers
import Glibc

/// Small pictures of distributions and of activity over time, one character a column.
public enum Sparkline {
  private static let bars: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

  /// One bar a value, the tallest at full height; nothing stays blank and anything shows.
  public static func bars(_ values: [UInt64]) -> String {
    let top = values.max() ?? 0
    guard top > 0 else { return String(repeating: " ", count: values.count) }
    return String(
      values.map { value -> Character in
        value == 0 ? " " : bars[min(Int(Double(value) / Double(top) * 7.999), 7)]
      }
    )
  }

  /// A logarithmic axis of latencies, shared by the rows of a table.
  public struct Axis: Sendable {
    /// The least latency, in ns, at least 1.
    public let low: UInt64
    /// The greatest.
    public let high: UInt64
    /// Characters.
    public let columns: Int

    /// An axis that holds everything from `low` to `high`.
    public init(low: UInt64, high: UInt64, columns: Int = 24) {
      self.low = max(low, 1)
      self.high = max(high, self.low)
      self.columns = columns
    }

    /// The column of a latency.
    public func column(of nanoseconds: UInt64) -> Int {
      let span = log2(Double(high) / Double(low))
      guard span > 0, nanoseconds > low else { return 0 }
      let position = log2(Double(nanoseconds) / Double(low)) / span
      return min(Int(position * Double(columns)), columns - 1)
    }

    /// A distribution on this axis. Heights are logarithmic, so that a rare latency of one in a thousand can be seen.
    public func picture(_ buckets: [SampleBucket]) -> String {
      var sums = [UInt64](repeating: 0, count: columns)
      for bucket in buckets { sums[column(of: bucket.upper)] += bucket.count }
      return Sparkline.bars(sums.map { $0 == 0 ? 0 : UInt64(log2(Double($0)) * 1000) + 1000 })
    }
  }

  /// Sums neighbours, so that at most `columns` values remain.
  public static func fold(_ values: [UInt64], columns: Int) -> [UInt64] {
    guard values.count > columns, columns > 0 else { return values }
    var result = [UInt64](repeating: 0, count: columns)
    for (i, value) in values.enumerated() { result[i * columns / values.count] += value }
    return result
  }
}
