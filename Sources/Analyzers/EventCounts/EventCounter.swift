import InterruptTrace
import Replay

/// Counts events by kind.
public struct EventCounter: ~Copyable {
  /// Events of one kind follow each other, and a counter that was just written is slow to read: neighbours go to
  /// different rows of counters.
  private static let rows = 4
  private let counts: UnsafeMutablePointer<UInt64>

  /// No counts.
  public init() {
    counts = .allocate(capacity: 256 * Self.rows)
    counts.initialize(repeating: 0, count: 256 * Self.rows)
  }

  deinit { counts.deallocate() }

  /// Counts the batch's events.
  public mutating func consume(_ batch: ReplayBatch) {
    guard batch.isReported else { return }
    let events = batch.events
    var index = 0
    while index &+ Self.rows <= events.count {
      for row in 0..<Self.rows { counts[row << 8 | Int(events[index &+ row].kind.rawValue)] &+= 1 }
      index &+= Self.rows
    }
    while index < events.count {
      counts[Int(events[index].kind.rawValue)] &+= 1
      index &+= 1
    }
  }

  /// Whether a kernel's own events of interrupts occurred.
  var hasSoftware: Bool {
    for kind in Int(EventKind.handlerEnter.rawValue)...Int(EventKind.ipiExit.rawValue) {
      for row in 0..<Self.rows where counts[row << 8 | kind] > 0 { return true }
    }
    return false
  }

  /// The kinds that occurred, in the order of their numbers. Continuations are no events.
  public var kinds: [(kind: EventKind, count: UInt64)] {
    (0..<256).filter { $0 != Int(EventKind.continuation.rawValue) }.compactMap { kind in
      let count = (0..<Self.rows).reduce(0) { $0 + counts[$1 << 8 | kind] }
      return count == 0 ? nil : (EventKind(rawValue: UInt8(kind)), count)
    }
  }
}
