import InterruptTrace

extension KernelDecoder {
  /// What a survey of the capture's start shows: it is a kernel's trace, of a machine of so many CPUs, in the middle of
  /// a run, and nothing of the physical controller.
  mutating func topology(cpus: UInt32, source: Topology.Source = .inferred) -> Topology {
    knownCPUs = cpus
    var topology = Topology()
    topology.set(.sourceFormat, to: .ftrace, source: .header)
    topology.set(.startsAtReset, to: false, source: .inferred)
    if cpus > 0 { topology.set(.peCount, to: Int(cpus), source: source) }
    return topology
  }

  /// A capture in which nothing is of use is no failure, but should not pass without a word either.
  static func noteNothingKnown(_ statistics: inout ImportStatistics, _ remedy: String, _ position: String) {
    statistics.note("no event that is known", example: remedy, position: position)
  }

  /// Adds what the records as a whole tell, such as their order about the clocks.
  func report(into statistics: inout ImportStatistics, records: UInt64, unit: String) {
    if idle.count > 0 {
      statistics.skipped += idle.count
      statistics.ignore("cpu_idle", count: idle.count)
    }
    if order.late > 64, order.late > records / 4 {
      statistics.note(
        "times that are no moments", count: order.late,
        example: "times fall from one event to the next: differences of perf script --deltatime cannot be used",
        position: "before \(unit) \(records)")
    } else if order.late > 0 {
      statistics.note(
        "events out of order: sorted by time", count: order.late,
        example: "events of several CPUs, or of clocks that differ (record with -C mono, or trace_clock mono)",
        position: "before \(unit) \(records)")
    }
    statistics.note(
      "events too late to be sorted", count: order.tooLate,
      example: "sort the text by time, or record with one clock for all CPUs (-C mono)",
      position: "before \(unit) \(records)")
    statistics.note(
      "entries and exits of a vCPU out of turn", count: outOfTurn,
      example: "the clocks of the CPUs differ, events are missing without a mark, or threads are not shown (-F tid)",
      position: "before \(unit) \(records)")
    statistics.note(
      "exits without a reason", count: exitsOfOldKernel,
      example: "kernels before 5.0 print each as IRQ; their trace.dat tells the reasons apart",
      position: "before \(unit) \(records)")
    statistics.note(
      "exits whose reason is not shown", count: exitsWithoutReason,
      example: "kernels before 4.4 show the place, and from 3.19 on the exception class of the guest's last trap",
      position: "before \(unit) \(records)")
  }
}
