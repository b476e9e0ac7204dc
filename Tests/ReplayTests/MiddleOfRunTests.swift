import Foundation
import InterruptTrace
import Testing
import TraceImporters

@testable import Replay

@Suite("Captures without their beginning")
struct MiddleOfRunTests {
  /// What windows of 5,000 records, 3,000 apart, are predicted to be, beginning where nothing is known.
  private func predictions(_ name: String) throws -> (agreed: UInt64, disagreed: UInt64, open: UInt64) {
    let traces = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Traces").standardized
    let source = try openTrace(paths: [traces.appending(path: name).path])
    var batch = EventBatch(capacity: 4096)
    var events: [Event] = []
    while try source.read(into: &batch) > 0 { events += batch.events }
    var topology = source.topology
    topology.set(.startsAtReset, to: false, source: .header)
    var total: (agreed: UInt64, disagreed: UInt64, open: UInt64) = (0, 0, 0)
    for first in stride(from: 300, to: min(events.count, 40_000), by: 3000) {
      let rest = events.dropFirst(first).drop { $0.kind == .continuation }.prefix(5000)
      let engine = ReplayEngine(source: EventArraySource(Array(rest), topology: topology))
      try engine.run()
      for count in engine.predictions {
        total.agreed += count.agreed
        total.disagreed += count.disagreed
        total.open += count.taught + count.unknown
      }
    }
    return total
  }

  @Test(
    "Nothing of reset is held against what the capture shows",
    arguments: [
      "gicv4/trace.log.zst", "linux-gicv2/trace.log.gz", "linux-gicv3-its/trace.log.zst", "nested-gicv2/trace.log.xz",
      "two-security-states/trace.log.zst",
    ])
  func predicted(name: String) throws {
    let total = try predictions(name)
    #expect(total.agreed > 1000)
    #expect(total.disagreed == 0, "\(total)")
    #expect(total.open * 10 < total.agreed, "\(total)")
  }

  @Test(
    "Of random accesses hardly an answer follows from what was before, and is held against it",
    arguments: [
      ("random-gicv2/trace.log.lz4", 10_000 as UInt64), ("random-gicv3/trace.log.lz4", 10_000),
      ("resets-gicv3/trace.log.lz4", 10_000), ("setup-gicv3/trace.log.lz4", 8000),
      ("secure-gicv3/trace.log.lz4", 900),
    ])
  func random(name: String, rarity: UInt64) throws {
    let total = try predictions(name)
    #expect(total.agreed > 10_000)
    #expect(total.disagreed * rarity <= total.agreed, "\(total)")
    #expect(total.open * 10 < total.agreed, "\(total)")
  }
}
