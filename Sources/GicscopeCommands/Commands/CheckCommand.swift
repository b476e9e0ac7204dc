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

  @Argument(help: ArgumentHelp("Captures: repeats of one run.", valueName: "file"))
  var captures: [String]

  @Option(help: ArgumentHelp("The budget.", valueName: "file"))
  var budget: String

  @Option(help: ArgumentHelp("A capture of the run before; may be repeated.", valueName: "file"))
  var baseline: [String] = []

  @OptionGroup var checks: CheckOptions

  @Flag(name: .shortAndLong, help: "No progress, no remarks: only results and errors.")
  var quiet = false

  func validate() throws {
    if (captures + baseline).count(where: { $0 == "-" }) > 1 {
      throw ValidationError("Standard input can be one capture only.")
    }
    try checks.refuseSharedOutput(outputs)
  }

  var inputs: [String] { captures + baseline + [budget] }
  var outputs: [NamedOutput] { checks.outputs }

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
    try checks.write(report)
    if !outputs.contains(where: { $0.path == "-" }) {
      try OutputFile.write(report.text, to: "-")
    }
    try checks.annotate(report)
    if !report.crossings.isEmpty { throw ExitStatus.failed }
    if let damage { throw damage }
  }

  private func analyse(_ path: String, _ damage: inout ExitCode?) throws -> AnalysisReport {
    var trace = TraceOptions(capture: path)
    trace.reading = ReadingOptions(quiet: quiet, noProgress: quiet)
    let (engine, progress) = try trace.engine { $0.deliversUnreported = true }
    let report = try [any AnalysisOutput]().analyse(engine, path: path)
    progress.clear()
    damage = trace.conclude(report.trace) ?? damage
    return report
  }
}
