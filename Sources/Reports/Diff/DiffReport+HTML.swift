import Analyzers
import InterruptTrace

extension DiffReport {
  /// One file that needs nothing else: styles and pictures are in it, there are no scripts.
  public func html(rows limit: Int = 100) -> String {
    var out = "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
    out += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
    out += "<title>gicscope: before and after</title>\n<style>\n\(HTMLStyle.css)\n</style></head>\n<body>\n"
    out += "<h1>Before and after</h1>\n"
    for (name, side) in [("before", before), ("after", after)] {
      out += "<p class=\"faint\">\(name): \(side.path.escapedForHTML), \(side.size)</p>\n"
    }
    out += "<ul>\n"
    for line in DiffWording.headline(self) {
      out += "<li class=\"\(line.isBad ? "bad" : "good")\">\(line.text.escapedForHTML)</li>\n"
    }
    out += "</ul>\n"
    out += section("New findings", findings(newFindings, limit))
    out += section("Resolved findings", findings(goneFindings, limit))
    out += section("Findings with another count", changes(limit))
    out += section("Latency", pictures + latencies(classes))
    out += section("Interrupts whose latency changed", latencies(Array(intids.prefix(limit))))
    out += section("Rates", ResultTables.rateChanges.html(rates, PENaming(Topology())))
    out += "<p class=\"faint\">\(DiffNoise.explanation.escapedForHTML)</p>\n"
    return out + "</body></html>\n"
  }

  private func section(_ title: String, _ body: String) -> String {
    body.isEmpty ? "" : "<h2>\(title)</h2>\n\(body)\n"
  }

  private var pictures: String {
    let whole = [
      LatencyStage.injectionToEOI.name, VirtualStage.listedToEOI.name, VirtualStage.pendingToEOI.name,
      GuestDelayStage.injectionToEntry.name,
    ]
    return classes.filter { whole.contains($0.key.stage) && min($0.before.count, $0.after.count) >= 20 }.map { change in
      "<h3>\(DiffWording.subject(change.key)), \(DiffWording.stage(change.key.stage)) (dashed: before)</h3>\n"
        + DiffPicture(change: change).html
    }.joined()
  }

  private func findings(_ findings: [ComparedFinding], _ limit: Int) -> String {
    var table = HTMLTable([("severity", false), ("kind", false), ("count", true), ("what", false)])
    for finding in findings.prefix(limit) {
      table.add([finding.severity, finding.kind, Units.count(finding.count), finding.summary])
    }
    return table.rows == 0 ? "" : table.html
  }

  private func changes(_ limit: Int) -> String {
    var table = HTMLTable([("kind", false), ("before", true), ("after", true), ("what", false)])
    for row in changedFindings.prefix(limit) {
      table.add([row.after.kind, Units.count(row.before.count), Units.count(row.after.count), row.after.summary])
    }
    return table.rows == 0 ? "" : table.html
  }

  private func latencies(_ changes: [LatencyChange]) -> String {
    var table = HTMLTable([
      ("", false), ("stage", false), ("count", true), ("p50", true), ("p90", true), ("p99", true), ("p99.9", true),
      ("max", true), ("beyond noise", false),
    ])
    for change in changes {
      let pair: (String, String) -> String = { $0 + " → " + $1 }
      let moved = change.quantiles.filter { $0.change == .higher || $0.change == .lower }.map(DiffWording.quantile)
      table.add(
        [
          DiffWording.subject(change.key), DiffWording.stage(change.key.stage),
          pair(Units.count(change.before.count), Units.count(change.after.count)),
        ] + change.quantiles.map { pair(Units.duration($0.before), Units.duration($0.after)) }
          + [pair(Units.duration(change.before.max), Units.duration(change.after.max)), moved.joined(separator: "; ")]
      )
    }
    return table.rows == 0 ? "" : table.html
  }
}
