import Analyzers
import InterruptTrace

/// What `analyze` found, ready to be rendered.
public struct AnalysisReport: Sendable {
  /// What was read.
  public var trace: TraceSummary
  /// What the analyzers found.
  public var results: AnalysisResults
  /// Predictions against the capture, by register.
  public var predictions: [PredictionCount]

  /// A report with every field given.
  public init(trace: TraceSummary, results: AnalysisResults, predictions: [PredictionCount]) {
    self.trace = trace
    self.results = results
    self.predictions = predictions
  }

  /// Devices by INTID, where each INTID's latencies came from one device only. (For LPIs.)
  var naming: PENaming { PENaming(trace.topology) }
}
