import InterruptTrace

/// Cuts batches so that a record and its continuations always stay together.
///
/// Continuations may lie in the next batch. Such a record waits in a small buffer of its own, the seam, until the
/// first record that does not continue it has been seen; all other events are passed on where they lie.
struct EventGroups: ~Copyable {
  /// A marker's text takes at most 65535 bytes, 16 to a record; more continuations than that are damage, and are
  /// passed on in several parts.
  static let seamCapacity = 4096 + 2

  private let seam = UnsafeMutablePointer<Event>.allocate(capacity: seamCapacity)
  private var seamCount = 0
  private var closed = UnsafeBufferPointer<Event>(start: nil, count: 0)
  private var open = UnsafeBufferPointer<Event>(start: nil, count: 0)

  deinit { seam.deallocate() }

  /// The next run of events, never empty; nil at the end of the capture.
  mutating func next(from pipeline: BatchPipeline) throws(TraceError) -> UnsafeBufferPointer<Event>? {
    while true {
      if closed.count > 0 {
        defer { closed = UnsafeBufferPointer(start: nil, count: 0) }
        return closed
      }
      if open.count > 0 {
        appendToSeam(open)
        open = UnsafeBufferPointer(start: nil, count: 0)
      }
      guard let batch = try pipeline.next() else { return takeSeam() }
      var start = 0
      if seamCount > 0 {
        while start < batch.count, batch[start].kind == .continuation { start += 1 }
        start = min(start, Self.seamCapacity - seamCount)
        appendToSeam(UnsafeBufferPointer(rebasing: batch[..<start]))
      }
      let end = Self.closedEnd(batch, from: start)
      closed = UnsafeBufferPointer(rebasing: batch[start..<end])
      open = UnsafeBufferPointer(rebasing: batch[end...])
      if start < batch.count, let group = takeSeam() { return group }
    }
  }

  private mutating func appendToSeam(_ events: UnsafeBufferPointer<Event>) {
    let count = min(events.count, Self.seamCapacity - seamCount)
    guard count > 0, let base = events.baseAddress else { return }
    (seam + seamCount).update(from: base, count: count)
    seamCount += count
  }

  private mutating func takeSeam() -> UnsafeBufferPointer<Event>? {
    guard seamCount > 0 else { return nil }
    defer { seamCount = 0 }
    return UnsafeBufferPointer(start: seam, count: seamCount)
  }

  /// Where the last record begins, if more of its continuations may follow in the next batch; else the end.
  private static func closedEnd(_ batch: UnsafeBufferPointer<Event>, from start: Int) -> Int {
    var last = batch.count - 1
    while last >= start, batch[last].kind == .continuation { last -= 1 }
    guard last >= start else { return batch.count }
    let have = batch.count - 1 - last
    guard have < expectedContinuations(of: batch[last]), batch.count - last < seamCapacity else { return batch.count }
    return last
  }

  private static func expectedContinuations(of event: Event) -> Int {
    switch event.kind {
    case .itsCommand, .tableEntry: 1
    case .marker: Int((event.a >> 16) & 0xFFFF) / 16 + 1
    default: 0
    }
  }
}
