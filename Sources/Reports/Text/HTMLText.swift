extension String {
  /// With the characters that HTML gives a meaning replaced.
  public var escapedForHTML: String {
    var result = ""
    result.reserveCapacity(utf8.count)
    for character in self {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      default: result.append(character)
      }
    }
    return result
  }
}

/// A coordinate with one decimal, which is finer than a screen.
public func coordinate(_ value: Double) -> String {
  let tenths = Int((max(-1e6, min(value, 1e6)) * 10).rounded())
  let sign = tenths < 0 ? "-" : ""
  return tenths % 10 == 0 ? "\(tenths / 10)" : "\(sign)\(abs(tenths) / 10).\(abs(tenths) % 10)"
}
