import InterruptTrace

extension ResultTable {
  var schema: String {
    guard let name else { return "" }
    let columns = columns(.sql)
    let lines = columns.enumerated().map { i, column in
      "  \(column.name) \(column.unit.sql)\(i < columns.count - 1 ? "," : "")\(column.doc.isEmpty ? "" : " -- \(column.doc)")\n"
    }
    return "CREATE TABLE \(name) ( -- \(doc)\n" + lines.joined() + ");\n"
  }

  func insert(_ report: AnalysisReport, into database: SQLiteDatabase) throws {
    guard name != nil else { return }
    let rows = source(report)
    guard !rows.isEmpty else { return }
    let inserter = try SQLiteInserter(self, database)
    for row in rows { try inserter.insert(row) }
  }
}

/// Puts rows into a table of a database, by a statement that is prepared once.
struct SQLiteInserter<Row> {
  private let statement: SQLiteStatement
  private let columns: [Column<Row>]
  /// The database has no names of PEs, which are for people.
  private let naming = PENaming(Topology())

  init(_ table: ResultTable<Row>, _ database: SQLiteDatabase) throws {
    columns = table.columns(.sql)
    let places = Array(repeating: "?", count: columns.count).joined(separator: ",")
    statement = try database.prepare("INSERT INTO \(table.name ?? "") VALUES (\(places))")
  }

  /// Inserts a row. Nothing is allocated for it.
  func insert(_ row: Row) throws {
    var place: Int32 = 1
    for column in columns {
      statement.bind(column.value(row, naming), at: place)
      place += 1
    }
    try statement.run()
  }
}
