import Analyzers
import ArgumentParser
import InterruptTrace
import Replay
import Reports
import TraceImporters

/// Which capture is read, and how.
struct TraceOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "The capture; - is standard input. Several files or a folder are one capture: one per thread, or a recording.",
      valueName: "file")
  )
  var trace: [String]

  @Option(
    help: ArgumentHelp(
      "Facts about the controller that the capture does not show: a JSON or key=value file.", valueName: "file"))
  var topology: String?

  @Option(
    help: ArgumentHelp(
      "INTIDs of a kernel's interrupt numbers: /proc/interrupts, /sys/kernel/irq, debugfs, or lines IRQ INTID.",
      valueName: "file"))
  var irqMap: String?

  @Flag(help: "Stop at the first malformed line or record.")
  var strict = false

  @Flag(name: .shortAndLong, help: "No progress, no remarks: only results and errors.")
  var quiet = false

  @Flag(help: "No progress line.")
  var noProgress = false

  @OptionGroup var advanced: AdvancedOptions

  func validate() throws {
    if trace.isEmpty { throw ValidationError("Which capture? Give a file, or - for standard input.") }
  }

  /// For the command line's parser.
  init() {}

  /// As for a command line that names nothing but a capture.
  init(capture: String) {
    trace = [capture]
    topology = nil
    irqMap = nil
    strict = false
    quiet = false
    noProgress = true
    advanced = .none
  }

  /// For ``FileCommand/inputs``.
  var inputs: [String] { trace + [topology, irqMap].compactMap { $0 } }

  /// The capture's name in reports.
  var path: String { trace.joined(separator: " ") }

  /// Opens the capture and sets up its replay.
  func engine(
    window: ReplayWindow = ReplayWindow(), configure: (inout ReplayOptions) -> Void = { _ in }
  ) throws -> (engine: ReplayEngine, progress: ProgressLine) {
    var options = try replayOptions()
    options.window = window
    configure(&options)
    let engine = ReplayEngine(source: try open(), options: options)
    let progress = ProgressLine(isShown: !quiet && !noProgress)
    progress.follow(engine)
    return (engine, progress)
  }

  /// How the capture is replayed.
  func replayOptions() throws -> ReplayOptions {
    var options = ReplayOptions()
    advanced.apply(to: &options)
    if let topology { options.topology = try TopologyFile.read(topology) }
    return options
  }

  /// Opens the capture.
  func open() throws -> any EventSource {
    let interrupts = try irqMap.map(InterruptMapFile.read)
    return try openTrace(paths: trace, options: ImportOptions(isStrict: strict, interrupts: interrupts))
  }

  /// Says on standard error what was wrong with the capture, and gives the exit code for it.
  func conclude(_ trace: TraceSummary) -> ExitCode? {
    conclude(trace.statistics.damage, path: path)
  }

  /// The same for any of the captures that a command reads.
  func conclude(_ damage: ImportStatistics.Damage?, path: String) -> ExitCode? {
    guard let damage else { return nil }
    if !quiet {
      StandardError.write(
        "gicscope: \(path.printable): \(damage.reason) \(damage.position); analysed up to there\n")
    }
    return ExitStatus.damaged
  }
}

/// Where JSON goes.
public struct JSONOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "JSON instead of text; with a FILE named *.json, or as --json=FILE, beside the text.", valueName: "file"))
  var json: String?

  @Option(
    help: ArgumentHelp(
      "Colours in the text: auto, always or never. NO_COLOR and CLICOLOR_FORCE decide for auto.", valueName: "when"))
  var color = ColourChoice.auto

  /// As parsed.
  public init() {}

  /// Writes a report: text, or JSON, or both.
  ///
  /// - Parameter showsText: whether standard output is there for the text; false if another output goes there.
  public func write(showsText: Bool = true, text: (TextStyle) -> String, json document: () -> JSONValue) throws {
    if let json {
      let file = try OutputFile(path: json)
      try file.write(document().text)
      try file.commit()
      if json == "-" { return }
    }
    guard showsText else { return }
    let output = try OutputFile.standardOutput()
    let style = TextStyle.ofStandardOutput(color)
    try output.write(style.finished(text(style)))
    try output.commit()
  }

  /// For ``FileCommand/outputs``.
  public var outputs: [NamedOutput] { json.map { [NamedOutput("--json", $0, mayBeStandardOutput: true)] } ?? [] }
}

extension ReplayPosition: ExpressibleByArgument {
  /// As ``init(_:)``.
  public init?(argument: String) { self.init(argument) }
}

extension NumberSet: ExpressibleByArgument {
  /// As ``init(_:)``.
  public init?(argument: String) { self.init(argument) }
}
