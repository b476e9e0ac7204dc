import InterruptTrace
import Testing

@testable import Analyzers
@testable import Reports

@Suite("Before and after")
struct DiffTests {
  /// The result of an SPI that takes `latency(i)` ns from line to acknowledge, once a millisecond.
  private func side(_ count: UInt64, intid: UInt32 = 40, _ latency: (UInt64) -> UInt64) throws -> DiffSide {
    let transitions = (0..<count).flatMap { i -> [Transition] in
      let (start, taken) = (i * 1_000_000 + 1, latency(i))
      return [
        Make.pending(start, intid), Make.acknowledged(start + taken, intid),
        Make.ended(start + taken + 1000, intid, deactivates: true),
      ]
    }
    return try DiffSide(path: "a.log", document(transitions, length: count * 1_000_000))
  }

  private func document(_ transitions: [Transition], length: UInt64) -> ValueTree {
    AnalysisReport(
      trace: TraceSummary(
        path: "a.log", format: TraceFormat(name: "native"), events: UInt64(transitions.count), firstTime: 0,
        lastTime: length, gaps: 0, statistics: ImportStatistics(), topology: Topology()),
      results: analyse(transitions),
      predictions: []
    ).json
  }

  private func withFindings(_ findings: [ValueTree]) throws -> DiffSide {
    guard case .object(var members) = document([], length: 1_000_000) else { return try side(0) { _ in 0 } }
    members.removeAll { $0.name == "findings" }
    return try DiffSide(path: "a.log", .object(members + [.init("findings", .list(findings))]))
  }

  private func finding(_ kind: String, _ intid: UInt64, count: UInt64 = 1, severity: String = "error") -> ValueTree {
    [
      "kind": .text(kind), "severity": .text(severity), "intid": .number(intid), "pe": 0, "count": .number(count),
      "summary": .text("\(kind) of \(intid)"),
    ]
  }

  private func change(_ report: DiffReport, _ stage: LatencyStage, _ name: String) -> Change? {
    report.classes.first { $0.key.stage == stage.name }?.quantiles.first { $0.name == name }?.change
  }

  @Test("A capture compared with itself differs in nothing")
  func same() throws {
    let one = try side(2000) { 1000 + $0 % 97 * 50 }
    let report = DiffReport(before: one, after: one)
    #expect(!report.isDifferent && !report.isSlower)
    #expect(report.text(TextStyle(isColoured: false)).contains("no latency of a class changed beyond noise"))
  }

  /// The result of a guest that ends what is listed `latency` ns later, and is left for a device `exits` times.
  private func guest(_ latency: UInt64, exits: UInt64) throws -> DiffSide {
    let value: UInt64 = 1 << 62 | 1 << 60 | 27
    let transitions = (0..<500 as Range<UInt64>).flatMap { i -> [Transition] in
      let start = i * 1_000_000 + 1
      return [Make.filled(start, 0, value), Make.taken(start + latency + i % 7, 0, 27)]
        + Make.completed(start + latency + 5000, 0, value & ~(1 << 62))
    }
    guard case .object(var members) = document(transitions, length: 500_000_000) else { return try side(0) { _ in 0 } }
    members.removeAll { $0.name == "kvm" }
    let delay: ValueTree = [
      "stage": "injection_to_entry", "count": 1000, "min_ns": .number(latency), "mean_ns": .number(latency),
      "max_ns": .number(latency), "buckets": [[.number(latency), 1000]],
    ]
    let kvm: ValueTree = [
      ["domain": 1, "exits": [["cause": "device", "exits": .number(exits)]], "delays": [delay]]
    ]
    return try DiffSide(path: "g.log", .object(members + [.init("kvm", kvm)]))
  }

  @Test("Guests' interrupts, a guest's delays and its exits are compared too")
  func guests() throws {
    let report = DiffReport(before: try guest(2000, exits: 100), after: try guest(9000, exits: 900))
    let virtual = report.classes.first { $0.key.interruptClass == "vPPI" && $0.key.stage == "listed_to_acknowledge" }
    #expect(virtual?.quantiles.first?.change == .higher)
    let delay = report.classes.first { $0.key.domain == 1 && $0.key.stage == "injection_to_entry" }
    #expect(delay?.quantiles.first?.change == .higher)
    #expect(report.rates.first { $0.name == "guest_1_exits.device" }?.change == .higher)
    let text = report.text(TextStyle(isColoured: false))
    #expect(text.contains("vPPI listed → acknowledge: slower"))
    #expect(text.contains("guest 1 injection to entry: slower"))
    let page = report.html()
    #expect(page.contains("vPPI: latency by percentile, before and after."))
    #expect(page.contains("class=\"line PPI\""))
  }

  @Test("A distribution that moved as a whole is higher in every percentile that the samples can tell")
  func moved() throws {
    let report = DiffReport(
      before: try side(4000) { 1000 + $0 % 97 * 50 }, after: try side(4000) { 2000 + $0 % 97 * 50 })
    #expect(change(report, .pendingToAcknowledge, "p50") == .higher)
    #expect(change(report, .pendingToAcknowledge, "p99") == .higher)
    #expect(change(report, .acknowledgeToEOI, "p50") == .withinNoise)
    #expect(report.isSlower && report.isDifferent)
    #expect(report.intids.first?.key.intid == 40)
  }

  @Test("A tail that got better is told apart from a median that stayed")
  func tail() throws {
    let report = DiffReport(
      before: try side(4000) { $0 % 20 == 0 ? 90_000 : 1000 + $0 % 97 }, after: try side(4000) { 1000 + $0 % 97 })
    #expect(change(report, .pendingToAcknowledge, "p50") == .withinNoise)
    #expect(change(report, .pendingToAcknowledge, "p99") == .lower)
    #expect(!report.isSlower && report.isDifferent)
  }

  @Test("Few samples tell nothing, however far apart they are")
  func few() throws {
    let report = DiffReport(before: try side(3) { _ in 1000 }, after: try side(3) { _ in 9000 })
    #expect(change(report, .pendingToAcknowledge, "p50") == .unknown)
    #expect(!report.isSlower)
  }

  @Test("What moved by less than is asked for has not changed")
  func least() throws {
    let (a, b) = (try side(4000) { _ in 10_000 }, try side(4000) { _ in 10_100 })
    #expect(!DiffReport(before: a, after: b, least: 0.02).isSlower)
    #expect(DiffReport(before: a, after: b, least: 0.005).isSlower)
  }

  @Test("The interval of a percentile holds its order statistics")
  func interval() {
    let hundred = LatencyDistribution(
      (1...100).map { SampleBucket(upper: $0, count: 1) }, count: 100, min: 1, max: 100, sum: 5050)
    #expect(hundred.quantile(0.5) == 50)
    #expect(hundred.quantile(1) == 100)
    // 50 ± 3.29 × 5: ranks 33 and 68.
    let (low, high) = hundred.interval(0.5, deviations: DiffNoise.deviations)
    #expect(low == 33 && high == 68)
    #expect(hundred.interval(0.999, deviations: DiffNoise.deviations).high == nil)
  }

  @Test("A rate that doubled has changed, one within Poisson's spread has not")
  func rates() {
    let second: UInt64 = 1_000_000_000
    func change(_ a: UInt64, _ b: UInt64, _ lengthB: UInt64 = second) -> Change {
      RateChange.compare("msis", a, b, lengths: (second, lengthB)).change
    }
    #expect(change(1000, 2000) == .higher)
    #expect(change(1000, 1050) == .withinNoise)
    #expect(change(1000, 2000, 2 * second) == .withinNoise)
    #expect(change(1000, 0) == .lower)
    #expect(change(2, 4) == .withinNoise)
    #expect(change(5, 5, 0) == .unknown)
  }

  @Test("A rate that is unsteady within a capture must change by more")
  func unsteady() {
    let steady = DiffSide.ActivityCounts(width: 1_000_000, counts: [UInt64](repeating: 100, count: 64))
    let higher = DiffSide.ActivityCounts(width: 1_000_000, counts: [UInt64](repeating: 130, count: 64))
    let burst = DiffSide.ActivityCounts(width: 1_000_000, counts: (0..<64).map { $0 == 20 ? 8320 : 0 })
    func change(_ a: DiffSide.ActivityCounts, _ b: DiffSide.ActivityCounts) -> Change {
      RateChange.compare(
        "acknowledges.SPI", a.counts.reduce(0, +), b.counts.reduce(0, +), lengths: (64_000_000, 64_000_000),
        spans: (a, b)
      ).change
    }
    #expect(change(steady, higher) == .higher)
    #expect(change(steady, burst) == .withinNoise)
  }

  @Test("Findings are new, gone or of another number; the worst come first")
  func findings() throws {
    let report = DiffReport(
      before: try withFindings([finding("stuck-pending", 40), finding("storm", 27, count: 3)]),
      after: try withFindings([
        finding("storm", 27, count: 9), finding("coalesced-edge", 50, severity: "note"), finding("wrong-eoi", 41),
      ])
    )
    #expect(report.newFindings.map(\.kind) == ["wrong-eoi", "coalesced-edge"])
    #expect(report.goneFindings.map(\.kind) == ["stuck-pending"])
    #expect(report.changedFindings.map(\.after.count) == [9])
    let text = report.text(TextStyle(isColoured: false))
    #expect(text.contains("wrong-eoi of 41") && text.contains("stuck-pending of 40"))
    #expect(report.json["findings"]?["new"]?.elements.count == 2)
    #expect(report.html().contains("wrong-eoi of 41"))
  }

  @Test("A written result is the same side as the report that wrote it")
  func written() throws {
    let transitions = (0..<50).flatMap { i in
      [Make.pending(i * 1000 + 1, 40), Make.acknowledged(i * 1000 + 90 + i, 40), Make.ended(i * 1000 + 200, 40)]
    }
    let json = document(transitions, length: 50_000)
    let (direct, read) = (try DiffSide(path: "a", json), try DiffSide(path: "a", json: json.jsonText.utf8))
    #expect(direct.latencies.count == read.latencies.count && !read.latencies.isEmpty)
    #expect(zip(direct.latencies, read.latencies).allSatisfy { $0.key == $1.key && $0.latency == $1.latency })
    #expect(!DiffReport(before: direct, after: read).isDifferent)
  }

  @Test("What is no result says so")
  func noResult() throws {
    #expect(throws: DiffSide.Problem.notJSON) { try DiffSide(path: "a", json: "{\"schema\": 1, ".utf8) }
    #expect(throws: DiffSide.Problem.notAResult) { try DiffSide(path: "a", json: "{\"schema\": 1}".utf8) }
    #expect(throws: DiffSide.Problem.schema(99)) {
      try DiffSide(path: "a", json: "{\"schema\": 99, \"command\": \"analyze\", \"trace\": {}}".utf8)
    }
  }

  @Test("Buckets that contradict the count are not compared")
  func contradictory() {
    let row: ValueTree = [
      "count": 3, "min_ns": 1, "mean_ns": 2, "max_ns": 3,
      "buckets": [[1, 1], [.number(.max), .number(.max)]],
    ]
    #expect(LatencyDistribution(row) == nil)
  }

  @Test("The page needs nothing from elsewhere, and closes what it opens")
  func page() throws {
    let report = DiffReport(before: try side(500) { 1000 + $0 }, after: try side(500) { 5000 + $0 })
    let page = report.html()
    #expect(page.contains("<svg") && page.contains("before and after"))
    for reference in ["http:", "https:", "<script", "<link", "src=", "@import"] { #expect(!page.contains(reference)) }
  }
}
