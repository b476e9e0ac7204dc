import InterruptTrace

/// A prediction that failed, as it is reported.
public struct FailedPrediction: Equatable, Sendable {
  /// Number of the event that showed something else.
  public var event: UInt64
  /// When, in ns since the capture's epoch.
  public var time: UInt64
  /// 0 is the physical controller, n is guest n.
  public var domain: UInt16
  /// Whose register, line or interrupt it is.
  public var pe: UInt32
  /// The register or the observation.
  public var name: String
  /// What the model expected.
  public var expected: UInt64
  /// What the capture shows.
  public var seen: UInt64
  /// The state that led to the expectation.
  public var explanation: String
  /// The event, as `events` prints it.
  public var eventText: String

  /// A failed prediction with every field given.
  public init(
    event: UInt64, time: UInt64, domain: UInt16, pe: UInt32, name: String, expected: UInt64, seen: UInt64,
    explanation: String, eventText: String
  ) {
    self.event = event
    self.time = time
    self.domain = domain
    self.pe = pe
    self.name = name
    self.expected = expected
    self.seen = seen
    self.explanation = explanation
    self.eventText = eventText
  }
}

/// What `verify` found: the model's predictions against the capture.
public struct VerifyReport: Sendable {
  /// What was read.
  public var trace: TraceSummary
  /// By register and kind.
  public var predictions: [PredictionCount]
  /// The first ones.
  public var disagreements: [FailedPrediction]

  /// A report with every field given.
  public init(trace: TraceSummary, predictions: [PredictionCount], disagreements: [FailedPrediction]) {
    self.trace = trace
    self.predictions = predictions
    self.disagreements = disagreements
  }

  /// The object that scripts depend on.
  public var json: ValueTree {
    let naming = PENaming(trace.topology)
    let rows = ResultTables.disagreements.objects(disagreements, naming)
    let members = ResultTables.verify.object(predictions, naming).members + [.init("disagreements", .list(rows))]
    return Document.json(command: "verify", trace: trace, [.init("verify", .object(members))])
  }

  /// For a terminal.
  public func text(_ style: TextStyle) -> String {
    var out = trace.text(style) + "\n" + ResultTables.predictions.text(predictions, PENaming(trace.topology), style)
    let totals = predictions.totals
    let predicted = totals.agreed + totals.disagreed
    out += "\n"
    if totals.isEmpty {
      let nothing = style.apply(.notice, "The capture shows nothing that could be predicted.")
      return out + nothing + "\n" + trace.ignored(style)
    }
    let verdict = "\(Units.count(totals.agreed)) of \(Units.count(predicted, "prediction")) agreed"
    out += style.apply(totals.disagreed == 0 ? .good : .bad, verdict)
    if totals.disagreed > 0 { out += style.apply(.bad, ", \(Units.count(totals.disagreed)) disagreed") }
    if totals.taught > 0 { out += "; \(Units.count(totals.taught, "answer")) learned (unknown before)" }
    if totals.unknown > 0 {
      out += "; \(Units.count(totals.unknown)) were open between several answers and not the one assumed"
    }
    out += ".\n"
    if disagreements.count > 0 { out += disagreementText(style, totals.disagreed) }
    return out + trace.ignored(style)
  }

  private func disagreementText(_ style: TextStyle, _ total: UInt64) -> String {
    let naming = PENaming(trace.topology)
    let shown = UInt64(disagreements.count) < total ? "First \(disagreements.count) disagreements" : "Disagreements"
    var out = "\n" + style.apply(.heading, shown) + "\n"
    for row in disagreements {
      out += "  \(style.apply(.bad, row.name))"
      if row.pe != PE.none { out += " of PE \(naming.text(row.pe, domain: row.domain))" }
      out += ": expected 0x\(String(row.expected, radix: 16)), seen 0x\(String(row.seen, radix: 16))\n"
      out += "    \(style.apply(.faint, row.eventText))\n"
      for line in row.explanation.split(separator: "\n") { out += "    \(line)\n" }
    }
    return out
  }
}
