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
    c.count("lost_ends", "ends that the hypervisor did not notice", shown: "lost") { $0.lostEnds }.zero("–")
      .role { $0.lostEnds > 0 ? .bad : .plain }
    c.text("certainty", "inferred") { _ in "inferred" }
  }
}
