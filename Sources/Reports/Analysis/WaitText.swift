import Analyzers
import GICModel

/// The terminal report's sections about what interrupts waited for, and the ones that took longest.
struct WaitText {
  let report: AnalysisReport

  func causes(_ style: TextStyle) -> String {
    let waits = report.results.waits
    var table = TextTable([
      ("class", .left), ("waited for", .left), ("interrupts", .right), ("in all", .right), ("share", .right),
      ("mean", .right), ("max", .right),
    ])
    for interruptClass in InterruptClass.allCases {
      let rows = waits.filter { $0.interruptClass == interruptClass }.sorted { $0.total > $1.total }
      let total = rows.reduce(0) { $0 + $1.total }
      for (n, row) in rows.enumerated() {
        table.add([
          .init(n == 0 ? interruptClass.name : ""), .init(row.cause.title), .init(Units.count(row.count)),
          .init(Units.duration(row.total)), .init(Units.percent(row.total, of: total)),
          .init(Units.duration(row.total / max(row.count, 1))), .init(Units.duration(row.max)),
        ])
      }
    }
    return table.isEmpty ? "" : table.render(style)
  }

  /// The chains of events of the interrupts that took longest.
  func worst(_ style: TextStyle, _ count: Int) -> String {
    report.results.worst.prefix(max(count, 0)).map { chain($0, style) }.joined()
  }

  private func chain(_ life: LongInterrupt, _ style: TextStyle) -> String {
    var title =
      "\(InterruptClass(intid: life.intid).name) \(life.intid) on PE \(report.naming.text(life.pe, domain: life.domain))"
    if life.device != .max { title += ", device 0x" + String(life.device, radix: 16) }
    var table = TextTable([("", .right), ("", .right), ("", .left)])
    table.add([
      .init("#\(life.pending.event)", .faint), .init(Units.moment(life.pending.time)),
      .init("pending: " + life.cause.title),
    ])
    table.add([
      .init("#\(life.acknowledged.event)", .faint), .init("+" + Units.duration(span(life.pending, life.acknowledged))),
      .init("acknowledged" + waits(life)),
    ])
    table.add([
      .init("#\(life.ended.event)", .faint), .init("+" + Units.duration(span(life.acknowledged, life.ended))),
      .init("ended"),
    ])
    return "  " + style.apply(.heading, Units.duration(life.duration)) + "  " + title + "\n"
      + table.render(style, indent: 4)
  }

  private func span(_ from: LongInterrupt.Moment, _ to: LongInterrupt.Moment) -> UInt64 {
    to.time >= from.time ? to.time - from.time : 0
  }

  private func waits(_ life: LongInterrupt) -> String {
    guard life.hasWaits else { return "" }
    // What is no more than a hundredth of it explains nothing.
    let least = WaitCause.allCases.reduce(0) { $0 + life.waits[$1] } / 100
    let parts = WaitCause.allCases.filter { life.waits[$0] > least }.sorted { life.waits[$0] > life.waits[$1] }
      .map { "\(Units.duration(life.waits[$0])) for \($0.title)" }
    return parts.isEmpty ? "" : "; waited " + parts.joined(separator: ", ")
  }
}

extension PendingCause {
  /// For people.
  var title: String {
    switch self {
    case .line: "its line rose"
    case .register: "set by a register"
    case .sgi: "an SGI was sent"
    case .msi: "an MSI"
    case .command: "an ITS command"
    case .directLPI: "GICR_SETLPIR"
    case .pendingTable: "from the pending table"
    case .observed: "shown by the capture"
    case .reset: "reset"
    case .doorbell: "a doorbell"
    case .maintenance: "a maintenance interrupt"
    }
  }
}

extension AnalysisReport {
  /// `"waits"`: what interrupts of a class waited for while pending; times in ns.
  func wait(_ row: WaitCount) -> JSONValue {
    [
      "class": .string(row.interruptClass.name), "cause": .string(row.cause.name), "count": .number(row.count),
      "total_ns": .number(row.total), "max_ns": .number(row.max),
    ]
  }

  /// `"worst"`: the interrupts that took longest, with the numbers of their events.
  func long(_ life: LongInterrupt) -> JSONValue {
    .object(
      domain(life.domain) + naming.json(life.pe, domain: life.domain) + [
        .init("intid", .number(UInt64(life.intid))),
        .init("device_id", .optional(life.device == .max ? nil : UInt64(life.device))),
        .init("duration_ns", .number(life.duration)), .init("pending_ns", .number(life.pending.time)),
        .init("pending_event", .number(life.pending.event)),
        .init("acknowledged_ns", .number(life.acknowledged.time)),
        .init("acknowledged_event", .number(life.acknowledged.event)), .init("ended_ns", .number(life.ended.time)),
        .init("ended_event", .number(life.ended.event)),
        .init(
          "waits",
          .object(
            WaitCause.allCases.filter { life.waits[$0] > 0 }.map { .init($0.name, .number(life.waits[$0])) }
          )
        ),
      ]
    )
  }
}
