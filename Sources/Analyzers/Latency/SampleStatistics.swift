/// Samples that a distribution does not tell apart.
public struct SampleBucket: BitwiseCopyable, Equatable, Sendable {
  /// The greatest value that falls into it.
  public var upper: UInt64
  /// How many samples did.
  public var count: UInt64

  /// A bucket.
  public init(upper: UInt64, count: UInt64) {
    self.upper = upper
    self.count = count
  }
}

extension [SampleBucket] {
  /// Counts samples that are no less than those that were counted.
  mutating func count(_ upper: UInt64, _ samples: UInt64) {
    if last?.upper == upper {
      self[endIndex - 1].count += samples
    } else {
      append(SampleBucket(upper: upper, count: samples))
    }
  }
}

/// What can be asked of samples, however they are kept.
public protocol SampleStatistics {
  /// How many there are.
  var count: UInt64 { get }
  /// The least; 0 if there is none.
  var min: UInt64 { get }
  /// The arithmetic mean; 0 if there is none.
  var mean: UInt64 { get }
  /// The greatest; 0 if there is none.
  var max: UInt64 { get }
  /// Every bucket that holds samples, ascending; empty where there was no memory for the buckets of all samples.
  var buckets: [SampleBucket] { get }
}

extension SampleStatistics {
  /// The sample of a rank from 1 to ``count``, to the bucket's width; never more than ``max``. O(buckets).
  public func sample(rank: UInt64) -> UInt64 {
    var below: UInt64 = 0
    for bucket in buckets {
      below += bucket.count
      if below >= rank { return Swift.max(Swift.min(bucket.upper, max), min) }
    }
    return max
  }

  /// The least value that `percent` of the samples do not exceed, to the bucket's width; 0 without samples. O(buckets).
  public func percentile(_ percent: Double) -> UInt64 {
    guard count > 0, percent > 0 else { return min }
    return percent < 100 ? sample(rank: rank(of: percent)) : max
  }

  /// The same; nil where no buckets were kept.
  public func knownPercentile(_ percent: Double) -> UInt64? {
    count > 0 && buckets.isEmpty ? nil : percentile(percent)
  }

  /// A hair less, so that what is a whole number but for rounding is not rounded up to the next.
  func rank(of percent: Double) -> UInt64 {
    Swift.max(1, UInt64((percent.nextDown * Double(count) / 100).rounded(.up)))
  }
}
