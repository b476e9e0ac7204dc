/// Transitions of one batch of events, in order. It owns its memory and grows only when a batch outgrows all before.
///
/// A batch ends when the buffer ``isFull``, so that it outgrows its limit only by what a single event causes.
public struct TransitionBuffer: ~Copyable {
  @usableFromInline var storage: UnsafeMutablePointer<Transition>
  @usableFromInline var capacity: Int
  @usableFromInline var used = 0

  /// An empty buffer.
  public init(capacity: Int = 16384) {
    self.capacity = max(capacity, 16)
    storage = .allocate(capacity: self.capacity)
  }

  deinit { storage.deallocate() }

  /// So many are enough for a batch: an event that concerns every PE causes thousands.
  @usableFromInline static var limit: Int { 1 << 16 }

  /// Whether what is in it should be handed on before another event adds to it.
  @inlinable @inline(__always) public var isFull: Bool { used >= TransitionBuffer.limit }

  /// Transitions in the buffer.
  @inlinable public var count: Int { used }

  /// The transitions.
  public var transitions: UnsafeBufferPointer<Transition> { .init(start: storage, count: used) }

  /// Forgets the transitions, keeps the memory.
  public mutating func removeAll() { used = 0 }

  /// Appends a transition. Amortised O(1).
  @inlinable @inline(__always) public mutating func append(_ transition: Transition) {
    if used == capacity { grow() }
    (storage + used).initialize(to: transition)
    used &+= 1
  }

  @inline(never) @usableFromInline
  mutating func grow() {
    let bigger = UnsafeMutablePointer<Transition>.allocate(capacity: capacity * 2)
    bigger.moveInitialize(from: storage, count: used)
    storage.deallocate()
    storage = bigger
    capacity *= 2
  }
}
