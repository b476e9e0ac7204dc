import Analyzers

extension AnalysisReport {
  /// The parts of the report that follow from the results alone. Lists are cut to `rows`.
  func htmlSections(_ rows: Int) -> [HTMLPage.Section] {
    var sections: [HTMLPage.Section] = []
    func add(_ title: String, _ id: String, _ body: String) { sections.append(.init(title: title, id: id, body: body)) }
    add("Activity", "activity", activitySection)
    add("Latency", "latency", latencySection)
    for table in ResultTables.all {
      guard let title = table.title else { continue }
      add(title, title.lowercased().replacing(" ", with: "-"), table.html(self, rows: rows))
    }
    add("Virtual interrupts", "virtual", virtualSection)
    add("Guests under KVM", "kvm", KVMHTML.section(self))
    add("ITS tables and caches", "its", ITSHTML.section(self))
    add("The model against the capture", "model", verifySection)
    return sections
  }

  // MARK: Head

  /// The figures on top.
  var htmlTiles: [(name: String, value: String)] {
    let s = results.summary
    let total = results.latency(of: .injectionToEOI)
    var tiles = results.kvm.isEmpty ? [] : KVMHTML.tiles(results.kvm)
    if tiles.isEmpty || s.acknowledges > 0 { tiles.append(("acknowledges", Units.count(s.acknowledges))) }
    if total.count > 0 {
      for (name, percent) in [("p50", 50.0), ("p99", 99)] where PagePercentile.suffices(total.count, for: percent) {
        tiles.append(("injection → end, \(name)", Units.duration(total.percentile(percent))))
      }
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
    return figures.isEmpty
      ? ""
      : figures + exclusionText
        + titled("What pending interrupts waited for", ResultTables.waits.html(self, rows: .max))
  }

  private var exclusionText: String {
    let parts = ResultTables.latencyExcluded.counts(results.exclusions, naming).map {
      "\(Units.count($0.count)) \($0.what)"
    }
    return parts.isEmpty ? "" : "<p class=\"faint\">\(parts.joined(separator: "; ").escapedForHTML).</p>\n"
  }

  private var verifySection: String {
    let totals = predictions.totals
    guard !totals.isEmpty else { return "" }
    let verdict =
      "\(Units.count(totals.agreed)) of \(Units.count(totals.agreed + totals.disagreed, "answer")) of the "
      + "controller predicted; \(Units.count(totals.taught)) learned (unknown before)"
      + (totals.unknown == 0 ? "." : "; \(Units.count(totals.unknown)) were one of several that were open.")
    return "<p class=\"\(totals.disagreed == 0 ? "good" : "bad")\">\(verdict)</p>\n"
      + ResultTables.predictions.html(self, rows: .max)
  }
}
