import Analyzers
import Replay

extension Metric {
  /// A limit as users write it: a span of time such as 50us, or a whole number.
  func limit(_ text: some StringProtocol) -> UInt64? { isTime ? parseNanoseconds(text) : UInt64(text) }

  /// A value as users see it.
  func text(_ value: UInt64) -> String { isTime ? Units.duration(value) : Units.count(value) }

  /// Whether a report shows nothing of it: no samples, or none counted.
  func isMissing(in report: AnalysisReport) -> Bool { value(in: report).map { !isTime && $0 == 0 } ?? true }

  /// `findings`, `findings.error`, `findings.stuck-pending`.
  static func finding(_ name: String) -> Metric? {
    if name == "findings" { return .findings(nil, nil) }
    guard name.hasPrefix("findings.") else { return nil }
    let rest = name.dropFirst("findings.".count)
    if let severity = FindingSeverity.allCases.first(where: { $0.name == rest }) { return .findings(nil, severity) }
    if let kind = FindingKind.allCases.first(where: { $0.name == rest }) { return .findings(kind, nil) }
    return nil
  }

  /// `kernel.handler.p99`, `kernel.ipi_raise_to_entry.max`.
  static func kernel(_ name: String) -> Metric? {
    let parts = spelled(name).split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0] == "kernel",
      let stage = KernelActivity.Stage.allCases.first(where: { $0.name == parts[1] }),
      let statistic = Statistic(rawValue: String(parts[2]))
    else { return nil }
    return .kernel(stage, statistic)
  }

  /// A name with its statistic as ``Statistic`` has it: `p999` for `p99.9`.
  static func spelled(_ name: some StringProtocol) -> String {
    String(name).replacing("p99.99", with: "p9999").replacing("p99.9", with: "p999")
  }

  /// A statistic of samples; nil if there are none.
  static func value(_ statistic: Statistic, of samples: some SampleStatistics) -> UInt64? {
    if samples.count == 0 { return statistic == .count ? 0 : nil }
    return switch statistic {
    case .count: samples.count
    case .min: samples.min
    case .mean: samples.mean
    case .max: samples.max
    case .p50: samples.percentile(50)
    case .p90: samples.percentile(90)
    case .p99: samples.percentile(99)
    case .p999: samples.percentile(99.9)
    case .p9999: samples.percentile(99.99)
    }
  }

  /// `p99(injection_to_eoi,LPI)`, `max(pending_to_ack)`.
  static func call(_ name: String) -> Metric? {
    guard let open = name.firstIndex(of: "("), name.last == ")" else { return nil }
    let spelled = spelled(name[..<open])
    let arguments = name[name.index(after: open)...].dropLast()
      .split(separator: ",", omittingEmptySubsequences: false)
    guard let statistic = Statistic(rawValue: String(spelled)), (1...2).contains(arguments.count),
      let stage = LatencyStage.allCases.first(where: { $0.name == arguments[0] })
    else { return nil }
    guard arguments.count == 2 else { return .latency(nil, stage, statistic) }
    guard let found = InterruptClass.allCases.first(where: { $0.name == arguments[1].uppercased() }) else { return nil }
    return .latency(found, stage, statistic)
  }
}
