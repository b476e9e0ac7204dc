import Analyzers

extension AnalysisReport {
  /// For a terminal. Long lists are cut to `rows`; `worst` chains of events are printed.
  public func text(_ style: TextStyle, rows: Int = 12, worst: Int = 0) -> String {
    var out = trace.text(style) + predictionLine(style)
    let found = findings(style, rows)
    out += "\n" + style.apply(.heading, "Findings") + "\n" + (found.isEmpty ? "  none\n" : found)
    guard
      !results.kvm.isEmpty || !results.kernel.isEmpty
        || results.summary.acknowledges + results.summary.spuriousAcknowledges + results.summary.msis > 0
    else {
      let nothing = style.apply(.notice, "No interrupt was acknowledged in this capture.")
      return out + "\n" + nothing + "\n" + trace.ignored(style)
    }
    let isTaken = results.summary.acknowledges + results.summary.spuriousAcknowledges + results.summary.msis > 0
    func table(_ table: any AnyResultTable) -> String { table.text(self, style, rows: rows) }
    var sections: [(String, String)] = [
      ("Interrupts", isTaken ? interrupts(style) : ""), ("Latency", LatencyText(report: self).stages(style)),
      ("Latency over time", LatencyText(report: self).overTime(style)),
      ("What pending interrupts waited for", table(ResultTables.waits)),
      ("Longest from pending to end", WaitText(report: self).worst(style, worst)),
    ]
    sections += ResultTables.all.compactMap { own in own.title.map { ($0, table(own)) } }
    sections += [
      ("Virtual interrupts", VirtualText(report: self).interrupts(style, rows)),
      ("List registers", ListRegisterText(report: self).section(style)),
      ("Guests under KVM", KVMText(report: self, rows: rows).guests(style)),
      ("ITS tables and caches", ITSText(report: self).caches(style)), ("Not in the latencies", exclusions(style)),
      ("Beyond the memory limit", results.unfollowed.sentences.map { "  \($0)\n" }.joined()),
    ]
    for (title, body) in sections where !body.isEmpty { out += "\n" + style.apply(.heading, title) + "\n" + body }
    return out + trace.ignored(style)
  }

  private func predictionLine(_ style: TextStyle) -> String {
    let totals = predictions.totals
    guard !totals.isEmpty else { return "" }
    var line = "\(Units.count(totals.agreed)) of the controller's answers predicted"
    if totals.disagreed > 0 { line += ", " + style.apply(.bad, "\(Units.count(totals.disagreed)) not") }
    if totals.taught > 0 { line += ", \(Units.count(totals.taught)) learned" }
    if totals.unknown > 0 { line += ", \(Units.count(totals.unknown)) open" }
    return style.apply(.faint, "model     ") + "  " + line + "\n" + contradictionLine(style)
  }

  /// Where the capture contradicts itself, which lost lines would explain.
  private func contradictionLine(_ style: TextStyle) -> String {
    guard let event = results.contradictionEvent else { return "" }
    return style.apply(.faint, "remark    ")
      + "  #\(event) contradicts earlier events: lines seem to be missing, so that later findings are uncertain\n"
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
      let activity = Sparkline.fold(
        results.activity.byClass[Int(interruptClass.rawValue)], columns: style.pictureColumns(48))
      table.add([
        .init(interruptClass.name), .init(Units.count(count)), .init(Units.percent(count, of: s.acknowledges)),
        .init(trace.perSecond(count).map(Units.rate) ?? ""), .init(Sparkline.bars(activity), .picture),
      ])
    }
    return table.render(style) + facts.lines(style)
  }

  private var facts: Facts {
    let s = results.summary
    var facts = Facts()
    facts.add(s.acknowledges, "acknowledge", "acknowledges")
    facts.add(s.spuriousAcknowledges, "spurious", nil, .notice)
    facts.add(s.endOfInterrupts, "end of interrupt", "ends of interrupt")
    facts.add(s.mismatchedEnds, "mismatched end", "mismatched ends", .bad)
    facts.add(s.msis, "MSI", "MSIs")
    facts.add(results.exclusions.merged, "merged")
    facts.add(s.virtualAcknowledges, "virtual acknowledge", "virtual acknowledges")
    facts.add(s.itsCommands, "ITS command", "ITS commands")
    facts.add(s.itsFaults, "ITS fault", "ITS faults", .bad)
    facts.add(s.guestErrors, "guest error", "guest errors", .bad)
    return facts
  }

  /// What the latencies leave out.
  private func exclusions(_ style: TextStyle) -> String {
    var table = TextTable([("", .right), ("", .left)])
    for (count, what) in ResultTables.latencyExcluded.counts(results.exclusions, naming) {
      table.add([.init(Units.count(count)), .init(what)])
    }
    return table.render(style)
  }
}
