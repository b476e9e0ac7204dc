import ArgumentParser
import InterruptTrace
import Replay
import Reports

/// `gicscope convert`.
struct ConvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Writes a capture in another format, which the output's name tells.",
    discussion: "NAME.csv and NAME.jsonl hold decoded events."
  )

  @OptionGroup var trace: TraceOptions
  @OptionGroup var window: WindowOptions

  @Option(name: [.short, .long], help: "The file to write: NAME.csv or NAME.jsonl.")
  var output: String

  func run() throws {
    guard let format = format else {
      throw UsageError(message: "\(output): what format is that? There are .csv and .jsonl")
    }
    let (engine, progress) = try trace.engine(window: window.window) { $0.isModelled = false }
    let file = try StandardOutput(path: output)
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
    try file.writeAll(buffer)
    progress.clear()
    if let code = trace.conclude(TraceSummary(path: trace.path, engine: engine, gaps: 0)) { throw code }
  }

  private var format: EventPrinter.Format? {
    if output.hasSuffix(".csv") { return .csv }
    return output.hasSuffix(".jsonl") || output.hasSuffix(".ndjson") ? .jsonl : nil
  }
}
