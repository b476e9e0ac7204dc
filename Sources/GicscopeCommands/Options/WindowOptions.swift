import Analyzers
import ArgumentParser
import GICModel
import Replay
import Reports

/// Which part of it is reported.
struct WindowOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Report from this place on: a time (1.5s, 20ms, 300us, 7ns) or an event's number (#17).", valueName: "time"))
  var from: ReplayPosition?

  @Option(help: ArgumentHelp("Report up to this place, which is included.", valueName: "time"))
  var to: ReplayPosition?

  var window: ReplayWindow { ReplayWindow(from: from, to: to) }

  func validate() throws {
    switch (from, to) {
    case (.event(let first)?, .event(let last)?) where last < first,
      (.time(let first)?, .time(let last)?) where last < first:
      throw ValidationError("--from \(from!) lies behind --to \(to!).")
    default: break
    }
  }

  /// Refuses a window without events, once the capture was replayed.
  func check(_ engine: ReplayEngine) throws {
    guard from != nil || to != nil, engine.reportedEvents == 0, engine.events > 0 else { return }
    let options = [from.map { "--from \($0)" }, to.map { "--to \($0)" }].compactMap { $0 }.joined(separator: " ")
    // What lies behind the end of the window was not read.
    let range = to == nil ? "; \(engine.range)" : ""
    throw UsageError(message: "\(options): no event of the capture lies there\(range)")
  }
}

/// Which interrupts and PEs are reported.
struct FilterOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Only these PEs, by linear number: 0,2-3.", valueName: "list"))
  var pe: NumberSet?

  @Option(help: ArgumentHelp("Only these INTIDs: 27,8192-8200.", valueName: "list"))
  var irq: NumberSet?

  @Option(help: "Only this domain: 0 is the physical controller, n is guest n.")
  var domain: UInt16?

  var filter: TransitionFilter { TransitionFilter(pes: pe, intids: irq, domain: domain) }

  /// For ``Controller/state(_:)``. INTIDs have at most 24 bits.
  func stateFilter(includesIdle: Bool) -> StateFilter {
    StateFilter(pes: pe?.numbers(upTo: 1 << 20), intids: irq?.numbers(upTo: 1 << 24), includesIdle: includesIdle)
  }
}
