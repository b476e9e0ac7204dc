import Analyzers

extension CheckReport {
  /// Workflow commands of GitHub Actions: an annotation for each condition that failed, then for findings, the worst first.
  /// GitHub shows ten of each level.
  public var annotations: String {
    var out = ""
    for failure in conditions.compactMap(\.failure) {
      out += Self.annotation("error", "gicscope", "failed: \(failure)")
    }
    for finding in report.results.findings {
      let level = finding.severity == .note ? "notice" : finding.severity.name
      out += Self.annotation(level, finding.kind.name, finding.place + "\n" + finding.explanation)
    }
    return out
  }

  private static func annotation(_ level: String, _ title: String, _ message: String) -> String {
    "::\(level) title=\(title)::\(message.printableLines.escapedForWorkflow)\n"
  }
}

extension String {
  /// Each line without characters that a terminal acts upon.
  fileprivate var printableLines: String {
    split(separator: "\n", omittingEmptySubsequences: false).map { String($0).printable }.joined(separator: "\n")
  }

  /// A message stands on one line.
  fileprivate var escapedForWorkflow: String {
    replacing("%", with: "%25").replacing("\r", with: "%0D").replacing("\n", with: "%0A")
  }
}
