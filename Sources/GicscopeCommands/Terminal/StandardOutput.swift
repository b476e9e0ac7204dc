import Glibc
import InterruptTrace
import Reports

/// What is written to standard output goes through an ``OutputFile`` as well.
extension OutputFile {
  /// Standard output.
  static func standardOutput() throws(OutputError) -> OutputFile { try OutputFile(path: "-") }

  /// Takes over what the buffer holds, and empties it.
  func drain(_ buffer: inout ByteBuffer) throws(OutputError) {
    try write(buffer.bytes)
    buffer.bytes.removeAll(keepingCapacity: true)
  }
}

/// Standard output, as a terminal or not.
enum StandardOutput {
  /// Whether a person looks at it.
  static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
}

extension TextStyle {
  /// What standard output shows: as wide as `COLUMNS` or the terminal say, coloured on a terminal that has colours, and in
  /// ASCII on a terminal whose locale has no UTF-8.
  static func ofStandardOutput(_ colour: ColourChoice) -> TextStyle {
    let isTerminal = StandardOutput.isTerminal
    return TextStyle(
      isColoured: colour.isColoured(onTerminal: isTerminal),
      width: TerminalSettings.columns ?? (isTerminal ? TerminalSettings.width(of: STDOUT_FILENO) : nil),
      isASCII: isTerminal && !TerminalSettings.hasUTF8)
  }
}
