import Analyzers

extension ResultTables {
  static let virtual = ResultTable<AnalysisResults>("interrupts of guests", json: "virtual", isObject: true) { c in
    c.count("listed", "virtual interrupts that were listed") { $0.virtual.listed }
    c.count("relisted", "loads of one that was taken out before it had ended") { $0.virtual.relisted }
    c.count("hardware_linked", "listed ones that are linked to a physical interrupt") { $0.virtual.hardwareLinked }
    c.count("acknowledges", "acknowledges of guests") { $0.virtual.acknowledges }
    c.counts("acknowledges_by_class", "the same by class of the virtual INTID") {
      byClass($0.virtual.acknowledgesByClass)
    }
    c.count("direct_acknowledges", "acknowledges of vLPIs in no list register") { $0.virtual.directAcknowledges }
    c.count("spurious_acknowledges", "acknowledges that returned a special INTID") { $0.virtual.spuriousAcknowledges }
    c.count("end_of_interrupts", "ends of interrupts") { $0.virtual.endOfInterrupts }
    c.count("deactivations", "deactivations") { $0.virtual.deactivations }
    c.count("direct_pending", "vLPIs that became pending without a list register") { $0.virtual.directPending }
    c.count("direct_merged", "vLPIs that came while they were pending") { $0.virtual.directMerged }
    c.list("latency", virtualLatency) { $0.virtual.latency }
    c.list("latency_over_time", virtualOverTime) { $0.virtual.latencyOverTime }
    c.list("waits", virtualWaits) { WaitRow.all($0.virtualWaits) }
    c.list("interrupts", virtualInterrupts) { $0.virtual.interrupts }
    c.object("excluded", virtualExcluded) { $0.virtual.exclusions }
  }.rows { [$0.results] }

  static let virtualLatency = ResultTable<VirtualLatency>(
    "latencies of guests' interrupts by class and stage", sql: "virtual_latency"
  ) { c in
    c.interruptClass("by the virtual INTID", shown: nil) { $0.interruptClass }
    c.text("stage", names(VirtualStage.allCases.map(\.name))) { $0.stage.name }
    c.distribution { $0.distribution }
  }.rows { $0.results.virtual.latency }

  private static let virtualOverTime = overTime(of: "guests' interrupts from being listed to the guest's end") {
    $0.results.virtual.latencyOverTime
  }

  static let virtualInterrupts = ResultTable<VirtualInterruptCount>(
    "guests' interrupts by virtual INTID", sql: "virtual_interrupts", least: (0, 4096), isSortable: true
  ) { c in
    c.domain { $0.domain }
    c.number("intid", "as the guest sees it", shown: "vINTID") { $0.intid }
    c.interruptClass { InterruptClass(intid: $0.intid) }.only([]).faint()
    c.count("acknowledges", "how often guests acknowledged it", shown: "acknowledged") { $0.acknowledges }
    c.number("physical_intid", "that it was last linked to; NULL if it never was", shown: "linked to") {
      $0.physicalINTID
    }.orNull()
    c.count("count", "samples of the times from being listed, or pending for the vPE, to the guest's end") {
      $0.toEOI.count
    }
    c.duration("min_ns", "the least", shown: "to end min") { $0.toEOI.min }.sampled { $0.toEOI.count }
    c.duration("mean_ns", "the arithmetic mean", shown: "mean") { $0.toEOI.mean }.sampled { $0.toEOI.count }
    c.duration("max_ns", "the greatest", shown: "max") { $0.toEOI.max }.sampled { $0.toEOI.count }
  }.order { ($1.acknowledges, $0.domain, $0.intid) < ($0.acknowledges, $1.domain, $1.intid) }.rows {
    $0.results.virtual.interrupts
  }

  static let virtualExcluded = ResultTable<VirtualExclusions>("what the latencies of guests' interrupts leave out") {
    c in
    c.count("start_unknown", "listed before the capture, or their vCPU's turn, begins") { $0.startUnknown }
    c.count("acknowledge_unknown", "ended without an acknowledge in the capture") { $0.acknowledgeUnknown }
    c.count("physical_unknown", "linked without a physical acknowledge before") { $0.physicalUnknown }
    c.count("end_unknown", "listed again without an end in the capture") { $0.endUnknown }
    c.count("across_gap", "spans with a gap in them") { $0.acrossGap }
    c.count("unfinished", "unfinished at the end") { $0.unfinished }
  }

  // MARK: List registers

  static let lr = ResultTable<ListRegisterUse>("list registers", json: "lr", isObject: true) { c in
    c.list("banks", lrBanks) { $0.banks }
    c.object("over_time", lrOverTime) { $0.overTime }
    c.object("waits", waitsForListRegister) { $0.waits }
    c.count("waiting_at_end", "interrupts that waited for a list register at the end") { $0.waitingAtEnd }
    c.object("possible_waits", possibleWaits) { $0.possibleWaits }
  }.rows { [$0.results.listRegisters] }

  private static let waitsForListRegister = ResultTable<LatencyDistribution>(
    "waits for a list register, as the model of a hypervisor has them"
  ) { $0.distribution { $0 } }
  private static let possibleWaits = ResultTable<LatencyDistribution>(
    "inferred waits for a list register, which took no longer than that"
  ) { $0.distribution { $0 } }

  private static let lrOverTime = ResultTable<OccupancyOverTime>("list registers in use over time") { c in
    c.moment("start_ns", "start of the first span") { $0.start }
    c.duration("width_ns", "length of each span") { $0.width }
    c.numbers("used_ns", "time × list registers in use in each span", in: .duration) { $0.used }
    c.numbers("most", "the most in use on one PE in each span") { $0.most.map(UInt64.init) }
  }

  static let lrBanks = ResultTable<ListRegisterBank>("list registers of a PE", sql: "lr_banks") { c in
    c.domain { $0.domain }
    c.pe(shown: nil) { ($0.pe, $0.domain) }
    c.numbers(
      "in_use_enabled_ns", "time with n in use while the virtual CPU interface was enabled, n the index", in: .duration
    ) { $0.timeEnabled }
    c.numbers("in_use_ns", "time with n in use in all", in: .duration) { $0.time }
    c.count("most", "the most ever in use") { $0.most }.only(.json)
    c.count("entries", "entries into a guest") { $0.entries }
    c.numbers("entries_by_most", "entries after which at most n were in use") { $0.entriesByMost }
    c.count("entries_with_more_waiting", "inferred: entries with more interrupts than list registers") {
      $0.entriesWithMoreWaiting
    }.only(.json)
    c.count("writes", "writes of list registers") { $0.writes }
    c.count("fills", "loads of an interrupt") { $0.fills }
    c.count("overwritten", "valid ones that were written over without having been read") { $0.overwritten }
    c.count("overflows", "interrupts that found none, as the model of a hypervisor has it") { $0.overflows }
    c.count("ends_without_list_register", "ends of a guest that hit no list register") { $0.endsWithoutListRegister }
    c.count("maintenance", "maintenance interrupts") { $0.maintenance }
    c.counts("maintenance_by_cause", "the same by bit of ICH_MISR_EL2, of which several may hold") {
      byCause($0.maintenanceByCause)
    }
  }.rows { $0.results.listRegisters.banks }

  /// Counts under the names of maintenance interrupts' causes.
  static func byCause(_ counts: [UInt64]) -> [(name: String, count: UInt64)] {
    MaintenanceCause.allCases.map { ($0.name, counts[Int($0.rawValue)]) }
  }

  static let lrUse = ResultTable<(bank: ListRegisterBank, inUse: Int)>(
    "how long each number of list registers was in use on a PE", sql: "lr_use"
  ) { c in
    @Sendable func value(_ list: [UInt64], _ n: Int) -> UInt64 { n < list.count ? list[n] : 0 }
    c.domain { $0.bank.domain }
    c.number("pe", "linear number of the PE") { $0.bank.pe }
    c.count("in_use", "list registers in use") { $0.inUse }
    c.duration("time_ns", "all time since list registers were first written or the virtual interface was enabled") {
      value($0.bank.time, $0.inUse)
    }
    c.duration("enabled_ns", "of it, with the virtual CPU interface enabled") { value($0.bank.timeEnabled, $0.inUse) }
    c.count("entries", "entries into a guest after which at most so many were in use") {
      value($0.bank.entriesByMost, $0.inUse)
    }
  }.rows { report in
    report.results.listRegisters.banks.flatMap { bank in
      (0..<max(bank.time.count, bank.timeEnabled.count, bank.entriesByMost.count)).map { (bank, $0) }
    }
  }

  /// What share of the time each number of list registers was in use, for people; `shown` and more in one column.
  static func occupancy(upTo shown: Int, of most: Int) -> ResultTable<ListRegisterBank> {
    ResultTable("share of the time with n list registers in use") { c in
      c.pe { ($0.pe, $0.domain) }
      c.count(shown: "entries") { $0.entries }.zero("–")
      c.shown("writes/entry") { $0.entries == 0 ? "–" : Units.threeDigits(Double($0.writes) / Double($0.entries)) }
      for n in 0...shown {
        let isLast = n == shown && most > shown
        c.shown(isLast ? "\(n)+" : "\(n) in use") { bank in
          let times = bank.shownTimes
          let time = isLast ? times.dropFirst(n).reduce(0, &+) : n < times.count ? times[n] : 0
          return time == 0 ? "" : Units.percent(time, of: times.reduce(0, &+))
        }
      }
      c.number(shown: "most") { $0.most }
    }
  }
}

extension Columns {
  /// People see a dash where there are no samples.
  @discardableResult fileprivate func sampled(_ count: @escaping @Sendable (Row) -> UInt64) -> Self {
    with { column in
      let (unit, value) = (column.unit, column.value)
      column.text = { row, naming in count(row) > 0 ? unit.text(value(row, naming)) : "–" }
    }
  }
}
