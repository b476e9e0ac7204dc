import Analyzers
import Mustache

/// The report's page: `Page/report.mustache` with what goes into it.
struct HTMLPage {
  /// A part with a heading.
  struct Section {
    var title: String
    var id: String
    var body: String
  }
  private struct Tile {
    var name: String
    var value: String
  }

  private let report: AnalysisReport
  private var sections: [Section]
  private var timeline: TimelineEncoding?
  private var timelineText = ""
  private var hasLists = false

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

  /// Puts bars on the timeline.
  mutating func show(_ sample: TimelineSample, hasLists: Bool) {
    var sample = sample
    let bars = sample.result()
    guard !bars.isEmpty else { return }
    timeline = TimelineEncoding(bars)
    self.hasLists = hasLists
    let all = Units.count(sample.offered)
    timelineText =
      sample.isThinned
      ? "\(Units.count(UInt64(bars.count))) of \(all) interrupts: the longest, and every so many of the others."
      : "\(all) interrupts, from pending to their end."
  }

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

  private var content: [String: Any] {
    let trace = report.trace
    let compression = trace.format.compression == "none" ? "" : ", \(trace.format.compression)"
    let findings = HTMLFinding.all(report.json["findings"])
    return [
      "name": trace.path.split(separator: "/").last.map(String.init) ?? trace.path, "path": trace.path,
      "format": trace.format.name + compression,
      "events": "\(Units.count(trace.events)) events in \(Units.duration(trace.duration))",
      "controller": trace.topology.title, "problems": problems, "tiles": tiles, "sections": sections,
      "style": HTMLStyle.css + "\n" + Self.text(PackageResources.report_css),
      "script": Self.text(PackageResources.report_js), "hasFindings": !findings.isEmpty, "findings": findings,
      "hasTimeline": timeline != nil, "timelineText": timelineText, "timelineFacts": timelineFacts,
      "lives": timeline?.base64 ?? "", "classes": InterruptClass.allCases.map(\.name), "hasLists": hasLists,
    ]
  }

  /// What the script must know of the bars.
  private var timelineFacts: String {
    guard let timeline else { return "{}" }
    let pes = Set(timeline.bars.map(\.pe)).sorted().prefix(256).map { pe -> JSONValue in
      ["number": .number(UInt64(pe)), "name": .string(report.naming.text(pe))]
    }
    let facts: JSONValue = [
      "count": .number(UInt64(timeline.bars.count)), "start": .number(timeline.start),
      "length": .number(timeline.length), "tick": .number(timeline.tick), "lists": .bool(hasLists),
      "pes": .array(pes),
    ]
    return facts.compactText
  }

  private var problems: [String] {
    var lines: [String] = []
    if let damage = report.trace.statistics.damage {
      lines.append("Damaged: \(damage.reason) \(damage.position). Analysed up to there.")
    }
    for problem in report.trace.statistics.problems {
      lines.append(
        "\(Units.count(problem.count)) × \(problem.kind), first at \(problem.firstPosition): \(problem.firstExample)"
      )
    }
    return lines
  }

  private var tiles: [Tile] { report.htmlTiles.map { Tile(name: $0.name, value: $0.value) } }
}

extension AnalysisReport {
  /// The page without what only a replay gives: the timeline and the pictures over time.
  public func html() -> String { HTMLPage(self).html }
}

/// A finding as the page shows it, from the JSON report's object.
struct HTMLFinding {
  struct Link {
    var text: String
    var event: String?
  }

  var severity = "", summary = "", kind = "", certainty = "", times = "", first = "", first_event = "", first_ns = ""
  var last_ns = "", intid = "", pe = "", next: String?
  var chain: [Link] = []

  static func all(_ findings: JSONValue?) -> [HTMLFinding] {
    guard case .array(let list)? = findings else { return [] }
    return list.map(HTMLFinding.init)
  }

  private init(_ json: JSONValue) {
    func word(_ key: String) -> String {
      if case .string(let text)? = json[key] { return text }
      return ""
    }
    func number(_ key: String) -> UInt64? {
      if case .number(let value)? = json[key] { return value }
      return nil
    }
    (severity, summary, kind, certainty) = (word("severity"), word("summary"), word("kind"), word("certainty"))
    let count = number("count") ?? 1
    times = count == 1 ? "once" : "\(Units.count(count)) times"
    first = Units.moment(number("first_ns") ?? 0)
    first_event = "\(number("first_event") ?? 0)"
    (first_ns, last_ns) = ("\(number("first_ns") ?? 0)", "\(number("last_ns") ?? 0)")
    intid = number("intid").map { "\($0)" } ?? ""
    pe = number("pe").map { "\($0)" } ?? ""
    next = word("next").isEmpty ? nil : word("next")
    if case .array(let links)? = json["chain"] {
      chain = links.map { link in
        if case .string(let text) = link { return Link(text: text) }
        var event: String?
        if case .number(let number)? = link["event"] { event = "\(number)" }
        guard case .string(let text)? = link["text"] else { return Link(text: link.compactText, event: event) }
        return Link(text: text, event: event)
      }
    }
  }
}
