import Analyzers
import ArgumentParser
import GICModel
import InterruptTrace
import LPIStore
import Replay
import Reports
import TraceImporters

/// Which capture is read, and how.
struct TraceOptions: ParsableArguments {
  @Argument(help: "The capture; - is standard input. Several files or a folder are one capture: one per thread.")
  var trace: [String]

  @Option(help: "Facts about the controller that the capture does not show: a JSON or key=value file.")
  var topology: String?

  @Option(
    help: ArgumentHelp(
      "INTIDs of a kernel's interrupt numbers: /proc/interrupts, /sys/kernel/irq, debugfs, or lines IRQ INTID.",
      valueName: "file"))
  var irqMap: String?

  @Flag(help: "Stop at the first malformed line or record.")
  var strict = false

  @Flag(help: "Check the model's invariants after every event; a broken one counts as a disagreement. Slow.")
  var check = false

  @Option(
    help: ArgumentHelp(
      "The structure that holds LPIs: \(Self.lpiStoreNames)\(LPIBenchmarkCommands.linked == nil ? Self.moreStores : "").",
      valueName: "name")
  )
  var lpiStore: String?

  @Flag(name: .shortAndLong, help: "No progress, no remarks: only results and errors.")
  var quiet = false

  @Flag(help: "No progress line.")
  var noProgress = false

  @Flag(help: .hidden)
  var singleThreaded = false

  func validate() throws {
    if trace.isEmpty { throw ValidationError("Which capture? Give a file, or - for standard input.") }
    if let lpiStore, !Self.lpiStores.contains(where: { $0.name == lpiStore }) {
      // Nothing was read or written so far: the other program can start from the beginning.
      LPIBenchmarkProgram.takeOver()
      let reason = LPIBenchmarkCommands.linked == nil ? " For others: \(LPIBenchmarkProgram.isMissing)." : ""
      throw ValidationError("No LPI store \(lpiStore). There are \(Self.lpiStoreNames).\(reason)")
    }
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
    check = false
    singleThreaded = false
    lpiStore = nil
  }

  private static var lpiStores: [LPIStoreKind] { LPIBenchmarkCommands.linked?.stores ?? LPIStoreKind.standard }
  private static var lpiStoreNames: String { lpiStores.map(\.name).joined(separator: ", ") }
  private static var moreStores: String { ", or one of gicscope bench lpi" }

  /// For ``FileCommand/inputs``.
  var inputs: [String] { trace + (topology.map { [$0] } ?? []) }

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
    options.isThreaded = !singleThreaded
    options.controller.checksInvariants = check
    options.controller.lpiStore = Self.lpiStores.first { $0.name == lpiStore }
    if let topology { options.topology = try TopologyFile.read(topology) }
    return options
  }

  /// Opens the capture.
  func open() throws -> any EventSource {
    var options = ImportOptions()
    options.isStrict = strict
    let map = try irqMap.map(InterruptMapFile.read)
    let source = try openTrace(paths: trace, options: options)
    return map.map { IRQMappedSource(source, $0) } ?? source
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

/// Which part of it is reported.
struct WindowOptions: ParsableArguments {
  @Option(help: "Report from this place on: a time (1.5s, 20ms, 300us, 7ns) or an event's number (#17).")
  var from: ReplayPosition?

  @Option(help: "Report up to this place, which is included.")
  var to: ReplayPosition?

  var window: ReplayWindow { ReplayWindow(from: from, to: to) }
}

/// Which interrupts and PEs are reported.
struct FilterOptions: ParsableArguments {
  @Option(help: "Only these PEs, by linear number: 0,2-3.")
  var pe: NumberSet?

  @Option(help: "Only these INTIDs: 27,8192-8200.")
  var irq: NumberSet?

  @Option(help: "Only this domain: 0 is the physical controller, n is guest n.")
  var domain: UInt16?

  var filter: TransitionFilter { TransitionFilter(pes: pe, intids: irq, domain: domain) }

  /// For ``Controller/state(_:)``. INTIDs have at most 24 bits.
  func stateFilter(includesIdle: Bool) -> StateFilter {
    StateFilter(pes: pe?.numbers(upTo: 1 << 20), intids: irq?.numbers(upTo: 1 << 24), includesIdle: includesIdle)
  }
}

/// Where JSON goes.
public struct JSONOptions: ParsableArguments {
  @Option(help: "JSON instead of text; with a FILE named *.json, or as --json=FILE, beside the text.")
  var json: String?

  @Option(
    help: ArgumentHelp(
      "Colours in the text: auto, always or never. NO_COLOR and CLICOLOR_FORCE decide for auto.", valueName: "when"))
  var color = ColourChoice.auto

  /// As parsed.
  public init() {}

  /// Writes a report: text, or JSON, or both.
  public func write(text: (TextStyle) -> String, json document: () -> JSONValue) throws {
    if let json {
      let file = try OutputFile(path: json)
      try file.write(document().text)
      try file.commit()
      if json == "-" { return }
    }
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
