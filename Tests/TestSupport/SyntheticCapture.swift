import Foundation
import LPIWorkloads
import Replay
import Testing
import TraceImporters

/// Captures written from workloads.
public enum SyntheticCapture {
  /// Of each operation at least one workload.
  public static let workloads = [
    "stress-1x1x16/immediate", "stress-4x3x32/burst-7", "stress-per-device-3x5x8/interleaved-burst-9", "linux-100/deep",
    "uniform-300/burst-64", "linux-100/churn", "linux-200/clear", "contiguous-150/reconfigure", "linux-300/move-all",
    "stress-3x40x4/move-all", "stress-per-device-2x6x4/interleaved-immediate",
  ]

  /// Gives a replay of a workload's capture, and what was written.
  public static func with(
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

  /// Gives the path of a capture to write, which is removed afterwards.
  public static func withFile(_ body: (String) throws -> Void) throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).pcap.lz4").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(path)
  }
}
