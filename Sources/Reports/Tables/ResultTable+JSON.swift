import InterruptTrace

extension ResultTable {
  var keys: [KeyDescription] { columns(.json).map(\.description) }

  /// A row as an object.
  func object(_ row: Row, _ naming: PENaming) -> ValueTree { .object(Self.members(row, naming, columns(.json))) }

  /// Rows as objects.
  func objects(_ rows: some Sequence<Row>, _ naming: PENaming) -> [ValueTree] {
    let columns = columns(.json)
    return rows.map { .object(Self.members($0, naming, columns)) }
  }

  private static func members(_ row: Row, _ naming: PENaming, _ columns: [Column<Row>]) -> [ValueTree.Member] {
    var members: [ValueTree.Member] = []
    members.reserveCapacity(columns.count)
    for column in columns {
      let value = column.value(row, naming)
      if let omitted = column.omitted, omitted == value { continue }
      members.append(.init(column.key, value))
    }
    return members
  }

  func write(_ report: AnalysisReport, _ naming: PENaming, to writer: inout JSONWriter) throws {
    guard let key, !isObject else { return try members(report, naming).forEach { try writer.member($0) } }
    let (rows, columns) = (source(report), columns(.json))
    try writer.list(key, count: rows.count) { .object(Self.members(rows[$0], naming, columns)) }
  }

  func members(_ report: AnalysisReport, _ naming: PENaming) -> [ValueTree.Member] {
    guard let key else { return [] }
    let rows = source(report)
    guard isObject else { return [.init(key, .list(objects(rows, naming)))] }
    guard let row = rows.first else { return [] }
    return key.isEmpty ? Self.members(row, naming, columns(.json)) : [.init(key, object(row, naming))]
  }
}
