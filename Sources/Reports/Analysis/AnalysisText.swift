import Analyzers

extension AnalysisReport {
  /// For a terminal. Long lists are cut to `rows`; `worst` chains of events are printed.
  public func text(_ style: TextStyle, rows: Int = 12, worst: Int = 0) -> String {
    var out = trace.text(style) + predictionLine(style)
    let found = findings(style, rows)
    if !found.isEmpty { out += "\n" + style.apply(.heading, "Findings") + "\n" + found }
    guard
      !results.kvm.isEmpty
        || results.summary.acknowledges + results.summary.spuriousAcknowledges + results.summary.msis > 0
    else { return out + "\n" + style.apply(.notice, "No interrupt was acknowledged in this capture.") + "\n" }
    let isTaken = results.summary.acknowledges + results.summary.spuriousAcknowledges + results.summary.msis > 0
    let sections: [(String, String)] = [
      ("Interrupts", isTaken ? interrupts(style) : ""), ("Latency", LatencyText(report: self).stages(style)),
      ("Latency over time", LatencyText(report: self).overTime(style)),
      ("What pending interrupts waited for", WaitText(report: self).causes(style)),
      ("Longest from pending to end", WaitText(report: self).worst(style, worst)),
      ("Busiest interrupts", isTaken ? busiest(style, rows) : ""),
      ("Virtual interrupts", VirtualText(report: self).interrupts(style, rows)),
      ("List registers", ListRegisterText(report: self).section(style)),
      ("Guests under KVM", KVMText(report: self).guests(style)),
      ("Processing elements", isTaken ? peTable(style, rows) : ""),
      ("Slowest devices", devices(style, rows)), ("ITS tables and caches", ITSText(report: self).caches(style, rows)),
      ("Spurious acknowledges", spurious(style, rows)),
      ("Gaps in the capture", gaps(style, rows)), ("Not in the latencies", exclusions(style)),
    ]
    for (title, body) in sections where !body.isEmpty { out += "\n" + style.apply(.heading, title) + "\n" + body }
    return out
  }

  private func predictionLine(_ style: TextStyle) -> String {
    let totals = predictions.totals
    guard !totals.isEmpty else { return "" }
    var line = "\(Units.count(totals.agreed)) of the controller's answers predicted"
    if totals.disagreed > 0 { line += ", " + style.apply(.bad, "\(Units.count(totals.disagreed)) not") }
    if totals.taught > 0 { line += ", \(Units.count(totals.taught)) learned from" }
    if totals.unknown > 0 { line += ", \(Units.count(totals.unknown)) open" }
    return style.apply(.faint, "model     ") + "  " + line + "\n"
  }

  // MARK: Interrupts

  private func interrupts(_ style: TextStyle) -> String {
    let s = results.summary
    var table = TextTable([
      ("class", .left), ("acknowledged", .right), ("share", .right), ("per second", .right), ("", .left),
    ])
    for interruptClass in InterruptClass.allCases {
      let count = s.acknowledgesByClass[Int(interruptClass.rawValue)]
      guard count > 0 else { continue }
      let activity = Sparkline.fold(results.activity.byClass[Int(interruptClass.rawValue)], columns: 48)
      table.add([
        .init(interruptClass.name), .init(Units.count(count)), .init(Units.percent(count, of: s.acknowledges)),
        .init(rate(count)), .init(Sparkline.bars(activity), .picture),
      ])
    }
    var facts: [(String, TextStyle.Role)] = []
    func fact(_ count: UInt64, _ one: String, _ many: String, _ role: TextStyle.Role = .plain) {
      if count > 0 { facts.append(("\(Units.count(count)) \(count == 1 ? one : many)", role)) }
    }
    fact(s.acknowledges, "acknowledge", "acknowledges")
    fact(s.spuriousAcknowledges, "spurious", "spurious", .notice)
    fact(s.endOfInterrupts, "end of interrupt", "ends of interrupt")
    fact(s.mismatchedEnds, "mismatched end", "mismatched ends", .bad)
    fact(s.msis, "MSI", "MSIs")
    fact(results.exclusions.merged, "merged", "merged")
    fact(s.virtualAcknowledges, "virtual acknowledge", "virtual acknowledges")
    fact(s.itsCommands, "ITS command", "ITS commands")
    fact(s.itsFaults, "ITS fault", "ITS faults", .bad)
    fact(s.guestErrors, "guest error", "guest errors", .bad)
    return table.render(style) + WrappedParts.lines(facts, " · ", style: style)
  }

  private func rate(_ count: UInt64) -> String {
    trace.duration == 0 ? "" : Units.rate(Double(count) / (Double(trace.duration) / 1e9))
  }

  // MARK: Lists

  private func busiest(_ style: TextStyle, _ rows: Int) -> String {
    let latencies = LatencyIndex(results.latencyByINTID)
    var byPE: [UInt64: [(pe: UInt32, count: UInt64)]] = [:]
    for row in results.acknowledges {
      byPE[UInt64(row.domain) << 32 | UInt64(row.intid), default: []].append((row.pe, row.count))
    }
    var table = TextTable([
      ("INTID", .right), ("class", .left), ("acknowledged", .right), ("per second", .right), ("on PE", .left),
      ("to end p50", .right), ("p99", .right), ("max", .right),
    ])
    let busiest = results.busiest
    for row in busiest.prefix(rows) {
      let total = latencies.row(row.domain, row.intid, .injectionToEOI)
      let pes = byPE[UInt64(row.domain) << 32 | UInt64(row.intid)] ?? []
      table.add(
        [
          .init("\(row.intid)"), .init(InterruptClass(intid: row.intid).name, .faint), .init(Units.count(row.count)),
          .init(rate(row.count)), .init(peList(pes, domain: row.domain)),
        ] + latencyCells(total)
      )
    }
    return table.render(style) + more(style, busiest.count, rows)
  }

  /// The PEs that took an interrupt, the one that took most first.
  private func peList(_ pes: [(pe: UInt32, count: UInt64)], domain: UInt16) -> String {
    let sorted = pes.sorted { ($1.count, $0.pe) < ($0.count, $1.pe) }
    let names = sorted.prefix(3).map { naming.text($0.pe, domain: domain) }.joined(separator: ", ")
    return names + (sorted.count > 3 ? " +\(sorted.count - 3)" : "")
  }

  private func latencyCells(_ row: KeyedLatency?) -> [TextTable.Cell] {
    guard let row else { return ["", "", ""] }
    return [
      .init(row.percentile(50).map(Units.duration) ?? "–"), .init(row.percentile(99).map(Units.duration) ?? "–"),
      .init(Units.duration(row.max)),
    ]
  }

  private func peTable(_ style: TextStyle, _ rows: Int) -> String {
    let latencies = LatencyIndex(results.latencyByPE)
    var counts: [UInt64: [UInt64]] = [:]
    for row in results.acknowledges {
      let slot = Int(InterruptClass(intid: row.intid).rawValue)
      counts[UInt64(row.domain) << 32 | UInt64(row.pe), default: [0, 0, 0, 0, 0]][slot] += row.count
    }
    for row in results.spurious {
      counts[UInt64(row.domain) << 32 | UInt64(row.pe), default: [0, 0, 0, 0, 0]][4] += row.count
    }
    var table = TextTable(
      [("PE", .right), ("acknowledged", .right)] + InterruptClass.allCases.map { ($0.name, .right) } + [
        ("spurious", .right), ("to end p50", .right), ("p99", .right), ("max", .right),
      ]
    )
    for (key, columns) in counts.sorted(by: { $0.key < $1.key }).prefix(max(rows, 32)) {
      let (domain, pe) = (UInt16(truncatingIfNeeded: key >> 32), UInt32(truncatingIfNeeded: key))
      var cells: [TextTable.Cell] = [
        .init(naming.text(pe, domain: domain)), .init(Units.count(columns[..<4].reduce(0, +))),
      ]
      cells += columns[..<4].map { .init($0 == 0 ? "" : Units.count($0)) }
      cells.append(.init(columns[4] == 0 ? "" : Units.count(columns[4]), .notice))
      table.add(cells + latencyCells(latencies.row(domain, pe, .injectionToEOI)))
    }
    return table.render(style) + more(style, counts.count, max(rows, 32))
  }

  private func devices(_ style: TextStyle, _ rows: Int) -> String {
    var table = TextTable([
      ("DeviceID", .right), ("MSIs ended", .right), ("to end p50", .right), ("p99", .right), ("max", .right),
    ])
    let sorted = results.latencyByDevice.filter { $0.stage == .injectionToEOI }.sorted {
      ($1.max, $0.key) < ($0.max, $1.key)
    }
    for row in sorted.prefix(rows) {
      table.add([.init("0x" + String(row.key, radix: 16)), .init(Units.count(row.count))] + latencyCells(row))
    }
    return sorted.isEmpty ? "" : table.render(style) + more(style, sorted.count, rows)
  }

  private func spurious(_ style: TextStyle, _ rows: Int) -> String {
    var table = TextTable([("count", .right), ("PE", .right), ("INTID", .right), ("why", .left)])
    let sorted = results.spurious.sorted { $0.count > $1.count }
    for row in sorted.prefix(rows) {
      table.add([
        .init(Units.count(row.count)), .init(naming.text(row.pe, domain: row.domain)),
        .init(row.intid.map { "\($0)" } ?? ""), .init(row.reason.title),
      ])
    }
    return sorted.isEmpty ? "" : table.render(style) + more(style, sorted.count, rows)
  }

  private func gaps(_ style: TextStyle, _ rows: Int) -> String {
    var table = TextTable([("event", .right), ("time", .right), ("PE", .right), ("events lost", .right)])
    for gap in results.gaps.prefix(rows) {
      table.add([
        .init("#\(gap.event)"), .init(Units.moment(gap.time)), .init(naming.text(gap.pe)),
        .init(gap.lost == 0 ? "unknown" : Units.count(gap.lost)),
      ])
    }
    return results.gaps.isEmpty ? "" : table.render(style) + more(style, Int(clamping: results.gapCount), rows)
  }

  private func exclusions(_ style: TextStyle) -> String {
    var table = TextTable([("", .right), ("", .left)])
    for (count, title) in results.exclusions.titled where count > 0 {
      table.add([.init(Units.count(count)), .init(title)])
    }
    return table.isEmpty ? "" : table.render(style)
  }

  private func more(_ style: TextStyle, _ count: Int, _ rows: Int) -> String {
    count > rows ? style.apply(.faint, "  … and \(Units.count(UInt64(count - rows))) more (--rows, --json)") + "\n" : ""
  }
}

/// Finds the latencies of a key and stage.
struct LatencyIndex {
  private var rows: [UInt64: KeyedLatency] = [:]

  init(_ latencies: [KeyedLatency]) {
    for row in latencies { rows[Self.key(row.domain, row.key, row.stage)] = row }
  }

  private static func key(_ domain: UInt16, _ key: UInt32, _ stage: LatencyStage) -> UInt64 {
    UInt64(domain) << 48 | UInt64(stage.rawValue) << 32 | UInt64(key)
  }

  func row(_ domain: UInt16, _ key: UInt32, _ stage: LatencyStage) -> KeyedLatency? {
    rows[Self.key(domain, key, stage)]
  }
}
