import Analyzers
import InterruptTrace

extension ResultTables {
  /// A line for each interrupt: `analyze --interrupts`.
  static let lives = ResultTable<InterruptLife>("one row for each interrupt") { life($0, isGuests: true) }

  static let interrupts = ResultTable<InterruptLife>(
    "one row for each time that an interrupt became pending or was acknowledged", sql: "interrupts"
  ) { c in
    c.number("id", "stages.interrupt refers to it") { _ in UInt64?.none }.with { $0.unit = .rowID }.only(.sql)
    life(c, isGuests: false)
  }

  static let guestInterrupts = ResultTable<InterruptLife>(
    "one row for each time that a guest's interrupt became pending or was listed", sql: "guest_interrupts"
  ) { life($0, isGuests: true) }

  private static func life(_ c: Columns<InterruptLife>, isGuests: Bool) {
    let domain =
      isGuests
      ? "0 if seen from below, in list registers; n for guest n of a hypervisor's own trace"
      : "0 for the physical controller, n for guest n"
    let pe =
      isGuests
      ? "the PE whose list register held it, or the vCPU"
      : "the PE that acknowledged it, or that it was pending for; NULL if none is known"
    c.number("domain", domain) { $0.domain }
    c.number("pe", pe) { $0.pe == PE.none ? nil : $0.pe }
    c.number("intid", isGuests ? "as the guest sees it" : "the interrupt") { $0.intid }
    c.interruptClass { $0.interruptClass }
    c.text("cause", "why it became pending: line, register, sgi, msi, command, ...") {
      $0.pendingCause.map { CaseNames.cause[$0.rawValue] }
    }
    c.number("source_pe", "the PE that sent an SGI") { $0.sourcePE }
    c.hex("device_id", "the device of an LPI") { $0.deviceID }
    c.hex("event_id", "the device's event") { $0.eventID }
    c.number("priority", "when it was acknowledged, or became pending") { $0.priority }
    c.count("merged", "edges and messages that became part of this one") { $0.merged }
    if isGuests {
      c.number("list_register", "the first that held it") {
        $0.shown.contains(.listed) ? $0.listRegister : nil
      }
    }
    moments(c, isGuests: isGuests)
    c.text("outcome", "how it came to its close: " + outcomes(isGuests)) { $0.outcome.name }
    c.text("certainty", "observed, derived, inferred, assumed: the least certain of what it rests on") {
      CaseNames.provenance[$0.certainty.rawValue]
    }
    c.everywhere { $0.omitted = .unknown }
    c.flag("virtual", "whether it is a guest's") { $0.isVirtual }.only(.lines).omitted(.bool(false))
  }

  private static func moments(_ c: Columns<InterruptLife>, isGuests: Bool) {
    let pending = isGuests ? "when it was injected, or became pending for the vPE" : "when it became pending"
    let end = "when it ended" + (isGuests ? "; NULL in domains above 0, where nothing shows it" : "")
    let deactivation =
      "when it was deactivated"
      + (isGuests ? "; in domains above 0 the exit by which it was out of its list register" : "")
    let acknowledge = isGuests ? "when the guest acknowledged it" : "when a PE acknowledged it"
    c.moment("pending_ns", pending + "; NULL where not shown") { $0.moment(.pending, $0.pendingTime) }
    if isGuests {
      c.moment("listed_ns", "when it was first put into a list register") {
        $0.moment(.listed, $0.listedTime)
      }
    }
    c.moment("acknowledged_ns", acknowledge) { $0.moment(.acknowledge, $0.acknowledgeTime) }
    c.moment("ended_ns", end) { $0.moment(.end, $0.endTime) }
    c.moment("deactivated_ns", deactivation) { $0.moment(.deactivation, $0.deactivationTime) }
    c.event("pending_event", "the event of pending_ns") { $0.moment(.pending, $0.pendingEvent) }
    if isGuests {
      c.event("listed_event", "the event of listed_ns") { $0.moment(.listed, $0.listedEvent) }
    }
    c.event("acknowledged_event", "the event of acknowledged_ns") {
      $0.moment(.acknowledge, $0.acknowledgeEvent)
    }
    c.event("ended_event", "the event of ended_ns") { $0.moment(.end, $0.endEvent) }
    c.event("deactivated_event", "the event of deactivated_ns") {
      $0.moment(.deactivation, $0.deactivationEvent)
    }
    c.moment("withdrawn_ns", "when it stopped being pending without an acknowledge") {
      $0.outcome == .withdrawn ? $0.endTime : nil
    }
  }

  private static func outcomes(_ isGuests: Bool) -> String {
    let own: [InterruptLife.Outcome] = [.listedAgain, .listedAtEnd]
    return InterruptLife.Outcome.allCases.filter { isGuests || !own.contains($0) }.map(\.name).joined(separator: ", ")
  }

  /// A span of an interrupt's life, under the number of its row.
  typealias StageSpan = (interrupt: UInt64, stage: LatencyStage, start: UInt64, length: UInt64)

  static let stages = ResultTable<StageSpan>("the spans that the latency distributions are made of", sql: "stages") {
    c in
    c.number("interrupt", "interrupts.id") { $0.interrupt }
    c.text("stage", names(LatencyStage.allCases.map(\.name))) { $0.stage.name }
    c.moment("start_ns", "when it began") { $0.start }
    c.duration("duration_ns", "how long it took") { $0.length }
  }

  /// The values that a column of words may have.
  static func names(_ names: [String]) -> String { names.joined(separator: ", ") }
}

extension InterruptLife {
  /// A value that is known only where a moment is shown.
  fileprivate func moment(_ part: Shown, _ value: UInt64) -> UInt64? { shown.contains(part) ? value : nil }
}
