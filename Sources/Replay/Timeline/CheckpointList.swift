/// Copies of a replay's models and of what follows it, by the number of events they have taken in.
struct CheckpointList {
  private final class Box {
    let events: UInt64
    let models: ReplayModels
    /// Nil also where copies were too big to be kept everywhere.
    var follower: (any TimelineFollower)?
    init(_ events: UInt64, _ models: consuming ReplayModels, _ follower: (any TimelineFollower)?) {
      self.events = events
      self.models = models
      self.follower = follower
    }
  }

  /// Most bytes that copies of followers take, but for two of them.
  private let followerLimit: Int
  private var boxes: [Box] = []

  init(followerLimit: Int = 256 << 20) { self.followerLimit = followerLimit }

  var count: Int { boxes.count }

  mutating func append(_ events: UInt64, _ models: consuming ReplayModels, _ follower: (any TimelineFollower)?) {
    boxes.append(Box(events, models, follower))
    thinFollowers()
  }

  /// Drops every other follower, but for the first, until the rest is small enough.
  private func thinFollowers() {
    var followed = boxes.filter { $0.follower != nil }
    while followed.count > 2, followed.reduce(0, { $0 + $1.follower!.footprint }) > followerLimit {
      for place in stride(from: 1, to: followed.count, by: 2) { followed[place].follower = nil }
      followed = followed.filter { $0.follower != nil }
    }
  }

  /// Drops every other one; the first stays.
  mutating func thin() { boxes = boxes.indices.filter { $0 % 2 == 0 }.map { boxes[$0] } }

  func events(_ index: Int) -> UInt64 { boxes[index].events }

  func copy(at index: Int) -> ReplayModels { boxes[index].models.copy() }

  /// A copy of the last follower that has taken in no more than `events`, and its place; nil if there is none.
  func follower(notAfter events: UInt64) -> (place: Int, follower: any TimelineFollower)? {
    let last = last(notAfter: events)
    guard let place = boxes[...last].lastIndex(where: { $0.follower != nil }) else { return nil }
    return (place, boxes[place].follower!.copy())
  }

  /// The place of the last one that has taken in no more than `events`. The first has taken in nothing.
  func last(notAfter events: UInt64) -> Int { boxes.partitioningIndex { $0.events > events } - 1 }
}
