/// Text being put together byte by byte, without a `String` for each number.
public struct ByteBuffer: Sendable {
  /// The text so far, in UTF-8.
  public var bytes: [UInt8] = []

  /// No text.
  public init() {}

  /// Appends text.
  @inline(__always) public mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

  /// Appends text that is at hand as bytes.
  @inline(__always) public mutating func append(_ text: [UInt8]) { bytes.append(contentsOf: text) }

  /// Appends text that is at hand as bytes.
  @inline(__always) public mutating func append(_ text: UnsafeBufferPointer<UInt8>) { bytes.append(contentsOf: text) }

  /// Appends an ASCII character.
  @inline(__always) public mutating func append(byte: UInt8) { bytes.append(byte) }

  /// Appends a number below 10^9 with leading zeros.
  public mutating func append(nineDigits value: UInt64) {
    var divisor: UInt64 = 100_000_000
    while divisor > 0 {
      bytes.append(0x30 &+ UInt8(truncatingIfNeeded: value / divisor % 10))
      divisor /= 10
    }
  }

  /// Appends a byte several times.
  public mutating func append(repeating byte: UInt8, count: Int) {
    if count > 0 { bytes.append(contentsOf: repeatElement(byte, count: count)) }
  }

  /// Appends a decimal number, right-aligned in `width` characters.
  public mutating func append(decimal value: UInt64, width: Int = 0) {
    var digits: (UInt64, UInt64, UInt64) = (0, 0, 0)
    withUnsafeMutableBytes(of: &digits) { buffer in
      var at = 24
      var rest = value
      repeat {
        at -= 1
        buffer[at] = 0x30 &+ UInt8(truncatingIfNeeded: rest % 10)
        rest /= 10
      } while rest > 0
      append(repeating: 0x20, count: width - (24 - at))
      bytes.append(contentsOf: buffer[at...])
    }
  }

  /// Appends `0x` and a hexadecimal number without leading zeros.
  public mutating func append(hex value: UInt64) {
    append("0x")
    var shift = max(0, (63 - value.leadingZeroBitCount) / 4 * 4)
    while shift >= 0 {
      let digit = UInt8(truncatingIfNeeded: (value >> UInt64(shift)) & 15)
      bytes.append(digit < 10 ? 0x30 &+ digit : 0x57 &+ digit)
      shift -= 4
    }
  }

  /// The same in quotes, as JSON has what is too wide for its readers' numbers.
  public mutating func append(quotedHex value: UInt64) {
    bytes.append(0x22)
    append(hex: value)
    bytes.append(0x22)
  }

  /// Appends text in quotes, escaped as JSON wants it.
  public mutating func appendJSON(_ text: String) {
    bytes.append(0x22)
    var text = text
    text.withUTF8 { utf8 in
      var start = 0
      for place in utf8.indices where utf8[place] < 0x20 || utf8[place] == 0x22 || utf8[place] == 0x5C {
        bytes.append(contentsOf: utf8[start..<place])
        appendEscaped(utf8[place])
        start = place + 1
      }
      bytes.append(contentsOf: utf8[start...])
    }
    bytes.append(0x22)
  }

  private mutating func appendEscaped(_ byte: UInt8) {
    switch byte {
    case 0x22: append("\\\"")
    case 0x5C: append("\\\\")
    case 0x0A: append("\\n")
    case 0x09: append("\\t")
    case 0x0D: append("\\r")
    default:
      append("\\u00")
      bytes.append(0x30 + (byte >> 4))
      bytes.append(byte & 15 < 10 ? 0x30 + (byte & 15) : 0x57 + (byte & 15))
    }
  }

  /// Appends text as a CSV field: in quotes where it has to be (RFC 4180).
  public mutating func appendCSV(_ text: some Sequence<UInt8>) {
    let special: (UInt8) -> Bool = { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }
    guard text.contains(where: special) else { return bytes.append(contentsOf: text) }
    bytes.append(0x22)
    for byte in text {
      if byte == 0x22 { bytes.append(0x22) }
      bytes.append(byte)
    }
    bytes.append(0x22)
  }

  /// Breaks the line that begins at an index, at blanks behind `indent` columns, into lines of at most `width`; the further
  /// ones begin with as many blanks.
  mutating func breakLine(from start: Int, width: Int, indent: Int) {
    // Bytes are at least as many as characters.
    guard bytes.count - start > width + 1 else { return }
    let lines = String(decoding: bytes[start...].dropLast().dropFirst(indent), as: UTF8.self).lines(of: width - indent)
    bytes.removeSubrange((start + indent)...)
    append(lines.joined(separator: "\n" + String(repeating: " ", count: indent)) + "\n")
  }
}
