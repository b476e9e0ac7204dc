import Analyzers
import ArgumentParser
import Foundation
import InterruptTrace
import Reports

/// `gicscope fleet`.
struct FleetCommand: FileCommand {
  static let configuration = CommandConfiguration(
    commandName: "fleet",
    abstract: "Many captures as rows for DuckDB, Spark and other engines.",
    discussion: """
      Writes JSON lines, in the order of the captures' names. Each begins with the capture, its digest and labels; a \
      capture that is damaged or cannot be read has rows that say so in the column error. \
      See Analyses/fleet/README.md.
      """)

  @Argument(help: "Captures, patterns such as 'runs/*/host.log', and folders: the captures in them.")
  var captures: [String] = []

  @Option(help: ArgumentHelp("A file with a capture on each line; - is standard input.", valueName: "file"))
  var pathsFrom: String?

  @Option(
    help: ArgumentHelp(
      "What a row is: \(FleetRows.allCases.map(\.rawValue).joined(separator: ", ")). May be repeated with --out.",
      valueName: "kind"))
  var rows: [FleetRows] = []

  @Option(help: ArgumentHelp("A label of every capture; may be repeated.", valueName: "key=value"))
  var label: [String] = []

  @Option(
    help: ArgumentHelp(
      #"Labels of captures, a line for each: {"capture": "a.log", "kernel": "6.12"}."#, valueName: "file"))
  var labelsFrom: String?

  @Option(
    help: ArgumentHelp("Labels in captures' names: {kernel}/{host}/*.log.", valueName: "pattern"))
  var labelPattern: String?

  @Option(name: .shortAndLong, help: "Captures that are analysed at a time.")
  var jobs = ProcessInfo.processInfo.activeProcessorCount

  @Option(
    help: ArgumentHelp(
      "A folder for the rows, a file for each kind. Captures whose rows are in it are not analysed again.",
      valueName: "folder"))
  var out: String?

  @Flag(help: "Only the names, types and meaning of the columns, as JSON.")
  var columns = false

  @Option(help: ArgumentHelp("What the analysis of a capture may keep in memory: 96M, 1G.", valueName: "bytes"))
  var memoryLimit = ByteCount(AnalysisLimits.standardMemory)

  @Flag(name: .shortAndLong, help: "No progress, no remarks: only results and errors.")
  var quiet = false

  @Flag(help: "No progress line.")
  var noProgress = false

  func validate() throws {
    if !columns, captures.isEmpty, pathsFrom == nil {
      throw ValidationError("Which captures? Name them, or give --paths-from FILE.")
    }
    if captures.contains("-") {
      throw ValidationError("A fleet's captures are files; --paths-from - reads their names.")
    }
    if !columns, out == nil, rows.count > 1 { throw ValidationError("Several kinds of rows need --out FOLDER.") }
    if Set(rows).count < rows.count { throw ValidationError("--rows names a kind twice.") }
    if jobs < 1 || jobs > 1024 { throw ValidationError("--jobs goes from 1 to 1024.") }
  }

  var inputs: [String] { captures + [pathsFrom, labelsFrom].compactMap { $0 } }
  var outputs: [NamedOutput] { [] }

  func run() throws {
    let labels = try FleetLabels(label, file: labelsFrom, pattern: labelPattern)
    let kinds = rows.isEmpty ? [.summary] : FleetRows.allCases.filter(rows.contains)
    let tables = FleetTables(kinds, version: ToolVersion.number, labels: labels.keys)
    guard !columns else { return try OutputFile.write(tables.columns.jsonText, to: "-") }
    let found = try FleetPaths.find(captures, list: pathsFrom)
    guard !found.isEmpty else { throw UsageError(message: "there are no captures in what was named") }
    let folder = try out.map { try FleetFolder($0, tables) }
    let left = try folder.map { folder in try found.filter { try !folder.has($0) } } ?? found
    var progress = FleetProgress(of: found.count, done: found.count - left.count, isShown: !quiet && !noProgress)
    let pool = FleetPool(
      left.map { FleetJob(path: $0, labels: labels.labels(of: $0)) }, tables,
      arguments: kinds.flatMap { ["--rows", $0.rawValue] } + labels.keys.flatMap { ["--label", $0] }
        + ["--memory-limit", "\(memoryLimit.bytes)"])
    let output = try OutputFile.standardOutput()
    try pool.run(on: jobs) { job, result in
      if let folder {
        try folder.append(job.path, result.lines)
      } else {
        for lines in result.lines { try output.write(lines) }
      }
      progress.count(result)
    }
    try output.commit()
    progress.finish(isQuiet: quiet)
  }
}

/// How far a fleet has come.
private struct FleetProgress {
  private let line: ProgressLine
  private let all: Int
  private let before: Int
  private var done = 0
  private var errors = 0
  private var events: UInt64 = 0
  private let start = ContinuousClock.now
  private var drawn = ContinuousClock.now

  init(of all: Int, done: Int, isShown: Bool) {
    (self.all, before) = (all, done)
    line = ProgressLine(isShown: isShown)
  }

  mutating func count(_ result: FleetResult) {
    done += 1
    events += result.events
    if result.status != .whole { errors += 1 }
    guard drawn.duration(to: .now) > .milliseconds(100) else { return }
    drawn = .now
    line.draw(text)
  }

  private var seconds: Double { start.duration(to: .now) / .seconds(1) }

  private var text: String {
    "\(Units.count(UInt64(before + done))) of \(Units.count(UInt64(all))) captures  \(Units.count(events)) events  "
      + "\(Units.rate(Double(done) / max(seconds, 1e-9)))"
  }

  func finish(isQuiet: Bool) {
    line.clear()
    guard !isQuiet else { return }
    StandardError.write(
      Units.count(all, "capture") + (before > 0 ? ", \(Units.count(UInt64(before))) of them before" : "")
        + ", \(Units.count(events, "event")), \(Units.count(UInt64(errors))) with an error, "
        + "in \(Units.duration(UInt64(seconds * 1e9)))\n")
  }
}
