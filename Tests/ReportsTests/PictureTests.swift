import Foundation
import InterruptTrace
import Replay
import Testing
import TraceImporters

@testable import Analyzers
@testable import Reports

@Suite("Pictures of the report")
struct PictureTests {
  private static func page(_ capture: String) throws -> (html: String, report: AnalysisReport) {
    var page = ""
    let report = try BundledCapture.analyse(capture) { _ in [HTMLReport { page += $0 }] }
    return (page, report)
  }

  /// What stands between two marks, for each place where the first stands.
  private static func parts(of text: String, from start: String, to end: String) -> [Substring] {
    text.ranges(of: start).map { range in
      let rest = text[range.upperBound...]
      return rest[..<(rest.range(of: end)?.lowerBound ?? rest.endIndex)]
    }
  }

  private static func section(_ id: String, of page: String) -> Substring? {
    parts(of: page, from: "<section id=\"\(id)\" ", to: "</section>").first
  }

  static let captures = [
    "linux-gicv3-its", "nested-gicv3", "linux-gicv2", "gicv4", "kvm-one-second/trace.dat", "stale-lpi-configuration",
  ]

  @Test("Each has axes with a title, and words for who cannot see it", arguments: captures)
  func accessible(capture: String) throws {
    let (page, _) = try Self.page(capture)
    let pictures = Self.parts(of: page, from: "<svg class=\"wide\"", to: "</svg></div>")
    #expect(!pictures.isEmpty)
    for picture in pictures {
      let label = Self.parts(of: String(picture), from: "aria-label=\"", to: "\"").first ?? ""
      #expect(picture.contains("role=\"img\""))
      #expect(label.count > 20, "\(label)")
      #expect(picture.contains("class=\"axis\""), "\(label)")
      #expect(!picture.contains("NaN") && !picture.contains("inf"), "\(label)")
    }
  }

  @Test("What a capture has is in its report, and what it has not is not")
  func sections() throws {
    let always = ["activity", "latency", "over-time", "busiest-interrupts", "processing-elements", "heat"]
    for (capture, present, absent) in [
      ("linux-gicv3-its", always + ["its", "slowest-devices", "timeline"], ["virtual", "list-registers", "kvm"]),
      ("nested-gicv3", always + ["virtual", "list-registers", "its", "timeline", "guests-slowest"], ["kvm"]),
      ("linux-gicv2", always + ["timeline"], ["its", "kvm", "virtual", "guests-slowest"]),
      ("kvm-one-second/trace.dat", ["kvm", "timeline", "guests-slowest"], ["latency", "its"]),
    ] {
      let (page, _) = try Self.page(capture)
      for id in present { #expect(Self.section(id, of: page) != nil, "\(capture): \(id)") }
      for id in absent { #expect(Self.section(id, of: page) == nil, "\(capture): \(id)") }
    }
  }

  @Test("What a kernel's trace has besides interrupts is no fault of it")
  func unused() throws {
    let (page, report) = try Self.page("kvm-one-second/trace.dat")
    let text = try #require(report.trace.statistics.ignoredText)
    #expect(report.trace.statistics.problems.map(\.kind) == ["clock of each CPU's own"])
    #expect(page.contains("<p class=\"faint\">\(text.escapedForHTML)"), "\(text)")
  }

  @Test("Guests' interrupts have the pictures that physical ones have")
  func virtual() throws {
    let (page, report) = try Self.page("nested-gicv3")
    let section = String(try #require(Self.section("virtual", of: page)))
    let stages = Set(report.results.virtual.latency.map(\.stage)).subtracting(
      report.results.virtual.deactivatesAtEnd ? [.acknowledgeToDeactivate] : [])
    #expect(section.ranges(of: ", by percentile. ").count == stages.count)
    #expect(section.ranges(of: ", histogram. ").count == stages.count)
    let latency = try #require(Self.section("guests-slowest", of: page))
    #expect(latency.contains("Latency over time of vSGIs, heat map"))
    let ended = report.results.virtual.latency.filter { [.listedToEOI, .pendingToEOI].contains($0.stage) }
    let overTime = report.results.virtual.latencyOverTime
    for interruptClass in InterruptClass.allCases {
      let count = ended.filter { $0.interruptClass == interruptClass }.reduce(0) { $0 + $1.distribution.count }
      let spans = overTime.first { $0.interruptClass == interruptClass }?.series.spans ?? []
      #expect(spans.reduce(0) { $0 + $1.count } == count)
    }
  }

  @Test("The what-if table is that of the command")
  func whatIf() throws {
    let (page, _) = try Self.page("nested-gicv3")
    let engine = ReplayEngine(source: try openTrace(paths: [BundledCapture.path("nested-gicv3")]))
    let replay = ListRegisterReplay(variants: ListRegisterVariant.standard)
    try engine.run(replay.consume)
    let section = String(try #require(Self.section("list-registers", of: page)))
    for outlook in replay.results {
      let row =
        "<tr><td>\(outlook.variant.policy.rawValue)</td><td class=\"n\">\(outlook.variant.count)</td><td class=\"n\">"
        + Units.percent(outlook.overflowingEntries, of: outlook.entries).escapedForHTML + "</td>"
      #expect(section.contains(row), "\(row)")
    }
    #expect(replay.results.count == 10)
  }

  @Test("Each cache that was simulated is a mark on the miss curves")
  func missCurves() throws {
    let (page, report) = try Self.page("linux-gicv3-its")
    let section = String(try #require(Self.section("its", of: page)))
    let its = try #require(report.results.its.first)
    #expect(section.ranges(of: "class=\"shape ").count == its.shapes.reduce(0) { $0 + $1.caches.count })
    #expect(section.ranges(of: "class=\"curve ").count == its.tables.count + 1)
    for table in its.tables { #expect(section.contains("<td>\(table.table.title)</td>")) }
  }
}

@Suite("Latency over time")
struct LatencySeriesTests {
  @Test("Spans double when they run out, and lose nothing")
  func doubling() {
    var series = LatencySeries()
    for i in 0..<10_000 as Range<UInt64> { series.add(i, at: 500 + i * 1000) }
    #expect(series.start == 500)
    #expect(series.spans.count <= 256 && series.spans.count > 128)
    #expect(series.spans.reduce(0) { $0 + $1.count } == 10_000)
    #expect(series.spans.last?.worst == 9999)
    #expect(series.end! >= 500 + 9999 * 1000)
    #expect(series.spans[0].mean == (series.spans[0].worst + 1) / 2)
  }

  @Test("What began before the first counts with it")
  func early() {
    var series = LatencySeries()
    series.add(10, at: 5000)
    series.add(30, at: 4000)
    #expect(series.spans.map(\.count) == [2])
    #expect(series.spans[0].mean == 20 && series.spans[0].worst == 30)
  }

  @Test("Times at the end of 64 bits are no trouble")
  func late() {
    var series = LatencySeries()
    series.add(.max, at: 0)
    series.add(.max, at: .max)
    #expect(series.spans.reduce(0) { $0 + $1.count } == 2)
    #expect(series.spans.last?.mean == .max)
  }
}
