import Analyzers
import ArgumentParser
import InterruptTrace
import Reports

/// `gicscope analyze`.
struct AnalyzeCommand: FileCommand {
  static let configuration = CommandConfiguration(
    commandName: "analyze",
    abstract: "The main job: what the controller did, when, and what it cost.",
    discussion: "A --fail-on condition compares a metric with a limit: latency.p99>1ms, spurious>0, "
      + "verify.disagreed>0. Metrics: \(Metric.help)."
  )

  @OptionGroup var trace: TraceOptions
  @OptionGroup var window: WindowOptions
  @OptionGroup var filter: FilterOptions
  @OptionGroup var json: JSONOptions
  @OptionGroup var caches: ITSCacheOptions

  @Option(
    help: ArgumentHelp("Exit with 1 if this condition holds; may be repeated.", valueName: "condition"),
    transform: { try Threshold($0) })
  var failOn: [Threshold] = []

  @Option(
    help: ArgumentHelp(
      "Set the threshold for a kind of finding: \(ThresholdSetting.help). May be repeated.",
      valueName: "name=value"),
    transform: ThresholdSetting.init
  )
  var threshold: [ThresholdSetting] = []

  @OptionGroup var files: OutputOptions
  @OptionGroup var checks: CheckOptions

  @Option(
    help: ArgumentHelp(
      "What the analysis may keep in memory: 96M, 1G. What finds no room is counted in a row of its own.",
      valueName: "bytes"))
  var memoryLimit = ByteCount(AnalysisLimits.standardMemory)

  @Option(
    help: ArgumentHelp("Print the chains of events of so many interrupts that took longest.", valueName: "count"))
  var worst = 0

  @Option(help: ArgumentHelp("Rows of each list in the text.", valueName: "count"))
  var rows = 12

  var inputs: [String] { trace.inputs }
  var outputs: [NamedOutput] { json.outputs + files.outputs + checks.outputs }

  func validate() throws { try checks.refuseSharedOutput(outputs) }

  func run() throws {
    if trace.isPipe { InputStop.onSignals() }
    var trace = trace
    // What is read in a moment is not drawn before it is reported, unless that is asked for.
    let pause: UInt64 = trace.live ? 0 : 1_000_000_000
    trace.live = trace.isDrawn
    let screen = LiveScreen(isWanted: trace.live && !trace.quiet, after: pause)
    let (engine, progress) = try trace.engine(window: window.window) { $0.deliversUnreported = true }
    var options = AnalysisOptions()
    options.itsCaches = caches.shapes
    options.worst = max(worst, 10)
    options.limits = AnalysisLimits(memory: memoryLimit.bytes)
    for setting in threshold { setting.apply(to: &options.findings) }
    let written = try files.open(topology: engine.topology, filter: filter.filter, caches: caches.shapes[0])
    let occurrences = Occurrences(filter)
    var report = try written.outputs.analyse(
      engine, path: trace.path, filter: filter.filter, options: options, occurrences: occurrences,
      screen: screen)
    progress.clear()
    try window.check(engine)
    try occurrences.check(filter, engine)
    if files.namesOrigin || json.json != nil { report.origin = .ofProcess(reading: trace.trace) }
    // Files first: whoever reads the text may go after its first lines.
    try written.finish(report)
    let checked = CheckReport(
      report: report, conditions: failOn.map { .init(text: $0.text, failure: $0.crossing(report)) })
    try checks.write(checked)
    try json.write(
      showsText: !writesToStandardOutput, text: { report.text($0, rows: max(rows, 1), worst: worst) },
      json: { file in try report.writeJSON { try file.write($0) } })
    try checks.annotate(checked)
    if InputStop.isRequested, !trace.quiet {
      StandardError.write("gicscope: a signal ended reading; the report is about what came until then\n")
    }
    let damage = trace.conclude(report.trace)
    let failures = checked.conditions.compactMap(\.failure)
    for failure in failures { StandardError.write("gicscope: failed: \(failure)\n") }
    if !failures.isEmpty { throw ExitStatus.failed }
    if let damage { throw damage }
  }
}
