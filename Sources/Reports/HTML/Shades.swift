/// How strong a colour stands for a count: the more, the stronger.
struct Shades {
  /// The greatest count.
  let most: UInt64

  /// The square root, so that what is rare can be seen beside what is frequent.
  func opacity(_ count: UInt64) -> Double { max(0.15, (Double(count) / Double(max(most, 1))).squareRoot()) }

  /// What the shades stand for, in a colour of the style sheet.
  func legend(_ color: String) -> String {
    let steps = [1, most / 16, most / 4, most].filter { $0 > 0 }
    let entries = Set(steps).sorted().map { count in
      "<span><i style=\"background:var(--\(color));opacity:\(Units.fixed(opacity(count), 2))\"></i>"
        + "\(Units.count(count))</span>"
    }
    return "<div class=\"legend\">\(entries.joined())</div>\n"
  }
}
