import Glibc

/// What the environment says about the terminal.
enum TerminalSettings {
  private static func value(_ name: String) -> String? {
    guard let text = getenv(name).map({ String(cString: $0) }), !text.isEmpty else { return nil }
    return text
  }

  /// The terminal can neither colour text nor move back in a line.
  static var isDumb: Bool { value("TERM").map { $0 == "dumb" } ?? true }

  /// No colours are wanted (no-color.org).
  static var refusesColour: Bool { value("NO_COLOR") != nil }

  /// Colours are wanted wherever the output goes (bixense.com/clicolors).
  static var forcesColour: Bool { value("CLICOLOR_FORCE").map { $0 != "0" } ?? false }

  /// The width that `COLUMNS` asks for.
  static var columns: Int? { value("COLUMNS").flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil } }

  /// The width of the terminal behind a descriptor.
  static func width(of descriptor: Int32) -> Int? {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }

  /// Whether the locale's characters are UTF-8: the first of these that is set decides, as in POSIX.
  static var hasUTF8: Bool {
    guard let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap(value).first?.lowercased() else { return false }
    return locale.contains("utf-8") || locale.contains("utf8")
  }
}
