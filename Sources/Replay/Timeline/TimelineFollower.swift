/// What a ``ReplayTimeline`` keeps copies of beside the controller's, so that it is at hand at any event.
public protocol TimelineFollower: AnyObject {
  /// Takes in what follows what it has taken in so far.
  func consume(_ batch: ReplayBatch)
  /// Bytes that a copy takes.
  var footprint: Int { get }
  /// One that has taken in the same and goes on by itself.
  func copy() -> any TimelineFollower
}
