import InterruptTrace

/// Puts events in the order of their times, within a window.
///
/// Texts of several CPUs' buffers come in pieces, and clocks of CPUs may differ: some thousand events are held back, so
/// that one that comes late still finds its place. Events of equal time stay in the order in which they came, and
/// continuations with their record, whose time they have.
struct EventTimeOrder: ~Copyable {
  /// Events that are held back.
  private var window = 16_384
  private static let capacity = 65_536
  /// Room for the events of one record.
  private static let reserve = 256

  private let events: UnsafeMutablePointer<Event>
  private var count = 0
  private var start = 0
  private var isSorted = true
  private var deliveredTime: UInt64 = 0
  private var isFinished = false
  /// Records that came after a later one.
  private(set) var late: UInt64 = 0
  /// Events that came after a later one had been given out.
  private(set) var tooLate: UInt64 = 0

  init() {
    events = .allocate(capacity: Self.capacity)
  }

  deinit { events.deallocate() }

  /// Holds back what a reader of a capture that is still being written can wait for: such a text is in order.
  mutating func holdsBackLess() { window = 256 }

  /// Whether a record's events find room.
  var hasRoom: Bool { count < Self.capacity - Self.reserve }

  /// Whether the events of many records find room, where records come in batches.
  var hasRoomForMany: Bool { count < Self.capacity / 2 }

  /// Adds an event; drops it if there is no room.
  @inline(__always) mutating func append(_ event: Event) {
    guard count < Self.capacity else { return }
    if count > start, event.time < events[count - 1].time, event.kind != .continuation {
      isSorted = false
      late &+= 1
    }
    events[count] = event
    count &+= 1
  }

  /// No more will come: nothing is held back.
  mutating func finish() { isFinished = true }

  /// Whether there is something to give out.
  var isReady: Bool { isFinished ? count > start : count - start > window }

  /// Replaces the batch's content by the next events; makes room. Returns their number.
  mutating func deliver(into batch: inout EventBatch) -> Int {
    if !isSorted { sort() }
    let available = isFinished ? count - start : max(0, count - start - window)
    let number = min(available, batch.capacity)
    batch.slots.baseAddress!.update(from: events + start, count: number)
    batch.count = number
    start += number
    if number > 0 { deliveredTime = max(deliveredTime, events[start - 1].time) }
    if start == count {
      start = 0
      count = 0
    } else if start >= Self.capacity / 2 || number == available {
      // Not sooner: what waits is moved once for as much that was given out.
      events.update(from: events + start, count: count - start)
      count -= start
      start = 0
    }
    return number
  }

  /// Sorts what is waiting by time, and by place among equals.
  private mutating func sort() {
    let waiting = UnsafeBufferPointer(start: events + start, count: count - start)
    let order = waiting.indices.sorted { left, right in
      waiting[left].time != waiting[right].time ? waiting[left].time < waiting[right].time : left < right
    }
    let copy = order.map { waiting[$0] }
    for (index, event) in copy.enumerated() {
      if event.time < deliveredTime { tooLate &+= 1 }
      events[start + index] = event
    }
    isSorted = true
  }
}
