import ArgumentParser
import InterruptTrace
import Replay
import Reports

/// `gicscope convert`.
struct ConvertCommand: FileCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Writes a capture in another format, which the output's name tells.",
    discussion: "NAME.pcap.lz4 is gicscope's own format, which every pcap tool opens; NAME.pcap is the same, not "
      + "compressed. NAME.csv and NAME.jsonl hold decoded events, NAME.pftrace is a timeline for ui.perfetto.dev. - writes the own format to standard output."
  )

  @OptionGroup var trace: TraceOptions
  @OptionGroup var window: WindowOptions

  @Option(
    name: [.short, .long],
    help: ArgumentHelp(
      "The file to write: NAME.pcap.lz4, NAME.pcap, NAME.csv, NAME.jsonl or NAME.pftrace.", valueName: "file"))
  var output: String

  @Option(
    help: ArgumentHelp(
      "LZ4's effort, 1 to 12: 9 makes files a third smaller and takes several times as long.", valueName: "level"))
  var level = 1

  func validate() throws {
    guard (1...12).contains(level) else { throw ValidationError("--level goes from 1 to 12.") }
  }

  var inputs: [String] { trace.inputs }
  var outputs: [NamedOutput] {
    let isNative = if case .native? = try? target { true } else { false }
    return [NamedOutput("-o", output, isNative ? .capture : .report, mayBeStandardOutput: true)]
  }

  func run() throws {
    let target = try target
    let isModelled = if case .perfetto = target { true } else { false }
    let (engine, progress) = try trace.engine(window: window.window) {
      $0.isModelled = isModelled
      $0.deliversUnreported = isModelled
    }
    switch target {
    case .perfetto: try writePerfetto(engine)
    case .native(let compression): try writeNative(engine, compression)
    case .text(let format): try writeText(engine, format)
    }
    progress.clear()
    if let code = trace.conclude(TraceSummary(path: trace.path, engine: engine, gaps: 0)) { throw code }
  }

  private enum Target {
    case perfetto
    case native(NativeTraceWriter.Compression)
    case text(EventPrinter.Format)
  }

  private var target: Target {
    get throws {
      if output.hasSuffix(".pcap.lz4") || output == "-" { return .native(.lz4(level: level)) }
      if output.hasSuffix(".pcap") { return .native(.none) }
      if output.hasSuffix(".csv") { return .text(.csv) }
      if output.hasSuffix(".jsonl") || output.hasSuffix(".ndjson") { return .text(.jsonl) }
      if output.hasSuffix(".pftrace") { return .perfetto }
      throw UsageError(message: "\(output): unsupported extension; use .pcap.lz4, .pcap, .csv, .jsonl or .pftrace")
    }
  }

  private func writePerfetto(_ engine: ReplayEngine) throws {
    let file = try OutputFile(path: output)
    let timeline = PerfettoReport(topology: engine.topology) { try file.write($0) }
    let written = AnalysisFiles(outputs: [timeline], files: [file])
    try written.finish(try written.outputs.analyse(engine, path: trace.path))
  }

  /// What the capture's header says goes in front; facts that stand between events stay where they are. What begins after
  /// the capture's start does not begin at reset.
  private func writeNative(_ engine: ReplayEngine, _ compression: NativeTraceWriter.Compression) throws {
    func open(isCut: Bool) throws -> NativeTraceWriter {
      var topology = engine.topology
      if isCut { topology.set(.startsAtReset, to: false, source: .header) }
      return try NativeTraceWriter(path: output, topology: topology, compression: compression)
    }
    var writer: NativeTraceWriter?
    try engine.run { batch in
      let open = try writer ?? open(isCut: batch.firstIndex > 0)
      try open.append(contentsOf: batch.events)
      writer = open
    }
    try (writer ?? open(isCut: window.window.from != nil)).finish()
  }

  private func writeText(_ engine: ReplayEngine, _ format: EventPrinter.Format) throws {
    let file = try OutputFile(path: output)
    var printer = EventPrinter(format, registerName: registerName)
    var buffer = ByteBuffer()
    printer.header(into: &buffer)
    let selection = EventSelection(filter: .init())
    try engine.run { batch in
      try selection.forEach(in: batch) { group, index in
        printer.print(group, index: index, into: &buffer)
        try file.drain(&buffer)
      }
    }
    try file.drain(&buffer)
    try file.commit()
  }
}
