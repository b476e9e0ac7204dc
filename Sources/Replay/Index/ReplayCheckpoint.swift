import InterruptTrace

/// A place in a capture at which a replay can start, because the state there was kept.
public struct ReplayCheckpoint: BitwiseCopyable, Equatable, Sendable {
  /// Events before it, which is the number of the next one.
  public internal(set) var events: UInt64
  /// Records of the file before it.
  public internal(set) var records: UInt64
  /// Time of the capture's first event, and of the last before this place.
  var firstTime: UInt64?
  var lastTime: UInt64?
  /// The latest time of an event before it: time stamps may step back.
  var latestTime: UInt64?
  /// Gaps of the capture before it.
  public internal(set) var gaps: UInt64
  /// Where the state stands in the index, and its checksum.
  var offset: UInt64 = 0
  var length: UInt64 = 0
  var checksum: UInt32 = 0
  /// Nothing comes after it.
  public internal(set) var isEnd = false

  /// Whether all events before it lie before a place, where a span starts.
  func lies(before place: ReplayPosition) -> Bool {
    switch place {
    case .event(let number): events <= number
    case .time(let time): latestTime.map { $0 < time } ?? true
    case .end: true
    }
  }

  /// Whether none of the events before it lies behind a place, where a span ends.
  func lies(notBehind place: ReplayPosition) -> Bool {
    switch place {
    case .event(let number): events == 0 || events - 1 <= number
    case .time(let time): latestTime.map { $0 <= time } ?? true
    case .end: true
    }
  }
}
