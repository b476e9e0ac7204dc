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

  /// Broken at blanks into lines that fit a style's width behind `indent` blanks, which the further ones begin with.
  func wrapped(_ style: TextStyle, indent: Int) -> String {
    style.characters(self).lines(of: style.width - indent)
      .joined(separator: "\n" + String(repeating: " ", count: indent))
  }

  /// Broken at blanks into lines of at most `width` characters; a longer word has a line of its own.
  func lines(of width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in split(separator: " ") {
      if !line.isEmpty, line.count + 1 + word.count > width {
        lines.append(line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    return lines + [line]
  }
}
