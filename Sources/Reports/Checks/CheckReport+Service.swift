import Analyzers
import InterruptTrace

extension CheckReport: ServiceReport {
  /// A test case for each condition. Findings are beside them: a kind of finding fails a run only if a condition says so.
  public var junit: String {
    let cases = conditions.map { condition in
      JUnitCase(name: "not \(condition.text)", failure: condition.failure.map { "failed: \($0)" })
    }
    let findings = report.results.findings.map {
      "\($0.severity.name) \($0.kind.name) \($0.place)\n\($0.explanation)\n"
    }
    return JUnitCase.document(
      report.trace.path, class: "gicscope.analyze", cases, output: findings.joined(separator: "\n"))
  }

  private static let failedRule = "fail-on"

  /// A result for each finding, and one for each condition that failed.
  public var sarif: ValueTree {
    let findings = report.results.findings
    let kinds = FindingKind.allCases.filter { kind in findings.contains { $0.kind == kind } }
    let failed = conditions.compactMap(\.failure).map {
      SARIF.result(Self.failedRule, "error", "failed: \($0)", file: report.trace.path)
    }
    return SARIF.document(
      rules: kinds.map(\.name) + (failed.isEmpty ? [] : [Self.failedRule]), results: findings.map(result) + failed)
  }

  private func result(_ finding: Finding) -> ValueTree {
    SARIF.result(
      finding.kind.name, finding.severity.name, finding.explanation, file: report.trace.path,
      [
        .init("occurrenceCount", .number(max(finding.count, 1))),
        .init(
          "properties",
          [
            "event": .number(finding.firstEvent), "time_ns": .number(finding.firstTime),
            "certainty": .text(finding.certainty.name), "intid": .optional(finding.intid.map(UInt64.init)),
            "next": .text(finding.next),
          ]),
      ])
  }

  /// An annotation for each condition that failed, then for findings, the worst first.
  public var annotations: String {
    let failed = conditions.compactMap(\.failure).map {
      GitHubAnnotation.line("error", title: "gicscope", "failed: \($0)")
    }
    let found = report.results.findings.map { finding in
      let level = finding.severity == .note ? "notice" : finding.severity.name
      return GitHubAnnotation.line(level, title: finding.kind.name, finding.place + "\n" + finding.explanation)
    }
    return (failed + found).joined()
  }
}
