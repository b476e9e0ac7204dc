import InterruptTrace

/// What a capture with two Security states tells of the state that each PE is in.
///
/// Most captures do not say it. What is believed follows, weakest first, from: observations that no access explains,
/// which an emulator prints when a PE changes its exception level; the line that an interrupt took; the INTID that an
/// acknowledge returned; the Security state of memory-mapped accesses; exception entries and returns.
extension GICv3 where Store: ~Copyable {
  /// Finds changes of exception level: an emulator re-evaluates the virtual interface of a PE then, and otherwise only
  /// for an access to that interface.
  @inline(never) mutating func traceExceptionLevel(_ event: Event) {
    switch event.kind {
    case .virtualHighestPending:
      if virtualCause != event.pe, holds(event.pe) { changeExceptionLevel(Int(event.pe)) }
    case .highestPending, .cpuLine, .maintenanceLine, .tableEntry, .continuation: break
    default:
      let isSystemRegister = event.kind == .sysregRead || event.kind == .sysregWrite
      virtualCause = isSystemRegister && event.register.rawValue >= SystemRegister.virtualOffset ? event.pe : PE.none
    }
  }

  /// From EL3 a PE leaves only by a return, and what it returns to is Non-secure unless something shows otherwise. To
  /// EL3 it goes when an FIQ is asserted, for that is where firmware routes what the Non-secure side must not see.
  private mutating func changeExceptionLevel(_ pe: Int) {
    guard pes[pe].exceptionLevel == 0xFF else { return }
    if pes[pe].security == .el3 {
      pes[pe].security = .nonSecure
    } else if lines(pe) == .fiq {
      pes[pe].security = .el3
    }
  }

  /// Exception entry and return tell a PE's exception level, and at EL3 its Security state.
  mutating func observeException(_ event: Event) {
    let isGuess = event.kind == .exceptionReturn && event.flags.contains(.incomplete)
    if isGuess, event.a >> 8 & 0xF == 3 {
      for pe in 0..<peCount where pes[pe].security == .el3 { pes[pe].levelIsGuess = true }
    }
    guard holds(event.pe) else { return }
    let level = UInt8(truncatingIfNeeded: event.a >> 12) & 0xF
    let pe = Int(event.pe)
    pes[pe].exceptionLevel = level
    pes[pe].levelIsGuess = isGuess
    if let isGuest = GuestPresence.exception(event) { noteWhoRuns(pe, isGuest: isGuest) }
    guard !hasOneSecurityState else { return }
    if level == 3 {
      // SCR_EL3.NS is that of the world that was left, until EL3 changes it unseen.
      if pes[pe].security != .el3 { pes[pe].bankAtEL3IsNonSecure = pes[pe].security == .nonSecure }
      pes[pe].security = .el3
    } else if pes[pe].security == .el3 {
      pes[pe].security = .nonSecure
    }
  }

  /// A register access whose Security state is shown tells that of the PE that made it, unless EL3 chose to make it so.
  @inline(__always) mutating func noteAccessor(_ event: Event) {
    guard event.flags.contains(.securityShown), Int(event.pe) < peCount else { return }
    if event.flags.contains(.secure) || !hasOneSecurityState {
      noteAccessor(pe: Int(event.pe), secure: event.flags.contains(.secure))
    }
  }

  @inline(never) private mutating func noteAccessor(pe: Int, secure: Bool) {
    if secure, hasOneSecurityState, topology[.securityStates] == nil { learnSecurityStates(.two) }
    guard !hasOneSecurityState else { return }
    if pes[pe].levelIsGuess {
      settleLevel(pe, isAtEL3: secure)
    } else if secure {
      if pes[pe].security == .unknown || pes[pe].security == .nonSecure {
        pes[pe].security = pes[pe].exceptionLevel == 3 || pes[pe].exceptionLevel == 0xFF ? .el3 : .secure
      }
    } else if pes[pe].security != .el3 {
      pes[pe].security = .nonSecure
    }
  }

  /// Whether a PE left EL3 is known now.
  private mutating func settleLevel(_ pe: Int, isAtEL3: Bool) {
    pes[pe].levelIsGuess = false
    pes[pe].security = isAtEL3 ? .el3 : .nonSecure
    pes[pe].exceptionLevel = isAtEL3 ? 3 : 1
  }

  /// Makes a PE's line what the capture shows by the other guess of whether it is at EL3: where the line of its return may
  /// have been another PE's, or where other PEs run meanwhile, for the lines of exceptions stand before or behind the
  /// change. False if that does not explain it.
  mutating func reconcileLevel(_ pe: Int, _ isExplained: (inout Self) -> Bool) -> Bool {
    let (security, level, isGuess) = (pes[pe].security, pes[pe].exceptionLevel, pes[pe].levelIsGuess)
    guard isGuess || security == .el3 && level == 3 && peCount > 1 else { return false }
    settleLevel(pe, isAtEL3: security != .el3)
    pes[pe].levelIsGuess = true
    if isExplained(&self) {
      progress.isAmbiguous = true
      return true
    }
    (pes[pe].security, pes[pe].exceptionLevel, pes[pe].levelIsGuess) = (security, level, isGuess)
    return false
  }

  /// Which copy of a banked register EL3 writes depends on `SCR_EL3.NS`, which no capture shows: what follows may teach
  /// either copy again.
  mutating func doubtBanks(pe: Int, register: SystemRegister) {
    guard !hasOneSecurityState, pes[pe].security == .el3 else { return }
    switch register {
    case .ICC_IGRPEN1_EL1: pes[pe].known.subtract([.groupEnable1S, .groupEnable1NS])
    case .ICC_BPR1_EL1: pes[pe].known.subtract([.binaryPoint1S, .binaryPoint1NS])
    case .ICC_CTLR_EL1: pes[pe].known.subtract([.cpuControlS, .cpuControlNS])
    case let other where other.rawValue >= 20 && other.rawValue < 24:
      for group in 1...2 { pes[pe].activeIsUnknownFrom[group] = 0 }
    default: break
    }
  }

  /// A read at EL3 that shows the other copy of a banked register tells which copy `SCR_EL3.NS` selects.
  mutating func noteBank(pe: Int, register: SystemRegister, seen: UInt64) {
    guard !hasOneSecurityState, pes[pe].security == .el3 else { return }
    let copies: (secure: UInt32, nonSecure: UInt32)
    switch register {
    case .ICC_IGRPEN1_EL1: copies = (pes[pe].groupEnable[1], pes[pe].groupEnable[2])
    case .ICC_BPR1_EL1: copies = (pes[pe].binaryPoint[1], pes[pe].binaryPoint[2])
    case .ICC_CTLR_EL1: copies = (pes[pe].cpuControl[0], pes[pe].cpuControl[1])
    case let other where other.rawValue >= 20 && other.rawValue < 24:
      let n = Int(other.rawValue) - 20
      copies = (pes[pe].activePriorities[4 + n], pes[pe].activePriorities[8 + n])
    default: return
    }
    guard copies.secure != copies.nonSecure else { return }
    if seen == UInt64(copies.secure) { pes[pe].bankAtEL3IsNonSecure = false }
    if seen == UInt64(copies.nonSecure) { pes[pe].bankAtEL3IsNonSecure = true }
  }

  /// `ICC_*_EL3` exists at EL3 only.
  func noteBank(pe: Int, register: SystemRegister) {
    if register == .ICC_CTLR_EL3 || register == .ICC_IGRPEN1_EL3 { pes[pe].security = .el3 }
  }

  // MARK: Whether Non-secure accesses see priorities shifted

  /// How accesses of a PE see priorities now, as it is assumed, or if `SCR_EL3.FIQ` is other than assumed.
  func priorityView(_ pe: Int, assumed: Bool = true) -> PriorityView {
    guard !hasOneSecurityState, pes[pe].security == .nonSecure else { return PriorityView(isShifted: false) }
    let shifts = pes[pe].takesFIQsToEL3
    return PriorityView(isShifted: assumed || shifts.knows(0) ? shifts[0] : !shifts[0])
  }

  /// Whether what a register shows tells how accesses see priorities: it is what one assumption has it return, and not the
  /// other.
  mutating func isSettled(_ check: Int, _ event: Event, _ expected: UInt64, or other: UInt64, pe: Int) -> Bool {
    guard expected != other, !pes[pe].takesFIQsToEL3.knows(0) else { return false }
    let seen = event.b
    if seen == expected { learnShift(pe, pes[pe].takesFIQsToEL3[0]) }
    guard seen == other else { return false }
    learnShift(pe, !pes[pe].takesFIQsToEL3[0])
    differ(check, expected: expected, seen: seen, isTaught: true, isUnknown: true, pe: event.pe)
    return true
  }

  /// Of the other PEs it is then likely.
  private mutating func learnShift(_ pe: Int, _ isShifted: Bool) {
    for other in 0..<peCount where other == pe || !pes[other].takesFIQsToEL3.knows(0) {
      if pes[other].takesFIQsToEL3[0] != isShifted {
        swap(&pes[other].priorityMask, &pes[other].otherPriorityMask)
      }
      pes[other].takesFIQsToEL3 = Learned(isShifted ? 1 : 0, known: other == pe ? 1 : pes[other].takesFIQsToEL3.known)
    }
  }

  /// Makes a PE's line what the capture shows by the other view of its priority mask. False if that does not explain it.
  mutating func reconcileShift(_ pe: Int, _ isExplained: (inout Self) -> Bool) -> Bool {
    guard !hasOneSecurityState, !pes[pe].takesFIQsToEL3.knows(0), pes[pe].priorityMask != pes[pe].otherPriorityMask,
      startsAtReset || pes[pe].known.contains(.priorityMask) && knowsRunningPriority(pe)
    else {
      return false
    }
    swap(&pes[pe].priorityMask, &pes[pe].otherPriorityMask)
    let explains = isExplained(&self)
    swap(&pes[pe].priorityMask, &pes[pe].otherPriorityMask)
    if explains { learnShift(pe, !pes[pe].takesFIQsToEL3[0]) }
    return explains
  }
}

/// How an access sees priorities: as they are, or as the upper half of the range, shifted (IHI 0069H, 4.8.1).
struct PriorityView {
  let isShifted: Bool

  /// What is shown of a priority.
  func shown(_ priority: UInt32) -> UInt32 {
    guard isShifted else { return priority }
    return priority & 0x80 == 0 ? 0 : (priority << 1) & 0xFF
  }

  /// The priority that a value stands for.
  func held(_ value: UInt32) -> UInt32 { isShifted ? (value >> 1) | 0x80 : value }
}
