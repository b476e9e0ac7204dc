import InterruptTrace

/// Numbers in the units a person would use.
public enum Units {
  /// `1,234,567`.
  public static func count(_ value: UInt64) -> String { value.grouped }

  /// `1 event`, `1,234 events`: a count with its noun, whose plural is `many`, or ends in an s.
  public static func count(_ value: some BinaryInteger, _ one: String, _ many: String? = nil) -> String {
    "\(count(UInt64(value))) \(value == 1 ? one : many ?? one + "s")"
  }

  /// A span of time to three digits: `850 ns`, `1.23 µs`, `45.6 ms`, `12.3 s`, `3 min 20 s`, `2 h 05 min`.
  public static func duration(_ nanoseconds: UInt64) -> String {
    switch nanoseconds {
    case ..<1000: return "\(nanoseconds) ns"
    case ..<999_500: return threeDigits(Double(nanoseconds) / 1e3) + " µs"
    case ..<999_500_000: return threeDigits(Double(nanoseconds) / 1e6) + " ms"
    case ..<59_950_000_000: return threeDigits(Double(nanoseconds) / 1e9) + " s"
    default: break
    }
    let seconds = nanoseconds / 1_000_000_000 + (nanoseconds % 1_000_000_000 >= 500_000_000 ? 1 : 0)
    if seconds >= 3600 { return "\(seconds / 3600) h \(twoDigits(seconds % 3600 / 60)) min" }
    return "\(seconds / 60) min \(twoDigits(seconds % 60)) s"
  }

  /// A moment in seconds with nanoseconds in groups: `1.234 567 890 s`.
  public static func moment(_ nanoseconds: UInt64) -> String {
    let fraction = String(nanoseconds % 1_000_000_000 + 1_000_000_000).dropFirst()
    return
      "\(nanoseconds / 1_000_000_000).\(fraction.prefix(3)) \(fraction.dropFirst(3).prefix(3)) \(fraction.suffix(3)) s"
  }

  /// The same to a millisecond: `12.345 s`.
  public static func roughMoment(_ nanoseconds: UInt64) -> String {
    let fraction = String(nanoseconds % 1_000_000_000 / 1_000_000 + 1000).dropFirst()
    return "\(nanoseconds / 1_000_000_000).\(fraction) s"
  }

  /// `326 MB`, in powers of ten.
  public static func bytes(_ value: UInt64) -> String {
    value < 1000 ? "\(value) B" : scaled(Double(value)) + "B"
  }

  /// Something per second: `4.71 M/s`.
  public static func rate(_ perSecond: Double) -> String {
    perSecond < 1000 ? threeDigits(perSecond) + "/s" : scaled(perSecond) + "/s"
  }

  /// `12.3 %`; nothing between 0 and what would round to it.
  public static func percent(_ part: UInt64, of whole: UInt64) -> String {
    guard whole > 0 else { return "–" }
    let value = Double(part) / Double(whole) * 100
    if part > 0, value < 0.1 { return "<0.1 %" }
    return fixed(value, 1) + " %"
  }

  /// With three significant digits, never in exponential form.
  public static func threeDigits(_ value: Double) -> String {
    guard value.isFinite else { return "–" }
    if value < 9.995 { return fixed(value, 2) }
    if value < 99.95 { return fixed(value, 1) }
    return fixed(value, 0)
  }

  /// With a fixed number of decimals, up to 3.
  public static func fixed(_ value: Double, _ decimals: Int) -> String {
    let power = [1.0, 10, 100, 1000][decimals]
    let scaled = UInt64(max(0, min((value * power).rounded(), 1e18)))
    let whole = scaled / UInt64(power)
    guard decimals > 0 else { return String(whole) }
    return "\(whole)." + String(scaled % UInt64(power) + UInt64(power)).dropFirst()
  }

  private static func scaled(_ value: Double) -> String {
    switch value {
    case ..<999_500: threeDigits(value / 1e3) + " k"
    case ..<999_500_000: threeDigits(value / 1e6) + " M"
    default: threeDigits(value / 1e9) + " G"
    }
  }

  private static func twoDigits(_ value: UInt64) -> String { String(value + 100).suffix(2).description }
}
