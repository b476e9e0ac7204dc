import Reports

/// The benchmark of LPI stores as tables for a terminal of 100 columns.
public struct LPIBenchText {
  private let report: LPIBenchmarkReport

  /// The report's tables.
  public init(_ report: LPIBenchmarkReport) { self.report = report }

  /// Operations side by side in one table.
  private static let columns = 3

  /// Everything, with what the figures mean and what they are not.
  public func render(_ style: TextStyle) -> String {
    var out = style.apply(.heading, "LPI stores") + "\n"
    out += "ns per operation, ± half the distance between the quartiles, as a multiple of the best / of the default\n"
    out += "(\(report.contenders.first?.name ?? "")). idle and peak: bytes per LPI with nothing and with all pending.\n"
    for population in report.populations {
      let operations = report.operations(population)
      out += "\n" + style.apply(.heading, population) + lpis(population) + "\n"
      for start in stride(from: 0, to: operations.count, by: Self.columns) {
        out += table(population, Array(operations[start..<min(start + Self.columns, operations.count)]), style)
      }
    }
    for workload in report.disagreements {
      out += "\n" + style.apply(.bad, "\(workload): the stores gave different answers; this is a bug") + "\n"
    }
    return out + "\n" + style.apply(.heading, "Stores") + "\n" + legend(style) + "\n" + notes(style)
  }

  private func lpis(_ population: String) -> String {
    let count = report.measurements.first { $0.population == population }?.lpiCount ?? 0
    return "  \(Units.count(UInt64(count))) LPIs"
  }

  private func table(_ population: String, _ operations: [String], _ style: TextStyle) -> String {
    var table = TextTable([("", .left)] + operations.map { ($0, .right) } + [("idle", .right), ("peak", .right)])
    for contender in report.contenders {
      let results = operations.map { report[contender.name, "\(population)/\($0)"] }
      let idle = results.compactMap { $0?.idleBytesPerLPI }.first { $0.isFinite }
      let peak = results.compactMap { $0?.peakBytesPerLPI }.max()
      table.add(
        [.init(contender.name)] + results.map { cell($0) }
          + [.init(idle.map(Self.bytes) ?? ""), .init(peak.map(Self.bytes) ?? "")]
      )
    }
    return table.render(style, indent: 0)
  }

  private func cell(_ measurement: LPIMeasurement?) -> TextTable.Cell {
    guard let measurement, let median = measurement.median else {
      return .init(measurement?.isTooSlow == true ? "too slow to fill" : "–", .faint)
    }
    let best = report.ratioToBest(measurement) ?? .nan
    let spread = "±\(Units.fixed(measurement.spread * 100, 0))%"
    let ratios = "\(Self.ratio(best))/\(report.ratioToDefault(measurement).map(Self.ratio) ?? "–")"
    let role: TextStyle.Role = best <= 1 ? .good : measurement.isPartial ? .faint : .plain
    return .init(Self.nanoseconds(median) + Self.padded(spread, 5) + Self.padded(ratios, 10), role)
  }

  static func nanoseconds(_ value: Double) -> String {
    value < 99_950 ? Units.threeDigits(value) : Units.threeDigits(value / 1000) + "k"
  }

  static func bytes(_ value: Double) -> String { Units.threeDigits(value) }

  /// `1.0`, `9.7`, `35`, `1200`, `51k`.
  static func ratio(_ value: Double) -> String {
    switch value {
    case ..<9.95: Units.fixed(value, 1)
    case ..<9999.5: Units.fixed(value, 0)
    default: Units.fixed(value / 1000, 0) + "k"
    }
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(1, width - text.count)) + text
  }

  private func legend(_ style: TextStyle) -> String {
    var table = TextTable([("", .left), ("", .left)])
    for contender in report.contenders { table.add([.init(contender.name), .init(contender.summary, .faint)]) }
    return table.render(style, indent: 0)
  }

  private func notes(_ style: TextStyle) -> String {
    LPIBenchmarkReport.caveat.split(separator: "\n").map { style.apply(.faint, String($0)) + "\n" }.joined()
  }
}
