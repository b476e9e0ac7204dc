import Analyzers
import ArgumentParser
import Replay
import Reports

/// `gicscope why`.
struct WhyCommand: FileCommand {
  static let configuration = CommandConfiguration(
    commandName: "why",
    abstract: "Why an interrupt was delivered, or was not: every condition from its source to its handler.",
    discussion: "At #N means after event N and everything that followed from it; at a time, after the last event that "
      + "is not later. Each condition stands with the event that set it; what the capture does not show is marked ?."
  )

  @OptionGroup var trace: TraceOptions
  @OptionGroup var json: JSONOptions

  @Option(help: ArgumentHelp("The interrupt's INTID.", valueName: "intid"))
  var irq: UInt32

  @Option(
    help: ArgumentHelp(
      "The PE, by linear number. Without it: where the interrupt goes, for SGIs and PPIs each PE that it concerns.",
      valueName: "pe"))
  var pe: UInt32?

  @Option(help: "The domain: 0 is the physical controller, n is guest n.")
  var domain: UInt16 = 0

  @Option(help: ArgumentHelp("The moment: a time (1.5s, 20ms), an event's number (#17) or end.", valueName: "time"))
  var at = ReplayPosition.end

  var inputs: [String] { trace.inputs }
  var outputs: [NamedOutput] { json.outputs }

  func run() throws {
    let (engine, progress) = try trace.engine()
    let follower = InterruptFollower()
    let guest = GuestLadder(domain: domain, intid: irq)
    var gaps: UInt64 = 0
    try engine.run(until: at) { batch in
      if domain == 0 { follower.consume(batch) } else { guest.consume(batch) }
      for transition in batch.transitions where transition.kind == .gap { gaps += 1 }
    }
    progress.clear()
    try engine.check("--at", at)
    if domain == 0, let pe, engine.events > 0, engine.topology.showsController, pe >= engine.topology.peCount {
      throw UsageError(message: "--pe \(pe): no such PE; the capture has PE 0 to \(engine.topology.peCount - 1)")
    }
    let ladders =
      domain == 0
      ? follower.ladders(intid: irq, pe: pe, peCount: engine.topology.peCount)
      : guest.ladders(pe: pe, engine.guestInterrupts(domain: domain, intid: irq))
    let summary = TraceSummary(path: trace.path, engine: engine, gaps: gaps)
    try json.write(
      text: { style in place(engine, style) + ladders.map { "\n" + $0.text(style) }.joined() },
      json: {
        Document.json(
          command: "why",
          trace: summary,
          [
            .init("at_event", .optional(engine.events == 0 ? nil : engine.events - 1)),
            .init("at_ns", .optional(engine.lastTime)), .init("why", .list(ladders.map(\.json))),
          ]
        )
      }
    )
    if let code = trace.conclude(summary) { throw code }
  }

  private func place(_ engine: ReplayEngine, _ style: TextStyle) -> String {
    let place = engine.events == 0 ? "before the first event" : "after event #\(engine.events - 1)"
    return style.apply(.faint, place + (engine.lastTime.map { ", \(Units.moment($0))" } ?? "")) + "\n"
  }
}
