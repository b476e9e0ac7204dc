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

extension Sequence<PredictionCount> {
  /// Agreed, disagreed and taught of all registers.
  public var totals: (agreed: UInt64, disagreed: UInt64, taught: UInt64) {
    reduce(into: (agreed: UInt64(0), disagreed: UInt64(0), taught: UInt64(0))) { sum, count in
      sum.agreed += count.agreed
      sum.disagreed += count.disagreed
      sum.taught += count.taught
    }
  }
}
