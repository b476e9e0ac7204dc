import InterruptTrace

/// What does not keep a budget.
public struct CrossingReport: Sendable {
  /// What is not kept.
  public var crossings: [Budget.Crossing]
  /// The captures that were checked.
  public var captures: [String]
  /// The budget's file.
  public var budget: String

  /// A report with every field given.
  public init(crossings: [Budget.Crossing], captures: [String], budget: String) {
    (self.crossings, self.captures, self.budget) = (crossings, captures, budget)
  }

  private func message(_ crossing: Budget.Crossing) -> String {
    (crossing.capture.map { $0 + ": " } ?? "") + crossing.message
  }

  /// A line for each.
  public var text: String { crossings.map { message($0).printable + "\n" }.joined() }
}

extension CrossingReport: ServiceReport {
  /// A case for each crossing, or one that passes.
  public var junit: String {
    let failed = crossings.map { JUnitCase(name: $0.name, failure: message($0).printable) }
    return JUnitCase.document(budget, class: "gicscope.check", failed.isEmpty ? [JUnitCase(name: "budget")] : failed)
  }

  /// A result for each crossing.
  public var sarif: ValueTree {
    SARIF.document(
      rules: Set(crossings.map(\.name)).sorted(),
      results: crossings.map {
        SARIF.result($0.name, "error", message($0), file: $0.capture ?? captures.first ?? budget)
      })
  }

  /// An annotation for each crossing, beside the budget's file.
  public var annotations: String {
    crossings.map { GitHubAnnotation.line("error", title: $0.name, message($0), file: budget) }.joined()
  }
}
