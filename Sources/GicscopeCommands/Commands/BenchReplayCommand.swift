import Analyzers
import ArgumentParser
import Glibc
import InterruptTrace
import Replay
import Reports
import TraceImporters

/// `gicscope bench replay`.
struct BenchReplayCommand: FileCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Events per second of decoding, of the model and of the analyzers, on one core.",
    discussion: "All stages run in one process on the same file, in turn; the figures are medians of processor time. "
      + "For a native file, what liblz4 alone needs to decompress it is the measure of the others."
  )

  @Argument(help: ArgumentHelp("The capture; best a native file.", valueName: "file"))
  var trace: String

  @OptionGroup var json: JSONOptions

  @Option(name: [.short, .long], help: ArgumentHelp("How often each stage runs.", valueName: "count"))
  var rounds = 5

  var inputs: [String] { [trace] }
  var outputs: [NamedOutput] { json.outputs }

  func run() throws {
    let input = try ReopenableInput(trace)
    let trace = input.path
    let isNative = try openTrace(paths: [trace]).format == TraceFormat(name: "native", compression: "lz4")
    var decompression = BenchReport.Stage(name: "liblz4 alone", count: 0, seconds: [])
    var stages = [
      BenchStage("decode", trace, modelled: false), BenchStage("decode + model", trace, modelled: true),
      BenchStage("decode + model + analyzers", trace, modelled: true, analysed: true),
    ]
    for _ in 0..<max(rounds, 1) {
      if isNative {
        let native = try NativeBenchmark(path: trace)
        decompression.count = native.records
        decompression.seconds.append(native.decompressSeconds)
      }
      for i in stages.indices { try stages[i].measure() }
    }
    let replay = stages[1].result.median
    let report = BenchReport(
      command: "bench replay", path: trace, unit: "events",
      stages: (isNative ? [decompression] : []) + stages.map(\.result),
      overheads: [("time with all analyzers / replay alone", replay > 0 ? stages[2].result.median / replay : 0)])
    try json.write(text: { report.text($0) }, json: { report.json })
  }
}

/// `gicscope bench import`.
struct BenchImportCommand: FileCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Lines per second of an importer, on one core.")

  @Argument(help: ArgumentHelp("The capture, in its original format.", valueName: "file"))
  var trace: String

  @OptionGroup var json: JSONOptions

  @Option(name: [.short, .long], help: ArgumentHelp("How often it runs.", valueName: "count"))
  var rounds = 5

  var inputs: [String] { [trace] }
  var outputs: [NamedOutput] { json.outputs }

  func run() throws {
    var stage = BenchStage("import", trace, modelled: false)
    for _ in 0..<max(rounds, 1) { try stage.measure() }
    var result = stage.result
    result.count = stage.records
    let report = BenchReport(command: "bench import", path: trace, unit: "lines", stages: [result])
    try json.write(text: { report.text($0) }, json: { report.json })
  }
}

/// One thing that is measured, again and again.
private struct BenchStage {
  let name: String
  let path: String
  let isModelled: Bool
  let isAnalysed: Bool
  private(set) var seconds: [Double] = []
  private(set) var events: UInt64 = 0
  private(set) var records: UInt64 = 0

  init(_ name: String, _ path: String, modelled: Bool, analysed: Bool = false) {
    self.name = name
    self.path = path
    isModelled = modelled
    isAnalysed = analysed
  }

  mutating func measure() throws {
    let start = processorTime()
    var options = ReplayOptions()
    options.isThreaded = false
    options.isModelled = isModelled
    let engine = ReplayEngine(source: try openTrace(paths: [path]), options: options)
    if isAnalysed {
      let analysis = Analysis()
      try engine.run(analysis.consume)
      // The results are part of the work.
      guard analysis.results.eventKinds.count <= 256 else { return }
    } else {
      try engine.run()
    }
    seconds.append(processorTime() - start)
    events = engine.events
    records = engine.statistics.records
  }

  var result: BenchReport.Stage { .init(name: name, count: events, seconds: seconds) }

  /// Seconds that this thread has run.
  private func processorTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
