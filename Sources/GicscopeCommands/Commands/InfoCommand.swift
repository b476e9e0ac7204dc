import Analyzers
import ArgumentParser
import Reports

/// `gicscope info`.
struct InfoCommand: FileCommand {
  static let configuration = CommandConfiguration(
    commandName: "info", abstract: "What is in a capture: format, controller, time span, kinds of event, gaps.")

  @OptionGroup var trace: TraceOptions
  @OptionGroup var window: WindowOptions
  @OptionGroup var json: JSONOptions

  var inputs: [String] { trace.inputs }
  var outputs: [NamedOutput] { json.outputs }

  func run() throws {
    let (engine, progress) = try trace.engine(window: window.window)
    var counter = EventCounter()
    var gaps: UInt64 = 0
    try engine.run { batch in
      counter.consume(batch)
      for transition in batch.transitions where transition.kind == .gap { gaps += 1 }
    }
    progress.clear()
    try window.check(engine)
    let report = InfoReport(
      trace: TraceSummary(path: trace.path, engine: engine, gaps: gaps), eventKinds: counter.kinds)
    try json.write(text: { report.text($0) }, json: { report.json })
    if let code = trace.conclude(report.trace) { throw code }
  }
}
