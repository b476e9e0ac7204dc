import Analyzers

extension AnalysisReport {
  /// What interrupts waited for while they were pending.
  var waitTable: String { WaitRow.html(results.waits.map(WaitRow.init), prefix: "") }

  /// The same of guests' interrupts, from being listed on.
  var virtualWaitTable: String { WaitRow.html(results.virtualWaits.map(WaitRow.init), prefix: "v") }
}

extension WaitRow {
  /// By class, each with the longest waits first.
  fileprivate static func html(_ rows: [WaitRow], prefix: String) -> String {
    var table = HTMLTable([
      ("class", false), ("waited for", false), ("interrupts", true), ("in all", true), ("share", true), ("mean", true),
      ("max", true),
    ])
    for interruptClass in InterruptClass.allCases {
      let own = rows.filter { $0.interruptClass == interruptClass }.sorted { $0.total > $1.total }
      let total = own.reduce(0) { $0 + $1.total }
      for row in own {
        table.add([
          prefix + interruptClass.name, row.title, Units.count(row.count), Units.duration(row.total),
          Units.percent(row.total, of: total), Units.duration(row.total / max(row.count, 1)),
          Units.duration(row.longest),
        ])
      }
    }
    return table.rows == 0 ? "" : "<h3>What pending interrupts waited for</h3>\n" + table.html
  }
}
