import Analyzers
import InterruptTrace

/// The columns of a table while they are put together, by one function for each kind of value.
///
/// A first argument names the column for programs, the second says what it holds; `shown` is its heading for people. What
/// follows a call, as in `columns.count("lost") { $0.lost }.zero("unknown")`, changes the columns that it added.
final class Columns<Row> {
  private(set) var all: [Column<Row>] = []
  /// Where those of the last call begin.
  private var first = 0

  /// Adds columns that belong together.
  @discardableResult func add(_ columns: [Column<Row>]) -> Self {
    first = all.count
    all += columns
    return self
  }

  private func one(
    _ unit: ColumnUnit, _ name: String, _ doc: String, _ title: String?, _ content: ValueShape = .scalar,
    _ value: @escaping @Sendable (Row, PENaming) -> ValueTree
  ) -> Self {
    var column = Column<Row>(name: name, key: name, unit: unit, doc: doc, title: title, value: value)
    if case .scalar = content {} else { column.forms = .json }
    column.content = content
    return add([column])
  }

  private func integer<N: BinaryInteger>(
    _ unit: ColumnUnit, _ name: String, _ doc: String, _ title: String?, _ value: @escaping @Sendable (Row) -> N?
  ) -> Self {
    one(unit, name, doc, title) { row, _ in value(row).map { .number(UInt64(truncatingIfNeeded: $0)) } ?? .unknown }
  }

  // MARK: Values

  /// An identifying number.
  @discardableResult func number<N: BinaryInteger>(
    _ name: String = "", _ doc: String = "", shown title: String? = nil, _ value: @escaping @Sendable (Row) -> N?
  ) -> Self { integer(.number, name, doc, title, value) }

  /// How many.
  @discardableResult func count<N: BinaryInteger>(
    _ name: String = "", _ doc: String = "", shown title: String? = nil, _ value: @escaping @Sendable (Row) -> N?
  ) -> Self { integer(.count, name, doc, title, value) }

  /// A span of time in ns.
  @discardableResult func duration(
    _ name: String = "", _ doc: String = "", shown title: String? = nil, _ value: @escaping @Sendable (Row) -> UInt64?
  ) -> Self { integer(.duration, name, doc, title, value) }

  /// A moment in ns since the capture's epoch.
  @discardableResult func moment(
    _ name: String = "", _ doc: String = "", shown title: String? = nil, _ value: @escaping @Sendable (Row) -> UInt64?
  ) -> Self { integer(.moment, name, doc, title, value) }

  /// An event's number.
  @discardableResult func event(
    _ name: String = "", _ doc: String = "", shown title: String? = nil, _ value: @escaping @Sendable (Row) -> UInt64?
  ) -> Self { integer(.event, name, doc, title, value) }

  /// A number that people read in hexadecimal.
  @discardableResult func hex<N: BinaryInteger>(
    _ name: String = "", _ doc: String = "", shown title: String? = nil, _ value: @escaping @Sendable (Row) -> N?
  ) -> Self { integer(.hex, name, doc, title, value) }

  /// A word or a sentence.
  @discardableResult func text(
    _ name: String = "", _ doc: String = "", shown title: String? = nil, _ value: @escaping @Sendable (Row) -> String?
  ) -> Self { one(.text, name, doc, title) { row, _ in value(row).map { .text($0) } ?? .unknown } }

  /// A yes or no; 1 or 0 in SQL and CSV.
  @discardableResult func flag(
    _ name: String = "", _ doc: String = "", shown title: String? = nil, _ value: @escaping @Sendable (Row) -> Bool
  ) -> Self { one(.flag, name, doc, title) { row, _ in .bool(value(row)) } }

  /// A number with a fraction.
  @discardableResult func fraction(
    _ name: String = "", _ doc: String = "", shown title: String? = nil, _ value: @escaping @Sendable (Row) -> Double?
  ) -> Self { one(.fraction, name, doc, title) { row, _ in value(row).map { .fraction($0) } ?? .unknown } }

  /// What only people see, as text; numbers lean to the right.
  @discardableResult func shown(
    _ title: String, number isNumber: Bool = true, _ value: @escaping @Sendable (Row) -> String
  ) -> Self {
    one(isNumber ? .count : .text, "", "", title) { row, _ in .text(value(row)) }
  }

  /// The columns of another table.
  func columns<Other>(of table: ResultTable<Other>, _ row: @escaping @Sendable (Row) -> Other) {
    add(
      table.columns.map { other in
        var column = Column<Row>(name: other.name, key: other.key, unit: other.unit, doc: other.doc) {
          other.value(row($0), $1)
        }
        (column.forms, column.omitted, column.isNullable, column.content) = (
          other.forms, other.omitted, other.isNullable, other.content
        )
        return column
      })
  }

  // MARK: Structures, which only JSON has

  /// The rows of another table.
  @discardableResult func list<Element>(
    _ name: String, _ table: ResultTable<Element>, _ value: @escaping @Sendable (Row) -> [Element]
  ) -> Self {
    one(.structure, name, table.doc, nil, .list(.object(table.keys))) { row, naming in
      .list(table.objects(value(row), naming))
    }
  }

  /// An object of its own.
  @discardableResult func object<Element>(
    _ name: String, _ table: ResultTable<Element>, _ value: @escaping @Sendable (Row) -> Element?
  ) -> Self {
    one(.structure, name, table.doc, nil, .object(table.keys)) { row, naming in
      value(row).map { table.object($0, naming) } ?? .unknown
    }
  }

  /// Numbers in a row.
  @discardableResult func numbers(
    _ name: String, _ doc: String, in unit: ColumnUnit = .count, _ value: @escaping @Sendable (Row) -> [UInt64]
  ) -> Self {
    one(unit, name, doc, nil, .list(.scalar)) { row, _ in .list(value(row).map { .number($0) }) }
  }

  /// Pairs of numbers in a row.
  @discardableResult func pairs(
    _ name: String, _ doc: String, _ value: @escaping @Sendable (Row) -> [(UInt64, UInt64)]
  ) -> Self {
    one(.count, name, doc, nil, .list(.list(.scalar))) { row, _ in
      .list(value(row).map { [.number($0.0), .number($0.1)] })
    }
  }

  /// A list of counts for each class of interrupts.
  @discardableResult func lists(
    _ name: String, _ doc: String, _ value: @escaping @Sendable (Row) -> [(name: String, counts: [UInt64])]
  ) -> Self {
    one(.count, name, doc, nil, .countLists) { row, _ in
      .object(value(row).map { .init($0.name, .list($0.counts.map { .number($0) })) })
    }
  }

  /// Counts, or spans of time, under names.
  @discardableResult func counts(
    _ name: String, _ doc: String, in unit: ColumnUnit = .count,
    _ value: @escaping @Sendable (Row) -> [(name: String, count: UInt64)]
  ) -> Self {
    one(unit, name, doc, nil, .counts) { row, _ in
      .object(value(row).map { .init($0.name, .number($0.count)) })
    }
  }

  // MARK: Changes to what was added last

  @discardableResult func with(_ change: (inout Column<Row>) -> Void) -> Self {
    for i in first..<all.count { change(&all[i]) }
    return self
  }

  /// Changes all columns.
  func everywhere(_ change: (inout Column<Row>) -> Void) { for i in all.indices { change(&all[i]) } }

  /// Has another key in JSON.
  @discardableResult func key(_ key: String) -> Self { with { $0.key = key } }
  /// Of the forms for programs, only these have it.
  @discardableResult func only(_ forms: ColumnForms) -> Self { with { $0.forms = forms } }
  /// May be null; people see `text` then.
  @discardableResult func orNull(_ text: String = "") -> Self {
    with {
      $0.isNullable = true
      $0.missing = text
    }
  }
  /// JSON leaves out the key where the value is null, or the one given.
  @discardableResult func omitted(_ value: ValueTree = .unknown) -> Self { with { $0.omitted = value } }
  /// People see this in place of 0.
  @discardableResult func zero(_ text: String) -> Self { with { $0.zero = text } }
  /// People see this in place of the value.
  @discardableResult func shownAs(_ text: @escaping @Sendable (Row) -> String) -> Self {
    with { $0.text = { row, _ in text(row) } }
  }
  /// How a terminal colours it.
  @discardableResult func role(_ role: @escaping @Sendable (Row) -> TextStyle.Role) -> Self { with { $0.role = role } }
  /// Of less importance.
  @discardableResult func faint() -> Self { role { _ in .faint } }
  /// A terminal shows only the first of equal neighbours.
  @discardableResult func grouping() -> Self { with { $0.isGrouping = true } }
}
