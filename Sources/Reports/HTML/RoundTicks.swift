import Glibc

/// Places on an axis at round numbers: 1, 2, 2.5 or 5 of a power of ten apart.
enum RoundTicks {
  /// The least round step that is not less than `least`.
  static func step(atLeast least: Double) -> Double {
    let power = pow(10, log10(max(least, .leastNormalMagnitude)).rounded(.down))
    // What is a power of ten but for rounding stays one.
    return [1, 2, 2.5, 5, 10].map { $0 * power }.first { $0 >= least * (1 - 1e-9) } ?? 10 * power
  }

  /// From 0 to the first round number that is not less than `top`: some three to five steps.
  static func scale(upTo top: Double) -> [Double] {
    guard top > 0, top.isFinite else { return [0, 1] }
    let step = step(atLeast: top / 4)
    return (0...Int((top / step - 1e-9).rounded(.up))).map { Double($0) * step }
  }

  /// Round moments from `start` on, in ns, at most `count`, and their names in seconds.
  static func times(from start: UInt64, length: UInt64, atMost count: Int) -> [(time: UInt64, name: String)] {
    let step = UInt64(max(1, min(self.step(atLeast: Double(length) / Double(max(count, 1))), 1e18)))
    let decimals = 9 - (0...9).last { step % UInt64(pow(10, Double($0))) == 0 }!
    let end = start.addingReportingOverflow(length)
    let last = (end.overflow ? .max : end.partialValue) / step
    let first = start / step + (start % step == 0 ? 0 : 1)
    guard first <= last else { return [] }
    return (first...last).prefix(count + 1).map { ($0 * step, name($0 * step, decimals)) }
  }

  private static func name(_ time: UInt64, _ decimals: Int) -> String {
    let second: UInt64 = 1_000_000_000
    let digits = String(time % second + second).dropFirst().prefix(decimals)
    return "\(time / second)\(digits.isEmpty ? "" : ".")\(digits) s"
  }
}
