import Analyzers
import ArgumentParser
import InterruptTrace
import Replay
import Reports

/// Files that an analysis writes beside its text.
struct OutputOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Also a report with pictures, in one HTML file.", valueName: "file"))
  var html: String?

  @Option(help: ArgumentHelp("Also a database of results; Analyses/*.sql are questions to it.", valueName: "file"))
  var sqlite: String?

  @Flag(help: "All of the model's transitions go into the database too.")
  var sqliteTransitions = false

  @Option(help: ArgumentHelp("Also a timeline for ui.perfetto.dev.", valueName: "file"))
  var perfetto: String?

  @Option(help: ArgumentHelp("Also a line for each interrupt: NAME.csv or NAME.jsonl.", valueName: "file"))
  var interrupts: String?

  @Option(help: ArgumentHelp("Also a line for each finding: NAME.csv or NAME.jsonl.", valueName: "file"))
  var findings: String?

  func validate() throws {
    for (option, file) in [("--interrupts", interrupts), ("--findings", findings)] {
      if let file, Self.format(of: file) == nil {
        throw ValidationError("\(option) \(file): unsupported extension; use .csv or .jsonl.")
      }
    }
    if sqliteTransitions, sqlite == nil { throw ValidationError("--sqlite-transitions goes with --sqlite FILE.") }
  }

  /// The format that a file's name tells.
  static func format(of path: String) -> EventPrinter.Format? {
    if path.hasSuffix(".csv") { return .csv }
    return path.hasSuffix(".jsonl") || path.hasSuffix(".ndjson") ? .jsonl : nil
  }

  /// For ``FileCommand/outputs``.
  var outputs: [NamedOutput] {
    [
      sqlite.map { NamedOutput("--sqlite", $0, .database) },
      perfetto.map { NamedOutput("--perfetto", $0, mayBeStandardOutput: true) },
      interrupts.map { NamedOutput("--interrupts", $0) }, findings.map { NamedOutput("--findings", $0) },
      html.map { NamedOutput("--html", $0, mayBeStandardOutput: true) },
    ].compactMap { $0 }
  }

  /// Whether any of them says where it comes from.
  var namesOrigin: Bool { html != nil || sqlite != nil }

  /// Opens the files first, so that one that cannot be written fails early.
  func open(topology: Topology, filter: TransitionFilter, caches: ITSCacheShape) throws -> AnalysisFiles {
    var files: [OutputFile] = []
    var outputs: [any AnalysisOutput] = []
    func file(_ path: String) throws -> OutputFile {
      let file = try OutputFile(path: path)
      files.append(file)
      return file
    }
    if let sqlite { outputs.append(try SQLiteReport(path: sqlite, filter: filter, withTransitions: sqliteTransitions)) }
    if let perfetto {
      let file = try file(perfetto)
      outputs.append(PerfettoReport(topology: topology, filter: filter, caches: caches) { try file.write($0) })
    }
    if let interrupts, let format = Self.format(of: interrupts) {
      let file = try file(interrupts)
      outputs.append(LifeTable(format) { try file.write($0) })
    }
    if let findings, let format = Self.format(of: findings) {
      let file = try file(findings)
      outputs.append(FindingTable(format) { try file.write($0) })
    }
    if let html {
      let file = try file(html)
      outputs.append(HTMLReport { try file.write($0) })
    }
    return AnalysisFiles(outputs: outputs, files: files)
  }
}

/// What an analysis writes, and the files that it goes to.
struct AnalysisFiles {
  let outputs: [any AnalysisOutput]
  let files: [OutputFile]

  /// Writes what is known only at the end, and gives the files their names.
  func finish(_ report: AnalysisReport) throws {
    for output in outputs { try output.finish(report) }
    for file in files { try file.commit() }
  }
}

extension [any AnalysisOutput] {
  /// Replays a capture for the analyzers and these outputs.
  func analyse(
    _ engine: ReplayEngine, path: String, filter: TransitionFilter = TransitionFilter(),
    options: AnalysisOptions = AnalysisOptions(), occurrences: Occurrences? = nil,
    screen: LiveScreen? = nil
  ) throws -> AnalysisReport {
    var options = options
    if path != "-" { options.captureName = path }
    let analysis = Analysis(filter: filter, options: options, onLives: isEmpty ? nil : consume(lives:))
    func draw(hasNews: Bool) {
      screen?.refresh(hasNews: hasNews) { AnalysisReport(path, engine, analysis).liveText($0) }
    }
    if screen != nil { engine.onIdle = { draw(hasNews: false) } }
    defer { engine.onIdle = nil }
    try engine.run { batch in
      occurrences?.consume(batch)
      try analysis.consume(batch)
      try consume(batch)
      draw(hasNews: true)
    }
    screen?.clear()
    try analysis.closeLives()
    return AnalysisReport(path, engine, analysis)
  }

  func consume(_ batch: ReplayBatch) throws { for output in self { try output.consume(batch) } }
  func consume(lives: UnsafeBufferPointer<InterruptLife>) throws {
    for output in self { try output.consume(lives: lives) }
  }
}

extension AnalysisReport {
  /// What was found so far.
  fileprivate init(_ path: String, _ engine: ReplayEngine, _ analysis: Analysis) {
    let results = analysis.results
    self.init(
      trace: TraceSummary(path: path, engine: engine, gaps: results.gapCount), results: results,
      predictions: engine.predictions, guestStates: Self.guestStates(engine, results))
  }

  /// The report for a screen that it does not fit.
  fileprivate func liveText(_ clock: String) -> String {
    let lost = results.lostEvents > 0 ? "\(results.lostEvents) events were lost; " : ""
    return "live        \(clock); \(lost)Ctrl-C ends reading and prints the whole report\n"
      + text(TextStyle(isColoured: false), rows: 4, worst: 0)
  }
}
