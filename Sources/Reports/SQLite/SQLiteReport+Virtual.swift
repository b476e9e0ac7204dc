import Analyzers
import InterruptTrace

extension LatencyDistribution {
  /// The nine columns of every table of latencies.
  var columns: [SQLiteValue] {
    [count, min, mean, max].map { .number($0) } + [50, 90, 99, 99.9, 99.99].map(percentiles).map { .number($0) }
  }
}

extension SQLiteReport {
  /// A guest's interrupt.
  func writeGuests(_ life: InterruptLife) throws {
    func moment(_ part: InterruptLife.Shown, _ value: UInt64) -> SQLiteValue {
      life.shown.contains(part) ? .number(value) : .null
    }
    try guestInterrupts.insert([
      .number(life.domain), life.pe == PE.none ? .null : .number(life.pe), .number(life.intid),
      .text(life.interruptClass.name), .text(life.pendingCause.map { "\($0)" }), .number(life.sourcePE),
      .number(life.deviceID), .number(life.eventID), .number(life.priority), .number(life.merged),
      moment(.listed, UInt64(life.listRegister)), moment(.pending, life.pendingTime),
      moment(.listed, life.listedTime), moment(.acknowledge, life.acknowledgeTime), moment(.end, life.endTime),
      moment(.deactivation, life.deactivationTime), moment(.pending, life.pendingEvent),
      moment(.listed, life.listedEvent), moment(.acknowledge, life.acknowledgeEvent), moment(.end, life.endEvent),
      moment(.deactivation, life.deactivationEvent), life.outcome == .withdrawn ? .number(life.endTime) : .null,
      .text(life.outcome.name), .text("\(life.certainty)"),
    ])
  }

  /// Guests' interrupts and list registers.
  func writeVirtual(_ results: AnalysisResults) throws {
    for bank in results.listRegisters.banks { try write(bank) }
    try insert(
      into: "virtual_latency",
      results.virtual.latency.map { [.text($0.interruptClass.name), .text($0.stage.name)] + $0.distribution.columns })
    try insert(
      into: "virtual_interrupts",
      results.virtual.interrupts.map {
        [
          .number($0.domain), .number($0.intid), .number($0.acknowledges), .number($0.physicalINTID),
          .number($0.toEOI.count), .number($0.toEOI.min), .number($0.toEOI.mean), .number($0.toEOI.max),
        ]
      }
    )
  }

  private func write(_ bank: ListRegisterBank) throws {
    let key: [SQLiteValue] = [.number(bank.domain), .number(bank.pe)]
    let distributions = [bank.time, bank.timeEnabled, bank.entriesByMost]
    let uses = (0..<(distributions.map(\.count).max() ?? 0)).map { n -> [SQLiteValue] in
      let values = distributions.map { n < $0.count ? SQLiteValue.number($0[n]) : .integer(0) }
      return key + [.number(n)] + values
    }
    try insert(into: "lr_use", uses)
    let counts = [
      bank.entries, bank.writes, bank.fills, bank.overwritten, bank.overflows, bank.endsWithoutListRegister,
      bank.maintenance,
    ]
    try insert(into: "lr_banks", [key + counts.map { SQLiteValue.number($0) }])
  }

  /// What an ITS looked up.
  func write(_ its: ITSCaches) throws {
    let key: [SQLiteValue] = [.number(its.domain), .number(its.its)]
    let curves = its.tables.map { ($0.table.name, $0.curve) } + [("kvm", its.software)]
    for (name, curve) in curves where curve.references > 0 {
      let row = [curve.references, curve.different, curve.compulsory, curve.sufficient].map { SQLiteValue.number($0) }
      try insert(into: "its_tables", [key + [.text(name)] + row])
      try insert(into: "its_misses", curve.points.map { key + [.text(name), .number($0.entries), .number($0.misses)] })
    }
    for shape in its.shapes {
      try insert(
        into: "its_caches",
        shape.caches.map { cache -> [SQLiteValue] in
          let entries = SQLiteValue.number(shape.shape.entries(of: cache.table))
          return key + [.text(shape.shape.name), .number(shape.shape.ways), .text(cache.table.name), entries]
            + [.number(cache.references), .number(cache.misses)]
        }
      )
    }
    try insert(
      into: "its_invalidations",
      its.invalidations.map {
        key + [.text($0.cause.name), .number($0.count), .number($0.dropped), .number($0.refetched)]
      }
    )
  }

  /// A guest, from a hypervisor's own tracing.
  func write(_ guest: GuestActivity) throws {
    try insert(
      into: "guests",
      [
        [
          .number(guest.domain), .number(guest.vcpus), .number(guest.entries), .number(guest.preempted),
          .number(guest.waitedForRegister),
        ]
      ]
    )
    try insert(
      into: "guest_exits",
      guest.exits.map {
        [.number(guest.domain), .text($0.cause.name), .number($0.count), .integer($0.cause.isInterruptRelated ? 1 : 0)]
          + $0.away.columns
      }
    )
    try insert(
      into: "guest_delays",
      guest.delays.map { [.number(guest.domain), .text($0.stage.name)] + $0.distribution.columns })
  }
}
