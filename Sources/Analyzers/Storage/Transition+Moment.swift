import InterruptTrace

extension Transition {
  /// Whether the interrupt became pending at the time of the transition, and not some time before.
  var showsMoment: Bool {
    guard provenance != .assumed else { return false }
    let cause = pending.cause
    return cause != .observed && cause != .pendingTable && cause != .reset
  }
}
