import Analyzers

extension AnalysisReport {
  /// The parts of the report that follow from the results alone. Lists are cut to `rows`.
  func htmlSections(_ rows: Int) -> [HTMLPage.Section] {
    var sections: [HTMLPage.Section] = []
    func add(_ title: String, _ id: String, _ body: String) { sections.append(.init(title: title, id: id, body: body)) }
    add("Activity", "activity", activitySection)
    add("Latency", "latency", latencySection)
    add("Virtual interrupts", "virtual", virtualSection(Self.listedINTIDs))
    add("Guests under KVM", "kvm", KVMHTML.section(self))
    add("Interrupts", "interrupts", busiestTable(Self.listedINTIDs))
    add("Processing elements", "pes", peTable(rows))
    add("ITS tables and caches", "its", ITSHTML.section(self))
    add("Devices", "devices", deviceTable(rows))
    add("Spurious acknowledges", "spurious", spuriousTable(rows))
    add("Gaps in the capture", "gaps", gapTable(rows))
    add("The model against the capture", "model", verifySection)
    return sections
  }

  /// INTIDs in the table that can be sorted and filtered.
  private static let listedINTIDs = 4096

  // MARK: Head

  /// The figures on top.
  var htmlTiles: [(name: String, value: String)] {
    let s = results.summary
    let total = results.latency(of: .injectionToEOI)
    var tiles = results.kvm.isEmpty ? [] : KVMHTML.tiles(results.kvm)
    if tiles.isEmpty || s.acknowledges > 0 { tiles.append(("acknowledges", Units.count(s.acknowledges))) }
    if total.count > 0 {
      tiles.append(("injection → end, p50", Units.duration(total.percentile(50))))
      tiles.append(("injection → end, p99", Units.duration(total.percentile(99))))
      tiles.append(("injection → end, max", Units.duration(total.max)))
    }
    for (count, name) in [
      (s.spuriousAcknowledges, "spurious acknowledges"), (s.msis, "MSIs"), (results.exclusions.merged, "merged"),
      (s.virtualAcknowledges, "virtual acknowledges"), (s.itsCommands, "ITS commands"), (s.itsFaults, "ITS faults"),
      (s.mismatchedEnds, "mismatched ends"),
      (s.guestErrors, "guest errors"), (results.gapCount, "gaps"),
    ] where count > 0 { tiles.append((name, Units.count(count))) }
    return tiles
  }

  // MARK: Pictures

  private var legend: String {
    let used = InterruptClass.allCases.filter { results.summary.acknowledgesByClass[Int($0.rawValue)] > 0 }
    return "<div class=\"legend\">"
      + used.map { interruptClass in
        let count = results.summary.acknowledgesByClass[Int(interruptClass.rawValue)]
        return "<span><i style=\"background:var(--\(interruptClass.name))\"></i>\(interruptClass.name) "
          + "\(Units.count(count)) (\(Units.percent(count, of: results.summary.acknowledges)))</span>"
      }.joined() + "</div>\n"
  }

  private var activitySection: String {
    guard results.summary.acknowledges > 0 else { return "" }
    return "<p class=\"faint\">Acknowledges per second, by class.</p>\n" + legend
      + ActivityPicture(results.activity).html
  }

  private var latencySection: String {
    let stages = LatencyStage.allCases.map { stage in
      LatencyFigures.Stage(
        title: stage.title,
        rows: results.latency.filter { $0.stage == stage }.map {
          NamedLatency($0.interruptClass.name, style: $0.interruptClass.name, $0.distribution)
        }
      )
    }
    let figures = LatencyFigures(stages).html
    return figures.isEmpty ? "" : figures + exclusionText + waitTable
  }

  private var exclusionText: String {
    let parts = results.exclusions.sentences
    return parts.isEmpty ? "" : "<p class=\"faint\">\(parts.joined(separator: "; ").escapedForHTML).</p>\n"
  }

  // MARK: Tables

  private func times(_ row: KeyedLatency?) -> [String] {
    guard let row else { return ["", "", "", ""] }
    return [row.percentile(50), row.percentile(90), row.percentile(99), row.max].map { $0.map(Units.duration) ?? "–" }
  }

  private func timeValues(_ row: KeyedLatency?) -> [UInt64?] {
    guard let row else { return [0, 0, 0, 0] }
    return [row.percentile(50), row.percentile(90), row.percentile(99), row.max]
  }

  private static let timeColumns = [("to end p50", true), ("p90", true), ("p99", true), ("max", true)]

  private func busiestTable(_ rows: Int) -> String {
    let latencies = LatencyIndex(results.latencyByINTID)
    let pes = Dictionary(grouping: results.acknowledges) { UInt64($0.domain) << 32 | UInt64($0.intid) }
    var table = HTMLTable(
      [("INTID", true), ("class", false), ("acknowledged", true), ("per second", true), ("on PE", false)]
        + Self.timeColumns
    )
    for row in results.busiest.prefix(rows) {
      let rate = trace.duration == 0 ? "" : Units.rate(Double(row.count) / (Double(trace.duration) / 1e9))
      let takers = (pes[UInt64(row.domain) << 32 | UInt64(row.intid)] ?? []).sorted { $0.count > $1.count }
      let names = takers.prefix(8).map { naming.text($0.pe, domain: $0.domain) }.joined(separator: ", ")
      table.add(
        [
          "\(row.intid)", InterruptClass(intid: row.intid).name, Units.count(row.count), rate,
          names + (takers.count > 8 ? " +\(takers.count - 8)" : ""),
        ] + times(latencies.row(row.domain, row.intid, .injectionToEOI)),
        values: [nil, nil, row.count, row.count, nil]
          + timeValues(latencies.row(row.domain, row.intid, .injectionToEOI))
      )
    }
    return table.rows == 0 ? "" : table.sortable
  }

  private func peTable(_ rows: Int) -> String {
    let latencies = LatencyIndex(results.latencyByPE)
    let groups = Dictionary(grouping: results.acknowledges) { UInt64($0.domain) << 32 | UInt64($0.pe) }
    var table = HTMLTable(
      [("PE", true), ("acknowledged", true)] + InterruptClass.allCases.map { ($0.name, true) } + Self.timeColumns)
    for (key, group) in groups.sorted(by: { $0.key < $1.key }).prefix(max(rows, 256)) {
      let (domain, pe) = (UInt16(truncatingIfNeeded: key >> 32), UInt32(truncatingIfNeeded: key))
      let byClass = InterruptClass.allCases.map { interruptClass in
        group.reduce(UInt64(0)) { $0 + (InterruptClass(intid: $1.intid) == interruptClass ? $1.count : 0) }
      }
      table.add(
        [naming.text(pe, domain: domain), Units.count(byClass.reduce(0, +))]
          + byClass.map { $0 == 0 ? "" : Units.count($0) } + times(latencies.row(domain, pe, .injectionToEOI))
      )
    }
    return table.rows == 0 ? "" : table.html
  }

  private func deviceTable(_ rows: Int) -> String {
    var table = HTMLTable([("DeviceID", true), ("MSIs ended", true)] + Self.timeColumns)
    let devices = results.latencyByDevice.filter { $0.stage == .injectionToEOI }
    for row in devices.sorted(by: { ($1.max, $0.key) < ($0.max, $1.key) }).prefix(rows) {
      table.add(["0x" + String(row.key, radix: 16), Units.count(row.count)] + times(row))
    }
    return table.rows == 0 ? "" : table.html
  }

  private func spuriousTable(_ rows: Int) -> String {
    var table = HTMLTable([("count", true), ("PE", true), ("INTID", true), ("why", false)])
    for row in results.spurious.sorted(by: { $0.count > $1.count }).prefix(rows) {
      table.add([
        Units.count(row.count), naming.text(row.pe, domain: row.domain), row.intid.map { "\($0)" } ?? "",
        row.reason.title,
      ])
    }
    return table.rows == 0 ? "" : table.html
  }

  private func gapTable(_ rows: Int) -> String {
    var table = HTMLTable([("event", true), ("time", true), ("PE", true), ("events lost", true)])
    for gap in results.gaps.prefix(rows) {
      table.add([
        "#\(gap.event)", Units.moment(gap.time), naming.text(gap.pe), gap.lost == 0 ? "unknown" : Units.count(gap.lost),
      ])
    }
    return table.rows == 0 ? "" : table.html
  }

  private var verifySection: String {
    let totals = predictions.totals
    guard !totals.isEmpty else { return "" }
    var table = HTMLTable([
      ("register", false), ("kind", false), ("agreed", true), ("disagreed", true), ("taught", true), ("unknown", true),
    ])
    for row in predictions {
      table.add([
        row.name, row.kind.name, Units.count(row.agreed), row.disagreed == 0 ? "" : Units.count(row.disagreed),
        row.taught == 0 ? "" : Units.count(row.taught), row.unknown == 0 ? "" : Units.count(row.unknown),
      ])
    }
    let verdict =
      "\(Units.count(totals.agreed)) of \(Units.count(totals.agreed + totals.disagreed)) answers of the "
      + "controller were predicted; \(Units.count(totals.taught)) taught the model what it could not know"
      + (totals.unknown == 0 ? "." : "; \(Units.count(totals.unknown)) were one of several that were open.")
    return "<p class=\"\(totals.disagreed == 0 ? "good" : "bad")\">\(verdict)</p>\n\(table.html)"
  }
}
