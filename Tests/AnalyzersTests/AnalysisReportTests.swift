import InterruptTrace
import Replay
import Testing

@testable import Analyzers
@testable import Reports

private func report(
  _ transitions: [Transition], predictions: [PredictionCount] = [], topology: Topology = Topology()
) -> AnalysisReport {
  var statistics = ImportStatistics()
  statistics.records = 12
  statistics.note("malformed line", example: "xyz", position: "line 3")
  let trace = TraceSummary(
    path: "a.log", format: TraceFormat(name: "qemu-log", compression: "zstd"), events: 10, firstTime: 5,
    lastTime: 2_000_000_005, gaps: 0, statistics: statistics, topology: topology)
  return AnalysisReport(trace: trace, results: analyse(transitions), predictions: predictions)
}

private let oneInterrupt = [
  Make.msi(100, 8192, device: 0x18), Make.acknowledged(130, 8192, pe: 1), Make.ended(200, 8192, pe: 1),
  Make.spurious(300),
]

@Suite("Analysis as JSON")
struct AnalysisJSONTests {
  @Test("The trace object")
  func trace() {
    #expect(
      report([]).json["trace"]?.compactJSON
        == #"{"path":"a.log","format":"qemu-log","compression":"zstd","events":10,"first_ns":5,"last_ns":2000000005,"#
        + #""gaps":0,"records":12,"skipped":0,"problems":[{"kind":"malformed line","count":1,"position":"line 3","#
        + #""example":"xyz"}]}"#
    )
  }

  @Test("Schema and command come first")
  func head() {
    guard case .object(let members) = report([]).json else { return }
    #expect(members.prefix(3).map(\.name) == ["schema", "command", "trace"])
    #expect(report([]).json["schema"] == .number(1))
    #expect(report([]).json["command"] == "analyze")
  }

  @Test("The summary holds the keys that scripts depend on")
  func summary() {
    let summary = report(oneInterrupt).json["summary"]
    #expect(summary?["acknowledges"] == .number(1))
    #expect(summary?["spurious_acknowledges"] == .number(1))
    #expect(summary?["end_of_interrupts"] == .number(1))
    #expect(summary?["msis"] == .number(0))
    #expect(summary?["its_commands"] == .number(0))
    #expect(summary?["by_class"]?.compactJSON == #"{"SGI":0,"PPI":0,"SPI":0,"LPI":1}"#)
  }

  @Test("An acknowledge names PE and INTID, and the affinity only where it is not the PE's number")
  func acknowledges() {
    #expect(report(oneInterrupt).json["acknowledges"]?.compactJSON == #"[{"pe":1,"intid":8192,"count":1}]"#)
    var topology = Topology()
    topology.set(.affinity, index: 1, to: 0x100, source: .header)
    #expect(
      report(oneInterrupt, topology: topology).json["acknowledges"]?.compactJSON
        == #"[{"pe":1,"affinity":256,"intid":8192,"count":1}]"#
    )
  }

  @Test("A latency row holds class, stage, statistics and buckets")
  func latency() {
    let rows = report(oneInterrupt).json["latency"]
    guard case .list(let list) = rows else {
      Issue.record("no array")
      return
    }
    #expect(list.count == 3)
    #expect(
      list[0].compactJSON == #"{"class":"LPI","stage":"pending_to_acknowledge","count":1,"min_ns":30,"mean_ns":30,"#
        + #""max_ns":30,"p50_ns":30,"p90_ns":30,"p99_ns":30,"p999_ns":30,"p9999_ns":30,"buckets":[[30,1]]}"#
    )
  }

  @Test("Predictions are in the same form as in verify")
  func verify() {
    var count = PredictionCount(name: "ICC_IAR1_EL1", kind: .acknowledge)
    count.agreed = 7
    count.disagreed = 1
    let verify = report([], predictions: [count]).json["verify"]
    #expect(
      verify?.compactJSON
        == #"{"predicted":8,"agreed":7,"disagreed":1,"taught":0,"unknown":0,"by_register":[{"name":"ICC_IAR1_EL1","#
        + #""kind":"acknowledge","agreed":7,"disagreed":1,"taught":0,"unknown":0}]}"#
    )
  }
}

@Suite("Analysis as text")
struct AnalysisTextTests {
  @Test("Every section that has content is there, and none that has not")
  func sections() {
    let text = report(oneInterrupt).text(TextStyle(isColoured: false))
    for title in ["Interrupts", "Latency", "Busiest interrupts", "Processing elements", "Slowest devices"] {
      #expect(text.contains("\n\(title)\n"))
    }
    #expect(text.contains("1 × malformed line, first at line 3: xyz"))
    #expect(!text.contains("Gaps in the capture"))
    #expect(!text.contains("\u{1B}"))
    #expect(!text.split(separator: "\n").contains { $0.hasSuffix(" ") })
  }

  @Test("A capture without interrupts says so")
  func empty() {
    #expect(report([]).text(TextStyle(isColoured: false)).contains("No interrupt was acknowledged in this capture."))
  }
}

@Suite("Verification report")
struct VerifyReportTests {
  @Test("A disagreement holds the keys that scripts depend on")
  func json() {
    let failed = FailedPrediction(
      event: 7, time: 70, domain: 0, pe: 1, name: "ICC_RPR_EL1", expected: 0xFF, seen: 0xA0,
      explanation: "nothing runs", eventText: "#7 …")
    var count = PredictionCount(name: "ICC_RPR_EL1", kind: .read)
    count.disagreed = 1
    let document = VerifyReport(trace: report([]).trace, predictions: [count], disagreements: [failed]).json
    #expect(document["command"] == "verify")
    #expect(
      document["verify"]?["disagreements"]?.compactJSON
        == #"[{"event":7,"time_ns":70,"pe":1,"name":"ICC_RPR_EL1","expected":255,"seen":160,"#
        + ##""explanation":"nothing runs","event_text":"#7 …"}]"##
    )
    #expect(document["verify"]?["predicted"] == .number(1))
  }
}

@Suite("Thresholds")
struct ThresholdTests {
  @Test(
    "A condition that holds is a crossing",
    arguments: [
      "spurious>0", "spurious >= 1", "latency.max>99ns", "latency.LPI.pending_to_acknowledge.p99==30ns",
      "latency.lpi.p99.9 > 0", "spurious.nothing-pending>0", "acknowledges!=0", "latency.count==1", "problems>0",
      "max(injection_to_eoi,LPI)>99ns", "p99.9(pending_to_acknowledge) == 30ns", "findings==0", "findings.storm<1",
    ]
  )
  func crossed(text: String) throws {
    #expect(try Threshold(text).crossing(report(oneInterrupt)) != nil)
  }

  @Test(
    "A condition that does not hold, or has nothing to measure, is none",
    arguments: [
      "spurious>1", "spurious.line-fell>0", "latency.p99>1ms", "latency.SPI.max>0", "verify.disagreed>0", "gaps>0",
      "acknowledges<1", "findings", "findings.error", "findings.stuck-pending", "p99(injection_to_eoi,SPI)>0ns",
    ]
  )
  func notCrossed(text: String) throws {
    #expect(try Threshold(text).crossing(report(oneInterrupt)) == nil)
  }

  @Test(
    "What is no condition is refused",
    arguments: [
      "", "spurious", "bogus>1", "spurious>1ms", "latency.p99>fast", "latency.XXX.p99>1", "latency.p98>1", ">1",
      "findings.bogus", "p99(bogus)>1us", "p98(injection_to_eoi)>1us", "p99(injection_to_eoi,XXX)>1us",
    ]
  )
  func refused(text: String) {
    #expect(throws: ThresholdError.self) { try Threshold(text) }
  }

  @Test("A crossing says what was measured")
  func message() throws {
    #expect(try Threshold("latency.max>50ns").crossing(report(oneInterrupt)) == "latency.max > 50 ns (100 ns)")
  }
}
