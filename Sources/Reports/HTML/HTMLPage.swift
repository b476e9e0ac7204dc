import Analyzers
import InterruptTrace
import Mustache

/// The report's page: `Page/report.mustache` with what goes into it.
struct HTMLPage {
  /// A part with a heading.
  struct Section {
    var title: String
    var id: String
    var body: String
  }
  /// What is wrong with the capture, or left out of it.
  private struct Problem {
    var text: String
    var style: String
  }
  private struct Tile {
    var name: String
    var value: String
  }

  private let report: AnalysisReport
  private var sections: [Section]
  private var timeline: TimelineEncoding?
  private var timelineText = ""
  private var times = EventTimes()

  init(_ report: AnalysisReport, rows: Int = 40) {
    self.report = report
    sections = report.htmlSections(rows).filter { !$0.body.isEmpty }
  }

  /// Puts a section behind another one, or at the end.
  mutating func insert(_ title: String, id: String, _ body: String, after other: String) {
    guard !body.isEmpty else { return }
    let place = sections.firstIndex { $0.id == other }.map { $0 + 1 } ?? sections.count
    sections.insert(Section(title: title, id: id, body: body), at: place)
  }

  /// Puts bars on the timeline; `times` tells when the events were that findings name.
  mutating func show(_ sample: TimelineSample, _ times: EventTimes) {
    var sample = sample
    let bars = sample.result()
    guard !bars.isEmpty else { return }
    self.times = times
    timeline = TimelineEncoding(bars)
    let all = Units.count(sample.offered, "interrupt")
    timelineText =
      sample.isThinned
      ? "Showing \(Units.count(UInt64(bars.count))) of \(all): the longest, plus an even sample."
      : "\(all), from pending to the end."
  }

  /// More findings than anybody reads, and each takes the browser time.
  private static let findingLimit = 500

  var html: String {
    do {
      let template = try MustacheTemplate(string: Self.text(PackageResources.report_mustache))
      return template.render(content)
    } catch {
      // The template is part of the program: a test renders it.
      preconditionFailure("report.mustache: \(error)")
    }
  }

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  private static var script: String {
    [PackageResources.window_js, PackageResources.tables_js, PackageResources.report_js].map(text).joined(
      separator: "\n")
  }

  private var content: [String: Any] {
    let trace = report.trace
    let compression = trace.format.compression == "none" ? "" : ", \(trace.format.compression)"
    let times = timeline == nil ? EventTimes() : times
    let all = report.results.findings
    let findings = all.prefix(Self.findingLimit).map { HTMLFinding($0, times) }
    let further = UInt64(all.count - findings.count) + report.results.unlistedFindings
    return [
      "name": trace.path.split(separator: "/").last.map(String.init) ?? trace.path, "path": trace.path,
      "format": trace.format.name + compression,
      "events": "\(Units.count(trace.events, "event")) in \(Units.duration(trace.duration))",
      "controller": trace.topology.title, "problems": problems, "tiles": tiles,
      "sections": sections.map { Section(title: $0.title, id: $0.id, body: TableLabels.added(to: $0.body, $0.title)) },
      "style": HTMLStyle.css + "\n" + Self.text(PackageResources.report_css),
      "script": Self.script, "hasFindings": !findings.isEmpty, "findings": findings,
      "hasFurtherFindings": further > 0,
      "furtherFindings": Units.count(further, "further finding is", "further findings are")
        + " not shown; the worst come first.",
      "hasTimeline": timeline != nil, "timelineText": timelineText, "timelineFacts": timelineFacts,
      "lives": timeline?.base64 ?? "", "classes": InterruptClass.allCases.map(\.name),
      "hasLists": has(TimelineBar.Flags.isListed), "endsByExit": has(TimelineBar.Flags.endedByExit),
      "origin": report.origin.map { [$0] } ?? [],
    ]
  }

  /// What the script must know of the bars.
  private var timelineFacts: String {
    guard let timeline else { return "{}" }
    let hasManyGuests = Set(timeline.rows.map(\.domain)).subtracting([0]).count > 1
    let rows = timeline.rows.map { row -> ValueTree in
      [
        "pe": .number(UInt64(row.pe)), "domain": .number(UInt64(row.domain)), "virtual": .bool(row.isVirtual),
        "name": .text(row.name(report.naming, hasManyGuests: hasManyGuests)),
      ]
    }
    let facts: ValueTree = [
      "count": .number(UInt64(timeline.bars.count)), "start": .number(timeline.start),
      "length": .number(timeline.length), "tick": .number(timeline.tick), "rows": .list(rows),
    ]
    return facts.compactJSON
  }

  private func has(_ flag: UInt32) -> Bool { timeline?.bars.contains { $0.flags & flag != 0 } ?? false }

  private var problems: [Problem] {
    var lines: [Problem] = []
    if let damage = report.trace.statistics.damage {
      lines.append(.init(text: "Damaged: \(damage.reason) \(damage.position). Analysed up to there.", style: "bad"))
    }
    for problem in report.trace.statistics.problems {
      let text = "\(Units.count(problem.count)) × \(problem.kind), first \(problem.place): \(problem.firstExample)"
      lines.append(.init(text: text, style: "bad"))
    }
    if let ignored = report.trace.statistics.ignoredText { lines.append(.init(text: ignored, style: "faint")) }
    return lines
  }

  private var tiles: [Tile] { report.htmlTiles.map { Tile(name: $0.name, value: $0.value) } }
}

extension AnalysisReport {
  /// The page without what only a replay gives: the timeline and the pictures over time.
  public func html() -> String { HTMLPage(self).html }
}
