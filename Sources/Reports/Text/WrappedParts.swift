/// Lines of short facts.
enum WrappedParts {
  /// Joins parts and breaks lines between them, so that they fit the width.
  static func lines(_ parts: [String], _ separator: String, indent: Int = 2, style: TextStyle, _ role: TextStyle.Role)
    -> String
  {
    lines(parts.map { ($0, role) }, separator, indent: indent, style: style)
  }

  /// The same, each part in a role of its own.
  static func lines(
    _ parts: [(text: String, role: TextStyle.Role)], _ separator: String, indent: Int = 2, style: TextStyle
  ) -> String {
    var out = ""
    var column = 0
    let separator = style.characters(separator)
    for (text, role) in parts.map({ (style.characters($0.text), $0.role) }) {
      if column == 0 {
        out += String(repeating: " ", count: indent)
        column = indent
      } else if column + separator.count + text.count <= style.width {
        out += style.apply(role == .faint ? .faint : .plain, separator)
        column += separator.count
      } else {
        out += "\n" + String(repeating: " ", count: indent)
        column = indent
      }
      out += style.apply(role, text)
      column += text.count
    }
    return out.isEmpty ? "" : out + "\n"
  }
}
