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
  public func render(_ style: TextStyle, indent: Int = 2) -> String {
    let used = header.indices.filter { column in rows.contains { column < $0.count && !$0[column].text.isEmpty } }
    var widths = header.map(\.text.count)
    for row in rows {
      for (i, cell) in row.enumerated() where i < widths.count { widths[i] = max(widths[i], cell.text.count) }
    }
    let lines = header.contains { !$0.text.isEmpty } ? [header] + rows : rows
    return lines.map { line(of: $0, used, widths, style, indent) }.joined()
  }

  private func line(of row: [Cell], _ used: [Int], _ widths: [Int], _ style: TextStyle, _ indent: Int) -> String {
    var result = String(repeating: " ", count: indent)
    var owed = 0
    for (position, column) in used.enumerated() {
      let cell = column < row.count ? row[column].trimmed : ""
      let padding = widths[column] - cell.text.count
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
