import Analyzers
import GICModel
import InterruptTrace
import Replay

/// What `analyze` found, ready to be rendered.
public struct AnalysisReport: Sendable {
  /// What was read.
  public var trace: TraceSummary
  /// What the analyzers found.
  public var results: AnalysisResults
  /// Predictions against the capture, by register.
  public var predictions: [PredictionCount]
  /// What the hypervisor keeps of each guest at the capture's end.
  public var guestStates: [ValueTree]
  /// Which program made it of which files; nil where nobody said.
  public var origin: ReportOrigin?

  /// A report with every field given.
  public init(
    trace: TraceSummary, results: AnalysisResults, predictions: [PredictionCount], guestStates: [ValueTree] = []
  ) {
    self.trace = trace
    self.results = results
    self.predictions = predictions
    self.guestStates = guestStates
  }

  /// Guests whose state a report has: of thousands nobody reads it.
  private static var guestStateLimit: Int { 32 }

  /// What the hypervisor keeps of the first guests that results are about; of their LPIs those that are busy, and some others.
  public static func guestStates(_ engine: ReplayEngine, _ results: AnalysisResults) -> [ValueTree] {
    var filter = StateFilter()
    filter.lpiLimit = 64
    return results.kvm.prefix(guestStateLimit).compactMap { engine.guestState(domain: $0.domain, filter) }
  }

  /// How PEs are named.
  var naming: PENaming { PENaming(trace.topology) }
}
