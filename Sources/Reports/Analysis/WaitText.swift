import Analyzers
import InterruptTrace

/// The terminal report's sections about what interrupts waited for, and the ones that took longest.
struct WaitText {
  let report: AnalysisReport

  func causes(_ style: TextStyle) -> String {
    WaitRow.table(report.results.waits.map(WaitRow.init), prefix: "", style)
  }

  /// The chains of events of the interrupts that took longest.
  func worst(_ style: TextStyle, _ count: Int) -> String {
    report.results.worst.prefix(max(count, 0)).map { chain($0, style) }.joined()
  }

  private func chain(_ long: LongInterrupt, _ style: TextStyle) -> String {
    let life = long.life
    var title = "\(life.interruptClass.name) \(life.intid) on PE \(report.naming.text(life.pe, domain: life.domain))"
    if let device = life.deviceID { title += ", device 0x" + String(device, radix: 16) }
    let span: (UInt64, UInt64) -> String = { "+" + Units.duration($1 >= $0 ? $1 - $0 : 0) }
    var table = TextTable([("", .right), ("", .right), ("", .left)])
    table.add([
      .init("#\(life.pendingEvent)", .faint), .init(Units.moment(life.pendingTime)),
      .init("pending: " + (life.pendingCause ?? .observed).title),
    ])
    table.add([
      .init("#\(life.acknowledgeEvent)", .faint), .init(span(life.pendingTime, life.acknowledgeTime)),
      .init("acknowledged"),
    ])
    for wait in waits(long) { table.add([.init(""), .init(""), .init(wait, .faint)]) }
    table.add([.init("#\(life.endEvent)", .faint), .init(span(life.acknowledgeTime, life.endTime)), .init("ended")])
    return "  " + style.apply(.heading, Units.duration(long.duration)) + "  " + title + "\n"
      + table.render(style, indent: 4)
  }

  /// What it waited for, the longest first.
  private func waits(_ long: LongInterrupt) -> [String] {
    guard let waits = long.waits else { return [] }
    // What is no more than a hundredth of it explains nothing.
    let least = WaitCause.allCases.reduce(0) { $0 + waits[$1] } / 100
    return WaitCause.allCases.filter { waits[$0] > least }.sorted { waits[$0] > waits[$1] }
      .map { "waited \(Units.duration(waits[$0])) for \($0.title)" }
  }
}

/// A row of a table of what interrupts waited for.
struct WaitRow {
  var interruptClass: InterruptClass
  var title: String
  var count: UInt64
  var total: UInt64
  var longest: UInt64

  init<Cause>(_ wait: CauseCount<Cause>) {
    (interruptClass, title) = (wait.interruptClass, wait.cause.title)
    (count, total, longest) = (wait.count, wait.total, wait.max)
  }

  /// By class, each with the longest waits first: a row's cells behind that of the class.
  static func cells(_ rows: [WaitRow]) -> [(interruptClass: InterruptClass, cells: [[String]])] {
    InterruptClass.allCases.map { interruptClass in
      let own = rows.filter { $0.interruptClass == interruptClass }.sorted { $0.total > $1.total }
      let total = own.reduce(0) { $0 + $1.total }
      return (
        interruptClass,
        own.map { row in
          [
            row.title, Units.count(row.count), Units.duration(row.total), Units.percent(row.total, of: total),
            Units.duration(row.total / max(row.count, 1)), Units.duration(row.longest),
          ]
        }
      )
    }
  }

  static func table(_ rows: [WaitRow], prefix: String, _ style: TextStyle) -> String {
    var table = TextTable([
      ("class", .left), ("waited for", .left), ("interrupts", .right), ("in all", .right), ("share", .right),
      ("mean", .right), ("max", .right),
    ])
    for (interruptClass, rows) in cells(rows) {
      for (n, cells) in rows.enumerated() {
        table.add([.init(n == 0 ? prefix + interruptClass.name : "")] + cells.map { .init($0) })
      }
    }
    return table.isEmpty ? "" : table.render(style)
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
  /// `"waits"`: what interrupts of a class waited for while pending, and in `"virtual"` what guests' interrupts waited for
  /// from being listed on; times in ns.
  func wait<Cause>(_ row: CauseCount<Cause>) -> JSONValue {
    [
      "class": .string(row.interruptClass.name), "cause": .string(row.cause.name), "count": .number(row.count),
      "total_ns": .number(row.total), "max_ns": .number(row.max),
    ]
  }

  /// `"worst"`: the interrupts that took longest, with the numbers of their events.
  func long(_ long: LongInterrupt) -> JSONValue {
    let life = long.life
    let waits = WaitCause.allCases.compactMap { cause -> JSONValue.Member? in
      let time = long.waits?[cause] ?? 0
      return time > 0 ? .init(cause.name, .number(time)) : nil
    }
    return .object(
      domain(life.domain) + naming.json(life.pe, domain: life.domain) + [
        .init("intid", .number(UInt64(life.intid))), .init("device_id", .optional(life.deviceID.map(UInt64.init))),
        .init("duration_ns", .number(long.duration)), .init("pending_ns", .number(life.pendingTime)),
        .init("pending_event", .number(life.pendingEvent)), .init("acknowledged_ns", .number(life.acknowledgeTime)),
        .init("acknowledged_event", .number(life.acknowledgeEvent)), .init("ended_ns", .number(life.endTime)),
        .init("ended_event", .number(life.endEvent)), .init("waits", .object(waits)),
      ]
    )
  }
}
