/// A fixed-capacity run of consecutive events, filled by an ``EventSource`` and then only read.
///
/// It owns its memory; nothing is allocated while it is refilled.
public struct EventBatch: ~Copyable {
  /// Where the events are.
  @usableFromInline let storage: UnsafeMutablePointer<Event>
  /// The most events that fit.
  public let capacity: Int
  /// Events in the batch.
  public var count: Int
  /// Number of the first event within its trace, counted from 0.
  public var firstIndex: UInt64

  /// An empty batch.
  public init(capacity: Int = 8192) {
    precondition(capacity > 0)
    self.capacity = capacity
    storage = .allocate(capacity: capacity)
    storage.initialize(repeating: Event(time: 0, kind: EventKind(rawValue: 0)), count: capacity)
    count = 0
    firstIndex = 0
  }

  deinit { storage.deallocate() }

  /// The events.
  @inlinable public var events: UnsafeBufferPointer<Event> { .init(start: storage, count: count) }

  /// Room for `capacity` events, for whoever fills the batch.
  @inlinable public var slots: UnsafeMutableBufferPointer<Event> { .init(start: storage, count: capacity) }

  /// Appends an event; false if the batch is full.
  @inlinable
  @discardableResult public mutating func append(_ event: Event) -> Bool {
    guard count < capacity else { return false }
    storage[count] = event
    count &+= 1
    return true
  }
}
