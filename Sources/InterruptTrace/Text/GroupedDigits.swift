extension UInt64 {
  /// In decimal, with a comma before each three digits: `1,234,567`.
  public var grouped: String {
    let digits = String(self)
    var result = ""
    for (place, digit) in digits.enumerated() {
      if place > 0, (digits.count - place) % 3 == 0 { result.append(",") }
      result.append(digit)
    }
    return result
  }
}
