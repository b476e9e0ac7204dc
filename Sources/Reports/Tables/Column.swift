import InterruptTrace

/// One column of a table of results: its name, what it holds, and what it looks like in each form of a report.
///
/// The text, HTML, JSON, SQLite, CSV and JSON lines reports, `Analyses/database.md`, `Analyses/json.md` and the JSON Schema
/// all derive from it. Columns are made by the functions of ``Columns``.
struct Column<Row>: Sendable {
  /// The name in SQL, CSV, JSON lines and JSON; empty for a column that only people see.
  var name: String
  /// The key in JSON, where that is not ``name``.
  var key: String
  var unit: ColumnUnit
  /// Completes "this column holds …" in a few words.
  var doc: String
  /// The forms for programs that have it.
  var forms: ColumnForms = .all
  /// The heading that people see; nil for a column that only programs see.
  var title: String?
  /// What JSON leaves out instead of writing it.
  var omitted: ValueTree?
  /// Whether the value may be null.
  var isNullable = false
  /// What people see in place of null.
  var missing = ""
  /// What people see in place of 0.
  var zero: String?
  /// What people see, where that is not the value in its unit.
  var text: (@Sendable (Row, PENaming) -> String)?
  /// What the HTML report shows in place of that, where it is a percentile.
  var percentile: (@Sendable (Row) -> PagePercentile?)?
  /// How a terminal colours a cell.
  var role: @Sendable (Row) -> TextStyle.Role = { _ in .plain }
  /// Whether a terminal shows only the first of equal neighbours.
  var isGrouping = false
  /// Whether only the HTML report shows it.
  var isPageOnly = false
  /// What lists and objects in it contain.
  var content = ValueShape.scalar
  /// The columns of a distribution stand together in the documentation.
  var isOfDistribution = false
  var value: @Sendable (Row, PENaming) -> ValueTree

  /// What people see in a row.
  func shown(_ row: Row, _ naming: PENaming) -> String {
    if let text { return text(row, naming) }
    switch value(row, naming) {
    case .unknown: return missing
    case .number(0) where zero != nil: return zero!
    case let value: return unit.text(value)
    }
  }

  /// How the documentation and the JSON Schema describe it.
  var description: KeyDescription {
    KeyDescription(
      key: key, unit: unit, doc: doc, isOptional: omitted != nil, isNullable: isNullable, omitted: omitted,
      shape: content, isOfDistribution: isOfDistribution)
  }
}

/// The forms of a report for programs.
struct ColumnForms: OptionSet, Sendable {
  var rawValue: UInt8
  static let sql = ColumnForms(rawValue: 1)
  static let json = ColumnForms(rawValue: 2)
  static let csv = ColumnForms(rawValue: 4)
  static let jsonLines = ColumnForms(rawValue: 8)
  static let lines: ColumnForms = [.csv, .jsonLines]
  static let all: ColumnForms = [.sql, .json, .lines]
}

/// What a column's values are, which decides their type in SQL and JSON and their look for people.
enum ColumnUnit: Sendable {
  case text, number, count, fraction, flag
  /// A span of time in ns, and a moment in ns since the capture's epoch.
  case duration, moment
  /// The number of an event.
  case event
  /// A device, an address or the like, which people read in hexadecimal.
  case hex
  /// Numbers the rows of a SQL table.
  case rowID
  /// Lists and objects, which only JSON has.
  case structure

  var sql: String {
    switch self {
    case .text, .structure: "TEXT"
    case .fraction: "REAL"
    case .rowID: "INTEGER PRIMARY KEY"
    default: "INTEGER"
    }
  }

  var json: String {
    switch self {
    case .text: "string"
    case .fraction: "number"
    case .flag: "boolean"
    default: "integer"
    }
  }

  /// What stands in the column "unit" of the documentation.
  var name: String {
    switch self {
    case .duration: "ns"
    case .moment: "ns since the epoch"
    case .event: "event"
    default: ""
    }
  }

  /// Whether its cells lean to the right.
  var isNumeric: Bool {
    switch self {
    case .text, .flag, .structure: false
    default: true
    }
  }

  /// A value as people see it.
  func text(_ value: ValueTree) -> String {
    switch (self, value) {
    case (.count, .number(let number)): Units.count(number)
    case (.duration, .number(let number)): Units.duration(number)
    case (.moment, .number(let number)): Units.moment(number)
    case (.event, .number(let number)): "#\(number)"
    case (.hex, .number(let number)): "0x" + String(number, radix: 16)
    case (_, .number(let number)): "\(number)"
    case (_, .fraction(let number)): Units.fixed(number, 2)
    case (_, .text(let text)): text
    case (_, .bool(let flag)): flag ? "yes" : ""
    default: ""
    }
  }
}

/// What a value of JSON contains.
indirect enum ValueShape: Sendable {
  case scalar
  case list(ValueShape)
  case object([KeyDescription])
  /// Counts under names that are not all known.
  case counts
  /// Lists of counts under such names.
  case countLists
}

/// A key of a JSON object, for the documentation and the JSON Schema.
struct KeyDescription: Sendable {
  var key: String
  var unit: ColumnUnit
  var doc: String
  var isOptional = false
  var isNullable = false
  /// What stands for a missing key.
  var omitted: ValueTree?
  var shape = ValueShape.scalar
  var isOfDistribution = false
}
