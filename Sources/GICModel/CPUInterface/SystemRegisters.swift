import InterruptTrace

/// Reads and writes of `ICC_*` (IHI 0069H, 12.2).
extension GICv3 where Store: ~Copyable {
  @inline(__always) mutating func readSystemRegister(_ event: Event) {
    guard holds(event.pe) else { return }
    let pe = Int(event.pe)
    if event.register.rawValue < 64 { shown.insert(.interface) }
    switch event.register {
    case .ICC_IAR1_EL1:
      acknowledge(pe: pe, group0: false, seen: UInt32(truncatingIfNeeded: event.b), register: event.register)
    case .ICC_IAR0_EL1:
      acknowledge(pe: pe, group0: true, seen: UInt32(truncatingIfNeeded: event.b), register: event.register)
    default: readOtherSystemRegister(event, pe: pe)
    }
  }

  @inline(never) private mutating func readOtherSystemRegister(_ event: Event, pe: Int) {
    let register = event.register
    if register.rawValue >= 64 { return accessVirtualSystemRegister(event, pe: pe) }
    defer { reportConditions(pe) }
    noteBank(pe: pe, register: register)
    noteBank(pe: pe, register: register, seen: event.b)
    let check = PredictionLedger.check(register)
    switch register {
    case .ICC_HPPIR0_EL1, .ICC_HPPIR1_EL1:
      readHighestPending(event, pe: pe, check: check)
    case .ICC_NMIAR1_EL1: acknowledgeNonMaskable(pe: pe, seen: UInt32(truncatingIfNeeded: event.b))
    case .ICC_RPR_EL1:
      let running = pes[pe].runningPriority
      let nonMaskable = runningNonMaskable(pe)
      let expected = UInt64(running == 0xFF ? running : priorityView(pe).shown(running)) | nonMaskable
      let other = UInt64(running == 0xFF ? running : priorityView(pe, assumed: false).shown(running)) | nonMaskable
      if isSettled(check, event, expected, or: other, pe: pe) { return }
      let verdict = compare(
        check, expected: expected, seen: event.b, known: knowsRunningPriority(pe) ? .max : 0, pe: event.pe)
      // What a Non-secure access sees of a Secure priority is none.
      if verdict == .taught, hasOneSecurityState || event.b & 0xFF == 0xFF {
        learnRunningPriority(pe, UInt32(event.b & 0xFF))
      }
    case .ICC_PMR_EL1: readPriorityMask(event, pe: pe, check: check)
    case .ICC_BPR0_EL1, .ICC_BPR1_EL1: readBinaryPoint(event, pe: pe, check: check)
    case .ICC_CTLR_EL1: readControl(event, pe: pe, check: check)
    case .ICC_CTLR_EL3: readControlEL3(event, pe: pe, check: check)
    case .ICC_IGRPEN0_EL1, .ICC_IGRPEN1_EL1:
      let group = register == .ICC_IGRPEN0_EL1 ? InterruptGroup.group0 : group1(pe)
      let at = Int(group.rawValue)
      if isTaught(check, UInt64(pes[pe].groupEnable[at]), .groupEnable(group), event, seen: event.b & 1) {
        pes[pe].groupEnable[at] = UInt32(event.b & 1)
      }
      pes[pe].known.insert(.groupEnable(group))
    case .ICC_IGRPEN1_EL3: readGroupEnables(event, pe: pe, check: check)
    case let other where other.rawValue >= 16 && other.rawValue < 24:
      readActivePriorities(event, pe: pe, check: check)
    default: break
    }
  }

  /// `ICC_IGRPEN1_EL3` holds EnableGrp1NS and EnableGrp1S in bits 1:0.
  private mutating func readGroupEnables(_ event: Event, pe: Int, check: Int) {
    let known = pes[pe].known
    let mask: UInt64 =
      startsAtReset
      ? .max : ~0b11 | (known.contains(.groupEnable1NS) ? 1 : 0) | (known.contains(.groupEnable1S) ? 2 : 0)
    let expected = UInt64(pes[pe].groupEnable[2] | pes[pe].groupEnable[1] << 1)
    if compare(check, expected: expected, seen: event.b, known: mask, pe: event.pe) == .taught {
      pes[pe].groupEnable[2] = UInt32(event.b & 1)
      pes[pe].groupEnable[1] = UInt32(event.b >> 1 & 1)
    }
    if !startsAtReset { pes[pe].known.formUnion([.groupEnable1S, .groupEnable1NS]) }
  }

  /// Compares a read of a register that is known as a whole or not at all; whether it taught.
  mutating func isTaught(
    _ check: Int, _ value: UInt64, _ register: Known, _ event: Event, seen: UInt64
  ) -> Bool {
    let known: UInt64 = pes[Int(event.pe)].known.contains(register) ? .max : 0
    return compare(check, expected: value, seen: seen, known: known, pe: event.pe) == .taught
  }

  private mutating func readActivePriorities(_ event: Event, pe: Int, check: Int) {
    let at = activePrioritiesIndex(event.register, pe: pe)
    let nonMaskable: UInt64 = at & 3 == 0 && pes[pe].activeNonMaskable.bit(at / 4) ? 1 << 63 : 0
    let value = UInt64(pes[pe].activePriorities[at]) | nonMaskable
    let known = pes[pe].runningIsGuessed ? 0 : knownActivePriorities(pe, at >> 2, word: at & 3)
    if compare(check, expected: value, seen: event.b, known: known, pe: event.pe) == .taught {
      setActivePriorities(at, event.b, pe: pe)
    }
    knowActivePriorities(pe, at >> 2, word: at & 3)
  }

  private mutating func setActivePriorities(_ at: Int, _ value: UInt64, pe: Int) {
    let implemented = ActivePriorities.implemented(word: at & 3, preemptionBits: preemptionBits)
    pes[pe].activePriorities[at] = UInt32(truncatingIfNeeded: value) & implemented
    if at >= 4, at & 3 == 0, hasNonMaskable == true { pes[pe].activeNonMaskable.setBit(at / 4, to: value >> 63 != 0) }
    refreshRunningPriority(pe)
  }

  @inline(__always) mutating func writeSystemRegister(_ event: Event) {
    guard holds(event.pe) else { return }
    let pe = Int(event.pe)
    if event.register.rawValue < SystemRegister.ICC_SGI0R_EL1.rawValue { shown.insert(.interface) }
    switch event.register {
    case .ICC_EOIR1_EL1: endOfInterrupt(pe: pe, group0: false, value: event.b)
    case .ICC_EOIR0_EL1: endOfInterrupt(pe: pe, group0: true, value: event.b)
    case .ICC_DIR_EL1: deactivate(pe: pe, value: event.b)
    default: writeOtherSystemRegister(event, pe: pe)
    }
  }

  @inline(never) private mutating func writeOtherSystemRegister(_ event: Event, pe: Int) {
    let register = event.register
    if register.rawValue >= 64 { return accessVirtualSystemRegister(event, pe: pe) }
    noteBank(pe: pe, register: register)
    switch register {
    case .ICC_PMR_EL1: writePriorityMask(event.b, pe: pe)
    case .ICC_BPR0_EL1, .ICC_BPR1_EL1: writeBinaryPoint(event, pe: pe)
    case .ICC_CTLR_EL1: writeControl(event.b, pe: pe)
    case .ICC_CTLR_EL3: writeControlEL3(event.b, pe: pe)
    case .ICC_IGRPEN0_EL1, .ICC_IGRPEN1_EL1:
      let group = register == .ICC_IGRPEN0_EL1 ? InterruptGroup.group0 : group1(pe)
      if event.b & UInt64(pes[pe].groupEnable[Int(group.rawValue)]) & 1 != 0 { pes[pe].enabledAgain = eventIndex }
      pes[pe].groupEnable[Int(group.rawValue)] = UInt32(event.b & 1)
      pes[pe].known.insert(.groupEnable(group))
    case .ICC_IGRPEN1_EL3:
      pes[pe].groupEnable[2] = UInt32(event.b & 1)
      pes[pe].groupEnable[1] = UInt32((event.b >> 1) & 1)
      pes[pe].known.formUnion([.groupEnable1S, .groupEnable1NS])
    case .ICC_SGI0R_EL1, .ICC_SGI1R_EL1, .ICC_ASGI1R_EL1:
      shown.insert(.sgis)
      sgiValue = event.b
      sgiSource = event.pe
      reportTargets(of: event.b, sender: event.pe)
      if !event.flags.contains(.effectsShown) {
        sendSGI(event.b, sender: event.pe, register: register, registerIsShown: !event.flags.contains(.incomplete))
      }
    case let other where other.rawValue >= 16 && other.rawValue < 24:
      let at = activePrioritiesIndex(other, pe: pe)
      setActivePriorities(at, event.b, pe: pe)
      knowActivePriorities(pe, at >> 2, word: at & 3)
    default: break
    }
    doubtBanks(pe: pe, register: register)
    reportConditions(pe)
  }

  // MARK: One register each

  /// Which Group 1 a banked register is about.
  @inline(__always) func group1(_ pe: Int) -> InterruptGroup { cpuBank(pe) == 0 ? .group1Secure : .group1NonSecure }

  private func activePrioritiesIndex(_ register: SystemRegister, pe: Int) -> Int {
    let n = Int(register.rawValue) - 16
    return n < 4 ? n : Int(group1(pe).rawValue) * 4 + (n - 4)
  }

  /// Priority bits that the CPU interface implements.
  private var priorityBitsMask: UInt32 { (0xFF &<< UInt32(8 - priorityBits)) & 0xFF }

  private var keptPriorityMaskBits: UInt32 { departures.contains(.priorityMaskIsWide) ? .max : 0xFF }

  private mutating func writePriorityMask(_ value: UInt64, pe: Int) {
    let kept = UInt32(truncatingIfNeeded: value) & keptPriorityMaskBits
    let (view, other) = (priorityView(pe), priorityView(pe, assumed: false))
    // A Non-secure write cannot lift a mask out of the Secure half of the range. Whether it is there may not be known.
    let isKnown = startsAtReset || pes[pe].known.contains(.priorityMask)
    let isIgnored = isKnown && view.isShifted && pes[pe].priorityMask & 0x80 == 0
    let bits = priorityBitsMask | ~0xFF
    if !isIgnored { pes[pe].priorityMask = view.held(kept) & bits }
    if !other.isShifted || pes[pe].otherPriorityMask & 0x80 != 0 {
      pes[pe].otherPriorityMask = other.held(kept) & bits
    }
    if !isIgnored, isKnown || !view.isShifted { pes[pe].known.insert(.priorityMask) }
  }

  private mutating func readPriorityMask(_ event: Event, pe: Int, check: Int) {
    let isKnown = pes[pe].known.contains(.priorityMask)
    let (view, other) = (priorityView(pe), priorityView(pe, assumed: false))
    let expected = UInt64(view.shown(pes[pe].priorityMask))
    if isKnown, isSettled(check, event, expected, or: UInt64(other.shown(pes[pe].otherPriorityMask)), pe: pe) { return }
    // Nothing but a reset of the PE (PSCI CPU_ON) closes the mask behind the capture's back.
    let wasReset = event.b == 0 && expected != 0 && !isRunning(pe)
    let known: UInt64 = isKnown && !wasReset ? .max : 0
    let verdict = compare(check, expected: expected, seen: event.b, known: known, pe: event.pe)
    if wasReset { resetInterface(pe) }
    if verdict == .taught {
      let seen = UInt32(truncatingIfNeeded: event.b) & keptPriorityMaskBits
      (pes[pe].priorityMask, pes[pe].otherPriorityMask) = (view.held(seen), other.held(seen))
    }
    // A Non-secure access sees 0 of every mask in the Secure half.
    if event.b != 0 || isKnown || !view.isShifted { pes[pe].known.insert(.priorityMask) }
  }

  /// Bits of `ICC_CTLR_EL1` that software may set: CBPR and EOImode; with two Security states CBPR belongs to EL3.
  private func writableControl() -> UInt32 { hasOneSecurityState ? 0b11 : 0b10 }

  /// What is known of a copy of `ICC_CTLR_EL1` where its CBPR and EOImode are, as bits say.
  private func controlFlags(_ bank: Int, _ bits: UInt32) -> Known {
    var flags: Known = []
    if bits & 1 != 0 { flags.insert(bank == 0 ? .commonBinaryPointS : .commonBinaryPointNS) }
    if bits & 2 != 0 { flags.insert(bank == 0 ? .cpuControlS : .cpuControlNS) }
    return flags
  }

  /// CBPR and EOImode of a copy of `ICC_CTLR_EL1`, as far as they are known.
  private func knownControl(_ pe: Int, _ bank: Int) -> UInt32 {
    (pes[pe].known.contains(controlFlags(bank, 0b01)) ? 0b01 : 0)
      | (pes[pe].known.contains(controlFlags(bank, 0b10)) ? 0b10 : 0)
  }

  private mutating func writeControl(_ value: UInt64, pe: Int) {
    let bank = cpuBank(pe)
    let mask = writableControl()
    pes[pe].cpuControl[bank] = pes[pe].cpuControl[bank] & ~mask | UInt32(truncatingIfNeeded: value) & mask
    pes[pe].known.formUnion(controlFlags(bank, startsAtReset ? 0b11 : mask))
  }

  private mutating func readControl(_ event: Event, pe: Int, check: Int) {
    let bank = cpuBank(pe)
    // PRIbits, IDbits, SEIS, A3V, RSS and ExtRange are the implementation's.
    let constants: UInt64 = pes[pe].known.contains(.cpuControlConstants) ? ~0b11 : 0
    let mask = constants | UInt64(knownControl(pe, bank))
    let verdict = compare(check, expected: UInt64(pes[pe].cpuControl[bank]), seen: event.b, known: mask, pe: event.pe)
    if verdict == .taught {
      // Accesses of Group 1's binary point were to Group 0's, or were taken for such.
      if (UInt64(pes[pe].cpuControl[bank]) ^ event.b) & 1 != 0 { pes[pe].known.remove(.binaryPoint(group1(pe))) }
      pes[pe].cpuControl[bank] = UInt32(truncatingIfNeeded: event.b)
      pes[pe].cpuControl[1 - bank] =
        pes[pe].cpuControl[1 - bank] & 0b11 | UInt32(truncatingIfNeeded: event.b) & ~0b11
      learnPriorityBits(Int((event.b >> 8) & 7) + 1)
    }
    pes[pe].known.formUnion(controlFlags(bank, 0b11).union(.cpuControlConstants))
  }

  /// `ICC_CTLR_EL3` holds CBPR_EL1S, CBPR_EL1NS, EOImode_EL3, EOImode_EL1S, EOImode_EL1NS, RM, PMHE in bits 6:0.
  private mutating func writeControlEL3(_ value: UInt64, pe: Int) {
    let bits = UInt32(truncatingIfNeeded: value)
    pes[pe].cpuControl[0] = pes[pe].cpuControl[0] & ~0b11 | bits & 1 | (bits >> 3 & 1) << 1
    pes[pe].cpuControl[1] = pes[pe].cpuControl[1] & ~0b11 | bits >> 1 & 1 | (bits >> 4 & 1) << 1
    pes[pe].cpuControlEL3 = pes[pe].cpuControlEL3 & ~(1 << 2) | bits & (1 << 2)
    pes[pe].known.formUnion(controlFlags(0, 0b11).union(controlFlags(1, 0b11)))
  }

  /// Where `ICC_CTLR_EL3` has CBPR and EOImode of the two copies of `ICC_CTLR_EL1`.
  private static func aliases(_ secure: UInt32, _ nonSecure: UInt32) -> UInt32 {
    secure & 1 | (nonSecure & 1) << 1 | (secure >> 1 & 1) << 3 | (nonSecure >> 1 & 1) << 4
  }

  private mutating func readControlEL3(_ event: Event, pe: Int, check: Int) {
    let secure = pes[pe].cpuControl[departures.contains(.el3ControlShowsNonSecureTwice) ? 1 : 0]
    let nonSecure = pes[pe].cpuControl[1]
    let expected = UInt64(pes[pe].cpuControlEL3 & ~0b11011 | Self.aliases(secure, nonSecure))
    var known: UInt64 = startsAtReset ? 0b11111 : 0
    if pes[pe].known.contains(.cpuControlEL3) { known |= ~0b11011 }
    known |= UInt64(Self.aliases(knownControl(pe, 0), knownControl(pe, 1)))
    if compare(check, expected: expected, seen: event.b, known: known, pe: event.pe) == .taught {
      if !startsAtReset { writeControlEL3(event.b, pe: pe) }
      // The implementation's constants are those of every PE.
      for other in 0..<peCount where other == pe || !pes[other].known.contains(.cpuControlEL3) {
        pes[other].cpuControlEL3 = UInt32(truncatingIfNeeded: event.b)
      }
    }
    pes[pe].known.insert(.cpuControlEL3)
  }

  // MARK: Reset

  /// `ICC_*` after reset: groups disabled, priority mask 0, the smallest binary points, nothing active
  /// (IHI 0069H, 12.2).
  func resetCPUInterface(_ element: inout ProcessingElement) {
    element.priorityMask = 0
    element.otherPriorityMask = 0
    element.groupEnable = InlineArray(repeating: 0)
    element.activePriorities = InlineArray(repeating: 0)
    element.activeIsUnknownFrom = InlineArray(repeating: 0)
    element.activeOfSomeGroup = InlineArray(repeating: 0)
    element.activeNonMaskable = 0
    element.runningPriority = 0xFF
    element.virtual.reset()
    for group in [InterruptGroup.group0, .group1Secure, .group1NonSecure] {
      element.binaryPoint[Int(group.rawValue)] = minimumBinaryPoint(group)
    }
    // IDbits 24, A3V set; PRIbits as the topology says.
    let constants = UInt32(1 << 15 | 1 << 11 | (priorityBits - 1) << 8)
    element.cpuControl[0] = constants
    element.cpuControl[1] = constants
  }
}
