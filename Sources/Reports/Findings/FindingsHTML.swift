import Analyzers
import InterruptTrace

extension AnalysisReport {
  /// Findings as a table, the worst first.
  func findingsTable(_ rows: Int) -> String {
    var table = HTMLTable([
      ("severity", false), ("what", false), ("kind", false), ("count", true), ("first event", true), ("at", true),
      ("why", false), ("next", false),
    ])
    for finding in results.findings.prefix(rows) {
      let chain = finding.chain.map { $0.text + ($0.event.map { " (#\($0))" } ?? "") }.joined(separator: "; ")
      table.add([
        finding.severity.name, finding.summary, "\(finding.kind.name), \(finding.certainty.name)",
        Units.count(finding.count), "#\(finding.firstEvent)", Units.moment(finding.firstTime), chain, finding.next,
      ])
    }
    return table.rows == 0 ? "" : table.html
  }
}
