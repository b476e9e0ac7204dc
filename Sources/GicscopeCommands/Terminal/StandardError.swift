import Glibc

/// Standard error: progress and messages.
enum StandardError {
  static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  static func write(_ text: String) { writeTerminal(text, to: STDERR_FILENO) }
}

/// Writes text for people to an open descriptor. A failure to write is not reported.
func writeTerminal(_ text: String, to descriptor: Int32) {
  let bytes = Array(text.utf8)
  var at = 0
  while at < bytes.count {
    let count = bytes[at...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    if count <= 0, errno != EINTR { return }
    at += max(count, 0)
  }
}
