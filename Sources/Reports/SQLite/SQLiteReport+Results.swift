import Analyzers
import InterruptTrace

extension SQLiteReport {
  /// The tables that hold what the analyzers found.
  func writeResults(_ report: AnalysisReport) throws {
    try writeTrace(report)
    try insert(into: "summary", summary(report.json["summary"]).map { [.text($0), .number($1)] })
    let results = report.results
    try insert(
      into: "latency",
      results.latency.map { [.text($0.interruptClass.name), .text($0.stage.name)] + $0.distribution.columns })
    try insert(
      into: "acknowledges",
      results.acknowledges.map {
        [
          .number($0.domain), .number($0.pe), .number($0.intid), .text(InterruptClass(intid: $0.intid).name),
          .number($0.count),
        ]
      }
    )
    try insert(
      into: "spurious",
      results.spurious.map {
        [.number($0.domain), .number($0.pe), .text($0.reason.name), .number($0.intid), .number($0.count)]
      }
    )
    try insert(
      into: "gaps",
      results.gaps.map {
        [.number($0.event), .number($0.time), $0.pe == PE.none ? .null : .number($0.pe), .number($0.lost)]
      }
    )
    try writeFindings(report)
    try writeVirtual(results)
    for its in results.its { try write(its) }
    for guest in results.kvm { try write(guest) }
    try insert(
      into: "predictions",
      report.predictions.map {
        [
          .text($0.name), .text($0.kind.name), .number($0.agreed), .number($0.disagreed), .number($0.taught),
          .number($0.unknown),
        ]
      }
    )
  }

  private func writeFindings(_ report: AnalysisReport) throws {
    for (i, finding) in FindingTable.findings(of: report).enumerated() {
      let columns = FindingTable.columns.map { SQLiteValue(finding[$0]) } + [SQLiteValue(finding["next"])]
      try insert(into: "findings", [[.number(i + 1)] + columns])
      guard case .array(let chain)? = finding["chain"] else { continue }
      try insert(
        into: "finding_conditions",
        chain.enumerated().map { place, link in
          [.number(i + 1), .number(place), SQLiteValue(link["text"] ?? link), SQLiteValue(link["event"])]
        }
      )
    }
  }

  private func writeTrace(_ report: AnalysisReport) throws {
    let trace = report.trace
    try insert(
      into: "trace",
      [
        [
          .text(trace.path), .text(trace.format.name), .text(trace.format.compression), .text(trace.topology.title),
          .number(trace.events), .number(trace.firstTime), .number(trace.lastTime), .number(trace.gaps),
          .number(report.results.lostEvents), .number(trace.statistics.skipped),
          .text(trace.statistics.damage.map { "\($0.reason) \($0.position)" }),
        ]
      ]
    )
  }

  /// Every number of the JSON report's summary, those of inner objects as `by_class.SGI`: one list for both, so that
  /// they never differ.
  private func summary(_ value: JSONValue?, prefix: String = "") -> [(String, UInt64)] {
    guard case .object(let members) = value else { return [] }
    return members.flatMap { member -> [(String, UInt64)] in
      switch member.value {
      case .number(let number): [(prefix + member.key, number)]
      case .object: summary(member.value, prefix: prefix + member.key + ".")
      default: []
      }
    }
  }
}

extension SQLiteValue {
  /// A value of the JSON report.
  init(_ json: JSONValue?) {
    switch json {
    case .number(let number): self = .number(number)
    case .string(let text): self = .text(text)
    case .fraction(let value): self = .real(value)
    case .bool(let value): self = .integer(value ? 1 : 0)
    case .null, nil: self = .null
    case .array, .object: self = .text(json?.compactText)
    }
  }
}
