import Analyzers
import ArgumentParser
import Glibc
import InterruptTrace
import Replay
import Reports
import TraceImporters

/// How captures are read, whichever they are.
struct ReadingOptions: ParsableArguments {
  @Flag(help: "Stop at the first malformed line or record.")
  var strict = false

  @Flag(name: .shortAndLong, help: "No progress, no remarks: only results and errors.")
  var quiet = false

  @Flag(help: "No progress line.")
  var noProgress = false

  /// For the command line's parser.
  init() {}

  /// As for a command line with these flags.
  init(quiet: Bool = false, noProgress: Bool) {
    (strict, self.quiet, self.noProgress) = (false, quiet, noProgress)
  }
}

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

  @OptionGroup var reading: ReadingOptions

  @Flag(
    help: """
      The capture is still being written: on a terminal, the report is drawn while it is read. Ctrl-C, SIGTERM or the \
      capture's end print the whole report. analyze reads every pipe so on a terminal, unless --no-progress is given.
      """)
  var live = false

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
    reading = ReadingOptions(noProgress: true)
    live = false
    advanced = .none
  }

  var strict: Bool { reading.strict }
  var quiet: Bool { reading.quiet }
  var noProgress: Bool { reading.noProgress }

  /// For ``FileCommand/inputs``.
  var inputs: [String] { trace + [topology, irqMap].compactMap { $0 } }

  /// The capture's name in reports.
  var path: String { trace.joined(separator: " ") }

  /// Whether it is read from what is no file, as it is written.
  var isPipe: Bool {
    var status = stat()
    return trace.contains { path in
      let isFound = path == "-" ? fstat(STDIN_FILENO, &status) == 0 : stat(path, &status) == 0
      return isFound && status.st_mode & S_IFMT != S_IFREG && status.st_mode & S_IFMT != S_IFDIR
    }
  }

  /// Whether a report is drawn while the capture is read: as asked for, or of a pipe on a terminal.
  var isDrawn: Bool {
    live || isPipe && !quiet && !noProgress && StandardOutput.isTerminal && !TerminalSettings.isDumb
  }

  /// Opens the capture and sets up its replay.
  func engine(
    window: ReplayWindow = ReplayWindow(), configure: (inout ReplayOptions) -> Void = { _ in }
  ) throws -> (engine: ReplayEngine, progress: ProgressLine) {
    var options = try replayOptions()
    options.window = window
    configure(&options)
    let engine = ReplayEngine(source: try open(), options: options)
    let progress = progressLine()
    progress.follow(engine)
    return (engine, progress)
  }

  /// The line that says how far the replay is, if it is wanted.
  func progressLine() -> ProgressLine {
    ProgressLine(isShown: !quiet && !noProgress && !(live && StandardOutput.isTerminal))
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
    var options = ImportOptions(isStrict: strict, interrupts: interrupts)
    options.isLive = live
    return try openTrace(paths: trace, options: options)
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
  public func write(showsText: Bool = true, text: (TextStyle) -> String, json document: () -> ValueTree) throws {
    try write(showsText: showsText, text: text) { try $0.write(document().jsonText) }
  }

  /// The same, of JSON that is written in pieces.
  func write(showsText: Bool, text: (TextStyle) -> String, json write: (OutputFile) throws -> Void) throws {
    if let json {
      let file = try OutputFile(path: json)
      try write(file)
      try file.commit()
      if json == "-" { return }
    }
    guard showsText else { return }
    let style = TextStyle.ofStandardOutput(color)
    try OutputFile.write(style.finished(text(style)), to: "-")
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
