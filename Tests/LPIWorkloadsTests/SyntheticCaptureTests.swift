import TestSupport
import LPIWorkloads
import Replay
import Testing
import TraceImporters

@Suite("Captures of synthetic LPI workloads")
struct SyntheticCaptureTests {
  @Test("The model acknowledges what sorting says, and nothing is left pending", arguments: SyntheticCapture.workloads)
  func agrees(name: String) throws {
    try SyntheticCapture.with(name, iterations: 2) { engine, summary in
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
    try SyntheticCapture.withFile { path in
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
}
