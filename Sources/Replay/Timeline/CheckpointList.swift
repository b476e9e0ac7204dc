import GICModel

/// Copies of a controller and of what follows it, by the number of events they have taken in.
struct CheckpointList {
  private final class Box {
    let events: UInt64
    let controller: Controller
    let follower: (any TimelineFollower)?
    init(_ events: UInt64, _ controller: consuming Controller, _ follower: (any TimelineFollower)?) {
      self.events = events
      self.controller = controller
      self.follower = follower
    }
  }

  private var boxes: [Box] = []

  var count: Int { boxes.count }

  mutating func append(_ events: UInt64, _ controller: consuming Controller, _ follower: (any TimelineFollower)?) {
    boxes.append(Box(events, controller, follower))
  }

  /// Drops every other one; the first stays.
  mutating func thin() { boxes = boxes.indices.filter { $0 % 2 == 0 }.map { boxes[$0] } }

  func events(_ index: Int) -> UInt64 { boxes[index].events }

  func copy(at index: Int) -> Controller { boxes[index].controller.copy() }

  func follower(at index: Int) -> (any TimelineFollower)? { boxes[index].follower?.copy() }

  /// The place of the last one that has taken in no more than `events`. The first has taken in nothing.
  func last(notAfter events: UInt64) -> Int {
    var (low, high) = (0, boxes.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if boxes[middle].events <= events { low = middle } else { high = middle }
    }
    return low
  }
}
