import GICModel
import HypervisorModel
import InterruptTrace

/// A capture that can be looked at in any order: its events by number, and the controller as it was after each of them.
///
/// ```swift
/// let timeline = try ReplayTimeline(source: try openTrace(paths: ["boot.log.zst"]))
/// try timeline.move(to: 150_000)
/// print(timeline.controller.state())
/// ```
///
/// It replays the capture once, keeps its events in a temporary file and copies of the controller at intervals. A move
/// replays from the copy before, so what it costs depends on the interval and not on the capture's length. There are at
/// most ``checkpointLimit`` copies: when there would be more, every other one is dropped and the interval doubles.
public final class ReplayTimeline {
  /// Most copies of the controller that are kept.
  public static let checkpointLimit = 48

  /// The controller after the event that was moved to.
  public var controller: Controller { _read { yield models.controller } }
  /// Events that ``controller`` has taken in: the number of the next one.
  public private(set) var position: UInt64 = 0
  /// What the capture is.
  public let format: TraceFormat
  /// Time of the first event that has one, in ns since the capture's epoch.
  public let firstTime: UInt64?
  /// Time of the last.
  public let lastTime: UInt64?
  /// What was read, skipped and wrong.
  public let statistics: ImportStatistics
  /// Predictions of the whole capture, by register.
  public let predictions: [PredictionCount]
  /// What is known about the controller at the capture's end.
  public let topology: Topology

  private var models: ReplayModels
  private let archive: EventArchive
  private var checkpoints = CheckpointList()
  private var buffer = TransitionBuffer()

  /// Replays a capture once. `consume` sees every batch, as with ``ReplayEngine/run(until:_:)``.
  ///
  /// - Parameters:
  ///   - directory: where the events are kept while this exists, 32 bytes each.
  ///   - interval: events between copies of the controller, at first.
  ///   - follower: gives what is kept beside the controller, for ``follower(at:)``; asked before the first batch and
  ///     after `consume` has seen one.
  ///   - onProgress: called at most ten times a second.
  public init(
    source: any EventSource, options: ReplayOptions = ReplayOptions(), directory: String = "/tmp",
    interval: UInt64 = 100_000, follower: () -> (any TimelineFollower)? = { nil },
    onProgress: ((ReplayProgress) -> Void)? = nil, consume: (ReplayBatch) throws -> Void = { _ in }
  ) throws {
    let engine = ReplayEngine(source: source, options: options)
    engine.onProgress = onProgress
    let archive = try EventArchive(directory: directory)
    var list = CheckpointList()
    list.append(0, engine.models.copy(), follower())
    var interval = max(interval, 1)
    var next = interval
    try engine.run { batch in
      try archive.append(batch.events)
      try consume(batch)
      let end = batch.firstIndex + batch.eventCount
      guard end >= next else { return }
      list.append(end, engine.models.copy(), follower())
      if list.count > Self.checkpointLimit {
        list.thin()
        interval *= 2
      }
      next = end + interval
    }
    try archive.seal()
    self.archive = archive
    models = list.copy(at: 0)
    checkpoints = list
    format = engine.format
    firstTime = engine.firstTime
    lastTime = engine.lastTime
    statistics = engine.statistics
    predictions = engine.predictions
    topology = engine.topology
  }

  /// Number of events.
  public var count: UInt64 { archive.eventCount }

  /// Copies of the controller that are kept.
  public var checkpointCount: Int { checkpoints.count }

  // MARK: Places

  /// A number, or that of the last event if there are not so many.
  public func record(of index: UInt64) -> UInt64 { min(index, count == 0 ? 0 : count - 1) }

  /// The record of an event and its continuations.
  public func group(at index: UInt64) -> UnsafeBufferPointer<Event> { archive.group(at: index) }

  /// Events with their continuations, by number.
  public func events(_ numbers: Range<UInt64>) -> UnsafeBufferPointer<Event> { archive.group(numbers) }

  /// The last event that is not later than a time in ns; nil if all are. O(log² events) where time stamps do not step
  /// back.
  public func event(at time: UInt64) -> UInt64? {
    let next = (0..<count).partitioningIndex { number in
      let event = archive.group(at: number)[0]
      return event.kind.hasTime && event.time > time
    }
    return next == 0 ? nil : next - 1
  }

  // MARK: Guests

  /// The guests that the capture had shown by the event that was moved to.
  public var guests: Range<UInt16> { models.hypervisor?.domains ?? 1..<1 }

  /// A guest's VGIC as its hypervisor kept it then; nil if there was no such guest.
  public func guestState(domain: UInt16, _ filter: StateFilter = .init()) -> ValueTree? {
    models.hypervisor?.state(domain: domain, filter)
  }

  /// What was known then of an interrupt of a guest.
  public func guestInterrupts(domain: UInt16, intid: UInt32) -> [GuestInterruptState] {
    models.hypervisor?.interrupts(domain: domain, intid: intid) ?? []
  }

  // MARK: Moving

  /// Makes ``controller`` what it was after an event and its continuations.
  public func move(to index: UInt64) {
    guard count > 0 else { return }
    seek(to: record(of: index) + 1)
  }

  /// Makes ``controller`` what it was before an event.
  public func move(before index: UInt64) { seek(to: record(of: index)) }

  private func seek(to target: UInt64) {
    let checkpoint = checkpoints.last(notAfter: target)
    if target < position || checkpoints.events(checkpoint) > position {
      models = checkpoints.copy(at: checkpoint)
      position = checkpoints.events(checkpoint)
    }
    apply(to: target) { _ in }
  }

  /// Replays on to `target` in pieces that end with records.
  private func apply(to target: UInt64, _ body: (ReplayBatch) -> Void) {
    while position < target {
      let end = min(position + 8192, target)
      buffer.removeAll()
      let all = archive.group(position..<end)
      let part = models.apply(all, firstIndex: position, into: &buffer)
      let survey = BatchSurvey(part)
      if survey.hasGuests { models.applyToGuests(part, firstIndex: position, into: &buffer) }
      let batch = ReplayBatch(
        events: part, transitions: buffer.transitions, firstIndex: position, survey: survey, isReported: true)
      position += survey.eventCount
      body(batch)
    }
  }

  /// What follows the replay, after an event and its continuations; nil if nothing does. Moves to the event. Costs what
  /// a move does, or more where copies of followers are so big that not every copy of the controller has one.
  public func follower(at index: UInt64) -> (any TimelineFollower)? {
    let target = count == 0 ? 0 : record(of: index) + 1
    guard let (checkpoint, follower) = checkpoints.follower(notAfter: target) else { return nil }
    models = checkpoints.copy(at: checkpoint)
    position = checkpoints.events(checkpoint)
    apply(to: target) { follower.consume($0) }
    return follower
  }

  /// Replays from the capture's start to an event and its continuations, and moves to it. O(events up to there).
  public func replay(to index: UInt64, _ body: (ReplayBatch) -> Void) {
    guard count > 0 else { return }
    models = checkpoints.copy(at: 0)
    position = 0
    apply(to: record(of: index) + 1, body)
  }

  /// What followed from an event. Moves to it.
  public func transitions(of index: UInt64) -> [Transition] {
    guard count > 0 else { return [] }
    let index = record(of: index)
    move(before: index)
    var found: [Transition] = []
    apply(to: index + 1) { found += Array($0.transitions) }
    return found
  }

  /// The next event after `index` that a transition which `matches` followed from; nil if there is none. Moves about.
  /// O(events up to there).
  public func next(after index: UInt64, _ matches: (Transition) -> Bool) -> UInt64? {
    guard count > 0 else { return nil }
    move(to: index)
    while position < count {
      var found: UInt64?
      apply(to: min(position + 8192, count)) { batch in
        found = found ?? batch.transitions.first(where: matches)?.event
      }
      if let found { return found }
    }
    return nil
  }

  /// The last event before `index` that a transition which `matches` followed from; nil if there is none. Moves about.
  public func previous(before index: UInt64, _ matches: (Transition) -> Bool) -> UInt64? {
    var limit = record(of: index)
    while limit > 0 {
      let checkpoint = checkpoints.last(notAfter: limit - 1)
      let start = checkpoints.events(checkpoint)
      models = checkpoints.copy(at: checkpoint)
      position = start
      var found: UInt64?
      apply(to: limit) { batch in
        found = batch.transitions.last { $0.event < limit && matches($0) }?.event ?? found
      }
      if let found { return found }
      limit = start
    }
    return nil
  }
}
