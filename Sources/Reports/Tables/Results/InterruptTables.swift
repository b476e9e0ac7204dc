import Analyzers
import InterruptTrace

extension ResultTables {
  static let acknowledges = ResultTable<AcknowledgeCount>(
    "how often each PE acknowledged each interrupt", sql: "acknowledges", json: "acknowledges"
  ) { c in
    c.domain { $0.domain }
    c.pe { ($0.pe, $0.domain) }
    c.number("intid", "the interrupt") { $0.intid }
    c.interruptClass { InterruptClass(intid: $0.intid) }.only(.sql)
    c.count("count", "how often") { $0.count }
  }.rows { $0.results.acknowledges }

  static let spurious = ResultTable<SpuriousCount>(
    "acknowledges that returned a special INTID", sql: "spurious", json: "spurious", title: "Spurious acknowledges"
  ) { c in
    c.domain { $0.domain }
    c.pe { ($0.pe, $0.domain) }
    c.text("reason", names(SpuriousReason.allCases.map(\.name)), shown: "why") { $0.reason.name }
      .shownAs { $0.reason.title }
    c.number("intid", "the interrupt that was there before; NULL if none is known", shown: "INTID") { $0.intid }
      .orNull()
    c.count("count", "how often", shown: "count") { $0.count }
  }.order { $0.count > $1.count }.rows { $0.results.spurious }

  static let runningAtEnd = ResultTable<RunningInterrupt>(
    "interrupts that were acknowledged and have not ended when the capture ends", sql: "running_at_end",
    json: "running_at_end", title: "Running when the capture ends"
  ) { c in
    c.domain { $0.domain }
    c.pe { ($0.pe, $0.domain) }
    c.number("intid", "the interrupt", shown: "INTID") { $0.intid }
    c.interruptClass { InterruptClass(intid: $0.intid) }.faint()
    c.event("event", "the acknowledge", shown: "acknowledged") { $0.event }
    c.moment("time_ns", "when it was acknowledged") { $0.time }
    c.duration("span_ns", "from then to the end of the capture", shown: "runs for") { $0.span }
  }.rows { $0.results.runningAtEnd }

  // MARK: For people

  /// An INTID, who took it and how long that lasted.
  struct BusyInterrupt: Sendable {
    var domain: UInt16
    var intid: UInt32
    var count: UInt64
    var perSecond: Double?
    /// The PE that took most first.
    var takers: [AcknowledgeCount]
    var latency: LatencyDistribution?
  }

  static let busiest = ResultTable<BusyInterrupt>(
    "INTIDs by how often they were acknowledged", title: "Busiest interrupts", least: (0, 4096), isSortable: true
  ) { c in
    c.number(shown: "INTID") { $0.intid }
    c.interruptClass { InterruptClass(intid: $0.intid) }.faint()
    c.count(shown: "acknowledged") { $0.count }
    c.count(shown: "per second") { $0.count }.shownAs { $0.perSecond.map(Units.rate) ?? "" }
    c.text(shown: "on PE") { _ in "" }.with { column in
      column.text = { row, naming in
        let names = row.takers.prefix(3).map { naming.text($0.pe, domain: $0.domain) }.joined(separator: ", ")
        return names + (row.takers.count > 3 ? " +\(row.takers.count - 3)" : "")
      }
    }
    c.timesToEnd { $0.latency }
  }.rows { report in
    let latencies = LatencyIndex(report.results.latencyByINTID)
    let takers = Dictionary(grouping: report.results.acknowledges) { UInt64($0.domain) << 32 | UInt64($0.intid) }
    return report.results.busiest.map { row in
      BusyInterrupt(
        domain: row.domain, intid: row.intid, count: row.count, perSecond: report.trace.perSecond(row.count),
        takers: (takers[UInt64(row.domain) << 32 | UInt64(row.intid)] ?? []).sorted {
          ($1.count, $0.pe) < ($0.count, $1.pe)
        }, latency: latencies.row(row.domain, row.intid, .injectionToEOI))
    }
  }

  /// A PE and what it acknowledged.
  struct PEActivity: Sendable {
    var domain: UInt16
    var pe: UInt32
    var byClass: [UInt64]
    var spurious: UInt64
    var latency: LatencyDistribution?
  }

  static let pes = ResultTable<PEActivity>(
    "PEs, and what they acknowledged", title: "Processing elements", least: (32, 256)
  ) { c in
    c.pe { ($0.pe, $0.domain) }
    c.count(shown: "acknowledged") { $0.byClass.reduce(0, +) }
    for interruptClass in InterruptClass.allCases {
      c.count(shown: interruptClass.name) { $0.byClass[Int(interruptClass.rawValue)] }.zero("")
    }
    c.count(shown: "spurious") { $0.spurious }.zero("").role { _ in .notice }
    c.timesToEnd { $0.latency }
  }.rows { report in
    let latencies = LatencyIndex(report.results.latencyByPE)
    var rows: [UInt64: PEActivity] = [:]
    func count(_ domain: UInt16, _ pe: UInt32, _ body: (inout PEActivity) -> Void) {
      let empty = PEActivity(
        domain: domain, pe: pe, byClass: [0, 0, 0, 0], spurious: 0,
        latency: latencies.row(domain, pe, .injectionToEOI))
      body(&rows[UInt64(domain) << 32 | UInt64(pe), default: empty])
    }
    for row in report.results.acknowledges {
      count(row.domain, row.pe) { $0.byClass[Int(InterruptClass(intid: row.intid).rawValue)] += row.count }
    }
    for row in report.results.spurious { count(row.domain, row.pe) { $0.spurious += row.count } }
    return rows.sorted { $0.key < $1.key }.map(\.value)
  }

  static let devices = ResultTable<KeyedLatency>(
    "devices by how long their slowest message took", title: "Slowest devices"
  ) { c in
    c.hex(shown: "DeviceID") { $0.key }
    c.count(shown: "MSIs ended") { $0.distribution.count }
    c.timesToEnd { $0.distribution }
  }.order { ($1.distribution.max, $0.key) < ($0.distribution.max, $1.key) }.rows {
    $0.results.latencyByDevice.filter { $0.stage == .injectionToEOI }
  }
}

extension Columns {
  /// How long interrupts took from becoming pending to their end, for people.
  fileprivate func timesToEnd(_ latency: @escaping @Sendable (Row) -> LatencyDistribution?) {
    @discardableResult func time(
      _ title: String, _ value: @escaping @Sendable (LatencyDistribution) -> UInt64?
    ) -> Columns {
      duration(shown: title) { latency($0).flatMap(value) }
        .shownAs { row in latency(row).map { value($0).map(Units.duration) ?? "–" } ?? "" }
    }
    for (title, percent) in [("to end p50", 50.0), ("p90", 90), ("p99", 99)] {
      time(title) { $0.knownPercentile(percent) }
        .with { column in
          column.isPageOnly = percent == 90
          column.percentile = { row in latency(row).map { PagePercentile(percent, of: $0) } }
        }
    }
    time("max") { $0.max }
  }
}

extension TraceSummary {
  /// How often in a second; nil if the capture has no length.
  func perSecond(_ count: UInt64) -> Double? { duration == 0 ? nil : Double(count) / (Double(duration) / 1e9) }
}

/// Finds the latencies of a key and stage.
struct LatencyIndex {
  private var rows: [UInt64: LatencyDistribution] = [:]

  init(_ latencies: [KeyedLatency]) {
    for row in latencies { rows[Self.key(row.domain, row.key, row.stage)] = row.distribution }
  }

  private static func key(_ domain: UInt16, _ key: UInt32, _ stage: LatencyStage) -> UInt64 {
    UInt64(domain) << 48 | UInt64(stage.rawValue) << 32 | UInt64(key)
  }

  func row(_ domain: UInt16, _ key: UInt32, _ stage: LatencyStage) -> LatencyDistribution? {
    rows[Self.key(domain, key, stage)]
  }
}
