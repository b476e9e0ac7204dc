import Analyzers

/// The terminal report's section about list registers.
struct ListRegisterText {
  let report: AnalysisReport

  private var use: ListRegisterUse { report.results.listRegisters }
  private var used: [ListRegisterBank] { use.banks.filter { $0.fills > 0 || $0.overflows > 0 } }

  func section(_ style: TextStyle) -> String {
    guard !used.isEmpty else { return "" }
    return occupancy(style) + activity(style) + maintenance(style) + waits(style)
  }

  /// Share of the time that the virtual interface was enabled with n list registers in use.
  private func occupancy(_ style: TextStyle) -> String {
    let most = used.map(\.most).max() ?? 0
    let shown = min(most, 8)
    var table = TextTable(
      [("PE", .right), ("entries", .right), ("writes/entry", .right)]
        + (0...shown).map { n in (n == shown && most > shown ? "\(n)+" : "\(n) in use", .right) } + [("most", .right)]
    )
    for bank in used {
      let times = bank.shownTimes
      let total = times.reduce(0, &+)
      var cells: [TextTable.Cell] = [
        .init(report.naming.text(bank.pe, domain: bank.domain)),
        .init(bank.entries == 0 ? "–" : Units.count(bank.entries)),
        .init(bank.entries == 0 ? "–" : Units.threeDigits(Double(bank.writes) / Double(bank.entries))),
      ]
      for n in 0...shown {
        let time = n == shown ? times.dropFirst(n).reduce(0, &+) : n < times.count ? times[n] : 0
        cells.append(.init(time == 0 ? "" : Units.percent(time, of: total)))
      }
      table.add(cells + [.init("\(bank.most)")])
    }
    return style.apply(.faint, "  share of the time that the virtual CPU interface is enabled") + "\n"
      + table.render(style)
  }

  private func activity(_ style: TextStyle) -> String {
    let bars = Sparkline.fold(use.overTime.used, columns: 72)
    return bars.contains { $0 > 0 }
      ? "  " + style.apply(.faint, "in use over time") + "  " + style.apply(.picture, Sparkline.bars(bars)) + "\n" : ""
  }

  private func maintenance(_ style: TextStyle) -> String { WrappedParts.lines(rolledFacts, " · ", style: style) }

  /// Maintenance interrupts and what else happened to list registers, in words.
  var facts: [String] { rolledFacts.map(\.0) }

  private var rolledFacts: [(String, TextStyle.Role)] {
    var facts: [(String, TextStyle.Role)] = []
    let total = used.reduce(0) { $0 + $1.maintenance }
    if total > 0 {
      facts.append(("\(Units.count(total)) maintenance interrupts", .plain))
      for cause in MaintenanceCause.allCases {
        let count = used.reduce(0) { $0 + $1.maintenanceByCause[Int(cause.rawValue)] }
        if count > 0 { facts.append(("\(Units.count(count)) \(cause.name)", .plain)) }
      }
    } else {
      facts.append(("no maintenance interrupts", .faint))
    }
    let ends = used.reduce(0) { $0 + $1.endsWithoutListRegister }
    if ends > 0 { facts.append(("\(Units.count(ends)) ends that hit no list register", .notice)) }
    let overwritten = used.reduce(0) { $0 + $1.overwritten }
    if overwritten > 0 { facts.append(("\(Units.count(overwritten)) valid ones overwritten", .notice)) }
    return facts
  }

  private func waits(_ style: TextStyle) -> String {
    let pressed = used.reduce(0) { $0 + $1.entriesWithMoreWaiting }
    let overflows = used.reduce(0) { $0 + $1.overflows }
    var out = ""
    if pressed > 0 {
      var parts = [("\(Units.count(pressed)) entries with more interrupts than list registers", TextStyle.Role.notice)]
      let d = use.possibleWaits
      if d.count > 0 {
        let span = "\(Units.duration(d.percentile(50))) (p50), \(Units.duration(d.max)) (max)"
        parts += [("\(Units.count(d.count)) were listed after one", .plain), ("having waited at most \(span)", .plain)]
      }
      out += WrappedParts.lines(parts, ", ", style: style)
    }
    if overflows > 0 {
      var parts = [("\(Units.count(overflows)) times an interrupt found no list register", TextStyle.Role.notice)]
      let d = use.waits
      if d.count > 0 {
        let span = "\(Units.duration(d.mean)) (mean), \(Units.duration(d.max)) (max)"
        parts.append(("\(Units.count(d.count)) waits of \(span)", .plain))
      }
      out += WrappedParts.lines(parts, ", ", style: style)
    }
    return out
  }
}

extension ListRegisterBank {
  /// The times that reports show: a hypervisor that never disables the interface has no entries, so that all of the time
  /// is all there is.
  var shownTimes: [UInt64] { timeEnabled.contains { $0 > 0 } ? timeEnabled : time }
}
