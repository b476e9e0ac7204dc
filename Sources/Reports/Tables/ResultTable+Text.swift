extension ResultTable {
  private func sorted(_ rows: [Row]) -> [Row] { comesBefore.map { rows.sorted(by: $0) } ?? rows }

  /// Rows for a terminal.
  func text(_ rows: [Row], _ naming: PENaming, _ style: TextStyle, limit: Int = .max) -> String {
    let columns = shownColumns(onPage: false)
    var table = TextTable(columns.map { ($0.title ?? "", $0.unit.isNumeric ? .right : .left) })
    var last = [String](repeating: "", count: columns.count)
    for row in sorted(rows).prefix(limit) {
      table.add(
        columns.enumerated().map { i, column in
          let text = column.shown(row, naming)
          defer { last[i] = text }
          return .init(column.isGrouping && text == last[i] ? "" : text, column.role(row))
        }
      )
    }
    return table.render(style)
  }

  /// Rows for a terminal, and how many more there are.
  func listing(_ rows: [Row], of total: UInt64? = nil, _ naming: PENaming, _ style: TextStyle, limit: Int) -> String {
    let (total, limit) = (total ?? UInt64(rows.count), max(limit, least.text))
    guard total > UInt64(limit) else { return text(rows, naming, style, limit: limit) }
    return text(rows, naming, style, limit: limit)
      + style.apply(.faint, "  … and \(Units.count(total - UInt64(limit))) more (--rows, --json)") + "\n"
  }

  func text(_ report: AnalysisReport, _ style: TextStyle, rows limit: Int) -> String {
    listing(source(report), of: whole?(report), report.naming, style, limit: limit)
  }

  /// Rows for the HTML report.
  func html(_ rows: [Row], _ naming: PENaming, limit: Int = .max) -> String {
    let rows = sorted(rows).prefix(limit)
    let all = shownColumns(onPage: true)
    let cells = rows.map { row in all.map { $0.shown(row, naming) } }
    // Columns that are empty in every row are left out.
    let used = all.indices.filter { i in cells.contains { !$0[i].isEmpty } }
    let columns = used.map { all[$0] }
    var table = HTMLTable(columns.map { ($0.title ?? "", $0.unit.isNumeric) })
    for (row, cells) in zip(rows, cells) {
      let percentiles = columns.map { $0.percentile?(row) }
      table.add(
        zip(used, percentiles).map { $1?.text ?? cells[$0] },
        values: isSortable ? columns.map { $0.unit.isNumeric ? $0.value(row, naming).number : nil } : [],
        reasons: percentiles.map { $0?.reason })
    }
    return table.rows == 0 ? "" : isSortable ? table.sortable : table.html
  }

  func html(_ report: AnalysisReport, rows limit: Int) -> String {
    html(source(report), report.naming, limit: max(limit, least.html))
  }
}

extension ResultTable {
  /// The counts of a row that are not zero, each with what it counts.
  func counts(_ row: Row, _ naming: PENaming) -> [(count: UInt64, what: String)] {
    columns.compactMap { column in
      guard case .number(let count) = column.value(row, naming), count > 0 else { return nil }
      return (count, column.doc)
    }
  }
}
