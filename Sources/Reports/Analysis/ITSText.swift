import Analyzers

/// The terminal report's section about ITS tables and caches.
struct ITSText {
  let report: AnalysisReport

  func caches(_ style: TextStyle, _ rows: Int) -> String {
    report.results.its.map { its in
      let title =
        report.results.its.count > 1 ? style.apply(.faint, "  ITS \(its.its) of domain \(its.domain)") + "\n" : ""
      return title + facts(its, style) + tables(its, style) + shapes(its, style) + software(its, style)
        + invalidations(its, style) + agreement(its, style)
    }.joined(separator: "\n")
  }

  private func facts(_ its: ITSCaches, _ style: TextStyle) -> String {
    WrappedParts.lines(rolledFacts(its), " · ", style: style)
  }

  /// What an ITS did, in words.
  func facts(_ its: ITSCaches) -> [String] { rolledFacts(its).map(\.0) }

  private func rolledFacts(_ its: ITSCaches) -> [(String, TextStyle.Role)] {
    var facts: [(String, TextStyle.Role)] = []
    func fact(_ count: UInt64, _ one: String, _ many: String, _ role: TextStyle.Role = .plain) {
      if count > 0 { facts.append(("\(Units.count(count)) \(count == 1 ? one : many)", role)) }
    }
    fact(its.msis, "MSI translated", "MSIs translated")
    fact(its.commands, "command", "commands")
    fact(its.lpiMatch, "MSI for an LPI already pending", "MSIs for LPIs already pending")
    fact(its.invalid, "walk ended at an invalid entry", "walks ended at an invalid entry", .notice)
    return facts
  }

  /// Misses of fully associative caches. Sizes that all tables fit into long before are left out.
  private func tables(_ its: ITSCaches, _ style: TextStyle) -> String {
    let enough = its.tables.map(\.curve.sufficient).max() ?? 0
    let all: [UInt64] = [1, 4, 16, 64, 256, 1024, 4096]
    let sizes = all.filter { $0 < enough * 4 || $0 == 1 }
    var table = TextTable(
      [("table", .left), ("look-ups", .right), ("entries", .right)]
        + sizes.map { ("miss % at \($0)", .right) }.enumerated().map {
          $0.offset == 0 ? $0.element : ("\(all[$0.offset])", .right)
        }
        + [("never less", .right), ("from", .right)]
    )
    for row in its.tables {
      var cells: [TextTable.Cell] = [
        .init(row.table.title), .init(Units.count(row.curve.references)), .init(Units.count(row.curve.different)),
      ]
      for size in sizes { cells.append(.init(share(row.curve.misses(entries: size), row.curve.references))) }
      cells.append(.init(share(row.curve.compulsory, row.curve.references), .faint))
      cells.append(.init(Units.count(row.curve.sufficient), .faint))
      table.add(cells)
    }
    return table.render(style)
  }

  private func share(_ part: UInt64, _ whole: UInt64) -> String {
    guard whole > 0 else { return "–" }
    return Units.fixed(Double(part) / Double(whole) * 100, 1)
  }

  private func shapes(_ its: ITSCaches, _ style: TextStyle) -> String {
    var table = TextTable([
      ("caches of two ways or as asked for", .left), ("device", .right), ("misses", .right), ("event", .right),
      ("misses", .right), ("coll.", .right), ("misses", .right), ("reads per walk", .right),
    ])
    table.add(["none", "", "", "", "", "", "", .init(Units.fixed(its.uncachedReadsPerWalk, 2))])
    for shape in its.shapes {
      var cells: [TextTable.Cell] = [.init(shape.shape.name)]
      for kind in [ITSCacheTable.device, .event, .collection] {
        cells.append(.init(shape.shape.entries(of: kind).map { "\($0)" } ?? "", .faint))
        cells.append(.init(its.misses(shape, kind).map(Units.count) ?? ""))
      }
      cells.append(.init(Units.fixed(its.readsPerWalk(shape), 2)))
      table.add(cells)
    }
    return "\n" + table.render(style)
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
      "\(Units.count(flushes)) \(flushes == 1 ? "flush makes" : "flushes make") \(Units.count(again)) of them",
    ]
  }

  private func invalidations(_ its: ITSCaches, _ style: TextStyle) -> String {
    var table = TextTable([
      ("invalidated by", .left), ("times", .right), ("entries", .right), ("fetched again", .right),
    ])
    for row in its.invalidations where row.count > 0 {
      table.add([
        .init(row.cause.name), .init(Units.count(row.count)), .init(Units.count(row.dropped)),
        .init(Units.count(row.refetched)),
      ])
    }
    return table.isEmpty ? "" : "\n" + table.render(style)
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
    let verdict = differed == 0 ? "the walks above agree." : "\(Units.count(differed)) walks above differ."
    return ("The capture shows \(Units.count(shown)) reads of \(names) tables; \(verdict)", differed == 0)
  }
}
