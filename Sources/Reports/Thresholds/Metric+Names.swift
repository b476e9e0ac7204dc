import Analyzers

extension Metric {
  /// `findings`, `findings.error`, `findings.stuck-pending`.
  static func finding(_ name: String) -> Metric? {
    if name == "findings" { return .findings(nil, nil) }
    guard name.hasPrefix("findings.") else { return nil }
    let rest = name.dropFirst("findings.".count)
    if let severity = FindingSeverity.allCases.first(where: { $0.name == rest }) { return .findings(nil, severity) }
    if let kind = FindingKind.allCases.first(where: { $0.name == rest }) { return .findings(kind, nil) }
    return nil
  }

  /// `p99(injection_to_eoi,LPI)`, `max(pending_to_ack)`.
  static func call(_ name: String) -> Metric? {
    guard let open = name.firstIndex(of: "("), name.last == ")" else { return nil }
    let spelled = name[..<open].replacing("p99.99", with: "p9999").replacing("p99.9", with: "p999")
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
