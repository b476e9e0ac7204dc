import InterruptTrace

/// Memory-mapped accesses: finds the register and hands over to its frame.
extension GICv3 where Store: ~Copyable {
  /// Whether an access sees the Non-secure view of what differs by Security state.
  @inline(__always) func isNonSecure(_ event: Event) -> Bool {
    !hasOneSecurityState && event.flags.contains(.securityShown) && !event.flags.contains(.secure)
  }

  @inline(__always) mutating func readRegister(_ event: Event) {
    noteAccessor(event)
    shown.note(event.frame, isWrite: false)
    switch event.frame {
    case .gicd: readDistributor(event)
    case .gicr:
      guard holds(event.owner) else { return }
      readRedistributor(event, pe: Int(event.owner))
      reportConditions(Int(event.owner))
    case .gits: readITS(event)
    case .gicv: readVirtualInterfaceFrame(event)
    default: break
    }
  }

  @inline(__always) mutating func writeRegister(_ event: Event) {
    noteAccessor(event)
    if event.flags.contains(.refused) { return }
    shown.note(event.frame, isWrite: true)
    switch event.frame {
    case .gicd: writeDistributor(event)
    case .gicr:
      guard holds(event.owner) else { return }
      writeRedistributor(event, pe: Int(event.owner))
      reportConditions(Int(event.owner))
    case .gits: writeITS(event)
    case .gicv: writeVirtualInterfaceFrame(event)
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
