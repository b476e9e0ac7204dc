/// Which queue of pending LPIs is which PE's: its own, the one of the PE's number, until MOVALL moves more LPIs than wait on
/// the PE that they go to. Then the two PEs exchange their queues, which takes no time, however many LPIs are in them.
@frozen
@usableFromInline struct QueueAssignment {
  /// Every PE has the queue of its own number.
  @usableFromInline var areOwn = true
  /// Of those that have another.
  @usableFromInline var queues: [UInt32: UInt32] = [:]
  /// The same the other way round.
  private var pes: [UInt32: UInt32] = [:]

  @usableFromInline init() {}

  /// The number of a PE's queue.
  @inlinable @inline(__always) func queue(of pe: UInt32) -> UInt32 { areOwn ? pe : exchangedQueue(of: pe) }

  @inlinable @inline(never) func exchangedQueue(of pe: UInt32) -> UInt32 { queues[pe] ?? pe }

  /// The PE that a queue is of.
  func pe(of queue: UInt32) -> UInt32 { pes[queue] ?? queue }

  /// Two PEs exchange their queues.
  mutating func exchange(_ one: UInt32, _ other: UInt32) {
    let (first, second) = (queue(of: one), queue(of: other))
    assign(second, to: one)
    assign(first, to: other)
    areOwn = queues.isEmpty
  }

  private mutating func assign(_ queue: UInt32, to pe: UInt32) {
    queues[pe] = queue == pe ? nil : queue
    pes[queue] = queue == pe ? nil : pe
  }

  /// Bytes allocated: two numbers and their share of the map, twice.
  var memory: Int { (queues.capacity + pes.capacity) * 9 }

  func brokenInvariant() -> String? {
    for (pe, queue) in queues where pes[queue] != pe || queue == pe {
      return "PE \(pe) has queue \(queue) and not alone"
    }
    return queues.count == pes.count
      ? nil : "\(queues.count) PEs have another queue than their own, \(pes.count) queues"
  }
}
