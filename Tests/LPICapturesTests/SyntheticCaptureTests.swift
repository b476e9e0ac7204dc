import Foundation
import LPIBenchmark
import Replay
import Testing
import TraceImporters

@testable import LPICaptures

@Suite("Captures of synthetic LPI workloads")
struct SyntheticCaptureTests {
  static let workloads = [
    "stress-1x1x16/immediate", "stress-4x3x32/burst-7", "stress-per-device-3x5x8/interleaved-burst-9", "linux-100/deep",
    "uniform-300/burst-64", "linux-100/churn", "linux-200/clear", "contiguous-150/reconfigure", "linux-300/move-all",
    "stress-3x40x4/move-all", "stress-per-device-2x6x4/interleaved-immediate",
  ]

  @Test("The model acknowledges what sorting says, and nothing is left pending", arguments: workloads)
  func agrees(name: String) throws {
    try Self.withCapture(name, iterations: 2) { engine, summary in
      try engine.run()
      let predictions = engine.predictions
      #expect(predictions.reduce(0) { $0 + $1.disagreed } == 0)
      #expect(predictions.reduce(0) { $0 + $1.taught } == 0)
      #expect(predictions.reduce(0) { $0 + $1.agreed } >= summary.acknowledges)
      #expect(summary.injections > 0)
    }
  }

  @Test("A wrong answer in the capture is found")
  func wrongAnswer() throws {
    let workload = try #require(LPIWorkload(name: "stress-1x2x8/deep"))
    try Self.withFile { path in
      var capture = try LPICaptureWriter(path: path, peCount: 1, intidBits: 14)
      var acknowledges = 0
      try workload.forEachOperation(seed: 1) { operation throws in
        var operation = operation
        if operation.kind == .acknowledge {
          acknowledges += 1
          if acknowledges == 3 { operation.intid += 1 }
        }
        try capture.append(operation)
      }
      try capture.finish()
      let engine = ReplayEngine(source: try openTrace(paths: [path]))
      try engine.run()
      #expect(engine.predictions.reduce(0) { $0 + $1.disagreed } > 0)
    }
  }

  @Test("The traffic extracted from a capture is what the capture was written from", arguments: workloads)
  func roundTrip(name: String) throws {
    let workload = try #require(LPIWorkload(name: name))
    var written: [LPIOperation] = []
    workload.forEachOperation(seed: 1, iterations: 2) { written.append($0) }
    try Self.withCapture(name, iterations: 2) { engine, _ in
      var recorder = LPITrafficRecorder()
      try engine.run { recorder.consume($0) }
      let traffic = recorder.traffic(name: name)
      for kind in [LPIOperation.Kind.inject, .acknowledge, .clear, .map, .unmap, .moveAll, .invalidate] {
        #expect(traffic.operations.count { $0.kind == kind } == written.count { $0.kind == kind }, "\(kind)")
      }
      let acknowledged = traffic.operations.filter { $0.kind == .acknowledge }.map { [$0.pe, $0.intid] }
      #expect(acknowledged == written.filter { $0.kind == .acknowledge }.map { [$0.pe, $0.intid] })
      let injected = traffic.operations.filter { $0.kind == .inject }.map { [$0.device, $0.event, $0.intid, $0.pe] }
      #expect(injected == written.filter { $0.kind == .inject }.map { [$0.device, $0.event, $0.intid, $0.pe] })
    }
  }

  @Test("Every store gives the same answers to a captured workload")
  func sameAnswers() throws {
    try Self.withCapture("stress-per-device-3x5x8/interleaved-burst-9", iterations: 1) { engine, _ in
      var recorder = LPITrafficRecorder()
      try engine.run { recorder.consume($0) }
      var options = LPIBenchmarkOptions()
      (options.turns, options.repetitions, options.minimumOperations) = (1, 1, 1)
      var run = LPIBenchmarkRun(workloads: [], options: options)
      run.traffic = [recorder.traffic(name: "capture")]
      let report = run.measure()
      #expect(report.measurements.count == LPIContender.all.count)
      #expect(report.disagreements.isEmpty)
      #expect(report.measurements.allSatisfy { $0.check != 0 && !$0.isPartial })
    }
  }

  private static func withCapture(
    _ name: String, iterations: Int, _ body: (ReplayEngine, LPICaptureWriter.Summary) throws -> Void
  ) throws {
    let workload = try #require(LPIWorkload(name: name))
    try withFile { path in
      let (peCount, intidBits) = workload.shape.dimensions(seed: 1)
      var capture = try LPICaptureWriter(path: path, peCount: peCount, intidBits: intidBits)
      try workload.forEachOperation(seed: 1, iterations: iterations) { operation throws in try capture.append(operation)
      }
      try capture.finish()
      try body(ReplayEngine(source: try openTrace(paths: [path])), capture.summary)
    }
  }

  private static func withFile(_ body: (String) throws -> Void) throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).pcap.lz4").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(path)
  }
}
