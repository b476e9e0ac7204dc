import InterruptTrace

/// Events from memory: for tests, and for programs that make up captures.
public final class EventArraySource: EventSource {
  /// As given.
  public let format: TraceFormat
  /// As given.
  public let topology: Topology
  /// What was read so far.
  public private(set) var statistics = ImportStatistics()
  private let events: [Event]
  private let batchLimit: Int
  private var position = 0

  /// A source of `events`, at most `batchLimit` at a time.
  public init(_ events: [Event], topology: Topology = Topology(), batchLimit: Int = .max) {
    self.events = events
    self.topology = topology
    self.batchLimit = max(batchLimit, 1)
    format = TraceFormat(name: "memory")
    statistics.bytesTotal = UInt64(events.count * MemoryLayout<Event>.stride)
  }

  /// Copies the next events into the batch.
  public func read(into batch: inout EventBatch) throws(TraceError) -> Int {
    let count = min(events.count - position, batch.capacity, batchLimit)
    batch.firstIndex = UInt64(position)
    batch.count = count
    let slots = batch.slots
    for i in 0..<count { slots[i] = events[position + i] }
    position += count
    statistics.records += UInt64(count)
    statistics.bytesRead += UInt64(count * MemoryLayout<Event>.stride)
    return count
  }
}
