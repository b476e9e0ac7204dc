import Analyzers

/// The terminal report's section about guests, from a hypervisor's own tracing.
struct KVMText {
  let report: AnalysisReport

  func guests(_ style: TextStyle) -> String {
    report.results.kvm.map { guest($0, style) }.joined(separator: "\n")
  }

  private func guest(_ guest: GuestActivity, _ style: TextStyle) -> String {
    var out = "  guest \(guest.domain): \(guest.vcpus) vCPUs, \(Units.count(guest.entries)) entries"
    let exits = guest.exits.reduce(0) { $0 + $1.count }
    let blamed = guest.exits.filter(\.cause.isInterruptRelated).reduce(0) { $0 + $1.count }
    if exits > 0 { out += "; interrupts are to blame for \(Units.percent(blamed, of: exits)) of the exits" }
    out += "\n"
    if guest.nestedEntries > 0 {
      out += "  \(Units.count(guest.nestedEntries)) of the entries are into the guest's own guests: "
      out += "of their list registers nothing is predicted\n"
    }
    var table = TextTable([
      ("exits", .left), ("count", .right), ("share", .right), ("to next entry p50", .right), ("p99", .right),
      ("max", .right), ("", .left),
    ])
    for row in guest.exits.sorted(by: { ($1.count, $0.cause.rawValue) < ($0.count, $1.cause.rawValue) }) {
      let hasSamples = row.away.count > 0
      table.add([
        .init("  " + row.cause.title), .init(Units.count(row.count)), .init(Units.percent(row.count, of: exits)),
        .init(hasSamples ? Units.duration(row.away.percentile(50)) : ""),
        .init(hasSamples ? Units.duration(row.away.percentile(99)) : ""),
        .init(hasSamples ? Units.duration(row.away.max) : ""),
        .init(row.cause.isInterruptRelated ? "interrupts" : "", .faint),
      ])
    }
    out += table.render(style)
    out += LatencyTable(
      blocks: [.init(title: "delays", rows: guest.delays.map { ($0.stage.title, $0.distribution) })]).render(style)
    return out + paths(guest, style) + registers(guest, style) + preemption(guest, style)
  }

  private func registers(_ guest: GuestActivity, _ style: TextStyle) -> String {
    let total = guest.listRegistersUsed.reduce(0, +)
    guard total > 0 else { return "" }
    var shares = guest.listRegistersUsed.enumerated().filter { $0.element > 0 }
      .map { "\($0.offset): \(Units.percent($0.element, of: total))" }
    shares[0] = "list registers used at entry, as the model infers it: " + shares[0]
    var parts: [(text: String, role: TextStyle.Role)] = []
    if guest.waitedForRegister > 0 {
      parts.append(("\(Units.count(guest.waitedForRegister)) interrupts waited beyond an entry", .notice))
    }
    if guest.overflows > 0 {
      let entries = "\(Units.count(guest.overflows)) entries left one without a register"
      parts.append((entries + " and asked for maintenance", .notice))
    }
    return WrappedParts.lines(shares, ", ", style: style, .plain) + WrappedParts.lines(parts, "; ", style: style)
  }

  /// By which way interrupts came in; only the ways that occurred.
  private func paths(_ guest: GuestActivity, _ style: TextStyle) -> String {
    let paths = guest.paths
    var parts: [String] = []
    func add(_ count: UInt64, _ text: String) { if count > 0 { parts.append("\(Units.count(count)) \(text)") } }
    add(paths.privateLines, "of timers and other PPIs")
    add(paths.userLines, "lines set by user space")
    add(paths.directLines, "lines set at once, by an irqfd or the kernel")
    add(paths.routedLines - paths.resampledLines, "lines set by a worker along a route")
    add(paths.resampledLines, "lines of resampled irqfds")
    add(paths.workerMessages, "messages by a worker, their translation not cached")
    add(paths.cachedMessages, "messages tried from the translation cache")
    add(paths.cacheMisses, "misses of it")
    add(paths.translatedMessages, "messages through the ITS")
    add(paths.refusedMessages, "refused")
    add(paths.notifiedEnds, "ends told to the device")
    guard !parts.isEmpty else { return "" }
    parts[0] = "attempts to inject: " + parts[0]
    return WrappedParts.lines(parts, ", ", style: style, .plain)
  }

  private func preemption(_ guest: GuestActivity, _ style: TextStyle) -> String {
    let waited = guest.delays.first { $0.stage == .injectionToEntry }?.distribution
    guard guest.preempted > 0, let waited else { return "" }
    let sum = waited.mean &* waited.count
    return
      "  preempted for \(Units.duration(guest.preempted)); \(Units.percent(guest.preemptedWithInterrupt, of: sum)) of "
      + "the time from injection to entry\n"
  }
}

extension AnalysisReport {
  /// `"kvm"`: guests, from a hypervisor's own tracing.
  var kvmJSON: JSONValue {
    .array(
      results.kvm.map { guest in
        [
          "domain": .number(UInt64(guest.domain)), "vcpus": .number(UInt64(guest.vcpus)),
          "entries": .number(guest.entries), "nested_entries": .number(guest.nestedEntries),
          "exits": .array(
            guest.exits.map {
              .object(
                [
                  .init("cause", .string($0.cause.name)), .init("exits", .number($0.count)),
                  .init("interrupt_related", .bool($0.cause.isInterruptRelated)),
                ] + numbers($0.away)
              )
            }
          ),
          "delays": .array(
            guest.delays.map { .object([.init("stage", .string($0.stage.name))] + numbers($0.distribution)) }),
          "preempted_ns": .number(guest.preempted),
          "preempted_with_interrupt_ns": .number(guest.preemptedWithInterrupt),
          "list_registers_used": .array(guest.listRegistersUsed.map { .number($0) }),
          "waited_for_register": .number(guest.waitedForRegister),
          "entries_with_overflow": .number(guest.overflows),
          "injection_paths": .object(guest.paths.counts.map { .init($0.name, .number($0.count)) }),
          "timer_frequency_hz": .optional(guest.timerFrequency.map { UInt64($0) }),
        ]
      }
    )
  }
}
