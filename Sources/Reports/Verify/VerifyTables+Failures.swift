/// The tables of `verify`, which are not part of `analyze`.
extension ResultTables {
  static let disagreements = ResultTable<FailedPrediction>("predictions that failed") { c in
    c.event("event", "the event that showed something else") { $0.event }
    c.moment("time_ns", "when") { $0.time }
    c.domain { $0.domain }
    c.pe(shown: nil) { ($0.pe, $0.domain) }
    c.text("name", "the register or the observation") { $0.name }
    c.hex("expected", "what the model expected") { $0.expected }
    c.hex("seen", "what the capture shows") { $0.seen }
    c.text("explanation", "the state that led to the expectation") { $0.explanation }
    c.text("event_text", "the event, as gicscope events prints it") { $0.eventText }
  }

  /// Predicted list registers against those that were seen, by class; not part of `analyze --json`.
  static let predictedRegisters = ResultTable<ListRegisterReport.ClassCount>("list registers by class") { c in
    c.text(shown: "entries by class") { $0.name }
    c.count("involved", "list registers of that class", shown: "involved") { $0.count.involved }
    c.count("agreed", "right predictions", shown: "agreed") { $0.count.agreed }
    c.count("disagreed", "wrong predictions", shown: "disagreed") { $0.count.disagreed }
      .role { $0.count.disagreed > 0 ? .bad : .faint }
    c.shown("agree") { ListRegisterReport.share($0.count.agreed, $0.count.decided) }
    c.count("guessed_right", "right guesses, where the capture decides nothing", shown: "guess right") {
      $0.count.guessedRight
    }.zero("")
    c.count("guessed_wrong", "wrong ones", shown: "wrong") { $0.count.guessedWrong }.zero("")
    c.shown("agree with guesses") { row in
      let guessed = row.count.guessedRight + row.count.guessedWrong
      guard guessed > 0 else { return "" }
      return ListRegisterReport.share(row.count.agreed + row.count.guessedRight, row.count.decided + guessed)
    }
    c.count("not_shown", "what the capture does not show", shown: "not shown") { $0.count.notShown }.zero("").faint()
  }
}
