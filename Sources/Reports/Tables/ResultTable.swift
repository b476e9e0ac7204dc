import Analyzers
import InterruptTrace

/// A table of results, declared once; every form of a report derives from it.
///
/// A new table is one value of this type and one line in ``ResultTables/all``: with a ``name`` it is a table of the database,
/// with a ``key`` a list of the JSON report, and with a ``title`` a section of the terminal and of the HTML report.
struct ResultTable<Row>: Sendable {
  /// The name in SQL; nil if the database does not have it.
  var name: String?
  /// The key in the JSON report; nil if the report has it inside of another key, or not at all; empty for keys of the report
  /// itself.
  var key: String?
  /// The heading of its section for people; nil if it has no section of its own.
  var title: String?
  /// What its rows are, in a few words.
  var doc: String
  /// Whether the JSON report has one object instead of a list.
  var isObject = false
  /// Whether the JSON report leaves the object out where there are no rows.
  var isOptional = false
  /// Rows that people see whatever they ask for: in a terminal, and in HTML.
  var least = (text: 0, html: 0)
  /// Whether the HTML report lets its reader sort and filter it.
  var isSortable = false
  private(set) var whole: (@Sendable (AnalysisReport) -> UInt64)?
  private(set) var comesBefore: (@Sendable (Row, Row) -> Bool)?
  private(set) var source: @Sendable (AnalysisReport) -> [Row] = { _ in [] }
  /// All of them, those for programs and those for people.
  let columns: [Column<Row>]
  /// What JSON needs of its columns for each row.
  let parts: [JSONPart]

  /// See the properties of ``Column``.
  struct JSONPart: Sendable {
    var key: String
    var omitted: ValueTree?
    var value: @Sendable (Row, PENaming) -> ValueTree
  }

  /// A table; see the properties of the same names.
  init(
    _ doc: String, sql name: String? = nil, json key: String? = nil, title: String? = nil, isObject: Bool = false,
    isOptional: Bool = false, least: (text: Int, html: Int) = (0, 0), isSortable: Bool = false,
    columns build: (Columns<Row>) -> Void
  ) {
    (self.name, self.key, self.title, self.doc, self.isObject) = (name, key, title, doc, isObject)
    self.isOptional = isOptional
    (self.least, self.isSortable) = (least, isSortable)
    let list = Columns<Row>()
    build(list)
    columns = list.all
    parts = Self.of(columns, .json).map { JSONPart(key: $0.key, omitted: $0.omitted, value: $0.value) }
  }

  /// Has these rows of a report; a table without them is written while a capture is read, or is part of another one.
  func rows(_ source: @escaping @Sendable (AnalysisReport) -> [Row]) -> Self { with { $0.source = source } }

  /// People see the rows sorted.
  func order(_ comesBefore: @escaping @Sendable (Row, Row) -> Bool) -> Self { with { $0.comesBefore = comesBefore } }

  /// There are so many rows in all, of which the report holds only some.
  func total(_ whole: @escaping @Sendable (AnalysisReport) -> UInt64) -> Self { with { $0.whole = whole } }

  private func with(_ change: (inout Self) -> Void) -> Self {
    var table = self
    change(&table)
    return table
  }

  /// The columns that one of the forms for programs has.
  func columns(_ form: ColumnForms) -> [Column<Row>] { Self.of(columns, form) }

  private static func of(_ columns: [Column<Row>], _ form: ColumnForms) -> [Column<Row>] {
    columns.filter { !$0.name.isEmpty && $0.forms.contains(form) }
  }

  /// The columns that people see.
  func shownColumns(onPage isPage: Bool) -> [Column<Row>] {
    columns.filter { $0.title != nil && (isPage || !$0.isPageOnly) }
  }
}

/// A table of results, whatever its rows.
protocol AnyResultTable: Sendable {
  var name: String? { get }
  var key: String? { get }
  var title: String? { get }
  var doc: String { get }
  var isObject: Bool { get }
  var isOptional: Bool { get }
  /// The statement that creates it, with what its columns hold as comments.
  var schema: String { get }
  /// The keys of its rows in JSON.
  var keys: [KeyDescription] { get }
  /// What it contributes to the JSON report.
  func members(_ report: AnalysisReport, _ naming: PENaming) -> [ValueTree.Member]
  /// Writes that.
  func write(_ report: AnalysisReport, _ naming: PENaming, to writer: inout JSONWriter) throws
  /// Fills the table of a database.
  func insert(_ report: AnalysisReport, into database: SQLiteDatabase) throws
  /// The section's body in a terminal, and in HTML; empty without rows.
  func text(_ report: AnalysisReport, _ style: TextStyle, rows: Int) -> String
  func html(_ report: AnalysisReport, rows: Int) -> String
}

extension ResultTable: AnyResultTable {}
