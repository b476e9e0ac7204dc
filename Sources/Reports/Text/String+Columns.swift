extension String {
  /// Blanks appended up to a number of characters.
  func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }

  /// Blanks before it up to a number of characters.
  func padded(toRight width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }

  /// Broken at commas into lines of at most `width` characters, the further ones behind `indent` blanks.
  func folded(width: Int, indent: Int) -> String {
    guard count > width else { return self }
    var lines: [String] = []
    for part in split(separator: ", ", omittingEmptySubsequences: false) {
      if let last = lines.last, last.count + part.count + 3 <= width {
        lines[lines.count - 1] = last + ", " + part
      } else {
        if let last = lines.last { lines[lines.count - 1] = last + "," }
        lines.append(String(part))
      }
    }
    return lines.joined(separator: "\n" + String(repeating: " ", count: indent))
  }

  /// Broken at blanks into lines that fit into 100 columns behind `indent` blanks, which the further ones begin with.
  func wrapped(indent: Int) -> String {
    let width = 100
    var lines: [String] = []
    var line = ""
    for word in split(separator: " ") {
      if !line.isEmpty, indent + line.count + 1 + word.count > width {
        lines.append(line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    lines.append(line)
    return lines.joined(separator: "\n" + String(repeating: " ", count: indent))
  }
}
