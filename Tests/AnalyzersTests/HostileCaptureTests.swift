import Foundation
import InterruptTrace
import Replay
import Testing
import TraceImporters

@testable import Analyzers
@testable import Reports

/// The captures under `Traces/hostile`: what each holds is counted right, in bounded memory. Time is not asserted; what
/// once took quadratic time would keep the tests from ending.
@Suite("Captures made to take much")
struct HostileCaptureTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Traces/hostile").standardized

  private struct Outcome {
    var results: AnalysisResults
    var largestBatch = 0
    var engine: ReplayEngine
  }

  private func analyse(_ name: String, until end: ReplayPosition = .end) throws -> Outcome {
    let engine = ReplayEngine(source: try openTrace(paths: [Self.folder.appending(path: name).path]))
    let analysis = Analysis()
    var largest = 0
    try engine.run(until: end) { batch in
      largest = max(largest, batch.transitions.count)
      try analysis.consume(batch)
    }
    return Outcome(results: analysis.results, largestBatch: largest, engine: engine)
  }

  @Test("An SGI to 4,000 PEs is 4,000 transitions, and a batch of such SGIs is handed on in parts")
  func broadcast() throws {
    // All is set up by event 20,002; then each write of ICC_SGI1R_EL1 reaches all PEs but its own.
    let outcome = try analyse("sgi-broadcast-4000.pcap.lz4", until: .event(20_301))
    let writes = outcome.results.eventKinds.first { $0.kind == .sysregWrite }?.count ?? 0
    #expect(outcome.results.summary.sgisSent == 3999 * (writes - 8000))
    #expect(outcome.results.summary.sgisSent > 1 << 20)
    #expect(outcome.largestBatch < 1 << 17)
  }

  @Test(
    "Storms of commands on many LPIs: every command is carried out, and every prediction holds",
    arguments: [
      ("invall-storm-n-lpis", ITSOpcode.invall), ("movall-storm-pending", ITSOpcode.movall),
      ("vinvall", ITSOpcode.vinvall),
    ] as [(String, UInt8)]
  )
  func storm(name: String, opcode: UInt8) throws {
    let outcome = try analyse(name + ".pcap.lz4")
    let counts = outcome.results.summary.itsCommandsByOpcode
    #expect(counts[Int(opcode)] > 1000)
    #expect(counts.reduce(0, +) == outcome.results.summary.itsCommands)
    #expect(outcome.results.summary.itsFaults == 0)
    #expect(outcome.engine.predictions.allSatisfy { $0.disagreed == 0 })
    #expect(outcome.engine.controller.checkInvariants() == nil)
  }

  @Test(
    "What waits on every PE, and random events, are followed to the end", arguments: ["pes-times-changes", "random"])
  func waits(name: String) throws {
    let file = name == "random" ? "wait-analyzer-random.pcap.xz" : "wait-analyzer-\(name).pcap.lz4"
    let outcome = try analyse(file)
    #expect(outcome.engine.isAtEnd)
    for row in outcome.results.waits { #expect(row.total >= row.max && row.count > 0) }
  }

  @Test("A guest that is entered on a vCPU of no number, or of one that no guest has, is followed no further")
  func strayVCPU() throws {
    for name in ["kvm-enter-pe-none.pcap", "kvm-enter-pe-5000.pcap"] {
      let outcome = try analyse(name)
      #expect(outcome.engine.isAtEnd && outcome.engine.events > 0)
      #expect(outcome.results.kvm.allSatisfy { $0.entries == 0 })
    }
  }

  @Test(
    "Threads of guests are numbered, however many there are",
    arguments: ["kvm-4300-vcpus-ftrace.txt.xz", "ftrace-50k-threads.txt.xz"])
  func threads(name: String) throws {
    let outcome = try analyse(name)
    #expect(outcome.engine.isAtEnd && outcome.engine.statistics.damage == nil)
  }

  @Test("Exceptions on 4,096 CPUs are those of 4,096 PEs")
  func exceptions() throws {
    let outcome = try analyse("qemu-exceptions-4096.log.xz")
    #expect(outcome.engine.isAtEnd)
    #expect(outcome.engine.topology.peCount <= 4096)
  }

  @Test("An HTML report shows the worst findings, and says how many it does not show")
  func html() throws {
    let outcome = try analyse("html-25k-lpis.pcap.lz4", until: .event(120_000))
    let count = outcome.results.findings.count
    #expect(count > 500)
    let page = AnalysisReport(
      trace: TraceSummary(path: "", engine: outcome.engine, gaps: 0), results: outcome.results, predictions: []
    ).html()
    #expect(page.components(separatedBy: "<article class=\"finding").count - 1 == 500)
    #expect(page.contains("further findings are not shown"))
  }
}
