import Analyzers
import Glibc

/// A logarithmic axis of latencies across a picture.
struct LogAxis {
  let low: Double
  let high: Double
  let left: Double
  let width: Double

  /// From the decade below `low` to the decade above `high`, in ns.
  init(low: UInt64, high: UInt64, left: Double, width: Double) {
    self.low = log10(Double(max(low, 1))).rounded(.down)
    self.high = max(log10(Double(max(high, 1))).rounded(.up), self.low + 1)
    self.left = left
    self.width = width
  }

  /// Where a latency lies.
  func x(_ nanoseconds: UInt64) -> Double {
    left + (log10(Double(max(nanoseconds, 1))) - low) / (high - low) * width
  }

  /// Each decade with its place and its name.
  var decades: [(x: Double, name: String)] {
    stride(from: low, through: high, by: 1).map { exponent in
      let value = UInt64(min(pow(10, exponent), 1e19))
      return (x(value), Self.name(value))
    }
  }

  static func name(_ nanoseconds: UInt64) -> String {
    switch nanoseconds {
    case ..<1000: "\(nanoseconds) ns"
    case ..<1_000_000: "\(nanoseconds / 1000) µs"
    case ..<1_000_000_000: "\(nanoseconds / 1_000_000) ms"
    default: "\(nanoseconds / 1_000_000_000) s"
    }
  }

  /// Samples in `count` equal parts of the axis, and the greatest latency of each part.
  func bins(_ buckets: [SampleBucket], count: Int) -> [UInt64] {
    var result = [UInt64](repeating: 0, count: count)
    for bucket in buckets {
      let part = Int((x(bucket.upper) - left) / width * Double(count))
      result[max(0, min(part, count - 1))] += bucket.count
    }
    return result
  }
}
