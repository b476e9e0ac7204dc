import Analyzers

/// The terminal report's sections about guests' interrupts.
struct VirtualText {
  let report: AnalysisReport

  private var virtual: VirtualInterrupts { report.results.virtual }

  func interrupts(_ style: TextStyle, _ rows: Int) -> String {
    guard !virtual.isEmpty else { return "" }
    let (naming, waits) = (report.naming, ResultTables.WaitRow.all(report.results.virtualWaits))
    return facts.lines(style) + latencies(style) + ResultTables.virtualWaits.text(waits, naming, style)
      + ResultTables.virtualInterrupts.listing(virtual.acknowledged, naming, style, limit: rows)
      + (excluded.isEmpty ? "" : WrappedParts.lines(excluded, ", ", style: style, .faint))
  }

  /// What happened to virtual interrupts.
  var facts: Facts {
    var facts = Facts()
    facts.add(virtual.listed, "listed")
    facts.add(virtual.hardwareLinked, "hardware-linked")
    facts.add(virtual.relisted, "loaded again")
    facts.add(virtual.directPending, "directly injected")
    facts.add(virtual.acknowledges, "acknowledge", "acknowledges")
    facts.add(virtual.spuriousAcknowledges, "spurious", nil, .notice)
    facts.add(virtual.endOfInterrupts, "end of interrupt", "ends of interrupt")
    return facts
  }

  private func latencies(_ style: TextStyle) -> String {
    LatencyTable(
      blocks: virtual.shownStages.map { stage in
        .init(
          title: stage.title,
          rows: virtual.latency(of: stage).map { ("v" + $0.interruptClass.name, $0.distribution) })
      }
    ).render(style)
  }

  /// What the latencies leave out, in words.
  var excluded: [String] {
    let counts = ResultTables.virtualExcluded.counts(virtual.exclusions, report.naming)
    let parts = counts.map { "\(Units.count($0.count)) \($0.what)" }
    return parts.first.map { ["not measured: " + $0] + parts.dropFirst() } ?? []
  }
}

extension VirtualInterrupts {
  /// The stages, but for the deactivation where that is the end itself, as with EOImode 0: there is nothing to say twice.
  var shownStages: [VirtualStage] {
    VirtualStage.allCases.filter { $0 != .acknowledgeToDeactivate || !deactivatesAtEnd }
  }

  /// Virtual INTIDs that were acknowledged.
  var acknowledged: [VirtualInterruptCount] { interrupts.filter { $0.acknowledges > 0 } }
}
