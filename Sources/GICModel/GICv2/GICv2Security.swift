import InterruptTrace

/// Whose access it was, and in which Security state (IHI 0048B, 1.2.2 and 4.1.5).
///
/// Most captures do not show the Security state of a GICv2 access. It is then *inferred* from the PE's exceptions, where
/// those are shown, or *assumed*: Secure, as after reset, unless the topology says that a Non-secure kernel was started.
/// A read whose value only the other view explains corrects the belief. Transitions carry how it was found.
extension GICv2 {
  /// The PE that made an access. Where the capture does not show it, the one that made the last.
  @inline(__always) mutating func accessor(_ event: Event) -> Int {
    if holds(event.pe) {
      accessorIsAssumed = false
      lastAccessor = Int(event.pe)
      return lastAccessor
    }
    return assumedAccessor(event)
  }

  private mutating func assumedAccessor(_ event: Event) -> Int {
    accessorIsAssumed = false
    if event.frame != .gicd, event.pe == PE.none, holds(event.owner & 0xFF_FFFF) { return Int(event.owner & 0xFF_FFFF) }
    accessorIsAssumed = peCount > 1
    if peCount > 1 { progress.provenance = .assumed }
    return lastAccessor
  }

  /// Whether an access sees the Non-secure view.
  @inline(__always) mutating func isNonSecure(_ event: Event, pe: Int) -> Bool {
    if event.flags.contains([.secure, .securityShown]), !hasTwoSecurityStates { learnSecurity() }
    return hasTwoSecurityStates && seesNonSecureView(event, pe: pe)
  }

  /// A Secure access, where nothing says how many Security states the controller has.
  private mutating func learnSecurity() {
    guard topology.value(.securityStates) == nil else { return }
    topology.set(.securityStates, to: 2, source: .inferred)
    hasTwoSecurityStates = true
  }

  private mutating func seesNonSecureView(_ event: Event, pe: Int) -> Bool {
    if event.flags.contains(.securityShown) {
      let isSecure = event.flags.contains(.secure)
      interfaces[pe].security = isSecure ? .secure : .nonSecure
      return !isSecure
    }
    switch interfaces[pe].security {
    case .secure, .el3:
      progress.provenance = .inferred
      return false
    case .nonSecure:
      progress.provenance = .inferred
      return true
    case .unknown:
      progress.provenance = .assumed
      return topology.value(.resetToGroup1) == 1
    }
  }

  /// Whether the Security state of an access may be other than believed.
  @inline(__always)
  func mayBeOtherView(_ event: Event) -> Bool { hasTwoSecurityStates && !event.flags.contains(.securityShown) }

  /// A read returned what only the other view explains.
  mutating func correctSecurity(pe: Int, nonSecure: Bool) { interfaces[pe].security = nonSecure ? .nonSecure : .secure }

  /// Exception entry and return tell a PE's exception level. EL3 is Secure; where it returns to is decided by
  /// `SCR_EL3.NS`, which no capture shows: Non-secure, until a read says otherwise.
  mutating func observeException(_ event: Event) {
    guard holds(event.pe) else { return }
    let (pe, level) = (Int(event.pe), UInt8(truncatingIfNeeded: event.a >> 12) & 0xF)
    interfaces[pe].exceptionLevel = level
    if let isGuest = GuestPresence.exception(event) { noteWhoRuns(pe, isGuest: isGuest) }
    if level == 3 {
      interfaces[pe].security = .el3
    } else if interfaces[pe].security == .el3 {
      interfaces[pe].security = .nonSecure
    }
  }
}
