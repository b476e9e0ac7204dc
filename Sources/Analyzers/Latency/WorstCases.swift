import GICModel

/// One interrupt from becoming pending to its end, with the events that made it.
public struct LongInterrupt: BitwiseCopyable, Sendable {
  /// A moment: when, and the number of the event that caused it.
  public struct Moment: BitwiseCopyable, Sendable {
    /// In ns since the capture's epoch.
    public var time: UInt64 = 0
    /// The event's number.
    public var event: UInt64 = 0
  }

  /// 0 is the physical controller, n is guest n.
  public var domain: UInt16 = 0
  /// The PE that acknowledged it.
  public var pe: UInt32 = 0
  /// The interrupt.
  public var intid: UInt32 = 0
  /// Its DeviceID, or ``UInt32/max`` if none is known.
  public var device = UInt32.max
  /// What made it pending.
  public var cause = PendingCause.observed
  /// When it became pending.
  public var pending = Moment()
  /// When it was acknowledged.
  public var acknowledged = Moment()
  /// When it ended.
  public var ended = Moment()
  /// What it waited for until the acknowledge.
  public var waits = WaitTimes()
  /// Whether that was measured.
  public var hasWaits = false

  /// From becoming pending to its end, in ns.
  public var duration: UInt64 { ended.time >= pending.time ? ended.time - pending.time : 0 }
}

/// The interrupts that took longest from becoming pending to their end.
struct WorstCases: ~Copyable {
  private let limit: Int
  private let lives: UnsafeMutablePointer<LongInterrupt>
  private var count = 0
  /// A life must take longer than this to be among them.
  private var least: UInt64 = 0

  init(limit: Int) {
    self.limit = max(0, min(limit, 10_000))
    lives = .allocate(capacity: max(self.limit, 1))
  }

  deinit { lives.deallocate() }

  /// Whether a life of such length is among the worst.
  @inline(__always)
  func takes(_ nanoseconds: UInt64) -> Bool { count < limit || nanoseconds > least }

  /// Adds a life; of equal ones the first stay. O(limit).
  mutating func add(_ life: LongInterrupt) {
    guard limit > 0, takes(life.duration) else { return }
    var at = count < limit ? count : limit - 1
    while at > 0, lives[at - 1].duration < life.duration {
      (lives + at).initialize(to: lives[at - 1])
      at -= 1
    }
    (lives + at).initialize(to: life)
    count = min(count + 1, limit)
    least = count == limit ? lives[count - 1].duration : 0
  }

  /// The worst first.
  var sorted: [LongInterrupt] { (0..<count).map { lives[$0] } }
}
