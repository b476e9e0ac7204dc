import InterruptTrace

extension Transition {
  /// Whether the interrupt became pending at the time of the transition, and not some time before.
  @inline(__always) var showsMoment: Bool {
    guard provenance != .assumed else { return false }
    let cause = pending.causeNumber
    return cause != PendingCause.observed.rawValue && cause != PendingCause.pendingTable.rawValue
      && cause != PendingCause.reset.rawValue
  }
}
