import InterruptTrace

/// Transitions of one batch of events, in order. It owns its memory and grows only when a batch outgrows all before.
public struct TransitionBuffer: ~Copyable {
  @usableFromInline var storage: UnsafeMutablePointer<Transition>
  @usableFromInline var capacity: Int
  /// Transitions in the buffer.
  public private(set) var count = 0

  /// An empty buffer.
  public init(capacity: Int = 16384) {
    self.capacity = max(capacity, 16)
    storage = .allocate(capacity: self.capacity)
  }

  deinit { storage.deallocate() }

  /// The transitions.
  public var transitions: UnsafeBufferPointer<Transition> { .init(start: storage, count: count) }

  /// Forgets the transitions, keeps the memory.
  public mutating func removeAll() { count = 0 }

  /// Appends a transition. Amortised O(1).
  @inline(__always)
  public mutating func append(_ transition: Transition) {
    if count == capacity { grow() }
    (storage + count).initialize(to: transition)
    count &+= 1
  }

  @inline(never)
  private mutating func grow() {
    let bigger = UnsafeMutablePointer<Transition>.allocate(capacity: capacity * 2)
    bigger.moveInitialize(from: storage, count: count)
    storage.deallocate()
    storage = bigger
    capacity *= 2
  }
}
