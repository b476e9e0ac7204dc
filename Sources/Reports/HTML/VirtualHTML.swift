import Analyzers

extension AnalysisReport {
  /// Guests' interrupts: latencies by stage and class.
  var virtualSection: String {
    let virtual = results.virtual
    guard !virtual.isEmpty else { return "" }
    var table = HTMLTable([
      ("", false), ("count", true), ("min", true), ("mean", true), ("p50", true), ("p99", true), ("max", true),
    ])
    for stage in VirtualStage.allCases {
      let rows = virtual.latency(of: stage)
      guard !rows.isEmpty else { continue }
      table.addHeading(stage.title)
      for row in rows {
        let d = row.distribution
        let times = [d.min, d.mean, d.percentile(50), d.percentile(99), d.max]
        table.add(["v" + row.interruptClass.name, Units.count(d.count)] + times.map(Units.duration))
      }
    }
    let counts =
      "\(Units.count(virtual.listed)) listed, \(Units.count(virtual.directPending)) directly injected, "
      + "\(Units.count(virtual.acknowledges)) acknowledges, \(Units.count(virtual.endOfInterrupts)) ends of interrupt"
    return "<p class=\"faint\">\(counts).</p>\n" + (table.rows == 0 ? "" : table.html)
  }
}
