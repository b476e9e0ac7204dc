import Analyzers

extension AnalysisReport {
  /// What interrupts waited for while they were pending.
  var waitTable: String {
    var table = HTMLTable([
      ("class", false), ("waited for", false), ("interrupts", true), ("in all", true), ("share", true), ("mean", true),
      ("max", true),
    ])
    for interruptClass in InterruptClass.allCases {
      let rows = results.waits.filter { $0.interruptClass == interruptClass }.sorted { $0.total > $1.total }
      let total = rows.reduce(0) { $0 + $1.total }
      for row in rows {
        table.add([
          interruptClass.name, row.cause.title, Units.count(row.count), Units.duration(row.total),
          Units.percent(row.total, of: total), Units.duration(row.total / max(row.count, 1)), Units.duration(row.max),
        ])
      }
    }
    return table.rows == 0 ? "" : "<h3>What pending interrupts waited for</h3>\n" + table.html
  }
}
