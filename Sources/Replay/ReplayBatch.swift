import InterruptTrace

/// A run of consecutive events and what followed from them. Valid only while the consumer that gets it runs.
public struct ReplayBatch {
  /// The events. A record and its continuations are never in two batches.
  public let events: UnsafeBufferPointer<Event>
  /// What the model says followed, in order; ``Transition/event`` names the event that caused each.
  public let transitions: UnsafeBufferPointer<Transition>
  /// Number of the first event, counted from 0 at the start of the capture. Continuations have none of their own.
  public let firstIndex: UInt64
  /// How many events there are; continuations are none.
  public let eventCount: UInt64
  /// Whether the batch lies in the ``ReplayOptions/window``. A batch lies in it whole or not at all.
  public let isReported: Bool
  /// Whether events of guests are among them.
  public let hasGuests: Bool
  /// The latest time of one of the events; 0 if none has a time. Time stamps may step back, so that what follows the
  /// capture's time has to follow this: the last event's depends on where batches end.
  public let latestTime: UInt64

  /// The time of the first event that has one.
  public var firstTime: UInt64? { events.first { $0.kind.hasTime }?.time }

  /// A batch of these events, for tests of consumers.
  public init(
    events: UnsafeBufferPointer<Event>, transitions: UnsafeBufferPointer<Transition>, firstIndex: UInt64 = 0,
    isReported: Bool = true
  ) {
    self.init(
      events: events, transitions: transitions, firstIndex: firstIndex, survey: BatchSurvey(events),
      isReported: isReported)
  }

  init(
    events: UnsafeBufferPointer<Event>, transitions: UnsafeBufferPointer<Transition>, firstIndex: UInt64,
    survey: BatchSurvey, isReported: Bool
  ) {
    self.events = events
    self.transitions = transitions
    self.firstIndex = firstIndex
    self.isReported = isReported
    (eventCount, hasGuests, latestTime) = (survey.eventCount, survey.hasGuests, survey.latestTime)
  }
}

/// How far a replay has come.
public struct ReplayProgress: Sendable {
  /// Bytes of the input consumed, as stored.
  public var bytesRead: UInt64
  /// The input's size, where it is known.
  public var bytesTotal: UInt64?
  /// Events replayed.
  public var events: UInt64
  /// Seconds since the replay began.
  public var seconds: Double
}
