import Analyzers

/// What runs may cost: limits of metrics, and findings that are allowed.
///
/// ``crossings(of:baseline:)`` compares repeats of a run with it: of each metric it takes the median.
public struct Budget: Equatable, Sendable {
  /// A metric's limits; all that are given hold.
  public struct Limit: Equatable, Sendable {
    /// What is measured.
    public var metric: BudgetMetric
    /// It may not be more.
    public var most: UInt64?
    /// It may not be less.
    public var least: UInt64?
    /// How far it may exceed the baseline's.
    public var rise: Rise?

    /// A limit with every field given.
    public init(metric: BudgetMetric, most: UInt64? = nil, least: UInt64? = nil, rise: Rise? = nil) {
      (self.metric, self.most, self.least, self.rise) = (metric, most, least, rise)
    }
  }

  /// More than the baseline by this share and by this much: both, so that neither small values nor small changes count.
  public struct Rise: Equatable, Sendable {
    /// Per cent of the baseline.
    public var percent: Double
    /// A count, or ns.
    public var floor: UInt64

    /// A rise with every field given.
    public init(percent: Double, floor: UInt64) { (self.percent, self.floor) = (percent, floor) }

    func isExceeded(by value: UInt64, from before: UInt64) -> Bool {
      value > before && value - before > floor && Double(value - before) * 100 > Double(before) * percent
    }
  }

  /// A metric and its name.
  public struct BudgetMetric: Equatable, Sendable {
    /// As the user wrote it.
    public var name: String
    /// What it is.
    public var metric: Metric

    /// The metric of a name, or nil.
    public init?(_ name: String) {
      guard let metric = Metric(name) else { return nil }
      (self.name, self.metric) = (name, metric)
    }

    /// A limit as users write it; nil if it is none of this metric.
    public func value(_ text: String) -> UInt64? { metric.limit(text) }
  }

  /// Limits, in their order.
  public var limits: [Limit]
  /// How many findings of a kind each run may have; nil if findings are not limited. A kind that is not named may have
  /// none; notes are always allowed.
  public var findings: [FindingKind: Int]?
  /// Metrics without which a run shows nothing.
  public var present: [BudgetMetric]

  /// A budget with every field given.
  public init(limits: [Limit] = [], findings: [FindingKind: Int]? = nil, present: [BudgetMetric] = []) {
    (self.limits, self.findings, self.present) = (limits, findings, present)
  }

  /// A budget that is not kept.
  public struct Crossing: Equatable, Sendable {
    /// What it is about: a metric, or a kind of finding.
    public var name: String
    /// One sentence.
    public var message: String
    /// The capture, where it is about one of them.
    public var capture: String?
  }

  /// What does not keep the budget in repeats of a run. O(limits × runs).
  public func crossings(of runs: [AnalysisReport], baseline: [AnalysisReport]) -> [Crossing] {
    limits.flatMap { Self.crossings($0, runs, baseline) } + runs.flatMap(findingCrossings)
      + present.flatMap { metric in
        runs.filter { metric.metric.isMissing(in: $0) }.map {
          Crossing(name: metric.name, message: "\(metric.name) is missing", capture: $0.trace.path)
        }
      }
  }

  private static func median(_ metric: Metric, _ runs: [AnalysisReport]) -> UInt64? {
    let values = runs.compactMap { metric.value(in: $0) }.sorted()
    // Of an even number the higher one in the middle, which is a value that was measured.
    return values.isEmpty ? nil : values[values.count / 2]
  }

  private static func crossings(_ limit: Limit, _ runs: [AnalysisReport], _ baseline: [AnalysisReport]) -> [Crossing] {
    let (name, metric) = (limit.metric.name, limit.metric.metric)
    guard let value = median(metric, runs) else { return [] }
    let measured = "\(name) is \(metric.text(value))" + (runs.count > 1 ? " (median of \(runs.count))" : "")
    var crossings: [Crossing] = []
    if let most = limit.most, value > most {
      crossings.append(Crossing(name: name, message: "\(measured), more than \(metric.text(most))"))
    }
    if let least = limit.least, value < least {
      crossings.append(Crossing(name: name, message: "\(measured), less than \(metric.text(least))"))
    }
    if let rise = limit.rise, let before = median(metric, baseline), rise.isExceeded(by: value, from: before) {
      crossings.append(
        Crossing(
          name: name,
          message: "\(measured), \(metric.text(value - before)) more than the baseline's \(metric.text(before)): "
            + "more than \(Units.threeDigits(rise.percent)) % and more than \(metric.text(rise.floor))"))
    }
    return crossings
  }

  private func findingCrossings(_ run: AnalysisReport) -> [Crossing] {
    guard let findings else { return [] }
    let counted = Dictionary(grouping: run.results.findings.filter { $0.severity != .note }, by: \.kind)
    return FindingKind.allCases.compactMap { kind in
      guard let found = counted[kind], found.count > findings[kind] ?? 0 else { return nil }
      return Crossing(
        name: kind.name,
        message: "\(found.count) × \(kind.name), allowed \(findings[kind] ?? 0); first: \(found[0].summary)",
        capture: run.trace.path)
    }
  }
}
