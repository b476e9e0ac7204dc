import Analyzers

/// The latency table of the terminal report: one block per stage, one row per class, each with a picture on the
/// stage's own logarithmic axis.
struct LatencyText {
  let report: AnalysisReport

  func stages(_ style: TextStyle) -> String {
    LatencyTable(
      blocks: LatencyStage.allCases.map { stage in
        let rows = report.results.latency.filter { $0.stage == stage }
        return .init(title: stage.title, rows: rows.map { ($0.interruptClass.name, $0.distribution) })
      }
    ).render(style)
  }
}
