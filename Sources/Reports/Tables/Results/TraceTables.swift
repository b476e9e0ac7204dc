import Analyzers
import InterruptTrace
import Replay

extension ResultTables {
  static let trace = ResultTable<(trace: TraceSummary, lostEvents: UInt64)>("what was read", sql: "trace") { c in
    c.text("path", "as given") { $0.trace.path }
    c.text("format", "as recognised") { $0.trace.format.name }
    c.text("compression", "as recognised") { $0.trace.format.compression }
    c.text("controller", "architecture, PEs and INTIDs of the controller") { $0.trace.topology.title }.only(.sql)
    c.count("events", "decoded events") { $0.trace.events }
    c.moment("first_ns", "stamp of the first event") { $0.trace.firstTime }.orNull()
    c.moment("last_ns", "stamp of the last event") { $0.trace.lastTime }.orNull()
    c.count("gaps", "places where events are missing") { $0.trace.gaps }
    c.count("lost_events", "events known to be missing in them") { $0.lostEvents }.only(.sql)
    c.count("records", "lines or records of the file") { $0.trace.statistics.records }.only(.json)
    c.count("skipped", "lines or records that are no events") { $0.trace.statistics.skipped }
    c.list("problems", problems) { $0.trace.statistics.problems }
    c.list("ignored", ignored) { $0.trace.statistics.ignored }.omitted([])
    c.text("damage", "where and why reading stopped; NULL if all was read") {
      $0.trace.statistics.damage.map { "\($0.reason) \($0.position)" }
    }.only(.sql)
    c.object("damage", damage) { $0.trace.statistics.damage }.omitted()
  }.rows { [($0.trace, $0.results.lostEvents)] }

  private static let problems = ResultTable<ImportStatistics.Problem>("what an importer could not make sense of") { c in
    c.text("kind", "what it is") { $0.kind }
    c.count("count", "how often") { $0.count }
    c.text("position", "where it first was") { $0.firstPosition }
    c.text("example", "what stood there") { $0.firstExample }
  }

  private static let ignored = ResultTable<ImportStatistics.Ignored>("events that are not about interrupts") { c in
    c.text("event", "its name; null for all that are not named one by one") { $0.name }.orNull()
    c.count("count", "how often") { $0.count }
  }

  private static let damage = ResultTable<ImportStatistics.Damage>("where the file is cut or damaged") { c in
    c.text("reason", "why reading stopped") { $0.reason }
    c.text("position", "where") { $0.position }
  }

  static let eventKinds = ResultTable<AnalysisReport>("events by kind", json: "", isObject: true) { c in
    c.counts("events_by_kind", "events of each kind that occurred") {
      $0.results.eventKinds.map { (EventPrinter.kindName($0.kind), $0.count) }
    }
  }.rows { [$0] }

  static let summary = ResultTable<(s: Summary, results: AnalysisResults)>(
    "how much of what happened", json: "summary", isObject: true
  ) { c in
    c.count("acknowledges", "acknowledges that returned an interrupt") { $0.s.acknowledges }
    c.count("spurious_acknowledges", "acknowledges that returned 1020 to 1023") { $0.s.spuriousAcknowledges }
    c.count("end_of_interrupts", "ends of interrupts") { $0.s.endOfInterrupts }
    c.count("msis", "messages that reached a controller") { $0.s.msis }
    c.count("its_commands", "ITS commands that were carried out") { $0.s.itsCommands }
    c.counts("by_class", "acknowledges by class") { byClass($0.s.acknowledgesByClass) }
    c.counts("pending_by_class", "times that interrupts became pending, by class") { byClass($0.s.pendingByClass) }
    c.count("mismatched_ends", "ends without an acknowledge, or not of the running interrupt") { $0.s.mismatchedEnds }
    c.count("its_faults", "messages and ITS commands that failed") { $0.s.itsFaults }
    c.count("sgis_sent", "SGIs sent, one for each target") { $0.s.sgisSent }
    c.count("virtual_acknowledges", "acknowledges of guests") { $0.s.virtualAcknowledges }
    c.count("virtual_spurious_acknowledges", "the same that returned 1020 to 1023") { $0.s.virtualSpuriousAcknowledges }
    c.count("virtual_end_of_interrupts", "ends of interrupts of guests") { $0.s.virtualEndOfInterrupts }
    c.count("merged", "requests that came while their interrupt was pending") { $0.results.exclusions.merged }
    c.count("guest_errors", "errors of the guest that the emulator reported") { $0.s.guestErrors }
    c.count("gaps", "places where events are missing") { $0.results.gapCount }
    c.count("lost_events", "events known to be missing in them") { $0.results.lostEvents }
    c.counts("its_commands_by_name", "ITS commands that were carried out, by name") { row in
      ITSOpcode.all.map { ($0.1, row.s.itsCommandsByOpcode[Int($0.0)]) }.filter { $0.1 > 0 }
    }
  }.rows { [($0.results.summary, $0.results)] }

  /// Every number of the JSON report's summary, those of inner objects as `by_class.SGI`.
  static let summaryCounts = ResultTable<ValueTree.Member>(
    "the numbers of the JSON report's \"summary\"; by class as by_class.SGI and so on", sql: "summary"
  ) { c in
    c.text("name", "the key") { $0.name }
    c.count("value", "how often") { $0.value.number }
  }.rows { report in
    summary.object((report.results.summary, report.results), report.naming).members.flatMap { member in
      guard case .object(let members) = member.value else { return [member] }
      return members.map { ValueTree.Member("\(member.name).\($0.name)", $0.value) }
    }
  }

  static let activity = ResultTable<Activity>("acknowledges over time", json: "activity", isObject: true) { c in
    c.moment("start_ns", "start of the first span") { $0.start }
    c.duration("width_ns", "length of each span") { $0.width }
    c.lists("by_class", "acknowledges in each span, by class") { activity in
      InterruptClass.allCases.map { ($0.name, activity.byClass[Int($0.rawValue)]) }
    }
  }.rows { [$0.results.activity] }

  static let gaps = ResultTable<Gap>(
    "where the capture lost events", sql: "gaps", json: "gaps", title: "Gaps in the capture"
  ) { c in
    c.event("event", "number of the gap's own event", shown: "event") { $0.event }
    c.moment("time_ns", "when", shown: "time") { $0.time }
    c.pe("the PE whose events are missing; NULL for all") { ($0.pe, 0) }
    c.count("lost", "events that are missing; 0 if not known", shown: "events lost") { $0.lost }.zero("unknown")
  }.total { $0.results.gapCount }.rows { $0.results.gaps }

  /// Counts under the names of interrupt classes.
  static func byClass(_ counts: [UInt64]) -> [(name: String, count: UInt64)] {
    InterruptClass.allCases.map { ($0.name, counts[Int($0.rawValue)]) }
  }
}

extension TraceSummary {
  /// The `trace` object.
  public var json: ValueTree { ResultTables.trace.object((self, 0), PENaming(topology)) }
}
