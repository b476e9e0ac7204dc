import ArgumentParser
import GICModel
import InterruptTrace
import Replay
import Reports

/// `gicscope state`.
struct StateCommand: FileCommand {
  static let configuration = CommandConfiguration(
    commandName: "state",
    abstract: "The controller's state at a time or event, or what changed between two.",
    discussion: "At #N means after event N and everything that followed from it; at a time, after the last event that "
      + "is not later. What the capture does not show and nothing implies prints as ?, in JSON as null."
  )

  @OptionGroup var trace: TraceOptions
  @OptionGroup var index: IndexOptions
  @OptionGroup var filter: FilterOptions
  @OptionGroup var json: JSONOptions

  @Option(help: ArgumentHelp("The place: a time (1.5s, 20ms), an event's number (#17) or end.", valueName: "time"))
  var at = ReplayPosition.end

  @Option(help: ArgumentHelp("A later place: print what is different there.", valueName: "time"))
  var diff: ReplayPosition?

  @Flag(help: "Also interrupts that are disabled and neither pending, active nor high; JSON has them always.")
  var idle = false

  /// Interrupts that are asked for by number are shown whatever they do.
  private var showsIdle: Bool { idle || filter.irq != nil }

  var inputs: [String] { trace.inputs }
  var outputs: [NamedOutput] { json.outputs }

  func run() throws {
    let start = try index.start(trace) { $0.last(notBehind: at) }
    let (engine, progress) = (start.engine, start.progress)
    let stateFilter = filter.stateFilter(includesIdle: true)
    var gaps = start.gaps
    func advance(_ option: String, to place: ReplayPosition) throws -> Moment {
      try engine.run(until: place) { batch in
        for transition in batch.transitions where transition.kind == .gap { gaps += 1 }
      }
      try engine.check(option, place)
      return Moment(events: engine.events, time: engine.lastTime, state: try state(engine, stateFilter))
    }
    let before = try advance("--at", to: at)
    let after = try diff.map { try advance("--diff", to: $0) }
    progress.clear()
    let summary = TraceSummary(path: trace.path, engine: engine, gaps: gaps)
    guard engine.topology.showsController || filter.domain ?? 0 > 0 else {
      try writeNothing(summary, before, after)
      if let code = trace.conclude(summary) { throw code }
      return
    }
    if let after {
      if case (.event(let first), .event(let second)?) = (at, diff), second < first {
        throw UsageError(message: "--diff \(diff!) lies before --at \(at)")
      }
      try write(summary, before, after)
    } else {
      try json.write(
        text: { style in
          before.title(style) + (showsIdle ? before.state : before.state.withoutIdleInterrupts).text(style)
        },
        json: {
          Document.json(
            command: "state", trace: summary, [.init("at", before.json), .init("state", before.state)])
        }
      )
    }
    if let code = trace.conclude(summary) { throw code }
  }

  /// A kernel's own trace shows no controller: there is no state, and nothing in it that differs or is the same.
  private func writeNothing(_ summary: TraceSummary, _ before: Moment, _ after: Moment?) throws {
    var members: [ValueTree.Member] = [.init("at", before.json)]
    members += after.map { [.init("diff_at", $0.json), .init("diff", .unknown)] } ?? [.init("state", .unknown)]
    try json.write(
      text: { style in
        before.title(style) + (after?.title(style) ?? "")
          + "This capture shows no controller: it is a kernel's own trace.\n"
      },
      json: { Document.json(command: "state", trace: summary, members) })
  }

  /// The controller's state, or with `--domain` a guest's as its hypervisor keeps it.
  private func state(_ engine: ReplayEngine, _ stateFilter: StateFilter) throws -> ValueTree {
    guard let domain = filter.domain, domain > 0 else { return engine.controller.state(stateFilter) }
    if let state = engine.guestState(domain: domain, stateFilter) { return state }
    let known = engine.guests.map { "\($0.domain)" }.joined(separator: ", ")
    throw UsageError(
      message: "--domain \(domain): no such guest here; guests: \(known.isEmpty ? "none" : known)")
  }

  private func write(_ summary: TraceSummary, _ before: Moment, _ after: Moment) throws {
    let differences = StateDifference.between(before.state, after.state)
    try json.write(
      text: { style in
        before.title(style) + after.title(style) + StateDifference.text(differences, style)
      },
      json: {
        Document.json(
          command: "state", trace: summary,
          [.init("at", before.json), .init("diff_at", after.json), .init("diff", .list(differences.map(\.json)))])
      }
    )
  }
}

/// A place in a capture, and the state there.
private struct Moment {
  var events: UInt64
  var time: UInt64?
  var state: ValueTree

  var json: ValueTree {
    ["event": .optional(events == 0 ? nil : events - 1), "time_ns": .optional(time)]
  }

  func title(_ style: TextStyle) -> String {
    let place = events == 0 ? "before the first event" : "after event #\(events - 1)"
    return style.apply(.faint, place + (time.map { ", \(Units.moment($0))" } ?? "")) + "\n"
  }
}
