import Analyzers

/// The terminal report's section about list registers.
struct ListRegisterText {
  let report: AnalysisReport

  private var use: ListRegisterUse { report.results.listRegisters }
  private var used: [ListRegisterBank] { use.banks.filter { $0.fills > 0 || $0.overflows > 0 } }

  func section(_ style: TextStyle) -> String {
    guard !used.isEmpty else { return "" }
    return occupancy(style) + activity(style) + facts.lines(style) + waits(style)
  }

  /// Share of the time that the virtual interface was enabled with n list registers in use.
  private func occupancy(_ style: TextStyle) -> String {
    let most = used.map(\.most).max() ?? 0
    return style.apply(.faint, "  share of the time that the virtual CPU interface is enabled") + "\n"
      + ResultTables.occupancy(upTo: min(most, 8), of: most).text(used, report.naming, style)
  }

  private func activity(_ style: TextStyle) -> String {
    let bars = Sparkline.fold(use.overTime.used, columns: style.pictureColumns(72))
    return bars.contains { $0 > 0 }
      ? "  " + style.apply(.faint, "in use over time") + "  " + style.apply(.picture, Sparkline.bars(bars)) + "\n" : ""
  }

  /// Maintenance interrupts and what else happened to list registers.
  var facts: Facts {
    var facts = Facts()
    func total(_ count: (ListRegisterBank) -> UInt64) -> UInt64 { used.reduce(0) { $0 + count($1) } }
    if total(\.maintenance) == 0 { facts.add("no maintenance interrupts", .faint) }
    facts.add(total(\.maintenance), "maintenance interrupt", "maintenance interrupts")
    for cause in MaintenanceCause.allCases {
      facts.add(total { $0.maintenanceByCause[Int(cause.rawValue)] }, cause.name)
    }
    facts.add(
      total(\.endsWithoutListRegister), "end that hit no list register", "ends that hit no list register", .notice)
    facts.add(total(\.overwritten), "valid one overwritten", "valid ones overwritten", .notice)
    return facts
  }

  private func waits(_ style: TextStyle) -> String {
    let pressed = used.reduce(0) { $0 + $1.entriesWithMoreWaiting }
    let overflows = used.reduce(0) { $0 + $1.overflows }
    var out = ""
    if pressed > 0 {
      let entries = Units.count(pressed, "entry", "entries") + " with more interrupts than list registers"
      var parts = [(entries, TextStyle.Role.notice)]
      let d = use.possibleWaits
      if d.count > 0 {
        let span = "\(Units.duration(d.percentile(50))) (p50), \(Units.duration(d.max)) (max)"
        parts.append((Units.count(d.count, "was", "were") + " listed after one", .plain))
        parts.append(("having waited at most \(span)", .plain))
      }
      out += WrappedParts.lines(parts, ", ", style: style)
    }
    if overflows > 0 {
      let times = Units.count(overflows, "time") + " an interrupt found no list register"
      var parts = [(times, TextStyle.Role.notice)]
      let d = use.waits
      if d.count > 0 {
        let span = "\(Units.duration(d.mean)) (mean), \(Units.duration(d.max)) (max)"
        parts.append((Units.count(d.count, "wait") + " of \(span)", .plain))
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
