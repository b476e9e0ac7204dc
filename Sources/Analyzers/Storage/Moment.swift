import InterruptTrace

/// A moment of the capture.
struct Moment: BitwiseCopyable {
  var time: UInt64 = 0
  /// `.max` for none.
  var event: UInt64 = .max

  init() {}
  init(_ t: Transition) {
    time = t.time
    event = t.event
  }
}
