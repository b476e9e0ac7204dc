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

  /// One row per class on a common axis of time: the mean of the interrupts that began in each column, and where the worst
  /// one began. A capture that is too short for that has none.
  func overTime(_ style: TextStyle) -> String {
    let rows = report.results.latencyOverTime
    let columns = UInt64(style.pictureColumns(40))
    guard let from = rows.compactMap(\.series.start).min(), let to = rows.compactMap(\.series.end).max(),
      to - from >= columns
    else { return "" }
    let width = (to - from) / columns + 1
    var table = TextTable([
      ("class", .left), ("mean from pending to end, over time", .left), ("lowest", .right), ("highest", .right),
      ("worst", .right), ("begun near", .right),
    ])
    for row in rows {
      let spans = (0..<columns).map { row.series.sum(from: from + $0 * width, to: from + ($0 + 1) * width) }
      let means = spans.filter { $0.count > 0 }.map(\.mean)
      guard let low = means.min(), let high = means.max(), let worst = row.series.worst else { continue }
      table.add([
        .init(row.interruptClass.name),
        .init(Sparkline.bars(spans.map { $0.count == 0 ? 0 : max($0.mean, 1) }), .picture),
        .init(Units.duration(low)), .init(Units.duration(high)), .init(Units.duration(worst.length)),
        .init(Units.roughMoment(worst.time)),
      ])
    }
    return table.render(style)
  }
}
