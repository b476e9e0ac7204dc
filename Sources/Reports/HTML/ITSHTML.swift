import Analyzers

/// The report's section about an ITS: what it looked up, and what caches would have made of it.
struct ITSHTML {
  let its: ITSCaches
  let report: AnalysisReport

  static func section(_ report: AnalysisReport) -> String {
    report.results.its.map { its in
      let title = report.results.its.count > 1 ? "<h3>ITS \(its.its) of domain \(its.domain)</h3>\n" : ""
      return title + ITSHTML(its: its, report: report).html
    }.joined()
  }

  private var html: String { facts + MissCurvePicture(its).html + shapes + software + invalidations + agreement }

  private var facts: String {
    let facts = ITSText(report: report).facts(its).joined(separator: " · ")
    return facts.isEmpty ? "" : "<p class=\"faint\">\(facts.escapedForHTML).</p>\n"
  }

  private var shapes: String {
    let kinds = ITSCacheTable.allCases.filter { kind in
      its.shapes.contains { $0.shape.entries(of: kind) != nil }
    }
    guard !kinds.isEmpty else { return "" }
    var table = HTMLTable(
      [("caches", false), ("ways", true)] + kinds.flatMap { [("\($0.title) entries", true), ("misses", true)] }
        + [("reads per walk", true)]
    )
    let blank = Array(repeating: "", count: kinds.count * 2 + 1)
    table.add(["none"] + blank + [Units.fixed(its.uncachedReadsPerWalk, 2)])
    for shape in its.shapes {
      let cells = kinds.flatMap { kind in
        [
          shape.shape.entries(of: kind).map { Units.count(UInt64($0)) } ?? "",
          its.misses(shape, kind).map(Units.count) ?? "",
        ]
      }
      table.add([shape.shape.name, "\(shape.shape.ways)"] + cells + [Units.fixed(its.readsPerWalk(shape), 2)])
    }
    return "<h3>Caches of real shapes</h3>\n" + table.html
  }

  private var software: String {
    let text = ITSText(report: report).software(its).joined(separator: ", ")
    return text.isEmpty ? "" : "<p>\(text.escapedForHTML).</p>\n"
  }

  private var invalidations: String {
    var table = HTMLTable([("invalidated by", false), ("times", true), ("entries", true), ("fetched again", true)])
    for row in its.invalidations where row.count > 0 {
      table.add([row.cause.name, Units.count(row.count), Units.count(row.dropped), Units.count(row.refetched)])
    }
    return table.rows == 0 ? "" : table.html
  }

  private var agreement: String {
    guard let text = ITSText(report: report).agreement(its) else { return "" }
    return "<p class=\"\(text.isGood ? "faint" : "bad")\">\(text.sentence.escapedForHTML)</p>\n"
  }
}
