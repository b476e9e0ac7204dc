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
  /// Which program made it of which files; nil where nobody said.
  public var origin: ReportOrigin?

  /// A report with every field given.
  public init(trace: TraceSummary, results: AnalysisResults, predictions: [PredictionCount]) {
    self.trace = trace
    self.results = results
    self.predictions = predictions
  }

  /// How PEs are named.
  var naming: PENaming { PENaming(trace.topology) }

  /// The object that scripts depend on.
  public var json: JSONValue {
    let naming = naming
    return Document.json(command: "analyze", trace: trace, ResultTables.all.flatMap { $0.members(self, naming) })
  }
}
