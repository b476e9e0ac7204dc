/// A table of the HTML report.
struct HTMLTable {
  private let columns: [(name: String, isNumber: Bool)]
  private var body = ""
  private(set) var rows = 0

  init(_ columns: [(String, Bool)]) { self.columns = columns.map { (name: $0.0, isNumber: $0.1) } }

  mutating func add(_ cells: [String]) {
    rows += 1
    body += "<tr>"
    for (column, cell) in zip(columns, cells) {
      body += (column.isNumber ? "<td class=\"n\">" : "<td>") + cell.escapedForHTML + "</td>"
    }
    body += "</tr>\n"
  }

  mutating func addHeading(_ text: String) {
    body += "<tr><td class=\"head\" colspan=\"\(columns.count)\">\(text.escapedForHTML)</td></tr>\n"
  }

  var html: String {
    let head = columns.map { ($0.isNumber ? "<th class=\"n\">" : "<th>") + $0.name.escapedForHTML + "</th>" }.joined()
    return "<div class=\"scroll\"><table><thead><tr>\(head)</tr></thead><tbody>\n\(body)</tbody></table></div>\n"
  }
}
