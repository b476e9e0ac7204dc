/// Text of unknown origin, for terminals, reports and logs.
///
/// Names of interrupts, threads and files come from captures and from whoever named a file. A control character in one of
/// them would move the cursor, colour the terminal or turn the direction of writing.
extension String {
  /// The text with each control character as `\x1b` or `\u{202e}`: C0, C1, the line and paragraph separators, and what
  /// changes the direction of writing. Anything else is as it was.
  public var printable: String {
    guard unicodeScalars.contains(where: \.isControl) else { return self }
    var text = ""
    for scalar in unicodeScalars {
      if scalar.isControl { text += scalar.escaped } else { text.unicodeScalars.append(scalar) }
    }
    return text
  }
}

extension Unicode.Scalar {
  /// Whether a terminal acts on it instead of showing it.
  fileprivate var isControl: Bool {
    switch value {
    case 0..<0x20, 0x7F..<0xA0, 0x061C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF: true
    default: false
    }
  }

  fileprivate var escaped: String {
    let digits = String(value, radix: 16)
    if value > 0xFF { return "\\u{\(digits)}" }
    return "\\x" + (digits.count < 2 ? "0" : "") + digits
  }
}
