import Analyzers

extension AnalysisReport {
  /// What went wrong, the worst first: errors and warnings with their reasons, notes in a line each.
  func findings(_ style: TextStyle, _ rows: Int) -> String {
    guard !results.findings.isEmpty else { return "" }
    var out = "  " + findingTotals(style) + "\n"
    let serious = results.findings.filter { $0.severity != .note }
    for finding in serious.prefix(rows) { out += "\n" + FindingText(finding, trace, style).block }
    let notes = results.findings.filter { $0.severity == .note }
    if !notes.isEmpty, !serious.isEmpty { out += "\n" }
    for finding in notes.prefix(rows) { out += FindingText(finding, trace, style).line }
    let hidden = max(serious.count - rows, 0) + max(notes.count - rows, 0)
    if hidden > 0 { out += style.apply(.faint, "  … and \(Units.count(UInt64(hidden))) more (--rows, --json)") + "\n" }
    return out
  }

  private func findingTotals(_ style: TextStyle) -> String {
    FindingSeverity.allCases.compactMap { severity in
      let count = results.findings.count { $0.severity == severity }
      guard count > 0 else { return nil }
      return style.apply(FindingText.role(severity), Units.count(count, severity.name))
    }.joined(separator: " · ")
  }
}

/// One finding for a terminal.
struct FindingText {
  private static let indent = 11

  private let finding: Finding
  private let style: TextStyle
  private let trace: TraceSummary

  init(_ finding: Finding, _ trace: TraceSummary, _ style: TextStyle) {
    self.finding = finding
    self.trace = trace
    self.style = style
  }

  static func role(_ severity: FindingSeverity) -> TextStyle.Role {
    switch severity {
    case .error: .bad
    case .warning: .notice
    case .note: .faint
    }
  }

  private var label: String {
    let name = finding.severity.name
    return "  " + style.apply(Self.role(finding.severity), name) + String(repeating: " ", count: 9 - name.count)
  }

  /// All of it.
  var block: String {
    var out = label + finding.summary.wrapped(style, indent: Self.indent) + "\n"
    out += pad + style.apply(.faint, place.wrapped(style, indent: Self.indent)) + "\n"
    for (n, link) in finding.chain.enumerated() {
      let event = link.event.map { " (#\($0))" } ?? ""
      out +=
        pad + style.apply(.faint, n == 0 ? "why   " : "      ")
        + (link.text + event).wrapped(style, indent: Self.indent + 6) + "\n"
    }
    out += pad + style.apply(.faint, "check ") + finding.advice.wrapped(style, indent: Self.indent + 6) + "\n"
    return out + pad + style.apply(.faint, "next  ") + finding.next.wrapped(style, indent: Self.indent + 6) + "\n"
  }

  /// The gist in a line or two.
  var line: String {
    let count = finding.count > 1 ? ", \(Units.count(finding.count)) times" : ""
    return label
      + "\(finding.summary) (\(finding.kind.name), #\(finding.firstEvent)\(count))".wrapped(style, indent: Self.indent)
      + "\n"
  }

  private var place: String {
    var parts = [finding.kind.name, finding.certainty.name]
    if finding.count > 1 { parts.append("\(Units.count(finding.count)) times") }
    let first = "#\(finding.firstEvent) at \(Units.moment(finding.firstTime))"
    if finding.lastEvent == finding.firstEvent {
      parts.append(first)
    } else {
      parts.append("\(first) to #\(finding.lastEvent) at \(Units.moment(finding.lastTime))")
    }
    return parts.joined(separator: " · ")
  }

  private var pad: String { String(repeating: " ", count: Self.indent) }
}
