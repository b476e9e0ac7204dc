import Analyzers
import InterruptTrace

/// The report's section about guests, from a hypervisor's own tracing.
struct KVMHTML {
  let guest: GuestActivity
  let naming: PENaming

  static func section(_ report: AnalysisReport) -> String {
    report.results.kvm.map { guest in
      let state = report.guestStates.first { $0["guest"] == .number(UInt64(guest.domain)) }
      return KVMHTML(guest: guest, naming: report.naming).html + (state.map(self.state) ?? "")
    }.joined()
  }

  /// As `state --domain` prints it: what the hypervisor keeps of the guest, with what no event decides.
  private static func state(_ state: ValueTree) -> String {
    "<details><summary>The guest's interrupts as its hypervisor keeps them, at the end of the capture</summary>\n"
      + "<pre>\(state.text(TextStyle(isColoured: false)).escapedForHTML)</pre>\n</details>\n"
  }

  /// The figures on top of the report, of all guests.
  static func tiles(_ guests: [GuestActivity]) -> [(name: String, value: String)] {
    let exits = guests.flatMap(\.exits)
    let delays = guests.flatMap(\.delays).filter { $0.stage == .injectionToEntry }.map(\.distribution)
    let injected = delays.reduce(LatencyDistribution()) { $0.merged(with: $1) }
    let blamed = exits.filter(\.cause.isInterruptRelated).reduce(0) { $0 + $1.count }
    var tiles = [
      (name: "entries into guests", value: Units.count(guests.reduce(0) { $0 + $1.entries })),
      (name: "exits for interrupts", value: Units.percent(blamed, of: exits.reduce(0) { $0 + $1.count })),
    ]
    if injected.count > 0 {
      tiles.append(("injections taken in", Units.count(injected.count)))
      for (name, percent) in [("p50", 50.0), ("p99", 99)]
      where PagePercentile.suffices(injected.count, for: percent) {
        tiles.append(("injection → entry, \(name)", Units.duration(injected.percentile(percent))))
      }
      tiles.append(("injection → entry, max", Units.duration(injected.max)))
    }
    return tiles
  }

  private var html: String {
    "<h3>Guest \(guest.domain)</h3>\n<p class=\"faint\">\(guest.size)\(guest.blame).</p>\n"
      + (guest.showsEntries ? "" : "<p>\(GuestActivity.noEntries).</p>\n")
      + ResultTables.guestExits.html(ResultTables.exits(guest), naming) + tables + delays
      + registers
  }

  private var tables: String {
    ResultTables.guestRegisters.html(guest.registers.map { (guest, $0) }, naming)
      + ResultTables.guestDevices.html(guest.devices.map { (guest, $0) }, naming)
      + ResultTables.guestVCPUs.html(guest.byVCPU.map { (guest, $0) }, naming)
      + ResultTables.guestLines.html(guest.lines.map { (guest, $0) }, naming)
  }

  private var delays: String {
    let colors = InterruptClass.allCases.map(\.name)
    let rows = guest.delays.enumerated().map { n, delay in
      // There are more delays than colours: the second of a colour is dashed.
      NamedLatency(
        delay.stage.title, style: colors[n % colors.count] + (n >= colors.count ? " thin" : ""), delay.distribution)
    }
    return LatencyFigures([.init(title: "Delays on an interrupt's way into the guest", rows: rows)]).html
  }

  private var registers: String {
    let total = guest.listRegistersUsed.reduce(0, +)
    guard total > 0 else { return "" }
    let used = guest.listRegistersUsed.enumerated().filter { $0.element > 0 }.map { ($0.offset, $0.element) }
    let waited =
      guest.waitedForRegister > 0
      ? "<p>\(Units.count(guest.waitedForRegister, "interrupt")) waited for a list register beyond an entry.</p>\n"
      : ""
    return "<h3>List registers at entry</h3>\n"
      + "<p class=\"faint\">Inferred: as the model of the hypervisor loads them.</p>\n"
      + ResultTables.registersUsed(by: guest).html(used, naming) + waited
  }
}
