extension ResultTables {
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
