import Analyzers
import ArgumentParser
import GICModel
import InterruptTrace
import Replay
import Reports

/// `gicscope events`.
struct EventsCommand: FileCommand {
  static let configuration = CommandConfiguration(
    commandName: "events", abstract: "The events of a capture, as text, JSON lines or CSV.",
    discussion: "--irq selects the events that name the INTID and those that, says the model, did something to it.")

  @OptionGroup var trace: TraceOptions
  @OptionGroup var window: WindowOptions
  @OptionGroup var index: IndexOptions
  @OptionGroup var filter: FilterOptions

  @Option(help: ArgumentHelp("text, jsonl or csv.", valueName: "name"))
  var format = EventPrinter.Format.text

  @Flag(help: "The same as --format jsonl.")
  var jsonl = false

  @Option(help: ArgumentHelp("Only these kinds of event, separated by commas: msi,itsCommand.", valueName: "list"))
  var kind: String?

  @Option(name: [.short, .long], help: ArgumentHelp("No more than this many.", valueName: "count"))
  var limit: UInt64?

  func validate() throws {
    for name in kinds ?? [] where !EventLayout.all.contains(where: { $0.name == name }) {
      throw ValidationError(
        "unknown kind of event '\(name)'; known kinds: \(EventLayout.all.map(\.name).joined(separator: ", ")).")
    }
  }

  private var kinds: [String]? { kind?.split(separator: ",").map(String.init) }

  var inputs: [String] { trace.inputs }
  var outputs: [NamedOutput] { [] }

  func run() throws {
    // Whether an interrupt is concerned only the model can say; everything else is in the events.
    let start = try index.start(trace, window: window.window) {
      $0.isModelled = filter.irq != nil
    } choose: { kept in
      guard let from = window.from else { return nil }
      return kept.last(before: from)
    }
    let (engine, progress) = (start.engine, start.progress)
    let output = try OutputFile.standardOutput()
    if StandardOutput.isTerminal { progress.clear() }
    if StandardOutput.isTerminal { engine.onProgress = nil }
    var printer = EventPrinter(jsonl ? .jsonl : format, registerName: registerName)
    let style = TextStyle.ofStandardOutput(.never)
    if style.isLimited { printer.width = style.width }
    var buffer = ByteBuffer()
    printer.header(into: &buffer)
    let selection = EventSelection(
      filter: filter.filter,
      kinds: kinds.map { names in Set(EventLayout.all.filter { names.contains($0.name) }.map(\.kind)) })
    var left = limit ?? .max
    let occurrences = Occurrences(filter)
    var unnumbered: UInt64 = 0
    do {
      try engine.run { batch in
        printer.learn(from: batch.events)
        occurrences.consume(batch)
        if filter.irq != nil { unnumbered += batch.unnumberedHandlers }
        try selection.forEach(in: batch) { group, index in
          if left == 0 { throw EnoughEvents() }
          left -= 1
          printer.print(group, index: index, into: &buffer)
          try output.drain(&buffer)
        }
      }
      try window.check(engine)
      if unnumbered == 0 { try occurrences.check(filter, engine) }
    } catch is EnoughEvents {}
    try output.drain(&buffer)
    try output.commit()
    progress.clear()
    if unnumbered > 0, !trace.quiet {
      StandardError.write(
        "gicscope: \(trace.path): INTIDs of \(Units.count(unnumbered)) handlers' events are not known, only the kernel's own "
          + "numbers (irq=): --irq leaves them out\n")
    }
    if let code = trace.conclude(TraceSummary(path: trace.path, engine: engine, gaps: 0)) { throw code }
  }
}

private struct EnoughEvents: Error {}

extension ReplayBatch {
  /// Entries and exits of handlers whose INTID the capture does not show.
  fileprivate var unnumberedHandlers: UInt64 {
    events.reduce(0) { sum, event in
      let isHandler = event.kind == .handlerEnter || event.kind == .handlerExit
      return sum + (isHandler && !event.flags.contains(.intidKnown) ? 1 : 0)
    }
  }
}

extension EventPrinter.Format: ExpressibleByArgument {}

/// Which events are printed.
struct EventSelection {
  var filter: TransitionFilter
  var kinds: Set<EventKind>?

  /// Calls `body` with each selected event and its continuations.
  func forEach(
    in batch: ReplayBatch, _ body: (UnsafeBufferPointer<Event>.SubSequence, UInt64) throws -> Void
  ) rethrows {
    let concerned = filter.intids == nil ? [] : eventsConcerned(batch)
    var start = 0
    var numbers = EventNumbering(firstIndex: batch.firstIndex)
    while start < batch.events.count {
      let end = batch.events.end(ofEventAt: start)
      let index = numbers.take(batch.events[start])
      if includes(batch.events[start], index, concerned) { try body(batch.events[start..<end], index) }
      start = end
    }
  }

  private func includes(_ event: Event, _ index: UInt64, _ concerned: Set<UInt64>) -> Bool {
    if let kinds, !kinds.contains(event.kind) { return false }
    if let domain = filter.domain, domain != event.domain { return false }
    if let pes = filter.pes, !pes.contains(event.pe) { return false }
    guard let intids = filter.intids else { return true }
    return event.namedINTID.map(intids.contains) ?? false || concerned.contains(index)
  }

  /// The events to which the model did something with one of the interrupts.
  private func eventsConcerned(_ batch: ReplayBatch) -> Set<UInt64> {
    var result = Set<UInt64>()
    for transition in batch.transitions where filter.intids!.contains(transition.intid) {
      result.insert(transition.event)
    }
    return result
  }
}

extension Event {
  /// The INTID that an event names itself.
  var namedINTID: UInt32? {
    switch kind {
    case .lineLevel, .sgiPending, .acknowledge, .enableChange, .inject, .ackNotify, .irqLine, .timerLine: intid
    case .handlerEnter, .handlerExit: flags.contains(.intidKnown) ? UInt32(truncatingIfNeeded: a >> 32) : nil
    case .highestPending: priority == 255 ? nil : intid
    case .sysregRead where [.ICC_IAR0_EL1, .ICC_IAR1_EL1, .ICC_NMIAR1_EL1].contains(register):
      UInt32(truncatingIfNeeded: b)
    case .sysregWrite where [.ICC_EOIR0_EL1, .ICC_EOIR1_EL1, .ICC_DIR_EL1].contains(register):
      UInt32(truncatingIfNeeded: b)
    default: nil
    }
  }
}

/// The manual's name of the register at an offset of a frame.
func registerName(_ frame: Frame, _ offset: UInt32) -> String? {
  RegisterMap.of(frame)?[offset]?.name(at: offset)
}
