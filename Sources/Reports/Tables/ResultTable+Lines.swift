import InterruptTrace

/// Writes the rows of a table as CSV or JSON lines, a line for each.
struct LineWriter<Row> {
  private let columns: [Column<Row>]
  /// Each column's key as JSON has it before the value.
  private let keys: [[UInt8]]
  private let isJSON: Bool
  private let naming = PENaming(Topology())

  /// A writer of JSON lines, else of CSV.
  init(_ table: ResultTable<Row>, isJSON: Bool) {
    columns = table.columns(isJSON ? .jsonLines : .csv)
    keys = columns.map { Array("\"\($0.name)\":".utf8) }
    self.isJSON = isJSON
  }

  /// The first line of CSV.
  func header(into out: inout ByteBuffer) {
    if !isJSON { out.append(columns.map(\.name).joined(separator: ",") + "\n") }
  }

  /// A row's line.
  func append(_ row: Row, to out: inout ByteBuffer) {
    var isFirst = true
    if isJSON { out.append(byte: 0x7B) }
    for (i, column) in columns.enumerated() {
      let value = column.value(row, naming)
      if isJSON, let omitted = column.omitted, omitted == value { continue }
      if !isFirst { out.append(byte: 0x2C) }
      isFirst = false
      if isJSON {
        out.append(keys[i])
        value.encodeCompact(into: &out)
      } else {
        value.encodeCSV(into: &out)
      }
    }
    if isJSON { out.append(byte: 0x7D) }
    out.append(byte: 0x0A)
  }
}

extension ValueTree {
  /// As a field of CSV: nothing for what is unknown, 1 or 0 for a yes or no.
  func encodeCSV(into out: inout ByteBuffer) {
    switch self {
    case .unknown: break
    case .bool(let flag): out.append(byte: flag ? 0x31 : 0x30)
    case .text(let text): out.appendCSV(text.utf8)
    case .list, .object: out.appendCSV(compactJSON.utf8)
    default: encodeCompact(into: &out)
    }
  }
}
