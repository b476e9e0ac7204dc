import Analyzers
import InterruptTrace

extension ResultTables {
  static let latency = ResultTable<ClassLatency>(
    "latencies by class and stage; percentiles to three digits", sql: "latency", json: "latency"
  ) { c in
    c.interruptClass(shown: nil) { $0.interruptClass }
    c.text("stage", stageNames) { $0.stage.name }
    c.distribution { $0.distribution }
  }.rows { $0.results.latency }

  static let latencyTotal = ResultTable<(stage: LatencyStage, sum: LatencyDistribution)>(
    "latencies of all classes together by stage", json: "latency_total"
  ) { c in
    c.text("stage", stageNames) { $0.stage.name }
    c.distribution { $0.sum }
  }.rows { report in
    LatencyStage.allCases.map { ($0, report.results.latency(of: $0)) }.filter { $0.1.count > 0 }
  }

  static let latencyOverTime = overTime(key: "latency_over_time", of: "interrupts from becoming pending to the end") {
    $0.results.latencyOverTime
  }

  static func overTime(
    key: String? = nil, of what: String, rows: @escaping @Sendable (AnalysisReport) -> [ClassLatencySeries]
  ) -> ResultTable<ClassLatencySeries> {
    ResultTable("latencies over time of \(what)", json: key) { c in
      c.interruptClass(shown: nil) { $0.interruptClass }
      c.moment("start_ns", "start of the first of at most 256 spans") { $0.series.start ?? 0 }
      c.duration("width_ns", "length of each span") { $0.series.width }
      c.numbers("count", "interrupts that began in each span") { $0.series.spans.map(\.count) }
      c.numbers("mean_ns", "their mean", in: .duration) { $0.series.spans.map(\.mean) }
      c.numbers("max_ns", "the greatest", in: .duration) { $0.series.spans.map(\.worst) }
    }.rows(rows)
  }

  static let latencyByINTID = keyed("intid", "INTID") { $0.number("intid", "the interrupt") { $0.key } }
    .rows { $0.results.latencyByINTID }
  static let latencyByPE = keyed("pe", "PE that acknowledged them") { $0.pe(shown: nil) { ($0.key, $0.domain) } }
    .rows { $0.results.latencyByPE }
  static let latencyByDevice = keyed("device", "DeviceID") { $0.number("device", "the device") { $0.key } }
    .rows { $0.results.latencyByDevice }

  private static func keyed(
    _ key: String, _ what: String, _ name: (Columns<KeyedLatency>) -> Void
  ) -> ResultTable<KeyedLatency> {
    ResultTable("latencies by \(what) and stage; percentiles are at most 3.2 % too high", json: "latency_by_" + key) {
      c in
      c.domain { $0.domain }
      name(c)
      c.text("stage", stageNames) { $0.stage.name }
      c.distribution { $0.distribution }
    }
  }

  static let latencyExcluded = ResultTable<LatencyExclusions>(
    "what the latencies leave out, and what they include with a reservation", json: "latency_excluded", isObject: true
  ) { c in
    c.count("start_unknown", "acknowledged, but pending before the capture shows why") { $0.startUnknown }
    c.count("pending_at_end", "still pending at the end") { $0.pendingAtEnd }
    c.count("active_at_end", "not ended or not deactivated at the end") { $0.activeAtEnd }
    c.count("never_ended", "acknowledged again without having ended") { $0.neverEnded }
    c.count("end_without_acknowledge", "ended without an acknowledge in the capture") { $0.endWithoutAcknowledge }
    c.count("withdrawn", "stopped being pending without an acknowledge") { $0.withdrawn }
    c.count("across_gap", "spans with a gap in them") { $0.acrossGap }
    c.count("included_resignalled", "included: levels still high at the end of their handler") { $0.resignalled }
    c.count("included_inferred", "included: samples that rest on an inference") { $0.inferred }
    c.count("included_backwards", "included as 0: spans whose time stamps step back") { $0.backwards }
  }.rows { [$0.results.exclusions] }

  private static let stageNames = names(LatencyStage.allCases.map(\.name))

  // MARK: Waits

  static let waits = waits(key: "waits", prefix: "", "while they were pending") { $0.results.waits }
  static let virtualWaits = waits(prefix: "v", "from being listed to the guest's acknowledge") {
    $0.results.virtualWaits
  }

  private static func waits<Cause>(
    key: String? = nil, prefix: String, _ when: String,
    rows: @escaping @Sendable (AnalysisReport) -> [CauseCount<Cause>]
  ) -> ResultTable<WaitRow<Cause>> {
    ResultTable("what interrupts waited for \(when)", json: key) { c in
      c.interruptClass { $0.wait.interruptClass }.shownAs { prefix + $0.wait.interruptClass.name }.grouping()
      c.text("cause", names(Cause.allCases.map(\.name)), shown: "waited for") { $0.wait.cause.name }
        .shownAs { $0.wait.cause.title }
      c.count("count", "interrupts that waited for it", shown: "interrupts") { $0.wait.count }
      c.duration("total_ns", "all their time", shown: "in all") { $0.wait.total }
      c.shown("share") { Units.percent($0.wait.total, of: $0.ofClass) }
      c.duration(shown: "mean") { $0.wait.total / max($0.wait.count, 1) }
      c.duration("max_ns", "the longest", shown: "max") { $0.wait.max }
    }.order { ($0.wait.interruptClass, $1.wait.total) < ($1.wait.interruptClass, $0.wait.total) }.rows {
      WaitRow.all(rows($0))
    }
  }

  /// What interrupts of a class waited for, and how long they waited in all.
  struct WaitRow<Cause: InterruptWaitCause>: Sendable {
    var wait: CauseCount<Cause>
    var ofClass: UInt64

    static func all(_ waits: [CauseCount<Cause>]) -> [WaitRow] {
      waits.map { wait in
        WaitRow(
          wait: wait,
          ofClass: waits.reduce(0) { $0 + ($1.interruptClass == wait.interruptClass ? $1.total : 0) })
      }
    }
  }

  static let worst = ResultTable<LongInterrupt>(
    "the interrupts that took longest from becoming pending to their end", json: "worst"
  ) { c in
    c.domain { $0.life.domain }
    c.pe(shown: nil) { ($0.life.pe, $0.life.domain) }
    c.number("intid", "the interrupt") { $0.life.intid }
    c.number("device_id", "the device of an LPI") { $0.life.deviceID }.orNull()
    c.duration("duration_ns", "how long it took") { $0.duration }
    c.moment("pending_ns", "when it became pending") { $0.life.pendingTime }
    c.event("pending_event", "by which event") { $0.life.pendingEvent }
    c.moment("acknowledged_ns", "when it was acknowledged") { $0.life.acknowledgeTime }
    c.event("acknowledged_event", "by which event") { $0.life.acknowledgeEvent }
    c.moment("ended_ns", "when it ended") { $0.life.endTime }
    c.event("ended_event", "by which event") { $0.life.endEvent }
    c.counts("waits", "what it waited for, where that was measured", in: .duration) { long in
      WaitCause.allCases.map { ($0.name, long.waits?[$0] ?? 0) }.filter { $0.1 > 0 }
    }
  }.rows { $0.results.worst }
}
