/// A table with aligned columns, for a terminal.
public struct TextTable {
  /// A cell: its text and what it is.
  public struct Cell: ExpressibleByStringInterpolation {
    /// What it says.
    public var text: String
    /// How it is coloured.
    public var role: TextStyle.Role
    /// A cell in a role.
    public init(_ text: String, _ role: TextStyle.Role = .plain) {
      self.text = text
      self.role = role
    }
    /// A plain cell.
    public init(stringLiteral value: String) { self.init(value) }
  }

  /// To which side a column's cells lean.
  public enum Alignment {
    /// Words.
    case left
    /// Numbers.
    case right
  }

  private var header: [Cell]
  private var alignments: [Alignment]
  private var rows: [[Cell]] = []

  /// A table of named columns.
  public init(_ columns: [(String, Alignment)]) {
    header = columns.map { Cell($0.0, .faint) }
    alignments = columns.map(\.1)
  }

  /// Whether nothing was added.
  public var isEmpty: Bool { rows.isEmpty }

  /// Adds a row; cells that lack are empty.
  public mutating func add(_ cells: [Cell]) { rows.append(cells) }

  /// The table's lines, each indented and ended by a newline. Columns that are empty in every row are left out.
  ///
  /// A table without rows is nothing. Where the style limits the width, long words are broken into several lines; if that
  /// is not enough, the last columns are left out, and a line says which.
  public func render(_ style: TextStyle, indent: Int = 2) -> String {
    if isEmpty { return "" }
    let shown = style.isASCII ? inASCII : self
    var layout = TextTableLayout(header: shown.header, alignments: alignments, rows: shown.rows)
    let missing = style.isLimited ? layout.fit(style.width - indent) : []
    let lines = header.contains { !$0.text.isEmpty } ? [shown.header] + shown.rows : shown.rows
    let table = lines.flatMap(layout.lines).map { line(of: $0, layout, style, indent) }.joined()
    if missing.isEmpty { return table }
    let remark = "not shown for want of room: \(missing.joined(separator: ", "))"
    return table + String(repeating: " ", count: indent) + style.apply(.faint, remark.wrapped(style, indent: indent))
      + "\n"
  }

  private var inASCII: TextTable {
    var table = self
    table.header = header.map { Cell($0.text.inASCII, $0.role) }
    table.rows = rows.map { $0.map { Cell($0.text.inASCII, $0.role) } }
    return table
  }

  private func line(of row: [Cell], _ layout: TextTableLayout, _ style: TextStyle, _ indent: Int) -> String {
    var result = String(repeating: " ", count: indent)
    var owed = 0
    for (position, column) in layout.columns.enumerated() {
      let cell = column < row.count ? row[column].trimmed : ""
      let padding = max(layout.widths[column] - cell.text.count, 0)
      if position > 0 { owed += 2 }
      if alignments[column] == .right { owed += padding }
      if !cell.text.isEmpty {
        // Blanks at the end of a line are never written.
        result += String(repeating: " ", count: owed) + style.apply(cell.role, cell.text)
        owed = 0
      }
      if alignments[column] == .left { owed += padding }
    }
    return result + "\n"
  }
}

extension TextTable.Cell {
  /// The cell without blanks at its end.
  fileprivate var trimmed: TextTable.Cell {
    var text = self.text
    while text.last == " " { text.removeLast() }
    return .init(text, role)
  }
}
