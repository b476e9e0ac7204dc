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
  /// Coloured on a terminal, unless `NO_COLOR` is set to anything (no-color.org) or the terminal is a dumb one.
  public static var ofStandardOutput: TextStyle {
    let noColour = getenv("NO_COLOR").map { $0.pointee != 0 } ?? false
    let isDumb = getenv("TERM").map { String(cString: $0) == "dumb" } ?? true
    return TextStyle(isColoured: StandardOutput.isTerminal && !noColour && !isDumb)
  }
}
