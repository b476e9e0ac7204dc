/// How long the Distributor has had no group enabled, all in all: a clock that runs only then.
struct DistributorClock {
  private var isOff = false
  private var since: UInt64 = 0
  private var total: UInt64 = 0

  /// What it shows at a time.
  @inline(__always) func time(at now: UInt64) -> UInt64 { isOff && now > since ? total &+ (now &- since) : total }

  /// The group enables changed.
  mutating func set(isOff: Bool, at now: UInt64) {
    guard isOff != self.isOff else { return }
    total = time(at: now)
    since = now
    self.isOff = isOff
  }
}
