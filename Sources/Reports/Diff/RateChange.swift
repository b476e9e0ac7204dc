/// How often something happened, before and after.
public struct RateChange: Equatable, Sendable {
  /// What: a key of the JSON report's `summary`, or `acknowledges.SGI` and the like.
  public var name: String
  /// How often in all, before.
  public var before: UInt64
  /// How often in all, after.
  public var after: UInt64
  /// Per second, before; nil if the capture has no length.
  public var rateBefore: Double?
  /// Per second, after.
  public var rateAfter: Double?
  /// What to make of it.
  public var change: Change

  /// Compares counts over the captures' lengths, and over spans of them where it is known when they fell.
  ///
  /// A count alone has Poisson's spread. Spans show how much more unsteady it is within a capture, and a change must
  /// exceed that too; unless the rate doubled or halved, which is a change however unsteady it was.
  static func compare(
    _ name: String, _ before: UInt64, _ after: UInt64, lengths: (before: UInt64, after: UInt64),
    spans: (before: DiffSide.ActivityCounts, after: DiffSide.ActivityCounts)? = nil
  ) -> RateChange {
    let (timeA, timeB) = (Double(lengths.before) / 1e9, Double(lengths.after) / 1e9)
    var result = RateChange(name: name, before: before, after: after, change: .unknown)
    guard timeA > 0, timeB > 0 else { return result }
    let (rateA, rateB) = (Double(before) / timeA, Double(after) / timeB)
    result.rateBefore = rateA
    result.rateAfter = rateB
    // Given the sum, the share of one side is binomial if both rates are the same.
    let n = Double(before) + Double(after)
    let share = timeB / (timeA + timeB)
    let excess = Double(after) - n * share
    var isBeyond =
      max(0, excess.magnitude - 0.5) > DiffNoise.deviations * (n * share * (1 - share)).squareRoot()
    let isLarge = rateA >= 2 * rateB || rateB >= 2 * rateA
    if isBeyond, !isLarge, let spans, let a = SpanRates(spans.before), let b = SpanRates(spans.after) {
      let spread = (a.varianceOfMean + b.varianceOfMean).squareRoot()
      isBeyond = (b.mean - a.mean).magnitude > DiffNoise.deviationsOfFew * spread
    }
    result.change = isBeyond ? (excess > 0 ? .higher : .lower) : .withinNoise
    return result
  }
}

/// The mean rate of a capture and how sure it is, from 16 equal spans.
private struct SpanRates {
  static let spans = 16
  var mean: Double
  var varianceOfMean: Double

  init?(_ activity: DiffSide.ActivityCounts) {
    // The last span is cut by the capture's end.
    let counts = activity.counts.dropLast(activity.counts.count > Self.spans ? 1 : 0)
    let each = counts.count / Self.spans
    guard each > 0, activity.width > 0 else { return nil }
    let seconds = Double(each) * Double(activity.width) / 1e9
    let rates = (0..<Self.spans).map { span in
      Double(counts[(span * each)..<((span + 1) * each)].reduce(0, +)) / seconds
    }
    let n = Double(Self.spans)
    mean = rates.reduce(0, +) / n
    let mean = mean
    varianceOfMean = rates.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1) / n
  }
}
