import Analyzers

/// Two results compared: before and after.
public struct DiffReport: Sendable {
  /// One distribution before and after.
  public struct LatencyChange: Sendable {
    var key: DiffSide.LatencyKey
    var before: LatencyDistribution
    var after: LatencyDistribution
    /// The percentiles, in their order.
    public var quantiles: [QuantileChange]

    /// Whether any percentile moved beyond noise.
    public var isChanged: Bool { quantiles.contains { $0.change == .higher || $0.change == .lower } }

    /// How much the percentile that changed most did, as a factor of at least 1; 1 if none did.
    var strength: Double {
      quantiles.filter { $0.change == .higher || $0.change == .lower }.map { quantile in
        let (low, high) = (min(quantile.before, quantile.after), max(quantile.before, quantile.after))
        return Double(max(high, 1)) / Double(max(low, 1))
      }.max() ?? 1
    }
  }

  /// A finding that both have, with another count.
  public struct FindingChange: Sendable {
    /// Before.
    public var before: ComparedFinding
    /// After.
    public var after: ComparedFinding
  }

  /// Before.
  public let before: DiffSide
  /// After.
  public let after: DiffSide
  /// Classes and stages that both have, by stage.
  public let classes: [LatencyChange]
  /// Interrupts whose latency changed beyond noise, the strongest change first.
  public let intids: [LatencyChange]
  /// Interrupts that both have with enough samples to compare.
  public let comparedINTIDs: Int
  /// The names of all stages that were compared.
  let stages: Set<String>
  /// How often what happened.
  public let rates: [RateChange]
  /// Only after; the worst first.
  public let newFindings: [ComparedFinding]
  /// Only before; the worst first.
  public let goneFindings: [ComparedFinding]
  /// In both, with other counts.
  public let changedFindings: [FindingChange]

  /// Compares two results. A percentile must move by the fraction `least` to count as changed.
  public init(before: DiffSide, after: DiffSide, least: Double = 0.02) {
    self.before = before
    self.after = after
    let later = Dictionary(after.latencies.map { ($0.key, $0.latency) }, uniquingKeysWith: { first, _ in first })
    let changes = before.latencies.compactMap { key, latency -> LatencyChange? in
      guard let other = later[key] else { return nil }
      let quantiles = QuantileChange.percentiles.map { name, fraction in
        QuantileChange.compare(name, fraction, latency, other, least: least)
      }
      return LatencyChange(key: key, before: latency, after: other, quantiles: quantiles)
    }
    stages = Set(changes.map(\.key.stage))
    let order = DiffWording.stages.map(\.name)
    classes = order.flatMap { stage in changes.filter { $0.key.intid == nil && $0.key.stage == stage } }
    let single = changes.filter { $0.key.intid != nil }
    comparedINTIDs = Set(single.map { [$0.key.domain, $0.key.intid ?? 0] }).count
    intids = single.filter(\.isChanged).enumerated().sorted {
      ($1.element.strength, $0.offset) < ($0.element.strength, $1.offset)
    }.map(\.element)
    rates = Self.rates(before, after)
    (newFindings, goneFindings, changedFindings) = Self.findings(before, after)
  }

  private static func rates(_ before: DiffSide, _ after: DiffSide) -> [RateChange] {
    let lengths = (before.duration, after.duration)
    var result = before.activity.compactMap { name, activity -> RateChange? in
      guard let other = after.activity.first(where: { $0.name == name })?.activity else { return nil }
      let (a, b) = (activity.counts.reduce(0, +), other.counts.reduce(0, +))
      guard a + b > 0 else { return nil }
      return .compare("acknowledges." + name, a, b, lengths: lengths, spans: (activity, other))
    }
    for (name, count) in before.counts where name != "acknowledges" && name != "gaps" && name != "lost_events" {
      guard let other = after.counts.first(where: { $0.name == name })?.count, count + other > 0 else { continue }
      result.append(.compare(name, count, other, lengths: lengths))
    }
    return result
  }

  private static func findings(
    _ before: DiffSide, _ after: DiffSide
  ) -> (new: [ComparedFinding], gone: [ComparedFinding], changed: [FindingChange]) {
    let earlier = Dictionary(before.findings.map { ($0.identity, $0) }, uniquingKeysWith: { first, _ in first })
    let later = Dictionary(after.findings.map { ($0.identity, $0) }, uniquingKeysWith: { first, _ in first })
    let worstFirst: ([ComparedFinding]) -> [ComparedFinding] = { findings in
      findings.enumerated().sorted { ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset) }.map(\.element)
    }
    return (
      worstFirst(after.findings.filter { earlier[$0.identity] == nil }),
      worstFirst(before.findings.filter { later[$0.identity] == nil }),
      before.findings.compactMap { finding in
        guard let other = later[finding.identity], other.count != finding.count else { return nil }
        return FindingChange(before: finding, after: other)
      }
    )
  }

  /// Whether latencies of a class, or of an interrupt, rose beyond noise.
  public var isSlower: Bool { (classes + intids).contains { $0.quantiles.contains { $0.change == .higher } } }

  /// Whether something differs beyond noise.
  public var isDifferent: Bool {
    !newFindings.isEmpty || !goneFindings.isEmpty || (classes + intids).contains(where: \.isChanged)
      || rates.contains { $0.change == .higher || $0.change == .lower }
  }
}
