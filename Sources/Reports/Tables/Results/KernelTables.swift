import Analyzers
import InterruptTrace

/// A kernel's own interrupts.
extension ResultTables {
  static let kernel = ResultTable<KernelActivity>(
    "a kernel's own interrupts, as it traced them", json: "kernel", isObject: true
  ) { c in
    c.list("handlers", kernelHandlers) { $0.handlers }
    c.list("ipis", kernelIPIs) { $0.ipis }
    c.list("softirqs", kernelSoftirqs) { $0.softirqs }
    c.list("pes", kernelPEs) { $0.pes }
    c.list("tasks", interruptedTasks) { $0.tasks }
    c.list("over_time", kernelOverTime) { $0.overTime }
    c.count("exits_without_entry", "exits whose entry the capture does not show") { $0.exitsWithoutEntry }
    c.count("unlisted", "entries that found no room in the lists") { $0.unlisted }
  }.rows { [$0.results.kernel] }

  static let kernelHandlers = ResultTable<KernelActivity.Handler>(
    "an interrupt's handlers on a PE, all that share its line together", sql: "kernel_handlers"
  ) { c in
    c.kernelDomain { $0.domain }
    c.number("irq", "the kernel's number of the interrupt") { $0.irq }
    c.number("intid", "the INTID; NULL if it is not known") { $0.intid }.orNull()
    c.texts("names", "the handlers that share the line, in the order in which they run") { $0.names }
    c.text("names", "the same, separated by commas") { $0.names.joined(separator: ", ") }.only(.sql)
    c.pe(shown: nil) { ($0.pe, $0.domain) }
    c.count("interrupts", "interrupts: each runs all handlers of the line") { $0.interrupts }
    c.count("unhandled_interrupts", "interrupts that no handler of the line handled") { $0.unhandledInterrupts }
    c.count("runs", "runs of handlers") { $0.runs }
    c.count("unhandled", "runs that found nothing to handle") { $0.unhandled }
    c.duration("total_ns", "all runs together") { $0.durations.total }
    c.durations { $0.durations }
    c.object("between", kernelDurations) { $0.between }
    c.list("actions", kernelActions) { handler in handler.actions.map { (handler, $0) } }
  }.rows { $0.results.kernel.handlers }

  static let kernelActions = ResultTable<(handler: KernelActivity.Handler, action: KernelActivity.Action)>(
    "a handler on a PE", sql: "kernel_actions", title: "Interrupt handlers", isSortable: true
  ) { c in
    c.kernelDomain { $0.handler.domain }.only(.sql)
    c.number("irq", "the kernel's number of the interrupt", shown: "IRQ") { $0.handler.irq }.only(.sql)
    c.text("name", "the handler's name; empty if the capture does not show it", shown: "handler") { $0.action.name }
      .shownAs { $0.action.name + ($0.handler.actions.count > 1 ? " (shared)" : "") }
    c.kernelPE { ($0.handler.pe, $0.handler.domain) }.only(.sql)
    c.count("runs", "how often it ran", shown: "runs") { $0.action.runs }
    c.count("unhandled", "runs that found nothing to handle", shown: "unhandled") { $0.action.unhandled }.zero("")
      .role { $0.handler.unhandledInterrupts > 0 && $0.action.unhandled > 0 ? .notice : .plain }
    c.duration("total_ns", "all runs together", shown: "total") { $0.action.durations.total }
    c.durations { $0.action.durations }
    c.percentiles { $0.action.durations }
    c.duration(shown: "between p50") { $0.handler.between.count > 0 ? $0.handler.between.percentile(50) : nil }
  }.order {
    ($1.action.durations.total, $0.handler.irq, $0.handler.pe)
      < ($0.action.durations.total, $1.handler.irq, $1.handler.pe)
  }.rows { $0.results.kernel.handlers.flatMap { handler in handler.actions.map { (handler, $0) } } }

  static let kernelIPIs = ResultTable<KernelActivity.IPI>(
    "inter-processor interrupts of one reason at a PE", sql: "kernel_ipis", title: "Inter-processor interrupts",
    isSortable: true
  ) { c in
    c.kernelDomain { $0.domain }
    c.text("reason", "what Linux calls it; empty if the capture does not show it", shown: "IPI") { $0.reason }
    c.kernelPE("linear number of the PE that it is for", shown: "to PE") { ($0.pe, $0.domain) }
    c.count("raised", "how often it was raised for the PE", shown: "raised") { $0.raised }
    c.count("entered", "how often the PE entered its handler", shown: "entered") { $0.entered }
    c.count("merged", "raised while one waited already: both are one interrupt", shown: "merged") { $0.merged }.zero("")
    c.waited("raise_to_entry", "raise to entry") { $0.raiseToEntry }
    c.duration(
      "idle_ns",
      "raise to entry: the part of all samples together in which the PE was in an idle state; NULL if the capture has no "
        + "cpu_idle", shown: "of it idle"
    ) { $0.idle }.orNull()
      .shownAs { row in row.idle.map { Units.percent($0, of: max(row.raiseToEntry.total, 1)) } ?? "" }
    c.waited("handler", "handler") { $0.handler }
  }.rows { $0.results.kernel.ipis }

  static let kernelSoftirqs = ResultTable<KernelActivity.Softirq>(
    "a softirq on a PE", sql: "kernel_softirqs", title: "Softirqs", isSortable: true
  ) { c in
    c.kernelDomain { $0.domain }
    c.number("vector", "its number") { $0.vector }
    c.text("name", "what Linux calls it", shown: "softirq") { $0.name }
    c.kernelPE { ($0.pe, $0.domain) }
    c.count("raised", "how often it was raised", shown: "raised") { $0.raised }
    c.count("entered", "how often it ran", shown: "runs") { $0.entered }
    c.count("merged", "raised while it waited already", shown: "merged") { $0.merged }.zero("")
    c.waited("raise_to_entry", "raise to entry") { $0.raiseToEntry }
    c.waited("run", "run") { $0.run }
  }.rows { $0.results.kernel.softirqs }

  static let kernelPEs = ResultTable<KernelActivity.PETime>(
    "time of a PE in interrupts; those in each other count once", sql: "kernel_pes",
    title: "Time in interrupts", least: (32, 4096),
    isSortable: true
  ) { c in
    c.kernelDomain { $0.domain }
    c.kernelPE { ($0.pe, $0.domain) }
    c.duration("hardirq_ns", "time in hard interrupts", shown: "hard interrupts") { $0.hardirq }
    c.duration("softirq_ns", "time in softirqs without the hard interrupts in between", shown: "softirqs") {
      $0.softirq
    }
    c.fraction("share", "part of the capture's time that both make, from 0 to 1", shown: "share") { $0.share }
      .shownAs { Units.percent(UInt64($0.share * 1e6), of: 1_000_000) }
  }.rows { $0.results.kernel.pes }

  static let interruptedTasks = ResultTable<KernelActivity.Task>(
    "threads that were interrupted, the most time first", sql: "kernel_tasks", title: "Interrupted threads",
    isSortable: true
  ) { c in
    c.kernelDomain { $0.domain }
    c.number("thread", "its number; 0 is the idle thread, NULL stands for all that found no room", shown: "thread") {
      $0.thread
    }.orNull("others")
    c.text("name", "its name; empty if the capture does not show it", shown: "name") { $0.name }
    c.count("interrupts", "runs of hard interrupts' handlers over it", shown: "interrupts") { $0.interrupts }
    c.count("softirqs", "softirqs over it, or in it", shown: "softirqs") { $0.softirqs }
    c.duration("hardirq_ns", "time in hard interrupts", shown: "hard interrupts") { $0.hardirq }
    c.duration("softirq_ns", "time in softirqs without the hard interrupts in between", shown: "in softirqs") {
      $0.softirq
    }
  }.rows { $0.results.kernel.tasks }

  private static let kernelOverTime = ResultTable<KernelActivity.Series>("how long a stage took over time, on all PEs")
  {
    c in
    c.text("stage", names(KernelActivity.Stage.allCases.map(\.name))) { $0.stage.name }
    c.moment("start_ns", "start of the first span") { $0.series.start }
    c.duration("width_ns", "length of each span") { $0.series.width }
    c.numbers("count", "how many began in each span") { $0.series.spans.map(\.count) }
    c.numbers("mean_ns", "the arithmetic mean of each span", in: .duration) { $0.series.spans.map(\.mean) }
    c.numbers("max_ns", "the greatest of each span", in: .duration) { $0.series.spans.map(\.worst) }
  }

  private static let kernelDurations = ResultTable<DurationDistribution>("exact durations") { $0.durations { $0 } }
}

extension Columns {
  /// Whose kernel it is.
  @discardableResult fileprivate func kernelDomain(_ value: @escaping @Sendable (Row) -> UInt16) -> Self {
    number("domain", "0 for the machine that was traced, n for guest n", value)
  }

  /// A PE of a machine or of a guest.
  @discardableResult fileprivate func kernelPE(
    _ doc: String = "linear number of the PE", shown title: String = "PE",
    _ value: @escaping @Sendable (Row) -> (pe: UInt32, domain: UInt16)
  ) -> Self {
    pe(doc, shown: title, value).with { column in
      guard column.title != nil else { return }
      column.text = { row, naming in
        let (pe, domain) = value(row)
        return domain == 0 ? naming.text(pe) : "guest \(domain): \(naming.text(pe, domain: domain))"
      }
    }
  }

  /// Words in a list.
  @discardableResult fileprivate func texts(
    _ name: String, _ doc: String, _ value: @escaping @Sendable (Row) -> [String]
  ) -> Self {
    add([
      Column(
        name: name, key: name, unit: .text, doc: doc, forms: .json, content: .list(.scalar),
        value: { row, _ in .list(value(row).map { .text($0) }) })
    ])
  }

  /// Exact durations: count, extremes, mean and percentiles, and in JSON buckets.
  @discardableResult fileprivate func durations(_ value: @escaping @Sendable (Row) -> DurationDistribution) -> Self {
    distribution(buckets: { $0.latencies.buckets }, value)
  }

  /// An object of durations in JSON, four columns in SQL, and what people see of them.
  @discardableResult fileprivate func waited(
    _ name: String, _ title: String, _ value: @escaping @Sendable (Row) -> DurationDistribution
  ) -> Self {
    object(name, ResultTable<DurationDistribution>("\(title): exact durations") { $0.durations { $0 } }, value)
    count("\(name)_count", "\(title): samples") { value($0).count }.only(.sql)
    duration("\(name)_p50_ns", "\(title): the median") { value($0).percentile(50) }.only(.sql)
    duration("\(name)_p99_ns", "\(title): the value that 99 % do not exceed") { value($0).percentile(99) }.only(.sql)
    duration("\(name)_max_ns", "\(title): the greatest") { value($0).max }.only(.sql)
    return percentiles(title + " ", value)
  }
}
