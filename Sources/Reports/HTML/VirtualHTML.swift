import Analyzers

extension AnalysisReport {
  /// Guests' interrupts: latencies by stage and class, over time, and by virtual INTID.
  var virtualSection: String {
    let virtual = results.virtual
    guard !virtual.isEmpty else { return "" }
    let text = VirtualText(report: self)
    let stages = virtual.shownStages.map { stage in
      LatencyFigures.Stage(
        title: stage.title,
        rows: virtual.latency(of: stage).map {
          NamedLatency("v" + $0.interruptClass.name, style: $0.interruptClass.name, $0.distribution)
        })
    }
    let waits = ResultTables.virtualWaits.html(ResultTables.WaitRow.all(results.virtualWaits), naming)
    let interrupts = ResultTables.virtualInterrupts.html(
      virtual.acknowledged, naming, limit: ResultTables.virtualInterrupts.least.html)
    return text.facts.paragraph + LatencyFigures(stages).html + titled("What pending interrupts waited for", waits)
      + titled("By virtual INTID", interrupts) + paragraph(text.excluded.joined(separator: ", "))
  }

  /// A table under its heading, if it has rows.
  func titled(_ title: String, _ table: String) -> String { table.isEmpty ? "" : "<h3>\(title)</h3>\n" + table }

  private func paragraph(_ text: String) -> String {
    text.isEmpty ? "" : "<p class=\"faint\">\(text.escapedForHTML).</p>\n"
  }
}
