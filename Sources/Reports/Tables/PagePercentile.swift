import Analyzers

/// A percentile as the page shows it: only where the samples suffice, which is so from the number on where at least one of
/// them is expected beyond it: 10 for the 90th percentile, 100 for the 99th, 1000 for the 99.9th.
struct PagePercentile {
  /// The value; `–` where the samples do not suffice.
  let text: String
  /// Why there is none.
  let reason: String?

  /// The rule: how many samples a percentile needs.
  static func needed(_ percent: Double) -> UInt64 {
    percent <= 50 ? 1 : UInt64((100 / (100 - percent)).rounded())
  }

  static func suffices(_ count: UInt64, for percent: Double) -> Bool { count >= needed(percent) }

  /// The greatest percentile that so many samples suffice for, as the number of nines; the median where there are few.
  static func nines(_ count: UInt64, atMost nines: Int) -> Double {
    var (result, needed) = (0, UInt64(10))
    while result < nines, count >= needed { (result, needed) = (result + 1, needed * 10) }
    return result == 0 ? 0.30103 : Double(result)
  }

  init(_ percent: Double, of samples: some SampleStatistics) {
    let (needed, count) = (Self.needed(percent), samples.count)
    guard let value = samples.knownPercentile(percent), count > 0 else {
      (text, reason) = (count == 0 ? "" : "–", nil)
      return
    }
    guard count < needed else {
      (text, reason) = (Units.duration(value), nil)
      return
    }
    text = "–"
    let name = percent == percent.rounded() ? "\(Int(percent))" : "\(percent)"
    reason = "The \(name)th percentile needs \(Units.count(needed)) samples; there are \(Units.count(count))."
  }
}
