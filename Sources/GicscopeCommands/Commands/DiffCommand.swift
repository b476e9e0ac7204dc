import ArgumentParser
import Glibc
import InterruptTrace
import Reports

/// `gicscope diff`.
struct DiffCommand: FileCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Before and after: latencies, rates and findings of two captures or two results.",
    discussion: "A side is a capture, which is analysed, or what analyze --json wrote about one.")

  /// What `--fail-on` may ask.
  enum Condition: String, ExpressibleByArgument, CaseIterable {
    case slower
    case newFindings = "new-findings"
    case different
  }

  @Argument(help: "Before: a capture or a result; - is standard input.")
  var before: String

  @Argument(help: "After.")
  var after: String

  @Option(
    help: ArgumentHelp(
      "A percentile that moved by less than this many per cent has not changed.", valueName: "percent"))
  var least = 2.0

  @Option(
    help: ArgumentHelp(
      "Exit with 1 if latencies rose, if there are new findings, or if anything differs: "
        + Condition.allCases.map(\.rawValue).joined(separator: ", ") + ". May be repeated.",
      valueName: "condition"
    )
  )
  var failOn: [Condition] = []

  @Option(help: ArgumentHelp("Also a report with pictures, in one HTML file.", valueName: "file"))
  var html: String?

  @Option(help: ArgumentHelp("Rows of each list in the text.", valueName: "count"))
  var rows = 12

  @Option(
    help: ArgumentHelp(
      "Facts about the controller that the captures do not show: a JSON or key=value file.", valueName: "file"))
  var topology: String?

  @OptionGroup var reading: ReadingOptions

  @OptionGroup var json: JSONOptions

  func validate() throws {
    if before == "-", after == "-" { throw ValidationError("Standard input can be one side only.") }
    if !(least >= 0 && least.isFinite) { throw ValidationError("--least is a number of per cent, 0 or more.") }
  }

  var inputs: [String] { [before, after] + (topology.map { [$0] } ?? []) }
  var outputs: [NamedOutput] {
    json.outputs + (html.map { [NamedOutput("--html", $0, mayBeStandardOutput: true)] } ?? [])
  }

  func run() throws {
    var damage: ExitCode?
    let sides = try [before, after].map { try side($0, &damage) }
    let report = DiffReport(before: sides[0], after: sides[1], least: least / 100)
    if let html { try OutputFile.write(report.html(), to: html) }
    try json.write(
      showsText: !writesToStandardOutput, text: { report.text($0, rows: max(rows, 1)) }, json: { report.json })
    let crossed = failOn.filter { condition in
      switch condition {
      case .slower: report.isSlower
      case .newFindings: !report.newFindings.isEmpty
      case .different: report.isDifferent
      }
    }
    for condition in crossed { StandardError.write("gicscope: failed: \(condition.rawValue)\n") }
    if !crossed.isEmpty { throw ExitStatus.failed }
    if let damage { throw damage }
  }

  private func side(_ path: String, _ damage: inout ExitCode?) throws -> DiffSide {
    // What it is shows only when it has been looked at, and then it is opened again.
    let input = try ReopenableInput(path)
    do {
      return try side(input, &damage)
    } catch let error as TraceError {
      throw input.named(error)
    }
  }

  private func side(_ input: ReopenableInput, _ damage: inout ExitCode?) throws -> DiffSide {
    let path = input.name
    if let result = try ResultFile.read(input.path) { return result }
    var options = TraceOptions(capture: input.path)
    options.topology = topology
    options.reading = reading
    let (engine, progress) = try options.engine { $0.deliversUnreported = true }
    let report = try [any AnalysisOutput]().analyse(engine, path: path)
    progress.clear()
    damage = options.conclude(report.trace.statistics.damage, path: path) ?? damage
    do {
      return try DiffSide(path: path, report.json)
    } catch {
      throw UsageError(message: "\(path): \(error)")
    }
  }
}

/// A file that `analyze --json` wrote.
enum ResultFile {
  /// More than a result of the largest capture takes.
  private static let limit = 1 << 30

  /// The result in a file, or nil if the file is something else: a capture, then.
  static func read(_ path: String) throws -> DiffSide? {
    guard path != "-", let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    var count = fread(&bytes, 1, bytes.count, file)
    guard let first = bytes[..<count].first(where: { !($0 == 0x20 || (0x09...0x0D).contains($0)) }), first == 0x7B
    else { return nil }
    while count == bytes.count, count < limit {
      bytes.append(contentsOf: repeatElement(0, count: count))
      count += bytes.withUnsafeMutableBytes { fread($0.baseAddress! + count, 1, $0.count - count, file) }
    }
    do {
      return try DiffSide(path: path, json: bytes[..<count])
    } catch {
      switch error {
      case .notJSON:
        throw TraceError.unreadable(
          path: path,
          reason: "it begins like JSON, but is damaged or cut short: write it again with gicscope analyze --json")
      case .notAResult:
        throw TraceError.unreadable(path: path, reason: "it is JSON, but not a result of gicscope analyze --json")
      case .schema(let number):
        throw TraceError.unreadable(
          path: path, reason: "its schema is \(number), this gicscope reads \(Document.schema): write it again")
      }
    }
  }
}
