import Foundation
import InterruptTrace
import Testing
import TraceImporters

@testable import Replay

@Suite("Captures without their beginning")
struct MiddleOfRunTests {
  @Test(
    "Of random accesses, without the first of them nearly every answer is predicted", arguments: [4000, 20_000, 30_000])
  func random(count: Int) throws {
    let traces = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Traces").standardized
    let source = try openTrace(paths: [traces.appending(path: "random-gicv3/trace.log.lz4").path])
    var batch = EventBatch(capacity: 4096)
    var events: [Event] = []
    while try source.read(into: &batch) > 0 { events += batch.events }
    let rest = events.dropFirst(count).drop { $0.kind == .continuation }
    var topology = source.topology
    topology.set(.startsAtReset, to: 0, source: .header)
    let engine = ReplayEngine(source: EventArraySource(Array(rest), topology: topology))
    try engine.run()
    let counts = engine.predictions.reduce(into: (agreed: UInt64(0), disagreed: UInt64(0))) {
      $0.agreed += $1.agreed
      $0.disagreed += $1.disagreed
    }
    #expect(counts.agreed > 9000)
    #expect(counts.disagreed * 1000 < counts.agreed, "\(counts)")
  }
}
