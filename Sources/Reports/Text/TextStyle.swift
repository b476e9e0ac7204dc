/// What a report's text is made for: its width, its colours, its characters.
public struct TextStyle: Sendable {
  /// What a piece of text is, which decides its colour.
  public enum Role: String, Sendable {
    /// Plain text.
    case plain = ""
    /// A heading.
    case heading = "1"
    /// Of less importance.
    case faint = "2"
    /// As it should be.
    case good = "32"
    /// Worth a look.
    case notice = "33"
    /// Wrong.
    case bad = "31"
    /// Part of a picture.
    case picture = "36"
  }

  /// The widths that reports are laid out for; what is narrower or wider gets the nearest of them.
  public static let widths = 80...200
  /// The width where nothing says another.
  public static let standardWidth = 100

  /// Whether escape sequences are written at all.
  public var isColoured: Bool
  /// Columns of a line.
  public let width: Int
  /// Whether tables keep to the width. Into a pipe (`gicscope … | grep`), each row stays one line.
  public let isLimited: Bool
  /// Whether only ASCII can be shown.
  public var isASCII: Bool

  /// A style; a width is brought into ``widths``. Without one, text is laid out for ``standardWidth``, and tables are not
  /// limited.
  public init(isColoured: Bool, width: Int? = nil, isASCII: Bool = false) {
    self.isColoured = isColoured
    self.width = min(max(width ?? Self.standardWidth, Self.widths.lowerBound), Self.widths.upperBound)
    isLimited = width != nil
    self.isASCII = isASCII
  }

  /// The text, coloured if colours are on.
  public func apply(_ role: Role, _ text: String) -> String {
    isColoured && role != .plain && !text.isEmpty ? "\u{1B}[\(role.rawValue)m\(text)\u{1B}[0m" : text
  }

  /// Columns of a picture that has `columns` of them at the standard width, and grows or shrinks with the line.
  func pictureColumns(_ columns: Int) -> Int { max(columns + width - Self.standardWidth, 8) }

  /// The text in characters that can be shown.
  func characters(_ text: String) -> String { isASCII ? text.inASCII : text }

  /// A whole report as it is written: in characters that can be shown, and lines that are still too long broken at blanks.
  public func finished(_ report: String) -> String {
    let text = characters(report)
    guard isLimited else { return text }
    return text.split(separator: "\n", omittingEmptySubsequences: false).map(broken).joined(separator: "\n")
  }

  private func broken(_ line: Substring) -> String {
    guard line.count > width, line.shownCount > width else { return String(line) }
    let indent = String(line.prefix { $0 == " " })
    var lines: [String] = []
    var (last, column) = (indent, indent.count)
    for word in line.dropFirst(indent.count).split(separator: " ", omittingEmptySubsequences: false) {
      let count = word.shownCount
      if column > indent.count, column + 1 + count > width {
        lines.append(last)
        (last, column) = (indent, indent.count)
      }
      let blank = column > indent.count ? " " : ""
      last += blank + word
      column += blank.count + count
    }
    return (lines + [last]).joined(separator: "\n")
  }
}

extension Substring {
  /// Characters that are shown: escape sequences end with a letter and are not.
  fileprivate var shownCount: Int {
    var (count, isEscaped) = (0, false)
    for character in self {
      if character == "\u{1B}" { isEscaped = true }
      if !isEscaped { count += 1 }
      if isEscaped, character.isLetter { isEscaped = false }
    }
    return count
  }
}
