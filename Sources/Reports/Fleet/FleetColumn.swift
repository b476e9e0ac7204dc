import InterruptTrace

/// A column of a fleet's rows: its name, its type for readers, and how its values are written.
///
/// Every row has every column, in the same order, null where nothing is known. Numbers that people read in hexadecimal
/// (devices, addresses) are text as `0x1f`, because they may have 64 bits, which many readers of JSON cut to 53.
struct FleetColumn<Row>: Sendable {
  private let column: Column<Row>
  private let key: KeyDescription

  /// The column in one of the forms for programs.
  init(_ column: Column<Row>, isLine: Bool) {
    self.column = column
    var key = column.description
    if isLine { key.key = column.name }
    self.key = key
  }

  /// `{"name": "count", "type": "uint64", "unit": "", "doc": "samples"}`
  var description: ValueTree {
    var members: [ValueTree.Member] = [
      .init("name", .text(key.key)), .init("type", Self.type(key.shape, key.unit)),
    ]
    if !key.unit.name.isEmpty { members.append(.init("unit", .text(key.unit.name))) }
    return .object(members + [.init("doc", .text(key.doc))])
  }

  /// Appends `"name":value`; no row is a row of nulls.
  func append(_ row: Row?, _ naming: PENaming, to out: inout ByteBuffer) {
    out.appendJSON(key.key)
    out.append(byte: 0x3A)
    guard let row else { return out.append("null") }
    Self.append(column.value(row, naming), key.shape, key.unit, to: &out)
  }

  // MARK: Values

  private static func append(_ value: ValueTree, _ shape: ValueShape, _ unit: ColumnUnit, to out: inout ByteBuffer) {
    switch (shape, value) {
    case (.scalar, .number(let number)) where unit == .hex:
      out.append("\"")
      out.append(hex: number)
      out.append("\"")
    case (.list(let inner), .list(let values)):
      out.append(byte: 0x5B)
      for (i, value) in values.enumerated() {
        if i > 0 { out.append(byte: 0x2C) }
        append(value, inner, unit, to: &out)
      }
      out.append(byte: 0x5D)
    case (.object(let keys), .object):
      out.append(byte: 0x7B)
      for (i, key) in keys.enumerated() {
        if i > 0 { out.append(byte: 0x2C) }
        out.appendJSON(key.key)
        out.append(byte: 0x3A)
        // What JSON leaves out is written here: readers take the columns from a table, not from the first row.
        append(value[key.key] ?? key.omitted ?? .unknown, key.shape, key.unit, to: &out)
      }
      out.append(byte: 0x7D)
    default: value.encodeCompact(into: &out)
    }
  }

  // MARK: Types

  private static func type(_ shape: ValueShape, _ unit: ColumnUnit) -> ValueTree {
    switch shape {
    case .scalar: scalar(unit)
    case .list(let inner): ["list": type(inner, unit)]
    case .object(let keys):
      ["struct": .list(keys.map { ["name": .text($0.key), "type": type($0.shape, $0.unit)] })]
    case .counts: ["map": scalar(unit)]
    case .countLists: ["map": ["list": scalar(unit)]]
    }
  }

  private static func scalar(_ unit: ColumnUnit) -> ValueTree {
    switch unit {
    case .text, .hex, .structure: "string"
    case .fraction: "double"
    case .flag: "bool"
    default: "uint64"
    }
  }
}
