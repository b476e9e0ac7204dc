import InterruptTrace
import Replay

/// Counts events by kind.
public struct EventCounter: ~Copyable {
  private let counts: UnsafeMutablePointer<UInt64>

  /// No counts.
  public init() {
    counts = .allocate(capacity: 256)
    counts.initialize(repeating: 0, count: 256)
  }

  deinit { counts.deallocate() }

  /// Counts the batch's events.
  public mutating func consume(_ batch: ReplayBatch) {
    guard batch.isReported else { return }
    for event in batch.events { counts[Int(event.kind.rawValue)] &+= 1 }
  }

  /// The kinds that occurred, in the order of their numbers.
  public var kinds: [(kind: EventKind, count: UInt64)] {
    (0..<256).compactMap { counts[$0] == 0 ? nil : (EventKind(rawValue: UInt8($0)), counts[$0]) }
  }
}
