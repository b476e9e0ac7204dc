import Analyzers
import InterruptTrace

extension UnfollowedCounts {
  /// What an analysis had no room for, for a terminal; empty if there is nothing.
  var sentences: [String] {
    ResultTables.beyondLimits.columns.compactMap { column in
      guard case .number(let count) = column.value(self, PENaming(Topology())), count > 0 else { return nil }
      return "\(Units.count(count)) \(column.doc)"
    }
  }
}

extension ResultTables {
  static let beyondLimits = ResultTable<UnfollowedCounts>(
    "what found no room within --memory-limit; nothing is claimed about it", json: "beyond_limits", isObject: true
  ) { c in
    c.count("transitions", "transitions of interrupts that no finding is about") { $0.transitions }
    c.count("moments", "times that an interrupt's moments were not kept") { $0.moments }
    c.count("latencies", "latencies of INTIDs without a row of their own") { $0.latencies }
    c.count("acknowledges", "acknowledges of INTIDs without a row of their own") { $0.acknowledges }
    c.count("spurious", "spurious acknowledges without a row of their own") { $0.spurious }
    c.count("translations", "look-ups of an ITS that count as the first of their entry") { $0.translations }
    c.count("virtual", "times that a guest's interrupt was not followed") { $0.virtual }
  }.rows { [$0.results.unfollowed] }
}
