import Analyzers

/// How two values compare, once noise is allowed for.
public enum Change: String, Sendable, CaseIterable {
  /// The second is lower, beyond noise.
  case lower
  /// The second is higher, beyond noise.
  case higher
  /// They differ by no more than noise explains, or by less than is asked for.
  case withinNoise = "within_noise"
  /// There is too little to tell.
  case unknown
}

/// A percentile before and after.
public struct QuantileChange: Equatable, Sendable {
  /// The percentile's name in JSON, without its unit: `p99`.
  public var name: String
  /// Before, in ns.
  public var before: UInt64
  /// After, in ns.
  public var after: UInt64
  /// What to make of it.
  public var change: Change

  /// The percentiles that are compared.
  static let percentiles: [(name: String, fraction: Double)] = [
    ("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p999", 0.999),
  ]

  /// Compares one percentile of two distributions: it has changed if the intervals in which it lies with a confidence
  /// of 99.9 % do not meet, and it moved by the fraction `least` or more.
  static func compare(
    _ name: String, _ fraction: Double, _ before: LatencyDistribution, _ after: LatencyDistribution, least: Double
  ) -> QuantileChange {
    let (a, b) = (before.quantile(fraction), after.quantile(fraction))
    let (inA, inB) = (
      before.interval(fraction, deviations: DiffNoise.deviations),
      after.interval(fraction, deviations: DiffNoise.deviations)
    )
    var change = Change.withinNoise
    if Double(a > b ? a - b : b - a) >= Double(a) * least {
      if let high = inA.high, let low = inB.low, low > high {
        change = .higher
      } else if let low = inA.low, let high = inB.high, high < low {
        change = .lower
      } else if (inA.high == nil || inB.low == nil) && b > a || (inA.low == nil || inB.high == nil) && b < a {
        change = .unknown
      }
    }
    return QuantileChange(name: name, before: a, after: b, change: change)
  }
}

/// What counts as noise.
enum DiffNoise {
  /// Standard deviations of a two-sided confidence of 99.9 %.
  static let deviations = 3.2905
  /// The same, of Student's distribution with few degrees of freedom, for means of 16 spans.
  static let deviationsOfFew = 4.07

  /// One paragraph for people.
  static let explanation = """
    A percentile counts as changed where the 99.9 % confidence intervals of both sides (order statistics, no \
    distribution assumed) do not meet; a rate where the counts differ by more than Poisson's spread at 99.9 %, and, of \
    acknowledges, either by a factor of two or by more than Welch's t-test allows for the means of 16 spans of each \
    capture. Samples of one capture are taken as independent, which bursts are not, and one run against one other \
    says nothing about the spread between runs.
    """
}
