/// Short facts that a terminal shows on a line and a page in a paragraph: `3 MSIs · 1 merged`.
struct Facts {
  private(set) var all: [(text: String, role: TextStyle.Role)] = []

  /// Adds a count, unless it is 0; `many` is the plural of `one`, where they differ.
  mutating func add(_ count: UInt64, _ one: String, _ many: String? = nil, _ role: TextStyle.Role = .plain) {
    if count > 0 { all.append((Units.count(count, one, many ?? one), role)) }
  }

  /// Adds words.
  mutating func add(_ text: String, _ role: TextStyle.Role = .plain) { all.append((text, role)) }

  /// For a terminal.
  func lines(_ style: TextStyle, _ separator: String = " · ") -> String {
    WrappedParts.lines(all, separator, style: style)
  }

  /// For a page.
  var paragraph: String {
    all.isEmpty ? "" : "<p class=\"faint\">\(all.map(\.text).joined(separator: " · ").escapedForHTML).</p>\n"
  }
}
