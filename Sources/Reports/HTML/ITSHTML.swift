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

  private var html: String {
    let shapes = ResultTables.misses(of: its).html([nil] + its.shapes, report.naming)
    let invalidations = ResultTables.causes.html(its.invalidations.filter { $0.count > 0 }, report.naming)
    let facts = ITSText(report: report).facts(its).paragraph
    let titled = its.shapes.isEmpty ? "" : "<h3>Caches of real shapes</h3>\n" + shapes
    return facts + MissCurvePicture(its).html + titled + software + invalidations + agreement
  }

  private var software: String {
    let text = ITSText(report: report).software(its).joined(separator: ", ")
    return text.isEmpty ? "" : "<p>\(text.escapedForHTML).</p>\n"
  }

  private var agreement: String {
    guard let text = ITSText(report: report).agreement(its) else { return "" }
    return "<p class=\"\(text.isGood ? "faint" : "bad")\">\(text.sentence.escapedForHTML)</p>\n"
  }
}
