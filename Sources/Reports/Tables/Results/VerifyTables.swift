import InterruptTrace

extension ResultTables {
  static let verify = ResultTable<[PredictionCount]>("the model against the capture", json: "verify", isObject: true) {
    c in
    c.count("predicted", "values that the capture shows and the model predicted") {
      $0.totals.agreed + $0.totals.disagreed
    }
    c.count("agreed", "right predictions") { $0.totals.agreed }
    c.count("disagreed", "wrong predictions") { $0.totals.disagreed }
    c.count("taught", "values that the model could not know, and learned") { $0.totals.taught }
    c.count("unknown", "values of which more than one was open, and the one assumed was not it") { $0.totals.unknown }
    c.list("by_register", predictions) { $0 }
  }.rows { [$0.predictions] }

  static let predictions = ResultTable<PredictionCount>("the same by register, signal or table", sql: "predictions") {
    c in
    c.text("register", "the register, signal or table", shown: "register") { $0.name }.key("name")
      .role { $0.disagreed > 0 ? .bad : .plain }
    c.text("kind", names(PredictionKind.allCases.map(\.name)), shown: "kind") { $0.kind.name }.faint()
    c.count("agreed", "right predictions", shown: "agreed") { $0.agreed }
    c.count("disagreed", "wrong predictions", shown: "disagreed") { $0.disagreed }.zero("–")
      .role { $0.disagreed > 0 ? .bad : .faint }
    c.count("taught", "values that the model could not know, and learned", shown: "learned") { $0.taught }.zero("–")
      .role { $0.taught > 0 ? .notice : .faint }
    c.count("unknown", "values of which more than one was open, and the one assumed was not it", shown: "unknown") {
      $0.unknown
    }.zero("–").role { $0.unknown > 0 ? .notice : .faint }
  }.rows { $0.predictions }
}
