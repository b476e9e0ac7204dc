import InterruptTrace

extension ResultTable {
  var keys: [KeyDescription] { columns(.json).map(\.description) }

  /// A row as an object.
  func object(_ row: Row, _ naming: PENaming) -> ValueTree { .object(members(row, naming)) }

  /// Rows as objects.
  func objects(_ rows: some Sequence<Row>, _ naming: PENaming) -> [ValueTree] { rows.map { object($0, naming) } }

  private func members(_ row: Row, _ naming: PENaming) -> [ValueTree.Member] {
    var members: [ValueTree.Member] = []
    members.reserveCapacity(parts.count)
    for part in parts {
      let value = part.value(row, naming)
      if let omitted = part.omitted, omitted == value { continue }
      members.append(.init(part.key, value))
    }
    return members
  }

  func write(_ report: AnalysisReport, _ naming: PENaming, to writer: inout JSONWriter) throws {
    guard let key, !isObject else { return try members(report, naming).forEach { try writer.member($0) } }
    let rows = source(report)
    try writer.list(key, count: rows.count) { object(rows[$0], naming) }
  }

  func members(_ report: AnalysisReport, _ naming: PENaming) -> [ValueTree.Member] {
    guard let key else { return [] }
    let rows = source(report)
    guard isObject else { return [.init(key, .list(objects(rows, naming)))] }
    guard let row = rows.first else { return [] }
    return key.isEmpty ? members(row, naming) : [.init(key, object(row, naming))]
  }
}
