/// An interrupt that took long from becoming pending to its end, and what it waited for.
public struct LongInterrupt: BitwiseCopyable, Sendable {
  /// Its moments, with the events that made them.
  public var life: InterruptLife
  /// What it waited for until the acknowledge, where that was measured.
  public var waits: WaitTimes?

  /// From becoming pending to its end, in ns.
  public var duration: UInt64 { life.endTime >= life.pendingTime ? life.endTime - life.pendingTime : 0 }
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
  @inline(__always) func takes(_ nanoseconds: UInt64) -> Bool { count < limit || nanoseconds > least }

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
