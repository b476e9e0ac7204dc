extension String {
  /// In ASCII: pictures by characters of growing darkness, signs by what stands for them where there is nothing else.
  var inASCII: String {
    if utf8.allSatisfy({ $0 < 0x80 }) { return self }
    return String(flatMap { $0.isASCII ? String($0) : Self.inASCII[$0] ?? "?" })
  }

  private static let inASCII: [Character: String] = [
    "▁": "_", "▂": ".", "▃": ":", "▄": "-", "▅": "=", "▆": "+", "▇": "*", "█": "#", "→": "->", "↔": "<->", "…": "...",
    "–": "-",
    "—": "-", "×": "x", "±": "+/-", "µ": "u", "·": "|", "≥": ">=", "≤": "<=", "≠": "!=", "∞": "inf", "▲": "^", "▼": "v",
    "²": "2", "Δ": "d", "“": "\"", "”": "\"", "‘": "'", "’": "'", "§": "section ",
  ]
}
