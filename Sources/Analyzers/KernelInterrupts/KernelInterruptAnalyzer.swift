import InterruptTrace
import Replay

/// Follows the interrupts of a traced kernel: its handlers, inter-processor interrupts and softirqs.
///
/// Everything it says is observed: it counts what the tracer recorded, and measures from one record to the next. A
/// duration needs both of its ends; what a gap may have hidden is not measured.
struct KernelInterruptAnalyzer: ~Copyable {
  var contexts = PETable(InterruptContexts())
  var times = PETable(PETimes())
  /// Numbers of interrupts, by domain and the kernel's number.
  private var interrupts: RowTable<Void>
  var lines: RowTable<KernelLineRow>
  var actions: RowTable<KernelActionRow>
  var ipis = RowTable<RaisedRow>()
  var softirqs = RowTable<RaisedRow>()
  var threads = RowTable<InterruptedThread>()
  var names = KernelNameTable()
  var series = [LatencySeries](repeating: LatencySeries(), count: KernelActivity.Stage.allCases.count)
  private(set) var exitsWithoutEntry: UInt64 = 0
  private(set) var unlisted: UInt64 = 0
  /// Gaps of all CPUs so far.
  private var commonGaps: UInt32 = 0
  let filter: TransitionFilter?
  private let budget = DurationBudget()
  private(set) var firstTime: UInt64?
  private(set) var lastTime: UInt64 = 0

  /// What a PE did with its time.
  struct PETimes: BitwiseCopyable {
    var hardirq: UInt64 = 0
    var softirq: UInt64 = 0
    var isShown = false
  }

  /// The row of the threads that found no room.
  private static let otherThreads: Int32 = 0

  init(filter: TransitionFilter?, limits: AnalysisLimits = AnalysisLimits()) {
    self.filter = filter
    interrupts = RowTable(limit: limits.kernelLines)
    lines = RowTable(limit: limits.kernelLines)
    actions = RowTable(limit: limits.kernelLines)
    _ = threads.place(.max) { InterruptedThread(domain: 0, thread: nil) }
  }

  /// Takes in a batch; `hasSoftware` says whether the capture shows a kernel's own events.
  mutating func consume(_ batch: ReplayBatch, hasSoftware: Bool) {
    guard batch.isReported else { return }
    if firstTime == nil { firstTime = batch.firstTime }
    lastTime = max(lastTime, batch.latestTime)
    guard hasSoftware else { return }
    var numbers = EventNumbering(firstIndex: batch.firstIndex)
    for index in 0..<batch.events.count {
      let event = batch.events[index]
      let number = numbers.take(event)
      switch event.kind {
      case .handlerEnter: enterHandler(event)
      case .handlerExit: exitHandler(event, number)
      case .ipiSend: for pe in event.ipiTargets { raise(.ipi, event, pe) }
      case .ipiEnter: enterRaised(.ipi, .ipiRaiseToEntry, event)
      case .ipiExit: exit(.ipi, event)
      case .softirqRaise: raise(.softirq, event, event.pe)
      case .softirqEnter: enterRaised(.softirq, .softirqRaiseToEntry, event)
      case .softirqExit: exit(.softirq, event)
      case .schedSwitch: context(event.domain, event.pe).pointee.leaveHardirqs()
      case .marker: names.take(event, at: index, of: batch.events)
      case .gap: forget(event)
      default: break
      }
    }
  }

  // MARK: Handlers

  private mutating func enterHandler(_ event: Event) {
    let name = event.handlerName
    guard let line = line(event), let action = action(line, name) else {
      unlisted += 1
      return
    }
    actions[action].runs += 1
    guard event.pe != PE.none else { return }
    let context = context(event.domain, event.pe)
    if context.pointee.line != line || context.pointee.firstName == name { begin(line, name, event, context) }
    enter(.handler, event, row: action, context)
  }

  /// The first handler of a line runs: it is another interrupt.
  private mutating func begin(
    _ line: Int32, _ name: UInt32, _ event: Event, _ context: UnsafeMutablePointer<InterruptContexts>
  ) {
    countUnhandled(context)
    context.pointee.line = line
    context.pointee.firstName = name
    context.pointee.unhandled = Moment()
    context.pointee.isHandled = false
    lines[line].interrupts += 1
    let gaps = context.pointee.gaps
    if let start = lines[line].start.time(gaps: gaps), event.time >= start {
      lines[line].between.add(event.time - start, budget)
    }
    lines[line].start = RaisedMoment(event.time, gaps: gaps)
  }

  /// Counts the interrupt whose handlers have all run, if none of them handled it.
  private mutating func countUnhandled(_ context: UnsafeMutablePointer<InterruptContexts>) {
    let (line, last) = (context.pointee.line, context.pointee.unhandled)
    if line >= 0, last.event != .max { lines[line].countUnhandled(last) }
  }

  private mutating func exitHandler(_ event: Event, _ number: UInt64) {
    guard let ended = exit(.handler, event) else { return }
    let action = ended.frame.row
    let isHandled = event.b & 1 != 0
    if !isHandled { actions[action].unhandled += 1 }
    let context = context(event.domain, event.pe)
    guard context.pointee.line == actions[action].line else { return }
    if isHandled {
      context.pointee.isHandled = true
      context.pointee.unhandled = Moment()
    } else if !context.pointee.isHandled {
      (context.pointee.unhandled.time, context.pointee.unhandled.event) = (event.time, number)
    }
  }

  private mutating func line(_ event: Event) -> Int32? {
    guard let interrupt = interrupts.place(UInt64(event.domain) << 32 | UInt64(event.irq), {}),
      let line = lines.place(
        UInt64(interrupt) << 32 | UInt64(event.pe),
        { KernelLineRow(domain: event.domain, irq: event.irq, pe: event.pe, intid: event.handledINTID) })
    else { return nil }
    if lines[line].intid == nil { lines[line].intid = event.handledINTID }
    return line
  }

  private mutating func action(_ line: Int32, _ name: UInt32) -> Int32? {
    let count = actions.rows.count
    let action = actions.place(UInt64(line) << 32 | UInt64(name)) { KernelActionRow(name: name, line: line) }
    if let action, actions.rows.count > count { lines[line].actions.append(action) }
    return action
  }

  // MARK: Inter-processor interrupts and softirqs

  private typealias Kind = InterruptContexts.Frame.Kind

  /// A row of the IPIs, or else of the softirqs.
  private subscript(_ kind: Kind, _ row: Int32) -> RaisedRow {
    get { kind == .ipi ? ipis[row] : softirqs[row] }
    _modify { if kind == .ipi { yield &ipis[row] } else { yield &softirqs[row] } }
  }

  /// The row of an event's reason or vector at a PE; nil if there is no room.
  private mutating func row(_ kind: Kind, _ event: Event, _ pe: UInt32) -> Int32? {
    let number = UInt32(truncatingIfNeeded: event.a)
    let key = UInt64(event.domain) << 48 | UInt64(number & 0xFFFF) << 32 | UInt64(pe)
    let make = { RaisedRow(domain: event.domain, number: number, pe: pe) }
    let row = kind == .ipi ? ipis.place(key, make) : softirqs.place(key, make)
    if row == nil { unlisted += 1 }
    return row
  }

  private mutating func raise(_ kind: Kind, _ event: Event, _ pe: UInt32) {
    guard let row = row(kind, event, pe) else { return }
    let gaps = context(event.domain, pe).pointee.gaps
    self[kind, row].raise(at: event.time, gaps: gaps)
  }

  private mutating func enterRaised(_ kind: Kind, _ stage: KernelActivity.Stage, _ event: Event) {
    guard let row = row(kind, event, event.pe) else { return }
    guard event.pe != PE.none else {
      self[kind, row].entered += 1
      return
    }
    let context = context(event.domain, event.pe)
    if let since = self[kind, row].enter(gaps: context.pointee.gaps) {
      let waited = Self.span(from: since, to: event.time)
      self[kind, row].raiseToEntry.add(waited, budget)
      if kind == .ipi, let idle = event.idleState {
        let overlap = idle.clamped(to: min(since, event.time)..<event.time)
        ipis[row].idle = (ipis[row].idle ?? 0) &+ (overlap.upperBound - overlap.lowerBound)
      }
      add(stage, waited, at: since)
    }
    enter(kind, event, row: row, context)
  }

  private static func span(from start: UInt64, to end: UInt64) -> UInt64 { end > start ? end - start : 0 }

  private mutating func add(_ stage: KernelActivity.Stage, _ duration: UInt64, at time: UInt64) {
    series[stage.rawValue].add(duration, at: time)
  }

  // MARK: Contexts

  /// What runs on a PE, as far as it is known after the gaps so far.
  private mutating func context(_ domain: UInt16, _ pe: UInt32) -> UnsafeMutablePointer<InterruptContexts> {
    let context = contexts.at(domain: domain, pe: pe)
    if context.pointee.commonGaps != commonGaps {
      context.pointee.forget()
      context.pointee.commonGaps = commonGaps
    }
    return context
  }

  private mutating func enter(
    _ kind: InterruptContexts.Frame.Kind, _ event: Event, row: Int32, _ context: UnsafeMutablePointer<InterruptContexts>
  ) {
    let number = UInt32(truncatingIfNeeded: event.a)
    let isOuter = context.pointee.enter(kind, number, row: row, at: event.time)
    context.pointee.task = thread(event)
    guard context.pointee.task >= 0 else { return }
    if kind == .softirq {
      threads[context.pointee.task].softirqs += 1
    } else if isOuter {
      threads[context.pointee.task].interrupts += 1
    }
  }

  /// The row of the thread that an event interrupted, or -1.
  private mutating func thread(_ event: Event) -> Int32 {
    guard let thread = event.interruptedThread else { return -1 }
    let key = UInt64(event.domain) << 48 | UInt64(thread)
    return threads.place(key) { InterruptedThread(domain: event.domain, thread: thread) } ?? Self.otherThreads
  }

  @discardableResult private mutating func exit(
    _ kind: InterruptContexts.Frame.Kind, _ event: Event
  ) -> InterruptContexts.Ended? {
    guard event.pe != PE.none else { return nil }
    let context = context(event.domain, event.pe)
    guard let ended = context.pointee.exit(kind, UInt32(truncatingIfNeeded: event.a), at: event.time) else {
      exitsWithoutEntry += 1
      return nil
    }
    let stage: KernelActivity.Stage
    switch kind {
    case .handler:
      actions[ended.frame.row].durations.add(ended.duration, budget)
      stage = .handler
    case .ipi, .softirq:
      self[kind, ended.frame.row].durations.add(ended.duration, budget)
      stage = kind == .ipi ? .ipiHandler : .softirqRun
    }
    add(stage, ended.duration, at: ended.frame.start)
    let time = times.at(domain: event.domain, pe: event.pe)
    time.pointee.isShown = true
    time.pointee.hardirq &+= ended.hardirq
    time.pointee.softirq &+= ended.softirq
    if context.pointee.task >= 0 {
      threads[context.pointee.task].hardirq &+= ended.hardirq
      threads[context.pointee.task].softirq &+= ended.softirq
    }
    return ended
  }

  /// Events are missing: what they would have ended is not followed.
  private mutating func forget(_ gap: Event) {
    if gap.pe == PE.none { commonGaps &+= 1 } else { context(gap.domain, gap.pe).pointee.forget() }
  }
}
