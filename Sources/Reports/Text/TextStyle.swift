/// Whether and how a report is coloured.
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

  /// Whether escape sequences are written at all.
  public var isColoured: Bool

  /// A style with or without colour.
  public init(isColoured: Bool) { self.isColoured = isColoured }

  /// The text, coloured if colours are on.
  public func apply(_ role: Role, _ text: String) -> String {
    isColoured && role != .plain && !text.isEmpty ? "\u{1B}[\(role.rawValue)m\(text)\u{1B}[0m" : text
  }
}
