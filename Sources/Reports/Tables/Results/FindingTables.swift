import Analyzers

extension ResultTables {
  static let findings = ResultTable<Finding>(
    "what went wrong, or looks as if it did; see lost-interrupts.md", sql: "findings", json: "findings"
  ) { c in
    c.number("id", "finding_conditions.finding refers to it") { _ in UInt64?.none }.with { $0.unit = .rowID }.only(.sql)
    c.text("kind", names(FindingKind.allCases.map(\.name))) { $0.kind.name }
    c.text("severity", names(FindingSeverity.allCases.map(\.name))) { $0.severity.name }
    c.text("certainty", names(FindingCertainty.allCases.map(\.name))) { $0.certainty.name }
    c.number("domain", "0 for the physical controller, n for guest n") { $0.domain }
    c.flag("virtual", "whether the interrupt is one that a guest sees, in list registers") { $0.isVirtual }.only([
      .json, .jsonLines,
    ])
    c.interruptClass(shown: nil) { $0.interruptClass }.orNull()
    c.number("intid", "the interrupt; NULL if none is known") { $0.intid }.orNull()
    c.hex("device_id", "the device of a message or a command") { $0.deviceID }.orNull()
    c.hex("event_id", "the device's event") { $0.eventID }.orNull()
    c.number("pe", "linear number of the PE; NULL if no single one is concerned") { $0.pe }.orNull()
    c.count("count", "how often it happened") { $0.count }
    c.event("first_event", "where it first showed") { $0.firstEvent }
    c.event("last_event", "where it last showed") { $0.lastEvent }
    c.moment("first_ns", "when it first showed") { $0.firstTime }
    c.moment("last_ns", "when it last showed") { $0.lastTime }
    c.text("summary", "what happened, in one sentence") { $0.summary }
    c.list("chain", links) { $0.chain }.only([.json, .jsonLines])
    c.text("next", "the command that looks at it") { $0.next }.only([.sql, .json, .jsonLines])
    c.text("advice", "what to check") { $0.advice }.only([.sql, .json, .jsonLines])
  }.rows { $0.results.findings }

  private static let links = ResultTable<Finding.Link>("the conditions that explain it, from the cause to the effect") {
    c in
    c.text("text", "a condition") { $0.text }
    c.event("event", "the event that made it so; NULL if no single one did") { $0.event }.orNull()
  }

  static let findingConditions = ResultTable<(finding: Int, place: Int, link: Finding.Link)>(
    "the chain of conditions that explains a finding", sql: "finding_conditions"
  ) { c in
    c.number("finding", "findings.id") { $0.finding }
    c.number("place", "from 0, for the cause") { $0.place }
    c.text("text", "a condition") { $0.link.text }
    c.event("event", "the event that made it so; NULL if no single one did") { $0.link.event }
  }.rows { report in
    report.results.findings.enumerated().flatMap { number, finding in
      finding.chain.enumerated().map { (number + 1, $0.offset, $0.element) }
    }
  }

  static let unlistedFindings = ResultTable<AnalysisReport>("findings that found no room", json: "", isObject: true) {
    c in
    c.count("findings_unlisted", "occurrences beyond 10,000 findings") { $0.results.unlistedFindings }
  }.rows { [$0] }
}
