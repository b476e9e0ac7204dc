import Analyzers

/// The terminal report's section about ITS tables and caches.
struct ITSText {
  let report: AnalysisReport

  func caches(_ style: TextStyle) -> String {
    let naming = report.naming
    return report.results.its.map { its in
      let title =
        report.results.its.count > 1 ? style.apply(.faint, "  ITS \(its.its) of domain \(its.domain)") + "\n" : ""
      let invalidations = ResultTables.causes.text(its.invalidations.filter { $0.count > 0 }, naming, style)
      return title + facts(its).lines(style) + tables(its, style) + "\n"
        + ResultTables.misses(of: its).text([nil] + its.shapes, naming, style) + software(its, style)
        + (invalidations.isEmpty ? "" : "\n" + invalidations) + agreement(its, style)
    }.joined(separator: "\n")
  }

  /// What an ITS did.
  func facts(_ its: ITSCaches) -> Facts {
    var facts = Facts()
    facts.add(its.msis, "MSI translated", "MSIs translated")
    facts.add(its.commands, "command", "commands")
    facts.add(its.lpiMatch, "MSI for an LPI already pending", "MSIs for LPIs already pending")
    facts.add(its.invalid, "walk ended at an invalid entry", "walks ended at an invalid entry", .notice)
    return facts
  }

  /// Misses of fully associative caches. Sizes that all tables fit into long before are left out.
  private func tables(_ its: ITSCaches, _ style: TextStyle) -> String {
    let enough = its.tables.map(\.curve.sufficient).max() ?? 0
    let sizes: [UInt64] = [1, 4, 16, 64, 256, 1024, 4096].filter { $0 < enough * 4 || $0 == 1 }
    return ResultTables.missShares(sizes).text(its.tables.map { ($0.table.title, $0.curve) }, report.naming, style)
  }

  private func software(_ its: ITSCaches, _ style: TextStyle) -> String {
    let parts = software(its)
    return parts.isEmpty ? "" : WrappedParts.lines(parts, ", ", style: style, .plain)
  }

  /// What KVM's cache of translations would have done, in words.
  func software(_ its: ITSCaches) -> [String] {
    let curve = its.software
    guard curve.references > 0 else { return [] }
    let entries = its.softwareEntries(pes: report.trace.topology.peCount)
    let flushes = its.softwareFlushes.reduce(0) { $0 + $1.count }
    let again = its.softwareFlushes.reduce(0) { $0 + $1.refetched }
    return [
      "As KVM caches translations: \(Units.count(curve.misses(entries: entries))) of \(Units.count(curve.references)) "
        + "MSIs miss with \(entries) entries (to 6.9)",
      "\(Units.count(curve.compulsory)) without a limit (from 6.10)",
      "\(Units.count(flushes, "flush makes", "flushes make")) \(Units.count(again)) of them",
    ]
  }

  private func agreement(_ its: ITSCaches, _ style: TextStyle) -> String {
    agreement(its).map { style.apply($0.isGood ? .faint : .notice, "  \($0.sentence)\n") } ?? ""
  }

  /// Whether the capture's own reads of tables are those of the walks; nil if it shows none.
  func agreement(_ its: ITSCaches) -> (sentence: String, isGood: Bool)? {
    guard !its.agreement.isEmpty else { return nil }
    let differed = its.agreement.reduce(0) { $0 + $1.differed }
    let shown = its.agreement.reduce(0) { $0 + $1.shown }
    let names = its.agreement.map(\.table.name).joined(separator: ", ")
    let verdict =
      differed == 0 ? "the walks above agree." : Units.count(differed, "walk above differs.", "walks above differ.")
    return ("The capture shows \(Units.count(shown, "read")) of \(names) tables; \(verdict)", differed == 0)
  }
}
