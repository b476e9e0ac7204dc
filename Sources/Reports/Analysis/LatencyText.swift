import Analyzers

/// The latency table of the terminal report: one block per stage, one row per class, each with a picture on the
/// stage's own logarithmic axis.
struct LatencyText {
  let report: AnalysisReport

  func stages(_ style: TextStyle) -> String {
    let axis = commonAxis
    var table = TextTable([
      ("", .left), ("count", .right), ("min", .right), ("p50", .right), ("p90", .right), ("p99", .right),
      ("p99.9", .right), ("max", .right), (axisTitle(axis), .left),
    ])
    for stage in LatencyStage.allCases {
      let rows = report.results.latency.filter { $0.stage == stage }
      guard !rows.isEmpty else { continue }
      table.add([.init(stage.title)])
      for row in rows {
        let d = row.distribution
        table.add([
          .init("  " + row.interruptClass.name), .init(Units.count(d.count)), .init(Units.duration(d.min), .faint),
          .init(Units.duration(d.percentile(50))), .init(Units.duration(d.percentile(90))),
          .init(Units.duration(d.percentile(99))), .init(Units.duration(d.percentile(99.9)), .faint),
          .init(Units.duration(d.max)), .init(axis.picture(d.buckets), .picture),
        ])
      }
    }
    return table.isEmpty ? "" : table.render(style)
  }

  private var commonAxis: Sparkline.Axis {
    let rows = report.results.latency.map(\.distribution)
    return Sparkline.Axis(low: rows.map(\.min).min() ?? 1, high: rows.map(\.max).max() ?? 1)
  }

  private func axisTitle(_ axis: Sparkline.Axis) -> String {
    let (low, high) = (Units.duration(axis.low), Units.duration(axis.high))
    let dots = max(1, axis.columns - low.count - high.count - 2)
    return low + " " + String(repeating: "·", count: dots) + " " + high
  }
}
