import Reports

/// The benchmark's figures for a document: what stands between two marks is replaced, all else is its author's.
public struct LPIBenchMarkdown {
  /// Where the figures begin.
  public static let begin = "<!-- figures: begin -->"
  /// Where they end.
  public static let end = "<!-- figures: end -->"

  private let report: LPIBenchmarkReport
  private let heading: String

  /// The figures; `heading` says of which machine and when.
  public init(_ report: LPIBenchmarkReport, heading: String) {
    self.report = report
    self.heading = heading
  }

  /// The document with its figures replaced; nil if it has not both marks in this order.
  public func replacing(in document: String) -> String? {
    guard let first = document.firstRange(of: Self.begin),
      let last = document[first.upperBound...].firstRange(of: Self.end)
    else { return nil }
    return document[..<first.upperBound] + "\n" + figures + document[last.lowerBound...]
  }

  /// A table for each population: rows are stores, columns are operations and memory.
  public var figures: String {
    var out =
      heading + "\n\nA field is ns per operation and, in brackets, the multiple of the default's. Bytes are per LPI.\n"
    for population in report.populations {
      let operations = report.operations(population)
      let count = report.measurements.first { $0.population == population }?.lpiCount ?? 0
      out += "\n### \(population): \(Units.count(UInt64(count))) LPIs\n\n"
      out += "| store | " + operations.joined(separator: " | ") + " | bytes idle | peak |\n"
      out += "|---|" + String(repeating: "---:|", count: operations.count + 2) + "\n"
      for contender in report.contenders { out += row(contender.name, population, operations) }
    }
    return out
  }

  private func row(_ store: String, _ population: String, _ operations: [String]) -> String {
    let results = operations.map { report[store, "\(population)/\($0)"] }
    let fields = results.map { one -> String in
      guard let one, let median = one.median else { return one == nil ? "" : "too slow" }
      let best = (report.ratioToBest(one) ?? 2) <= 1 ? "**" : ""
      return best + LPIBenchText.nanoseconds(median) + best
        + (report.ratioToDefault(one).map { " (\(LPIBenchText.ratio($0)))" } ?? "")
    }
    // With translations where an operation needs them: the greatest is the whole store's.
    let idle = results.compactMap { $0?.idleBytesPerLPI }.filter(\.isFinite).max().map(LPIBenchText.bytes) ?? ""
    let peak = results.compactMap { $0?.peakBytesPerLPI }.max().map(LPIBenchText.bytes) ?? ""
    return "| \(store) | " + fields.joined(separator: " | ") + " | \(idle) | \(peak) |\n"
  }
}
