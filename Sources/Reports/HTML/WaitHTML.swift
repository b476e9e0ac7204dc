extension AnalysisReport {
  /// What interrupts waited for while they were pending.
  var waitTable: String { WaitRow.html(results.waits.map(WaitRow.init), prefix: "") }

  /// The same of guests' interrupts, from being listed on.
  var virtualWaitTable: String { WaitRow.html(results.virtualWaits.map(WaitRow.init), prefix: "v") }
}

extension WaitRow {
  fileprivate static func html(_ rows: [WaitRow], prefix: String) -> String {
    var table = HTMLTable([
      ("class", false), ("waited for", false), ("interrupts", true), ("in all", true), ("share", true), ("mean", true),
      ("max", true),
    ])
    for (interruptClass, rows) in cells(rows) {
      for cells in rows { table.add([prefix + interruptClass.name] + cells) }
    }
    return table.rows == 0 ? "" : "<h3>What pending interrupts waited for</h3>\n" + table.html
  }
}
