import Analyzers

extension ResultTables {
  static let kvm = ResultTable<GuestActivity>("guests, as their hypervisor traced them", sql: "guests", json: "kvm") {
    c in
    c.number("domain", "n for guest n") { $0.domain }
    c.count("vcpus", "vCPUs") { $0.vcpus }
    c.count("entries", "entries into the guest") { $0.entries }
    c.count("nested_entries", "entries into the guest's own guests") { $0.nestedEntries }.only(.json)
    c.flag(
      "shows_entries", "whether entries or exits were recorded: without them exits and delays to an entry are not known"
    ) {
      $0.showsEntries
    }.only(.json)
    c.list("exits", guestExits, exits)
    c.list("registers", guestRegisters) { guest in guest.registers.map { (guest, $0) } }
    c.list("devices", guestDevices) { guest in guest.devices.map { (guest, $0) } }
    c.list("by_vcpu", guestVCPUs) { guest in guest.byVCPU.map { (guest, $0) } }
    c.list("lines", guestLines) { guest in guest.lines.map { (guest, $0) } }
    c.count("hypercalls", "hypercalls that were recorded") { $0.hypercalls }.only(.json)
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
    c.shown("share") { Units.percent($0.exits.count, of: $0.guest.exitCount) }
    c.flag("interrupt_related", "whether interrupts caused it", shown: "for an interrupt") {
      $0.exits.cause.isInterruptRelated
    }
    c.toNextEntry { $0.exits.away }
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

  static let guestRegisters = ResultTable<(guest: GuestActivity, exits: GuestActivity.RegisterExits)>(
    "exits for a system register, where the capture names it", sql: "guest_registers", isSortable: true
  ) { c in
    c.number("domain", "n for guest n") { $0.guest.domain }.only(.sql)
    c.text("register", "the manual's name, or `S3_0_C15_C2_0`", shown: "exits for a register") { $0.exits.register }
    c.count("exits", "how often", shown: "count") { $0.exits.count }
    c.shown("share of all") { Units.percent($0.exits.count, of: $0.guest.exitCount) }
    c.count("reads", "how many of them read it", shown: "reads") { $0.exits.reads }
    c.toNextEntry { $0.exits.away }
  }.rows { $0.results.kvm.flatMap { guest in guest.registers.map { (guest, $0) } } }

  static let guestDevices = ResultTable<(guest: GuestActivity, exits: GuestActivity.DeviceExits)>(
    "exits for a page of a guest's memory that is a device's, or its controller's", sql: "guest_devices",
    isSortable: true
  ) { c in
    c.number("domain", "n for guest n") { $0.guest.domain }.only(.sql)
    c.hex("page", "the page's address", shown: "exits for a page") { $0.exits.page }
    c.hex("lowest", "the lowest address in it that was accessed", shown: "from") { $0.exits.lowest }
    c.hex("highest", "the highest", shown: "to") { $0.exits.highest }
    c.flag("controller", "whether it is the guest's interrupt controller", shown: "GIC") { $0.exits.isController }
    c.count("exits", "how often", shown: "count") { $0.exits.count }
    c.shown("share of all") { Units.percent($0.exits.count, of: $0.guest.exitCount) }
    c.count("reads", "how many of them read it", shown: "reads") { $0.exits.reads }
    c.toNextEntry { $0.exits.away }
  }.rows { $0.results.kvm.flatMap { guest in guest.devices.map { (guest, $0) } } }

  static let guestVCPUs = ResultTable<(guest: GuestActivity, vcpu: GuestActivity.VCPU)>(
    "what each vCPU of a guest did", sql: "guest_vcpus", isSortable: true
  ) { c in
    c.number("domain", "n for guest n") { $0.guest.domain }.only(.sql)
    c.number("vcpu", "its number", shown: "vCPU") { $0.vcpu.vcpu }
    c.count("entries", "entries", shown: "entries") { $0.vcpu.entries }
    c.count("exits", "exits", shown: "exits") { $0.vcpu.exits }
    c.duration("inside_ns", "time in the guest", shown: "in the guest") { $0.vcpu.inside }
    c.duration("preempted_ns", "time scheduled out while ready to run") { $0.vcpu.preempted }
    c.duration("ready_ns", "time from being woken to running") { $0.vcpu.readyToRun }
    c.duration("steal_ns", "both: ready to run, and not running", shown: "steal") { $0.vcpu.steal }
    c.duration("asleep_ns", "time asleep in WFI", shown: "asleep") { $0.vcpu.asleep }
    c.duration("polling_ns", "time polling in WFI", shown: "polling") { $0.vcpu.polling }
  }.rows { $0.results.kvm.flatMap { guest in guest.byVCPU.map { (guest, $0) } } }

  static let guestLines = ResultTable<(guest: GuestActivity, line: GuestActivity.Line)>(
    "lines that user space set (KVM_IRQ_LINE)", sql: "guest_lines"
  ) { c in
    c.number("domain", "n for guest n") { $0.guest.domain }.only(.sql)
    c.number("intid", "the interrupt", shown: "line set by user space") { $0.line.intid }
    c.count("raised", "how often it was raised", shown: "raised") { $0.line.raised }
    c.count("lowered", "how often it was lowered", shown: "lowered") { $0.line.lowered }
  }.rows { $0.results.kvm.flatMap { guest in guest.lines.map { (guest, $0) } } }

  /// List registers used at entry, for people.
  static func registersUsed(by guest: GuestActivity) -> ResultTable<(registers: Int, entries: UInt64)> {
    ResultTable("list registers used at entry") { c in
      c.number(shown: "list registers used at entry") { $0.registers }
      c.count(shown: "entries") { $0.entries }
      c.shown("share") { Units.percent($0.entries, of: guest.listRegistersUsed.reduce(0, +)) }
    }
  }
}

extension Columns {
  /// From an exit to the vCPU's next entry.
  fileprivate func toNextEntry(_ away: @escaping @Sendable (Row) -> LatencyDistribution) {
    distribution(away)
    percentiles("to next entry ", away)
  }
}
