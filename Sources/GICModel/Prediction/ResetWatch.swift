import InterruptTrace

/// What tells when a controller can have been reset unseen.
struct ResetWatch: BitwiseCopyable {
  /// The last event that shows the controller as it was: an interrupt was taken.
  var lastProof: UInt64 = 0
  /// The last time that software disabled all groups at the Distributor, or enabled what was enabled, as who sets it up
  /// does.
  var lastStart: UInt64 = 0
  /// The last event that a controller reacts to.
  var lastCause: UInt64 = 0

  /// Kinds of events that a controller reacts to, a bit for each.
  @inline(__always) static var causes: UInt64 {
    func bit(_ kind: EventKind) -> UInt64 { 1 &<< UInt64(kind.rawValue) }
    return bit(.sysregRead) | bit(.sysregWrite) | bit(.mmioRead) | bit(.mmioWrite) | bit(.lineLevel) | bit(.msi)
      | bit(.itsCommand) | bit(.continuation) | bit(.sgiPending) | bit(.memoryWrite)
  }

  /// Whether software has begun to set the Distributor up since the last proof.
  var isSetUpAnew: Bool { lastStart > lastProof }
  /// Events that a set-up takes at least.
  static var setUpLength: UInt64 { 16 }
}
