import Analyzers

extension AnalysisReport {
  /// Guests' interrupts: latencies by stage and class, over time, and by virtual INTID.
  func virtualSection(_ rows: Int) -> String {
    let virtual = results.virtual
    guard !virtual.isEmpty else { return "" }
    let text = VirtualText(report: self)
    let stages = VirtualStage.allCases.compactMap { stage -> LatencyFigures.Stage? in
      // With EOImode 0 a deactivation is the end itself: nothing to draw twice.
      if stage == .acknowledgeToDeactivate, virtual.deactivatesAtEnd { return nil }
      let rows = virtual.latency(of: stage).map {
        NamedLatency("v" + $0.interruptClass.name, style: $0.interruptClass.name, $0.distribution)
      }
      return .init(title: stage.title, rows: rows)
    }
    return paragraph(text.facts.joined(separator: " · ")) + LatencyFigures(stages).html + virtualWaitTable
      + virtualOverTime + virtualTable(rows) + paragraph(text.excluded.joined(separator: ", "))
  }

  private func paragraph(_ text: String) -> String {
    text.isEmpty ? "" : "<p class=\"faint\">\(text.escapedForHTML).</p>\n"
  }

  private var virtualOverTime: String {
    let picture = LatencyTimePicture(
      rows: results.virtual.latencyOverTime.map { .init($0.interruptClass, prefix: "v", $0.series) }
    ).html
    guard !picture.isEmpty else { return "" }
    return "<h3>Listed, or pending for the vPE, to the guest's end, over time</h3>\n<p class=\"faint\">From the mean "
      + "(dot) to the worst (top of the bar) of each span, by class.</p>\n" + picture
  }

  private func virtualTable(_ rows: Int) -> String {
    var table = HTMLTable([
      ("vINTID", true), ("class", false), ("linked to", true), ("acknowledged", true), ("to end min", true),
      ("mean", true), ("max", true),
    ])
    for row in results.virtual.busiest.prefix(rows) {
      let times = [row.toEOI.min, row.toEOI.mean, row.toEOI.max].map { row.toEOI.count > 0 ? $0 : nil }
      table.add(
        [
          "\(row.intid)", InterruptClass(intid: row.intid).name, row.physicalINTID.map { "\($0)" } ?? "",
          Units.count(row.acknowledges),
        ] + times.map { $0.map(Units.duration) ?? "–" },
        values: [nil, nil, row.physicalINTID.map(UInt64.init) ?? 0, row.acknowledges] + times.map { $0 ?? 0 }
      )
    }
    return table.rows == 0 ? "" : "<h3>By virtual INTID</h3>\n" + table.sortable
  }
}
