import Analyzers
import InterruptTrace

/// Tables that only a fleet has: what the JSON report has in several places stands in one row.
extension ResultTables {
  static let fleetSummary = ResultTable<AnalysisReport>("one row for each capture") { c in
    c.text("format", "as recognised") { $0.trace.format.name }
    c.text("compression", "as recognised") { $0.trace.format.compression }
    c.text("controller", "architecture, PEs and INTIDs of the controller") { $0.trace.topology.title }
    c.count("events", "decoded events") { $0.trace.events }
    c.moment("first_ns", "stamp of the first event") { $0.trace.firstTime }.orNull()
    c.moment("last_ns", "stamp of the last event") { $0.trace.lastTime }.orNull()
    c.count("skipped", "lines or records that are no events") { $0.trace.statistics.skipped }
    c.count("problems", "lines or records that the importer could not make sense of") {
      $0.trace.statistics.problems.reduce(0) { $0 + $1.count }
    }
    c.columns(of: summary) { ($0.results.summary, $0.results) }
    for severity in FindingSeverity.allCases {
      c.count("findings_" + severity.name, "findings of this severity") { report in
        report.results.findings.count { $0.severity == severity }
      }
    }
    c.counts("findings", "findings by kind") { report in
      FindingKind.allCases.map { kind in
        (kind.name, UInt64(report.results.findings.count { $0.kind == kind }))
      }.filter { $0.1 > 0 }
    }
    c.count("never_ended", "acknowledged again without having ended") { $0.results.exclusions.neverEnded }
    c.count("withdrawn", "stopped being pending without an acknowledge") { $0.results.exclusions.withdrawn }
    c.count("agreed", "right predictions") { $0.predictions.totals.agreed }
    c.count("disagreed", "wrong predictions") { $0.predictions.totals.disagreed }
  }.rows { [$0] }

  /// Latencies of a class and stage, of physical interrupts or of guests'.
  struct FleetLatency: Sendable {
    var isVirtual: Bool
    var interruptClass: InterruptClass
    var stage: String
    var distribution: LatencyDistribution
  }

  static let fleetLatency = ResultTable<FleetLatency>("latencies by class and stage") { c in
    c.flag("virtual", "whether they are guests' interrupts, by the virtual INTID") { $0.isVirtual }
    c.interruptClass { $0.interruptClass }
    c.text("stage", names(LatencyStage.allCases.map(\.name) + VirtualStage.allCases.map(\.name))) { $0.stage }
    c.distribution { $0.distribution }
  }.rows { report in
    report.results.latency.map {
      FleetLatency(
        isVirtual: false, interruptClass: $0.interruptClass, stage: $0.stage.name, distribution: $0.distribution)
    }
      + report.results.virtual.latency.map {
        FleetLatency(
          isVirtual: true, interruptClass: $0.interruptClass, stage: $0.stage.name, distribution: $0.distribution)
      }
  }
}
