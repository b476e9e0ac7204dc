import Foundation
import InterruptTrace
import Replay
import Reports
import TraceImporters

@testable import Analyzers

/// Captures under Traces/, analysed.
enum BundledCapture {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized

  /// Small ones of every kind: an ITS, preemption, two Security states, GICv2.
  static let small = ["its-and-preemption", "stale-lpi-configuration", "two-security-states", "gicv2-ipi-qemu10"]

  /// A capture's file by its folder, or by folder and file.
  static func path(_ name: String) -> String {
    let file = name.contains("/") ? name : name + "/trace.log"
    return ["", ".lz4", ".zst", ".gz", ".xz"].map { root.appending(path: "Traces/\(file)\($0)").path }
      .first { FileManager.default.fileExists(atPath: $0) } ?? ""
  }

  /// Analyses a capture; `outputs` gets its topology and says what else is written.
  static func analyse(
    _ name: String, window: ReplayWindow = ReplayWindow(),
    outputs: (Topology) throws -> [any AnalysisOutput] = { _ in [] }
  ) throws -> AnalysisReport {
    var options = ReplayOptions()
    options.window = window
    options.deliversUnreported = true
    let engine = ReplayEngine(source: try openTrace(paths: [path(name)]), options: options)
    let outputs = try outputs(engine.topology)
    let analysis = Analysis { lives in for output in outputs { try output.consume(lives: lives) } }
    try engine.run { batch in
      try analysis.consume(batch)
      for output in outputs { try output.consume(batch) }
    }
    try analysis.closeLives()
    let report = AnalysisReport(
      trace: TraceSummary(path: name, engine: engine, gaps: analysis.results.gapCount), results: analysis.results,
      predictions: engine.predictions, guestStates: AnalysisReport.guestStates(engine, analysis.results))
    for output in outputs { try output.finish(report) }
    return report
  }
}

/// A file name that nothing has, removed with the value.
final class TemporaryFile: Sendable {
  let path: String

  init(_ suffix: String) {
    path = FileManager.default.temporaryDirectory.appending(path: "gicscope-\(UUID().uuidString)\(suffix)").path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
