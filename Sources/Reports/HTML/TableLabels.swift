/// What tables are called for a screen reader: by the headings that they stand under.
enum TableLabels {
  /// A section's markup, with a label for each table that has none.
  static func added(to body: String, _ title: String) -> String {
    var out = ""
    var heading = ""
    var rest = body[...]
    while let open = rest.firstIndex(of: "<") {
      out += rest[..<open]
      rest = rest[open...]
      if rest.hasPrefix("<h3>"), let close = rest.dropFirst(4).firstIndex(of: "<") {
        heading = ": " + rest[rest.index(open, offsetBy: 4)..<close]
      }
      guard let end = rest.firstIndex(of: ">") else { break }
      let tag = rest[...end]
      if tag.hasPrefix("<table"), !tag.contains("aria-label=") {
        out += tag.dropLast() + " aria-label=\"\(title.escapedForHTML + heading)\">"
      } else {
        out += tag
      }
      rest = rest[rest.index(after: end)...]
    }
    return out + rest
  }
}
