import Analyzers
import Replay

/// A condition that makes `analyze` fail: `latency.p99>1ms`, `spurious>0`, `verify.disagreed>0`.
public struct Threshold: Equatable, Sendable {
  /// How a measured value is compared with the limit.
  public enum Comparison: String, Sendable, CaseIterable {
    // In an order in which no one is a prefix of a later one.
    /// At least.
    case atLeast = ">="
    /// At most.
    case atMost = "<="
    /// The same.
    case equal = "=="
    /// Another.
    case unequal = "!="
    /// More.
    case above = ">"
    /// Less.
    case below = "<"

    func holds(_ value: UInt64, _ limit: UInt64) -> Bool {
      switch self {
      case .atLeast: value >= limit
      case .atMost: value <= limit
      case .equal: value == limit
      case .unequal: value != limit
      case .above: value > limit
      case .below: value < limit
      }
    }
  }

  /// What is measured.
  public let metric: Metric
  /// How it is compared.
  public let comparison: Comparison
  /// The limit: a count, or ns.
  public let limit: UInt64
  /// As the user wrote it.
  public let text: String
  /// The metric's name, as the user wrote it.
  public let name: String

  /// Reads a condition. The error says what is wrong with it.
  public init(_ text: String) throws(ThresholdError) {
    self.text = text
    var compact = String(text.filter { $0 != " " })
    // `findings` alone: any that is not a note.
    if compact == "findings" || compact.hasPrefix("findings."), !compact.contains(where: { "<>=!".contains($0) }) {
      compact += ">0"
    }
    guard
      let (comparison, range) = Comparison.allCases.lazy.compactMap({ comparison in
        compact.firstRange(of: comparison.rawValue).map { (comparison, $0) }
      }).first
    else { throw ThresholdError(text: text, reason: "it has no comparison (>, >=, <, <=, ==, !=)") }
    self.comparison = comparison
    let name = String(compact[..<range.lowerBound])
    guard let metric = Metric(name) else {
      throw ThresholdError(text: text, reason: "unknown metric '\(name)'; known metrics: \(Metric.help)")
    }
    self.metric = metric
    self.name = name
    let value = compact[range.upperBound...]
    guard let limit = metric.limit(value) else {
      throw ThresholdError(
        text: text,
        reason: "'\(value)' is not \(metric.isTime ? "a span of time such as 50us or 1.5ms" : "a whole number")")
    }
    self.limit = limit
  }

  /// What was measured against it, `findings > 0 (6)`, if the condition holds; nil if it does not, or if there is nothing to measure.
  public func crossing(_ report: AnalysisReport) -> String? {
    guard let value = metric.value(in: report), comparison.holds(value, limit) else { return nil }
    let than = metric.isTime ? Units.duration(limit) : "\(limit)"
    return "\(name) \(comparison.rawValue) \(than) (\(metric.text(value)))"
  }
}

/// What is wrong with a condition.
public struct ThresholdError: Error, Equatable, CustomStringConvertible, Sendable {
  /// As the user wrote it.
  public let text: String
  /// What is wrong, in words that complete a sentence.
  public let reason: String
  /// One sentence for the user.
  public var description: String { "'\(text)' is not a condition: \(reason)" }
}

/// Something that can be measured.
public enum Metric: Equatable, Sendable {
  /// One number of the report.
  case count(String)
  /// Spurious acknowledges for one reason.
  case spurious(SpuriousReason)
  /// Findings: of one kind, of one severity, or all that are not notes.
  case findings(FindingKind?, FindingSeverity?)
  /// A statistic of a kernel's own interrupts.
  case kernel(KernelActivity.Stage, Statistic)
  /// A statistic of a stage, of one class or of all.
  case latency(InterruptClass?, LatencyStage, Statistic)

  /// A statistic of a distribution.
  public enum Statistic: String, Sendable, CaseIterable {
    /// Samples.
    case count
    /// The least.
    case min
    /// The mean.
    case mean
    /// The greatest.
    case max
    /// Percentiles.
    case p50, p90, p99, p999, p9999
  }

  private static let counts: [(String, @Sendable (AnalysisReport) -> UInt64)] = [
    ("acknowledges", { $0.results.summary.acknowledges }),
    ("spurious", { $0.results.summary.spuriousAcknowledges }),
    ("end_of_interrupts", { $0.results.summary.endOfInterrupts }),
    ("mismatched_ends", { $0.results.summary.mismatchedEnds }), ("msis", { $0.results.summary.msis }),
    ("merged", { $0.results.exclusions.merged }), ("its_commands", { $0.results.summary.itsCommands }),
    ("its_faults", { $0.results.summary.itsFaults }), ("guest_errors", { $0.results.summary.guestErrors }),
    ("never_ended", { $0.results.exclusions.neverEnded }), ("withdrawn", { $0.results.exclusions.withdrawn }),
    ("pending_at_end", { $0.results.exclusions.pendingAtEnd }),
    ("active_at_end", { $0.results.exclusions.activeAtEnd }), ("gaps", { $0.results.gapCount }),
    ("lost_events", { $0.results.lostEvents }),
    ("problems", { $0.trace.statistics.problems.reduce(0) { $0 + $1.count } }),
    ("handler_runs", { $0.results.kernel.handlers.reduce(0) { $0 + $1.runs } }),
    ("unhandled_interrupts", { $0.results.kernel.handlers.reduce(0) { $0 + $1.unhandledInterrupts } }),
    ("ipis_raised", { $0.results.kernel.ipis.reduce(0) { $0 + $1.raised } }),
    ("ipis_entered", { $0.results.kernel.ipis.reduce(0) { $0 + $1.entered } }),
    ("verify.agreed", { $0.predictions.totals.agreed }), ("verify.disagreed", { $0.predictions.totals.disagreed }),
    ("verify.taught", { $0.predictions.totals.taught }), ("verify.unknown", { $0.predictions.totals.unknown }),
  ]

  /// The names that ``init(_:)`` knows.
  public static var help: String {
    counts.map(\.0).joined(separator: ", ")
      + ", spurious.REASON (" + SpuriousReason.allCases.map(\.name).joined(separator: ", ") + ")"
      + ", findings, findings.SEVERITY, findings.KIND (" + FindingKind.allCases.map(\.name).joined(separator: ", ")
      + ")"
      + ", latency[.CLASS][.STAGE].STATISTIC (CLASS: SGI, PPI, SPI, LPI; STAGE: "
      + LatencyStage.allCases.map(\.name).joined(separator: ", ") + ", else injection_to_eoi; STATISTIC: "
      + Statistic.allCases.map(\.rawValue).joined(separator: ", ") + "), STATISTIC(STAGE[,CLASS])"
      + ", kernel.STAGE.STATISTIC (STAGE: " + KernelActivity.Stage.allCases.map(\.name).joined(separator: ", ") + ")"
  }

  /// The metric of a name, or nil.
  public init?(_ name: String) {
    if Self.counts.contains(where: { $0.0 == name }) {
      self = .count(name)
      return
    }
    if let finding = Self.finding(name) {
      self = finding
      return
    }
    if let call = Self.call(name) {
      self = call
      return
    }
    if let reason = SpuriousReason.allCases.first(where: { "spurious." + $0.name == name }) {
      self = .spurious(reason)
      return
    }
    if let kernel = Self.kernel(name) {
      self = kernel
      return
    }
    var parts = Self.spelled(name).split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count >= 2, parts.removeFirst() == "latency", let last = parts.popLast(),
      let statistic = Statistic(rawValue: String(last))
    else { return nil }
    var interruptClass: InterruptClass?
    var stage = LatencyStage.injectionToEOI
    if let first = parts.first, let found = InterruptClass.allCases.first(where: { $0.name == first.uppercased() }) {
      interruptClass = found
      parts.removeFirst()
    }
    if let first = parts.first, let found = LatencyStage.allCases.first(where: { $0.name == first }) {
      stage = found
      parts.removeFirst()
    }
    guard parts.isEmpty else { return nil }
    self = .latency(interruptClass, stage, statistic)
  }

  /// Whether the limit is a span of time.
  var isTime: Bool {
    switch self {
    case .latency(_, _, let statistic), .kernel(_, let statistic): statistic != .count
    default: false
    }
  }

  /// The measured value; nil for a latency without samples.
  func value(in report: AnalysisReport) -> UInt64? {
    switch self {
    case .count(let name): return Self.counts.first { $0.0 == name }?.1(report)
    case .spurious(let reason):
      return report.results.spurious.reduce(0) { $0 + ($1.reason == reason ? $1.count : 0) }
    case .findings(let kind, let severity):
      let isOpen = kind == nil && severity == nil
      return report.results.findings.reduce(0) { sum, finding in
        guard kind == nil || finding.kind == kind, severity == nil || finding.severity == severity,
          !isOpen || finding.severity != .note
        else { return sum }
        return sum + 1
      }
    case .kernel(let stage, let statistic): return Self.value(statistic, of: report.results.kernel.durations(of: stage))
    case .latency(let interruptClass, let stage, let statistic):
      let distribution: LatencyDistribution
      if let interruptClass {
        distribution =
          report.results.latency.first { $0.interruptClass == interruptClass && $0.stage == stage }?.distribution
          ?? LatencyDistribution()
      } else {
        distribution = report.results.latency(of: stage)
      }
      return Self.value(statistic, of: distribution)
    }
  }
}
