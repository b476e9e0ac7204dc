import InterruptTrace

/// More events or bytes than a few kilobytes of input should give anyone: a bomb, not a bug.
let fuzzLimit = 1 << 22

/// Reads a source to its end and returns what it gave, up to the limit.
@discardableResult
func drain(_ source: any EventSource, batchCapacity: Int = 64) throws -> [Event] {
  var batch = EventBatch(capacity: batchCapacity)
  var events: [Event] = []
  while events.count < fuzzLimit / MemoryLayout<Event>.stride, let count = try? source.read(into: &batch), count > 0 {
    let isRight = batch.firstIndex == UInt64(events.count) && count == batch.count && count <= batchCapacity
    try require(isRight, "a batch of \(count) at \(batch.firstIndex) after \(events.count) records")
    events += batch.events
  }
  _ = source.statistics.damage
  return events
}
