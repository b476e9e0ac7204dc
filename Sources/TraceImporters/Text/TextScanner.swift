/// Reads a line of text from left to right. For the rare lines; trace events have ``LogLineParser``.
struct TextScanner {
  private(set) var at: UnsafeRawPointer
  private let end: UnsafeRawPointer

  /// The line from `start` up to `next`, which is behind its line feed.
  init(_ start: UnsafeRawPointer, _ next: UnsafeRawPointer) {
    at = start
    var end = next
    while end > start, Digits.byte(end - 1) == 0x0A || Digits.byte(end - 1) == 0x0D { end -= 1 }
    self.end = end
  }

  /// Characters that are left.
  var length: Int { end - at }

  /// Moves behind `text` if it is next.
  mutating func skip(_ text: StaticString) -> Bool {
    guard matches(text, at) else { return false }
    at += text.utf8CodeUnitCount
    return true
  }

  /// Moves behind blanks and tabs.
  mutating func skipBlanks() {
    while at < end, Digits.byte(at) == 0x20 || Digits.byte(at) == 0x09 { at += 1 }
  }

  /// Moves behind what was read from here on by other means; false if that is beyond the end.
  mutating func move(to place: UnsafeRawPointer) -> Bool {
    guard place <= end else { return false }
    at = place
    return true
  }

  /// Moves behind the first occurrence of `text`, if there is one.
  mutating func skip(through text: StaticString) -> Bool {
    var from = at
    while from < end {
      if matches(text, from) {
        at = from + text.utf8CodeUnitCount
        return true
      }
      from += 1
    }
    return false
  }

  private func matches(_ text: StaticString, _ from: UnsafeRawPointer) -> Bool {
    guard end - from >= text.utf8CodeUnitCount else { return false }
    for index in 0..<text.utf8CodeUnitCount where Digits.byte(from + index) != text.utf8Start[index] { return false }
    return true
  }

  /// Reads a decimal number.
  mutating func decimal() -> UInt64? {
    var value: UInt64 = 0
    return Digits.readDecimal(&at, into: &value) ? value : nil
  }

  /// Reads a hexadecimal number.
  mutating func hex() -> UInt64? {
    var value: UInt64 = 0
    return Digits.readHex(&at, into: &value) ? value : nil
  }

  /// Eight characters from `offset` on, the first in the lowest byte; zero from `limit` on.
  func word(_ offset: Int, limit: Int) -> UInt64 {
    var word: UInt64 = 0
    for index in 0..<8 where offset + index < limit {
      word |= UInt64(Digits.byte(at + offset + index)) << UInt64(8 * index)
    }
    return word
  }

  /// Whether the line is a message without a source: an access that the emulator's memory refused, a UART that is off.
  var startsWithMessage: Bool { matches("Invalid ", at) || matches("PL011 ", at) }

  /// Whether the line starts with a name (letters, digits, `_`, `-`, `.`, blanks between words) and a colon and a blank.
  var startsWithSource: Bool {
    var p = at
    guard p < end, Digits.byte(p) | 0x20 &- 0x61 < 26 || Digits.byte(p) == 0x5F else { return false }
    while p < end, p - at < 64 {
      let c = Digits.byte(p)
      if c == 0x3A { break }
      guard (c | 0x20) &- 0x61 < 26 || c &- 0x30 < 10 || c == 0x5F || c == 0x2D || c == 0x2E || c == 0x20 else {
        return false
      }
      p += 1
    }
    guard p < end - 1, Digits.byte(p) == 0x3A, Digits.byte(p + 1) == 0x20 else { return false }
    // `IN:`, `OUT: [size=…]`, `OP:`, `Trace 0: …` are the output of -d in_asm, out_asm, op and exec.
    for other: StaticString in ["IN:", "OUT:", "OP:", "PROLOGUE:", "Trace "] where matches(other, at) { return false }
    return true
  }
}
