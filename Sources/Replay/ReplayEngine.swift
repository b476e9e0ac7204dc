import GICModel
import HypervisorModel
import Glibc
import InterruptTrace

/// How a replay is done.
public struct ReplayOptions: Sendable {
  /// Facts about the controller that the capture does not show; they win over what the capture says.
  public var topology = Topology()
  /// How the controller is modelled.
  public var controller = ControllerOptions()
  /// How the hypervisor is modelled, if the capture shows one.
  public var hypervisor = HypervisorOptions()
  /// What is reported.
  public var window = ReplayWindow()
  /// Whether consumers also see what lies before the window, with ``ReplayBatch/isReported`` false. A consumer that
  /// keeps state of its own needs that.
  public var deliversUnreported = false
  /// Whether reading and decoding has a thread of its own.
  public var isThreaded = true
  /// Whether events go through the model; without it there are no transitions, and replaying is reading.
  public var isModelled = true
  /// Events per batch.
  public var batchCapacity = 3072
  /// The defaults.
  public init() {}
}

/// Replays a capture through the controller's model.
///
/// ```swift
/// let engine = ReplayEngine(source: try openTrace(paths: ["boot.pcap.lz4"]))
/// try engine.run { batch in
///   for transition in batch.transitions where transition.kind == .acknowledged { … }
/// }
/// for register in engine.predictions { print(register.name, register.agreed, register.disagreed) }
/// ```
///
/// An engine is used by one thread. It can be stopped at a place, asked for the state there, and run on.
public final class ReplayEngine {
  /// The model, in the state after the last event replayed.
  public var controller: Controller { _read { yield models.controller } }
  /// Events replayed so far, which is the number of the next one.
  public private(set) var events: UInt64 = 0
  /// How many of them lay within the window.
  public private(set) var reportedEvents: UInt64 = 0
  /// Time of the first event, in ns since the capture's epoch. Topology records have no time.
  public private(set) var firstTime: UInt64?
  /// Time of the last event replayed.
  public private(set) var lastTime: UInt64?
  /// Whether the capture's end, or that of the window, was reached.
  public private(set) var isAtEnd = false
  /// What the capture is.
  public let format: TraceFormat
  /// Called at most ten times a second.
  public var onProgress: ((ReplayProgress) -> Void)?
  /// Called about twice a second while the source has no events to give, as a pipe whose writer waits; only where reading has a
  /// thread of its own.
  public var onIdle: (() -> Void)? {
    get { pipeline.onIdle }
    set { pipeline.onIdle = newValue }
  }

  private enum Phase { case before, within, after }

  private(set) var models: ReplayModels
  private let options: ReplayOptions
  private let pipeline: BatchPipeline
  private var groups = EventGroups()
  private var buffer = TransitionBuffer()
  private var pending = UnsafeBufferPointer<Event>(start: nil, count: 0)
  private var phase: Phase
  private var baseline: [PredictionCount] = []
  private var startedAt: UInt64 = 0
  private var lastProgress: UInt64 = 0

  /// An engine at the capture's start. Nothing is read yet.
  public init(source: any EventSource, options: ReplayOptions = ReplayOptions()) {
    self.options = options
    format = source.format
    var topology = source.topology
    topology.merge(options.topology)
    models = ReplayModels(Controller(topology: topology, options: options.controller), options.hypervisor)
    pipeline = BatchPipeline(
      source: source, threaded: options.isThreaded, depth: 4, batchCapacity: options.batchCapacity)
    phase = options.window.from == nil ? .within : .before
  }

  deinit { pipeline.cancel() }

  // MARK: Checkpoints

  /// Goes on from a checkpoint, at which the source stands, before anything was replayed. False if the state that the index
  /// has is none of these models: then this engine is of no use.
  public func resume(from checkpoint: ReplayCheckpoint, in index: ReplayIndex) -> Bool {
    // Without models what is known of the controller is what the source says.
    if options.isModelled {
      guard let state = index.state(checkpoint) else { return false }
      var archive = StateArchive(reading: state)
      models.archive(&archive)
      guard archive.isComplete else { return false }
    }
    (events, firstTime, lastTime) = (checkpoint.events, checkpoint.firstTime, checkpoint.lastTime)
    return true
  }

  /// The models as they are now.
  func archivedState() -> [UInt8] {
    var archive = StateArchive()
    models.archive(&archive)
    return archive.bytes
  }

  /// What is known about the controller by now.
  public var topology: Topology { controller.topology }

  /// What the model of the hypervisor says of each guest; none if the capture shows no hypervisor.
  public var guests: [GuestSummary] { models.hypervisor?.summaries ?? [] }

  /// A guest's VGIC as it is now; nil if the capture shows no such guest.
  public func guestState(domain: UInt16, _ filter: StateFilter = .init()) -> ValueTree? {
    models.hypervisor?.state(domain: domain, filter)
  }

  /// What is known of an interrupt of a guest now.
  public func guestInterrupts(domain: UInt16, intid: UInt32) -> [GuestInterruptState] {
    models.hypervisor?.interrupts(domain: domain, intid: intid) ?? []
  }

  /// What was read, skipped and wrong so far.
  public var statistics: ImportStatistics { pipeline.statistics }

  /// Predictions within the window so far, by register.
  public var predictions: [PredictionCount] {
    if phase == .before { return [] }
    if baseline.isEmpty { return controller.predictions }
    return controller.predictions.compactMap { count in
      guard let before = baseline.first(where: { $0.name == count.name && $0.kind == count.kind }) else { return count }
      let since = count.since(before)
      return since.isEmpty ? nil : since
    }
  }

  /// Replays to `stop`, or from where the last call stopped, and calls `body` with each batch.
  ///
  /// An error of `body` ends the replay; one of the source comes after all events that were read before it.
  public func run(until stop: ReplayPosition = .end, _ body: (ReplayBatch) throws -> Void = { _ in }) throws {
    if startedAt == 0 { startedAt = monotonicNanoseconds() }
    while !isAtEnd {
      if pending.count == 0 {
        guard let next = try groups.next(from: pipeline) else {
          isAtEnd = true
          break
        }
        pending = next
      }
      let limit = cut(.init(past: stop))
      if limit == 0 { return }
      let boundary =
        switch phase {
        case .before: cut(.init(reaching: options.window.from))
        case .within: cut(.init(past: options.window.to))
        case .after: limit
        }
      if boundary == 0 { try crossBoundary() } else { try replay(min(limit, boundary), body) }
      reportProgress()
    }
  }

  private func crossBoundary() throws {
    switch phase {
    case .before:
      baseline = controller.predictions
      phase = .within
    case .within, .after:
      phase = .after
      isAtEnd = true
      pipeline.cancel()
    }
  }

  private func replay(_ count: Int, _ body: (ReplayBatch) throws -> Void) throws {
    var part = UnsafeBufferPointer(rebasing: pending[..<count])
    buffer.removeAll()
    if options.isModelled { part = models.apply(part, firstIndex: events, into: &buffer) }
    pending = UnsafeBufferPointer(rebasing: pending[part.count...])
    let survey = BatchSurvey(part)
    if options.isModelled, survey.hasGuests { models.applyToGuests(part, firstIndex: events, into: &buffer) }
    noteTimes(part)
    let first = events
    events += survey.eventCount
    if phase == .within { reportedEvents += survey.eventCount }
    if phase == .within || options.deliversUnreported {
      try body(
        ReplayBatch(
          events: part, transitions: buffer.transitions, firstIndex: first, survey: survey,
          isReported: phase == .within)
      )
    }
  }

  private func noteTimes(_ part: UnsafeBufferPointer<Event>) {
    if firstTime == nil { firstTime = part.first { $0.kind.hasTime }?.time }
    if let last = part.last(where: { $0.kind.hasTime }) { lastTime = last.time }
  }

  private func reportProgress() {
    guard let onProgress else { return }
    let now = monotonicNanoseconds()
    guard now &- lastProgress > 100_000_000 else { return }
    lastProgress = now
    let statistics = pipeline.statistics
    onProgress(
      ReplayProgress(
        bytesRead: statistics.bytesRead, bytesTotal: statistics.bytesTotal, events: events,
        seconds: Double(now &- startedAt) / 1e9)
    )
  }

  // MARK: Places

  /// A test for the first event that lies beyond, or at, a place.
  private struct Edge {
    var number: UInt64?
    var time: UInt64?

    /// The first event after a place that is inclusive.
    init(past position: ReplayPosition?) {
      switch position {
      case .event(let n): number = n == .max ? nil : n + 1
      case .time(let t): time = t == .max ? nil : t + 1
      case .end, nil: break
      }
    }

    /// The first event at a place or after it. Nothing comes at or after the end.
    init(reaching position: ReplayPosition?) {
      switch position {
      case .event(let n): number = n
      case .time(let t): time = t
      case .end: number = .max
      case nil: break
      }
    }
  }

  /// How many of the pending events come before the edge.
  private func cut(_ edge: Edge) -> Int {
    var at = pending.count
    if let number = edge.number {
      at = number <= events ? 0 : pending.place(ofEvent: Int(min(number - events, UInt64(pending.count))))
    } else if let time = edge.time {
      at = pending.firstIndex { $0.time >= time && $0.kind.hasTime } ?? pending.count
    } else {
      return at
    }
    while at < pending.count, pending[at].kind == .continuation { at += 1 }
    return at
  }
}

extension EventKind {
  /// Whether an event of this kind has a time of its own.
  var hasTime: Bool { self != .topology && self != .continuation }
}

/// The monotonic clock.
package func monotonicNanoseconds() -> UInt64 {
  var now = timespec()
  clock_gettime(CLOCK_MONOTONIC, &now)
  return UInt64(now.tv_sec) * 1_000_000_000 + UInt64(now.tv_nsec)
}
