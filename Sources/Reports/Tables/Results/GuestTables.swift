import Analyzers

extension ResultTables {
  static let kvm = ResultTable<GuestActivity>("guests, as their hypervisor traced them", sql: "guests", json: "kvm") {
    c in
    c.number("domain", "n for guest n") { $0.domain }
    c.count("vcpus", "vCPUs") { $0.vcpus }
    c.count("entries", "entries into the guest") { $0.entries }
    c.count("nested_entries", "entries into the guest's own guests") { $0.nestedEntries }.only(.json)
    c.list("exits", guestExits, exits)
    c.list("delays", guestDelays) { guest in guest.delays.map { (guest, $0) } }
    c.duration("preempted_ns", "time that vCPUs were ready to run and did not run") { $0.preempted }
    c.duration("preempted_with_interrupt_ns", "the same with an interrupt that waited") {
      $0.preemptedWithInterrupt
    }.only(.json)
    c.numbers("list_registers_used", "inferred: entries that used n list registers, n the index") {
      $0.listRegistersUsed
    }
    c.count("waited_for_register", "inferred: interrupts that waited for a list register beyond an entry") {
      $0.waitedForRegister
    }
    c.count("entries_with_overflow", "inferred: entries that left one without a list register") { $0.overflows }.only(
      .json)
    c.counts("injection_paths", "attempts to inject by the way they came in") {
      $0.paths.counts.map { ($0.name, $0.count) }
    }
    c.count("timer_frequency_hz", "of the guest's counter, as its timers show it") {
      $0.timerFrequency.map { UInt64($0) }
    }.orNull().only(.json)
  }.rows { $0.results.kvm }

  static let guestExits = ResultTable<(guest: GuestActivity, exits: GuestActivity.Exits)>(
    "why guests were left, and for how long: from the exit to the vCPU's next entry", sql: "guest_exits",
    isSortable: true
  ) { c in
    c.number("domain", "n for guest n") { $0.guest.domain }.only(.sql)
    c.text("cause", names(GuestExitCause.allCases.map(\.name)), shown: "exits") { $0.exits.cause.name }
      .shownAs { $0.exits.cause.title }
    c.count("exits", "how often", shown: "count") { $0.exits.count }
    c.shown("share") { Units.percent($0.exits.count, of: $0.guest.exits.reduce(0) { $0 + $1.count }) }
    c.flag("interrupt_related", "whether interrupts caused it", shown: "for an interrupt") {
      $0.exits.cause.isInterruptRelated
    }
    c.distribution { $0.exits.away }
    c.duration(shown: "to next entry p50") { $0.exits.away.count > 0 ? $0.exits.away.percentile(50) : nil }
    c.duration(shown: "p99") { $0.exits.away.count > 0 ? $0.exits.away.percentile(99) : nil }
    c.duration(shown: "max") { $0.exits.away.count > 0 ? $0.exits.away.max : nil }
  }.order { ($1.exits.count, $0.exits.cause.rawValue) < ($0.exits.count, $1.exits.cause.rawValue) }.rows {
    $0.results.kvm.flatMap(exits)
  }

  /// A guest's rows of ``guestExits``.
  @Sendable static func exits(_ guest: GuestActivity) -> [(guest: GuestActivity, exits: GuestActivity.Exits)] {
    guest.exits.map { (guest, $0) }
  }

  static let guestDelays = ResultTable<(guest: GuestActivity, delay: GuestActivity.Delay)>(
    "delays on an interrupt's way into a guest", sql: "guest_delays"
  ) { c in
    c.number("domain", "n for guest n") { $0.guest.domain }.only(.sql)
    c.text("stage", names(GuestDelayStage.allCases.map(\.name))) { $0.delay.stage.name }
    c.distribution { $0.delay.distribution }
  }.rows { $0.results.kvm.flatMap { guest in guest.delays.map { (guest, $0) } } }

  /// List registers used at entry, for people.
  static func registersUsed(by guest: GuestActivity) -> ResultTable<(registers: Int, entries: UInt64)> {
    ResultTable("list registers used at entry") { c in
      c.number(shown: "list registers used at entry") { $0.registers }
      c.count(shown: "entries") { $0.entries }
      c.shown("share") { Units.percent($0.entries, of: guest.listRegistersUsed.reduce(0, +)) }
    }
  }
}
