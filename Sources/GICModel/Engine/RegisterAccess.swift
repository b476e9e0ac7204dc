import InterruptTrace

/// Memory-mapped accesses: finds the register and hands over to its frame.
extension GICv3 where Store: ~Copyable {
  /// Whether an access sees the Non-secure view of what differs by Security state.
  @inline(__always) func isNonSecure(_ event: Event) -> Bool {
    !hasOneSecurityState && event.flags.contains(.securityShown) && !event.flags.contains(.secure)
  }

  @inline(__always) mutating func access(_ event: Event, isRead: Bool) {
    noteAccessor(event)
    if !isRead, event.flags.contains(.refused) { return }
    shown.note(event.frame, isWrite: !isRead)
    switch event.frame {
    case .gicd: if isRead { readDistributor(event) } else { writeDistributor(event) }
    case .gicr:
      guard holds(event.owner) else { return }
      let pe = Int(event.owner)
      if isRead { readRedistributor(event, pe: pe) } else { writeRedistributor(event, pe: pe) }
      reportConditions(pe)
    case .gits: if isRead { readITS(event) } else { writeITS(event) }
    case .gicv: if isRead { readVirtualInterfaceFrame(event) } else { writeVirtualInterfaceFrame(event) }
    default: break
    }
  }

  /// A read that the device refused returns zero; so does a reserved offset.
  @inline(__always) mutating func compareReserved(_ event: Event) {
    compare(
      PredictionLedger.check(event.frame, index: -1), expected: 0, seen: event.flags.contains(.refused) ? 0 : event.b,
      known: event.flags.contains(.refused) ? .max : 0, pe: event.pe)
  }
}
