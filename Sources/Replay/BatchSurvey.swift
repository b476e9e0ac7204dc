import InterruptTrace

/// What one look at each record of a batch finds.
struct BatchSurvey {
  /// Events that begin.
  private(set) var eventCount: UInt64
  /// Whether there are events of guests.
  private(set) var hasGuests: Bool
  /// The latest time of an event that has one; 0 for none.
  private(set) var latestTime: UInt64 = 0

  init(_ events: UnsafeBufferPointer<Event>) {
    var (domains, continuations): (UInt16, Int) = (0, 0)
    for event in events {
      domains |= event.domain
      if event.kind == .continuation { continuations &+= 1 }
      if event.kind.hasTime { latestTime = max(latestTime, event.time) }
    }
    eventCount = UInt64(events.count &- continuations)
    hasGuests = domains != Domain.physical
  }
}
