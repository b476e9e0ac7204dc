import Glibc
import Reports

/// Standard output or a file, written in large pieces.
public final class StandardOutput {
  private static let pieceSize = 1 << 16

  private let descriptor: Int32
  private let path: String
  private var pending: [UInt8] = []

  /// Standard output.
  init() {
    descriptor = STDOUT_FILENO
    path = "standard output"
  }

  /// A new file; `-` is standard output.
  public init(path: String) throws {
    self.path = path
    if path == "-" {
      descriptor = STDOUT_FILENO
    } else {
      descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
      if descriptor < 0 { throw OutputError(path: path, reason: String(cString: strerror(errno))) }
    }
  }

  deinit { if descriptor != STDOUT_FILENO { close(descriptor) } }

  /// Whether a person looks at it.
  static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

  /// Writes text, at the latest with ``flush()``.
  public func write(_ text: String) throws {
    pending.append(contentsOf: text.utf8)
    if pending.count >= Self.pieceSize { try flush() }
  }

  /// Writes what the buffer holds, once that is worth it, and empties it.
  func drain(_ buffer: inout ByteBuffer) throws {
    guard buffer.bytes.count >= Self.pieceSize else { return }
    try writeAll(buffer)
    buffer.bytes.removeAll(keepingCapacity: true)
  }

  /// Writes all that the buffer holds.
  func writeAll(_ buffer: ByteBuffer) throws {
    try write(bytes: buffer.bytes)
  }

  /// Writes what waits.
  public func flush() throws {
    guard !pending.isEmpty else { return }
    try writeNow(pending)
    pending.removeAll(keepingCapacity: true)
  }

  /// Writes bytes at once, after what waits.
  func write(bytes: [UInt8]) throws {
    try flush()
    try writeNow(bytes)
  }

  private func writeNow(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { buffer in
      var rest = buffer[...]
      while !rest.isEmpty {
        let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if count > 0 {
          rest = rest.dropFirst(count)
        } else if errno == EPIPE {
          throw OutputClosed()
        } else if errno != EINTR {
          throw OutputError(path: path, reason: String(cString: strerror(errno)))
        }
      }
    }
  }
}

/// Standard error: progress and messages.
enum StandardError {
  static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  static func write(_ text: String) {
    let bytes = Array(text.utf8)
    var at = 0
    while at < bytes.count {
      let count = bytes[at...].withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
      if count <= 0, errno != EINTR { return }
      at += max(count, 0)
    }
  }
}

extension TextStyle {
  /// Coloured on a terminal, unless `NO_COLOR` is set to anything (no-color.org) or the terminal is a dumb one.
  public static var ofStandardOutput: TextStyle {
    let noColour = getenv("NO_COLOR").map { $0.pointee != 0 } ?? false
    let isDumb = getenv("TERM").map { String(cString: $0) == "dumb" } ?? true
    return TextStyle(isColoured: StandardOutput.isTerminal && !noColour && !isDumb)
  }
}
