import Glibc

/// Recognises a kernel's trace as text by its content.
enum KernelTextContent: Equatable {
  /// Where in an input the trace begins.
  struct Place: Equatable {
    /// Bytes before it.
    var offset = 0
    /// Lines before it.
    var line: UInt64 = 0
    /// It is part of a web page.
    var isPage = false
  }

  /// One of the lines is an event; it need not be one that is used.
  case events(Place)
  /// There are events of the function_graph tracer, and none with a time.
  case timeless
  /// Nothing of the kind.
  case none

  /// Looks through the start of an input.
  static func recognise(_ bytes: [UInt8]) -> KernelTextContent {
    guard isText(bytes) else { return .none }
    let isPage = isPage(bytes)
    var padded = bytes
    padded.append(0x0A)
    padded += [UInt8](repeating: 0, count: Digits.padding)
    return padded.withUnsafeBytes { raw in
      var record = KernelRecord()
      var at = raw.baseAddress!
      let end = at + bytes.count + 1
      var line: UInt64 = 0
      var isTimeless = false
      while at < end {
        let next = LogDecoder.nextLine(at, end)
        let place = Place(offset: at - raw.baseAddress!, line: line, isPage: true)
        if isPage, isTracersHeader(at, next) { return .events(place) }
        switch KernelLine.read(at, next - 1, into: &record) {
        case .event: return .events(isPage ? place : Place())
        case .timeless: isTimeless = true
        default: break
        }
        line += 1
        at = next
      }
      return isTimeless ? .timeless : .none
    }
  }

  /// Whether the bytes are a text: a few zeros may be in it, as a disk or a serial line leaves them.
  static func isText(_ bytes: [UInt8]) -> Bool { bytes.prefix(4096).count { $0 == 0 } <= min(bytes.count, 4096) / 32 }

  /// Whether there are zeros between a line's characters: what stood there is lost, and may have been any part of it.
  static func hasHole(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) -> Bool {
    guard memchr(start, 0, end - start) != nil else { return false }
    let line = UnsafeRawBufferPointer(start: start, count: end - start)
    // A file or a disk may leave some before and behind it.
    return line.drop { $0 == 0 }.reversed().drop { $0 == 0 || $0 == 0x0D }.contains(0)
  }

  /// Whether they begin like a web page, which systrace and other viewers put a trace into, behind megabytes of script.
  static func isPage(_ bytes: [UInt8]) -> Bool {
    let start = bytes.prefix(64).drop { $0 <= 0x20 }.prefix(16)
    let text = String(decoding: start, as: UTF8.self).lowercased()
    return ["<!doctype html", "<html", "<script", "<!--"].contains { text.hasPrefix($0) }
  }

  private static func isTracersHeader(_ start: UnsafeRawPointer, _ next: UnsafeRawPointer) -> Bool {
    var scanner = TextScanner(start, next)
    scanner.skipBlanks()
    return scanner.skip("# tracer: ")
  }
}
