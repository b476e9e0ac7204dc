/// A table of the HTML report.
public struct HTMLTable {
  private let columns: [(name: String, isNumber: Bool)]
  /// What a screen reader says it is; nil for what the headings before it say.
  private let caption: String?
  private var body = ""
  /// Rows added, headings not counted.
  public private(set) var rows = 0

  /// A table of named columns; those of numbers lean to the right.
  public init(_ columns: [(String, Bool)], caption: String? = nil) {
    self.columns = columns.map { (name: $0.0, isNumber: $0.1) }
    self.caption = caption
  }

  /// Adds a row; `values` are what a number's column sorts by, `reasons` why a cell is empty, and `link` is markup
  /// that stands in a column behind the cells.
  public mutating func add(
    _ cells: [String], values: [UInt64?] = [], reasons: [String?] = [], link: String? = nil
  ) {
    rows += 1
    body += "<tr>"
    for (i, (column, cell)) in zip(columns, cells).enumerated() {
      body += column.isNumber ? "<td class=\"n\"" : "<td"
      if i < values.count, let value = values[i] { body += " data-value=\"\(value)\"" }
      if i < reasons.count, let reason = reasons[i] { body += " title=\"\(reason.escapedForHTML)\"" }
      body += ">" + cell.escapedForHTML + "</td>"
    }
    if let link { body += "<td>\(link)</td>" }
    body += "</tr>\n"
  }

  /// Adds a line across all columns.
  public mutating func addHeading(_ text: String) {
    body += "<tr><td class=\"head\" colspan=\"\(columns.count)\">\(text.escapedForHTML)</td></tr>\n"
  }

  /// The table, in a frame that scrolls where it is too wide.
  public var html: String { html(style: "", frame: "scroll") }

  /// A table that a script lets the reader sort and filter.
  var sortable: String { html(style: " class=\"sortable\"", frame: "scroll tall") }

  private func html(style: String, frame: String) -> String {
    let head = columns.map { column in
      let name = column.name.escapedForHTML
      guard !column.name.isEmpty else { return "<td></td>" }
      return "<th scope=\"col\"\(column.isNumber ? " class=\"n\"" : "")>\(name)</th>"
    }.joined()
    let label = caption.map { " aria-label=\"\($0.escapedForHTML)\"" } ?? ""
    return
      "<div class=\"\(frame)\"><table\(style)\(label)><thead><tr>\(head)</tr></thead><tbody>\n\(body)</tbody></table></div>\n"
  }
}
