import InterruptTrace
import Replay

/// When events happened, by number, in bounded memory: of every event, of every second, fourth, eighth one as there come
/// more.
struct EventTimes {
  private let limit: Int
  private var stride: UInt64 = 1
  private var samples: [(event: UInt64, time: UInt64)] = []
  private var last: (event: UInt64, time: UInt64)?

  init(limit: Int = 1 << 15) { self.limit = max(limit, 2) }

  mutating func consume(_ batch: ReplayBatch) {
    var number = batch.firstIndex
    for event in batch.events where event.kind != .continuation {
      if number & (stride - 1) == 0 { add(number, event) }
      number += 1
    }
    if let event = batch.events.last(where: Self.hasTime) { last = (number - 1, event.time) }
  }

  private static func hasTime(_ event: Event) -> Bool { event.kind != .topology && event.kind != .continuation }

  private mutating func add(_ number: UInt64, _ event: Event) {
    guard number % stride == 0, Self.hasTime(event) else { return }
    samples.append((number, event.time))
    guard samples.count >= limit else { return }
    stride *= 2
    samples.removeAll { $0.event % stride != 0 }
  }

  /// From when to when, in ns, the event happened: one moment where its time was kept. Nil for what is not among the events.
  /// O(log samples).
  func time(of event: UInt64) -> ClosedRange<UInt64>? {
    guard let first = samples.first, let last, event >= first.event, event <= last.event else { return nil }
    let high = samples.partitioningIndex { $0.event > event }
    let before = samples[high - 1]
    if before.event == event { return before.time...before.time }
    let after = high < samples.count ? samples[high] : last
    return min(before.time, after.time)...max(before.time, after.time)
  }
}
