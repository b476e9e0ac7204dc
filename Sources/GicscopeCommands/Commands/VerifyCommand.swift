import ArgumentParser
import GICModel
import HypervisorModel
import InterruptTrace
import Replay
import Reports

/// `gicscope verify`.
struct VerifyCommand: FileCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Predicts every answer of the controller and compares it with the capture.",
    discussion: "Exit code 1 if a prediction disagreed.")

  @OptionGroup var trace: TraceOptions
  @OptionGroup var window: WindowOptions
  @OptionGroup var json: JSONOptions

  @Option(help: ArgumentHelp("How many disagreements are explained.", valueName: "count"))
  var disagreements = 10

  @Option(
    help: ArgumentHelp(
      "Compare list registers: TRACE is a hypervisor's own tracing, FILE a capture of the same run from below it.",
      valueName: "file")
  )
  var against: String?

  @Option(
    name: .customLong("policy"),
    help: ArgumentHelp(
      "With --against: how KVM chooses list registers. Default: as the traced kernel's release does, else kvm-legacy.",
      valueName: "name"))
  var listRegisterPolicy: ListRegisterPolicy?

  var inputs: [String] { trace.inputs + (against.map { [$0] } ?? []) }
  var outputs: [NamedOutput] { json.outputs }

  func run() throws {
    if let against { return try runAgainst(against) }
    let (engine, progress) = try trace.engine(window: window.window)
    var collector = DisagreementCollector(limit: max(disagreements, 0))
    var gaps: UInt64 = 0
    try engine.run { batch in
      for transition in batch.transitions {
        switch transition.kind {
        case .disagreed: collector.collect(transition, batch)
        case .gap: gaps += 1
        default: break
        }
      }
    }
    progress.clear()
    try window.check(engine)
    let report = VerifyReport(
      trace: TraceSummary(path: trace.path, engine: engine, gaps: gaps), predictions: engine.predictions,
      disagreements: collector.explained(by: engine.controller.disagreements))
    try json.write(text: { report.text($0) }, json: { report.json })
    let damage = trace.conclude(report.trace)
    if report.predictions.totals.disagreed > 0 { throw ExitStatus.failed }
    if let damage { throw damage }
  }
}

/// The first disagreements of the window, with the events that showed them.
struct DisagreementCollector {
  private let limit: Int
  private var failed: [FailedPrediction] = []
  private var printer = EventPrinter(.text, registerName: registerName)

  init(limit: Int) { self.limit = limit }

  mutating func collect(_ transition: Transition, _ batch: ReplayBatch) {
    guard failed.count < limit else { return }
    let prediction = transition.prediction
    failed.append(
      FailedPrediction(
        event: transition.event, time: transition.time, domain: transition.domain, pe: transition.pe,
        name: PredictionCheck.describe(prediction.check).name, expected: prediction.expected, seen: prediction.seen,
        explanation: "", eventText: text(of: transition.event, batch))
    )
  }

  /// The event and its continuations.
  private mutating func text(of event: UInt64, _ batch: ReplayBatch) -> String {
    guard event >= batch.firstIndex, event - batch.firstIndex < batch.eventCount else { return "#\(event)" }
    let start = batch.events.place(ofEvent: Int(event - batch.firstIndex))
    return printer.line(batch.events[start..<batch.events.end(ofEventAt: start)], index: event)
  }

  /// With the model's explanations, which it keeps for the first of the whole capture.
  func explained(by disagreements: [Disagreement]) -> [FailedPrediction] {
    failed.map { row in
      var row = row
      row.explanation =
        disagreements.first { $0.event == row.event && $0.name == row.name && $0.pe == row.pe }?.explanation ?? ""
      return row
    }
  }
}
