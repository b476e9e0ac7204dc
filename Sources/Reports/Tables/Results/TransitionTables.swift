import Analyzers
import InterruptTrace

/// Tables of the database that are written while a capture is read.
extension ResultTables {
  static let transitions = ResultTable<Transition>("what the model says followed from each event", sql: "transitions") {
    c in
    c.event("event", "the event it followed from") { $0.event }
    c.moment("time_ns", "when") { $0.time }
    c.text("kind", "what happened: see transitions.md") { CaseNames.transition[$0.kind.rawValue] }
    c.text("provenance", "observed, derived, inferred, assumed") { CaseNames.provenance[$0.provenance.rawValue] }
    c.domain { $0.domain }
    c.number("pe", "linear number of the PE") { $0.pe == PE.none ? nil : $0.pe }
    c.number("intid", "the interrupt; NULL if none is concerned") { $0.knownINTID }
    c.number("priority", "its priority") { $0.priority }
    c.hex("a", "operand of the kind: see transitions.md") { $0.a }
    c.hex("b", "operand of the kind: see transitions.md") { $0.b }
  }

  static let translations = ResultTable<(msi: Transition, fault: Transition?)>(
    "one row for each MSI", sql: "translations"
  ) {
    c in
    c.event("event", "the event of the message") { $0.msi.event }
    c.moment("time_ns", "when") { $0.msi.time }
    c.domain { $0.msi.domain }
    c.hex("device_id", "the device that sent it") { $0.msi.msi.deviceID }
    c.hex("event_id", "the device's event") { $0.msi.msi.eventID }
    c.number("intid", "the LPI; NULL if it was not translated") { $0.fault?.knownINTID ?? $0.msi.knownINTID }
    c.text("fault", "why it was not delivered; NULL if it was") {
      $0.fault.map { $0.itsFault.fault?.name ?? "fault \($0.itsFault.faultNumber)" }
    }
  }

  static let mappings = ResultTable<Transition>(
    "what ITS commands did to the mapping of events to LPIs", sql: "mappings"
  ) { c in
    c.event("event", "the event of the command") { $0.event }
    c.moment("time_ns", "when") { $0.time }
    c.domain { $0.domain }
    c.hex("device_id", "the device") { $0.mapping.deviceID }
    c.hex("event_id", "the device's event") { $0.mapping.eventID }
    c.number("intid", "the LPI") { $0.knownINTID }
    c.flag("mapped", "1 if it was mapped, 0 if it was unmapped") { $0.mapping.isMapped }
  }

  /// A span of time with the same number of list registers in use on a PE.
  typealias OccupiedSpan = (domain: UInt16, pe: UInt32, start: UInt64, end: UInt64, inUse: Int)

  static let lrOccupancy = ResultTable<OccupiedSpan>(
    "a row whenever the number of list registers in use changes on a PE, from the first on", sql: "lr_occupancy"
  ) { c in
    c.domain { $0.domain }
    c.number("pe", "linear number of the PE") { $0.pe }
    c.moment("start_ns", "when it changed") { $0.start }
    c.moment("end_ns", "when it changed next; for the last row of a PE the capture's end") { $0.end }
    c.count("in_use", "list registers in use") { $0.inUse }
  }
}

extension Transition {
  /// The interrupt, where one is concerned.
  fileprivate var knownINTID: UInt32? { intid == INTID.none ? nil : intid }
}
