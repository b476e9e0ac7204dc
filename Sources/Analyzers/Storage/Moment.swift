import InterruptTrace

/// A moment of the capture.
struct Moment: BitwiseCopyable {
  var time: UInt64 = 0
  /// `.max` for none.
  var event: UInt64 = .max

  init() {}
  init(time: UInt64, event: UInt64) { (self.time, self.event) = (time, event) }
  init(_ t: Transition) {
    time = t.time
    event = t.event
  }
}
