import Analyzers

extension ResultTables {
  /// What other list registers would have done, by variant; not part of `analyze --json`.
  static let listRegisterOutlooks = ResultTable<ListRegisterOutlook>("what other list registers would have done") { c in
    c.text("policy", "how the hypervisor chooses what it loads", shown: "policy") { $0.variant.policy.rawValue }
    c.number("count", "list registers", shown: "LRs") { $0.variant.count }
    c.count("entries", "entries into a guest") { $0.entries }
    c.shown("overflow") { Units.percent($0.overflowingEntries, of: $0.entries) }
    c.count("overflowing_entries", "entries with more interrupts than list registers") { $0.overflowingEntries }
    c.count("overflows", "interrupts that found no list register", shown: "waited") { $0.overflows }.zero("–")
    c.count("most_waiting", "the most that waited at one time", shown: "most") { $0.mostWaiting }
    c.count("loads", "loads of list registers") { $0.loads }
    c.count("maintenance", "maintenance interrupts", shown: "maint.") { $0.maintenance }.zero("–")
    c.counts("maintenance_by_cause", "the same by bit of ICH_MISR_EL2") { byCause($0.maintenanceByCause) }
    for cause in [MaintenanceCause.underflow, .noPending, .entryNotPresent] {
      c.count(shown: cause.name) { $0.maintenanceByCause[Int(cause.rawValue)] }.zero("–")
    }
    c.count("taken", "interrupts that guests took") { $0.taken }
    c.count("delayed", "interrupts taken later than in the capture", shown: "delayed") { $0.delays.count }.zero("–")
    c.duration("delay_mean_ns", "by how much on average") { $0.delays.mean }
    c.duration(shown: "mean") { $0.delays.count > 0 ? $0.delays.mean : nil }.orNull("–")
    c.duration("delay_p99_ns", "what 99 % of the delays do not exceed") { $0.delays.percentile(99) }
    c.duration("delay_max_ns", "the greatest delay") { $0.delays.max }
    c.duration(shown: "max") { $0.delays.count > 0 ? $0.delays.max : nil }.orNull("–")
    c.count("merged", "requests that came while their interrupt was pending") { $0.merged }
    c.count("stalled_entries", "entries that would have got nowhere") { $0.stalledEntries }
    c.count("pressed_entries", "entries at which the capture's own hypervisor had too many") { $0.pressedEntries }
    c.count("lost_ends", "ends that nobody was told of", shown: "lost") { $0.lostEnds }.zero("–")
      .role { $0.lostEnds > 0 ? .bad : .plain }
    c.text("certainty", "inferred") { _ in "inferred" }
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

  /// How often things happened before and after, for people.
  static let rateChanges = ResultTable<RateChange>("rates before and after") { c in
    c.text(shown: "") { DiffWording.rateName($0.name) }
    c.count(shown: "before") { $0.before }
    c.count(shown: "after") { $0.after }
    c.shown("per second") { $0.rateBefore.map(Units.rate) ?? "" }.faint()
    c.shown("") { $0.rateAfter.map(Units.rate) ?? "" }.faint()
    c.text(shown: "change") { row in
      switch row.change {
      case .higher, .lower: DiffWording.ratio(row.rateBefore ?? 0, row.rateAfter ?? 0)
      case .unknown: "?"
      case .withinNoise: ""
      }
    }.role { $0.change == .higher || $0.change == .lower ? .notice : .plain }
  }
}
