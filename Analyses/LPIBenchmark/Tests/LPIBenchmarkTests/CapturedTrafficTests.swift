import TestSupport
import LPIWorkloads
import Replay
import Testing

@testable import LPIBenchmark

@Suite("LPI traffic from captures")
struct CapturedTrafficTests {
  @Test(
    "The traffic extracted from a capture is what the capture was written from", arguments: SyntheticCapture.workloads)
  func roundTrip(name: String) throws {
    let workload = try #require(LPIWorkload(name: name))
    var written: [LPIOperation] = []
    workload.forEachOperation(seed: 1, iterations: 2) { written.append($0) }
    try SyntheticCapture.with(name, iterations: 2) { engine, _ in
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
    try SyntheticCapture.with("stress-per-device-3x5x8/interleaved-burst-9", iterations: 1) { engine, _ in
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
}
