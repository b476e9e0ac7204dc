import Foundation
import InterruptTrace
import Replay
import Testing
import TraceImporters

@testable import Analyzers

/// Certainty against known truth: a healthy capture that events were cut out of is still one of a healthy machine, so that
/// every error and warning about it is false.
@Suite("What is certain is true")
struct CalibrationTests {
  private static let healthy = [
    "faults/gicv3-healthy.log.xz", "faults/gicv2-healthy.log.xz", "its-and-preemption/trace.log.xz",
    "gicv2-ipi-qemu10/trace.log",
  ]

  /// A record and its continuations, all events of a capture.
  private func records(_ name: String) throws -> (records: [[Event]], topology: Topology) {
    let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Traces/\(name)").path
    let source = try openTrace(paths: [path])
    var batch = EventBatch(capacity: 1024)
    var records: [[Event]] = []
    while try source.read(into: &batch) > 0 {
      for event in batch.events {
        if event.kind == .continuation, !records.isEmpty {
          records[records.count - 1].append(event)
        } else {
          records.append([event])
        }
      }
    }
    return (records, source.topology)
  }

  private func findings(_ records: [[Event]], _ topology: Topology) throws -> [Finding] {
    let analysis = Analysis()
    try ReplayEngine(source: EventArraySource(records.flatMap { $0 }, topology: topology)).run(analysis.consume)
    return analysis.results.findings
  }

  /// A generator that gives the same numbers each time.
  private struct Numbers {
    var state: UInt64
    mutating func next(below limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % limit
    }
  }

  @Test(
    "Of a healthy capture with events cut out, no error is more than possible, and no warning certain",
    arguments: healthy, 1...8)
  func cut(name: String, seed: Int) throws {
    let (records, topology) = try records(name)
    var numbers = Numbers(state: UInt64(seed))
    let single = records.filter { _ in numbers.next(below: 100) > 0 }
    let start = numbers.next(below: records.count)
    let block = records[..<start] + records[min(start + 5 + numbers.next(below: 60), records.count)...]
    let end = records.prefix(100 + numbers.next(below: records.count - 100))
    for part in [single, Array(block), Array(end)] {
      let found = try findings(part, topology).filter {
        $0.certainty == .certain && $0.severity != .note || $0.certainty == .likely && $0.severity == .error
      }
      #expect(found.map(\.summary) == [])
    }
  }

  @Test("An excerpt is certain only of what it shows")
  func excerpt() throws {
    var c = Accesses(atReset: false)
    c.read(.ICC_IAR1_EL1, 40)
    c.write(.ICC_EOIR1_EL1, 41)
    c.write(.ICC_EOIR1_EL1, 1023)
    let certain = c.findings.filter { $0.certainty == .certain }
    #expect(certain.allSatisfy { $0.kind == .misuse } && certain.count == 1)
  }
}
