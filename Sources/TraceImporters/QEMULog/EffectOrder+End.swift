import InterruptTrace

/// What stands at the end of a log whose last access is not in it.
///
/// QEMU prints a GICD, GICR or GITS write, and a read of ICC_IAR, behind what it led to. A log that ends between the two,
/// as that of a machine that was stopped or hung, shows effects without their cause.
extension EffectOrder {
  /// Whether an event shows what the controller came to, rather than what was done to it.
  static func isObservation(_ event: Event) -> Bool {
    switch event.kind {
    case .highestPending, .cpuLine, .virtualHighestPending, .maintenanceLine, .marker, .continuation, .topology: true
    default: false
    }
  }

  /// The capture has ended: marks evaluations of GICv3 CPU interfaces at its end that nothing in it led to.
  mutating func markUnfinished() {
    var start = count
    while start > 0, Self.isObservation(self[waiting: start - 1]) { start -= 1 }
    guard let last = start > 0 ? self[waiting: start - 1] : lastGiven else { return }
    guard var expected = Self.evaluations(after: last) else { return }
    var evaluated = PE.none
    for at in start..<count {
      let event = self[waiting: at]
      switch event.kind {
      case .highestPending where event.flags.contains(.groupShown):
        evaluated = event.pe
        expected -= 1
      case .cpuLine where event.b == Self.physicalLines:
        // A line that stands by itself is an evaluation of which the other is not shown.
        if event.pe != evaluated { expected -= 1 }
      default: continue
      }
      if expected < 0 { self[waiting: at].flags.insert(.incomplete) }
    }
  }

  /// How many evaluations an event that is printed before its effects leads to at most, 0 for one that is printed behind
  /// them; nil if there is no telling.
  private static func evaluations(after event: Event) -> Int? {
    switch event.kind {
    case .mmioRead, .mmioWrite, .sysregRead: 0
    case .sysregWrite: following(event.register)
    case .exceptionEntry, .exceptionReturn, .lineLevel, .sgiPending: 1
    default: nil
    }
  }
}
