import InterruptTrace

/// What a report shows of a line.
enum Excerpt {
  /// The start of a line, for people: at most 160 bytes, control characters escaped.
  static func of(_ start: UnsafeRawPointer, _ next: UnsafeRawPointer) -> String {
    let length = min(next - start, 160)
    let bytes = UnsafeRawBufferPointer(start: start, count: length).prefix { $0 != 0x0A && $0 != 0x0D }
    return String(decoding: bytes.map { $0 == 0x09 ? 0x20 : $0 }, as: UTF8.self).printable
  }
}
