import Analyzers

/// How a comparison is put for people; text and HTML say the same.
enum DiffWording {
  /// Every stage that is compared, in the order of reports; physical and virtual ones of one name are one.
  static let stages: [(name: String, title: String)] = {
    let all =
      LatencyStage.allCases.map { ($0.name, $0.title) } + VirtualStage.allCases.map { ($0.name, $0.title) }
      + GuestDelayStage.allCases.map { ($0.name, $0.title) } + KernelActivity.Stage.allCases.map { ($0.name, $0.title) }
    var known = Set<String>()
    return all.filter { known.insert($0.0).inserted }.map { (name: $0.0, title: $0.1) }
  }()

  /// A stage's title.
  static func stage(_ name: String) -> String { stages.first { $0.name == name }?.title ?? name }

  /// Whose latency it is.
  static func subject(_ key: DiffSide.LatencyKey) -> String {
    let guest = key.domain == 0 ? [] : ["guest \(key.domain)"]
    let interrupts = key.intid.map { "\(key.interruptClass) \($0)" } ?? key.interruptClass
    return (guest + (interrupts.isEmpty ? [] : [interrupts])).joined(separator: " ")
  }

  /// `+12 %`, `−3.4 %`, `×5.2`.
  static func ratio(_ before: Double, _ after: Double) -> String {
    guard before > 0 else { return after > 0 ? "new" : "" }
    let ratio = after / before
    if ratio >= 2 { return "×" + Units.threeDigits(ratio) }
    let percent = (ratio - 1) * 100
    if percent.magnitude < 0.05 { return "0 %" }
    return (percent < 0 ? "−" : "+") + Units.fixed(percent.magnitude, percent.magnitude < 10 ? 1 : 0) + " %"
  }

  /// A moved percentile: `p99 1.20 ms → 3.40 ms, ×2.83`.
  static func quantile(_ quantile: QuantileChange) -> String {
    let name = quantile.name == "p999" ? "p99.9" : quantile.name
    return "\(name) \(Units.duration(quantile.before)) → \(Units.duration(quantile.after)), "
      + ratio(Double(quantile.before), Double(quantile.after))
  }

  /// A class by class sentence of what matters most.
  static func headline(_ report: DiffReport) -> [(text: String, isBad: Bool)] {
    var lines: [(String, Bool)] = []
    if !report.newFindings.isEmpty {
      let errors = report.newFindings.count { $0.severity == "error" }
      let found = Units.count(report.newFindings.count, "new finding")
      lines.append((found + (errors > 0 ? ", \(errors) of them errors" : ""), true))
    }
    if !report.goneFindings.isEmpty {
      lines.append((Units.count(report.goneFindings.count, "finding is", "findings are") + " resolved", false))
    }
    for row in report.classes where !isTold(row, report) {
      for change in [Change.higher, .lower] {
        let moved = row.quantiles.filter { $0.change == change }
        guard !moved.isEmpty else { continue }
        lines.append(
          (
            "\(subject(row.key)) \(stage(row.key.stage)): \(change == .higher ? "slower" : "faster"): "
              + moved.map(quantile).joined(separator: "; "), change == .higher
          )
        )
      }
    }
    if report.classes.isEmpty, report.comparedINTIDs == 0, lines.isEmpty {
      lines.append(("no latency is in both, so none was compared; the findings are the same", false))
    } else if lines.isEmpty {
      lines.append(("no \(compared(report)) changed beyond noise, and the findings are the same", false))
    }
    return lines
  }

  /// What was compared: of a kernel's own trace, how long its handlers, IPIs and softirqs took.
  private static func compared(_ report: DiffReport) -> String {
    let kernel = Set(KernelActivity.Stage.allCases.map(\.name))
    let latencies = report.stages.isSubset(of: kernel) ? [] : ["latency of a class"]
    let durations = report.stages.isDisjoint(with: kernel) ? [] : ["duration of a handler, IPI or softirq"]
    return (latencies + durations).joined(separator: " and no ")
  }

  /// Whether the same was said already: where every end of interrupt deactivates, both stages are one.
  private static func isTold(_ row: DiffReport.LatencyChange, _ report: DiffReport) -> Bool {
    row.key.stage == LatencyStage.acknowledgeToDeactivate.name
      && report.classes.contains {
        $0.key.stage == LatencyStage.acknowledgeToEOI.name && $0.key.interruptClass == row.key.interruptClass
          && $0.key.domain == row.key.domain && $0.quantiles == row.quantiles
      }
  }

  /// A rate's name for people.
  static func rateName(_ name: String) -> String {
    name.replacing("_", with: " ").replacing(".", with: ", ")
  }
}
