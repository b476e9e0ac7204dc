import Analyzers

/// The terminal report's sections about guests' interrupts.
struct VirtualText {
  let report: AnalysisReport

  private var virtual: VirtualInterrupts { report.results.virtual }

  func interrupts(_ style: TextStyle, _ rows: Int) -> String {
    guard !virtual.isEmpty else { return "" }
    return facts(style) + latencies(style) + waits(style) + busiest(style, rows) + exclusions(style)
  }

  private func facts(_ style: TextStyle) -> String { WrappedParts.lines(rolledFacts, " · ", style: style) }

  /// What happened to virtual interrupts, in words.
  var facts: [String] { rolledFacts.map(\.0) }

  private var rolledFacts: [(String, TextStyle.Role)] {
    var facts: [(String, TextStyle.Role)] = []
    func fact(_ count: UInt64, _ one: String, _ many: String, _ role: TextStyle.Role = .plain) {
      if count > 0 { facts.append(("\(Units.count(count)) \(count == 1 ? one : many)", role)) }
    }
    fact(virtual.listed, "listed", "listed")
    fact(virtual.hardwareLinked, "hardware-linked", "hardware-linked")
    fact(virtual.relisted, "loaded again", "loaded again")
    fact(virtual.directPending, "directly injected", "directly injected")
    fact(virtual.acknowledges, "acknowledge", "acknowledges")
    fact(virtual.spuriousAcknowledges, "spurious", "spurious", .notice)
    fact(virtual.endOfInterrupts, "end of interrupt", "ends of interrupt")
    return facts
  }

  private func latencies(_ style: TextStyle) -> String {
    LatencyTable(
      blocks: VirtualStage.allCases.map { stage in
        let rows = virtual.latency(of: stage)
        // With EOImode 0 a deactivation is the end itself: nothing to say twice.
        let isRepeated = stage == .acknowledgeToDeactivate && virtual.deactivatesAtEnd
        return isRepeated
          ? .init(title: stage.title, rows: [])
          : .init(title: stage.title, rows: rows.map { ("v" + $0.interruptClass.name, $0.distribution) })
      }
    ).render(style)
  }

  private func waits(_ style: TextStyle) -> String {
    WaitRow.table(report.results.virtualWaits.map(WaitRow.init), prefix: "v", style)
  }

  private func busiest(_ style: TextStyle, _ rows: Int) -> String {
    var table = TextTable([
      ("vINTID", .right), ("class", .left), ("linked to", .right), ("acknowledged", .right), ("to end min", .right),
      ("mean", .right), ("max", .right),
    ])
    let sorted = virtual.busiest
    for row in sorted.prefix(rows) {
      let hasSamples = row.toEOI.count > 0
      table.add([
        .init("\(row.intid)"), .init(InterruptClass(intid: row.intid).name, .faint),
        .init(row.physicalINTID.map { "\($0)" } ?? ""), .init(Units.count(row.acknowledges)),
        .init(hasSamples ? Units.duration(row.toEOI.min) : "–"),
        .init(hasSamples ? Units.duration(row.toEOI.mean) : "–"),
        .init(hasSamples ? Units.duration(row.toEOI.max) : "–"),
      ])
    }
    guard !table.isEmpty else { return "" }
    return table.render(style)
      + (sorted.count > rows
        ? style.apply(.faint, "  … and \(Units.count(UInt64(sorted.count - rows))) more (--rows, --json)") + "\n" : "")
  }

  private func exclusions(_ style: TextStyle) -> String {
    excluded.isEmpty ? "" : WrappedParts.lines(excluded, ", ", style: style, .faint)
  }

  /// What the latencies leave out, in words.
  var excluded: [String] {
    let parts = virtual.exclusions.titled.filter { $0.count > 0 }.map { "\(Units.count($0.count)) \($0.title)" }
    return parts.first.map { ["not measured: " + $0] + parts.dropFirst() } ?? []
  }
}

extension VirtualInterrupts {
  /// Virtual INTIDs that were acknowledged, the busiest first.
  var busiest: [VirtualInterruptCount] {
    interrupts.filter { $0.acknowledges > 0 }.sorted {
      ($1.acknowledges, $0.domain, $0.intid) < ($0.acknowledges, $1.domain, $1.intid)
    }
  }
}

extension VirtualExclusions {
  /// Each count with what it counts.
  var titled: [(count: UInt64, title: String)] {
    [
      (startUnknown, "listed before the capture, or their vCPU's turn, begins"),
      (physicalUnknown, "linked without a physical acknowledge before"),
      (acknowledgeUnknown, "ended without an acknowledge in the capture"),
      (endUnknown, "listed again without an end in the capture"), (acrossGap, "spans with a gap in them"),
      (unfinished, "unfinished at the end"),
    ]
  }
}
