import InterruptTrace

/// What does not keep a budget, in the forms that build servers read.
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

  /// Workflow commands of GitHub, a line for each.
  public var annotations: String {
    crossings.map { crossing in
      let text = message(crossing).replacing("%", with: "%25").replacing("\r", with: "%0D").replacing("\n", with: "%0A")
      return "::error file=\(budget),title=\(crossing.name)::\(text)\n"
    }.joined()
  }

  /// JUnit's XML: a case for each crossing, or one that passes.
  public var junit: String {
    let cases =
      crossings.isEmpty
      ? "  <testcase classname=\"gicscope\" name=\"budget\"/>\n"
      : crossings.map { crossing in
        "  <testcase classname=\"gicscope\" name=\"\(crossing.name.escapedForHTML)\">"
          + "<failure message=\"\(message(crossing).printable.escapedForHTML)\"/></testcase>\n"
      }.joined()
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"gicscope check\" tests=\""
      + "\(max(crossings.count, 1))\" failures=\"\(crossings.count)\">\n\(cases)</testsuite>\n"
  }

  /// SARIF 2.1.0.
  public func sarif(version: String) -> JSONValue {
    let names = Set(crossings.map(\.name)).sorted()
    let driver: JSONValue = [
      "name": "gicscope", "version": .string(version), "rules": .array(names.map { ["id": .string($0)] }),
    ]
    let results = crossings.map { crossing -> JSONValue in
      let place: JSONValue = ["uri": .string(crossing.capture ?? captures.first ?? budget)]
      return [
        "ruleId": .string(crossing.name), "level": "error", "message": ["text": .string(message(crossing))],
        "locations": [["physicalLocation": ["artifactLocation": place]]],
      ]
    }
    return [
      "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0",
      "runs": [["tool": ["driver": driver], "results": .array(results)]],
    ]
  }
}
