import Analyzers
import ArgumentParser
import InterruptTrace
import Reports

/// `gicscope check`.
struct CheckCommand: FileCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Whether repeats of a run keep a budget: limits, rises over a baseline, allowed findings.",
    discussion: """
      The budget is YAML; see Analyses/budget.md. Of each metric the median of the captures counts. Exit code 1 if the \
      budget is not kept, with a line for each reason.
      """)

  @Argument(help: "Captures: repeats of one run.")
  var captures: [String]

  @Option(help: "The budget.")
  var budget: String

  @Option(help: "A capture of the run before; may be repeated.")
  var baseline: [String] = []

  @Option(help: "Also JUnit's XML, in this file.")
  var junit: String?

  @Option(help: "Also SARIF, in this file.")
  var sarif: String?

  @Flag(help: "Lines that GitHub shows beside the budget's file.")
  var github = false

  @Flag(name: .shortAndLong, help: "No progress, no remarks: only results and errors.")
  var quiet = false

  func validate() throws {
    if (captures + baseline).count(where: { $0 == "-" }) > 1 {
      throw ValidationError("Standard input can be one capture only.")
    }
  }

  var inputs: [String] { captures + baseline + [budget] }
  var outputs: [NamedOutput] {
    [junit.map { NamedOutput("--junit", $0) }, sarif.map { NamedOutput("--sarif", $0) }].compactMap { $0 }
  }

  func run() throws {
    let limits = try BudgetFile.read(budget)
    if baseline.isEmpty, limits.limits.contains(where: { $0.rise != nil }) {
      throw UsageError(message: "\(budget) limits a rise over a baseline; name captures with --baseline")
    }
    var damage: ExitCode?
    let before = try baseline.map { try analyse($0, &damage) }
    let runs = try captures.map { try analyse($0, &damage) }
    let report = CrossingReport(
      crossings: limits.crossings(of: runs, baseline: before), captures: captures, budget: budget)
    if let junit { try write(report.junit, to: junit) }
    if let sarif { try write(report.sarif(version: Gicscope.version).text, to: sarif) }
    try write(github ? report.annotations : report.text, to: "-")
    if !report.crossings.isEmpty { throw ExitStatus.failed }
    if let damage { throw damage }
  }

  private func analyse(_ path: String, _ damage: inout ExitCode?) throws -> AnalysisReport {
    var trace = TraceOptions(capture: path)
    trace.quiet = quiet
    trace.noProgress = quiet
    let (engine, progress) = try trace.engine { $0.deliversUnreported = true }
    let report = try [any AnalysisOutput]().analyse(engine, path: path)
    progress.clear()
    damage = trace.conclude(report.trace) ?? damage
    return report
  }

  private func write(_ text: String, to path: String) throws {
    let file = try OutputFile(path: path)
    try file.write(text)
    try file.commit()
  }
}
