extension ResultTable {
  var keys: [KeyDescription] { columns(.json).map(\.description) }

  /// A row as an object.
  func object(_ row: Row, _ naming: PENaming) -> JSONValue { .object(Self.members(row, naming, columns(.json))) }

  /// Rows as objects.
  func objects(_ rows: some Sequence<Row>, _ naming: PENaming) -> [JSONValue] {
    let columns = columns(.json)
    return rows.map { .object(Self.members($0, naming, columns)) }
  }

  private static func members(_ row: Row, _ naming: PENaming, _ columns: [Column<Row>]) -> [JSONValue.Member] {
    var members: [JSONValue.Member] = []
    members.reserveCapacity(columns.count)
    for column in columns {
      let value = column.value(row, naming)
      if let omitted = column.omitted, omitted == value { continue }
      members.append(.init(column.key, value))
    }
    return members
  }

  func members(_ report: AnalysisReport, _ naming: PENaming) -> [JSONValue.Member] {
    guard let key else { return [] }
    let rows = source(report)
    guard isObject else { return [.init(key, .array(objects(rows, naming)))] }
    guard let row = rows.first else { return [] }
    return key.isEmpty ? Self.members(row, naming, columns(.json)) : [.init(key, object(row, naming))]
  }
}
