import Analyzers
import InterruptTrace

/// The terminal report's section about the interrupts that took longest.
struct WaitText {
  let report: AnalysisReport

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
