import Analyzers

/// What an analysis means for a test run: conditions that had to hold, and findings, in the forms that CI services read.
public struct CheckReport {
  /// A condition of `--fail-on`.
  public struct Condition {
    /// As the user wrote it.
    public var text: String
    /// What was measured, `findings > 0 (6)`, if the condition holds and fails the run.
    public var failure: String?

    /// A condition and its outcome.
    public init(text: String, failure: String?) {
      self.text = text
      self.failure = failure
    }
  }

  /// The analysis.
  public var report: AnalysisReport
  /// The conditions, in the order in which they were given.
  public var conditions: [Condition]

  /// A report with every field given.
  public init(report: AnalysisReport, conditions: [Condition]) {
    self.report = report
    self.conditions = conditions
  }
}

extension Finding {
  /// What happened and why, a line for each condition of the chain.
  var explanation: String {
    ([summary] + chain.map { link in "- " + link.text + (link.event.map { " (#\($0))" } ?? "") } + ["check: " + advice])
      .joined(separator: "\n")
  }

  /// `#17 at 1.234 567 890 s`, and how often.
  var place: String {
    "#\(firstEvent) at \(Units.moment(firstTime))" + (count > 1 ? ", \(Units.count(count)) times" : "")
  }
}
