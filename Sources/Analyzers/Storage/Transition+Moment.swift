import InterruptTrace

extension Transition {
  /// Whether the interrupt became pending at the time of the transition, and not some time before.
  var showsMoment: Bool {
    guard provenance != .assumed else { return false }
    return a != UInt64(PendingCause.observed.rawValue) && a != UInt64(PendingCause.pendingTable.rawValue)
      && a != UInt64(PendingCause.reset.rawValue)
  }
}
