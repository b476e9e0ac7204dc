import InterruptTrace

/// Resets that no capture shows: of the machine (PSCI SYSTEM_RESET, a watchdog, `system_reset`), or of a PE's interface (PSCI
/// CPU_ON).
///
/// One is recognised from an answer that contradicts what was known and is what follows from reset. What was known before
/// is forgotten then: nothing of it is held against what comes after, and the next answers teach it.
extension InterruptController where Self: ~Copyable {
  /// Whether a memory-mapped register that returns `seen` in place of `expected` has been reset.
  func isReset(_ check: Int, _ expected: UInt64, _ seen: UInt64) -> Bool {
    guard let row = PredictionLedger.register(check) else { return false }
    switch (row.frame, row.role) {
    case (.gicd, .control): return expected & 0b111 != 0 && seen & 0b111 == 0
    case (.gicr, .control), (.gits, .control): return expected & 1 != 0 && seen & 1 == 0
    case (_, .commandBase), (_, .tableBase): return expected >> 63 != 0 && seen >> 63 == 0
    case (_, .propertyBase), (_, .pendingBase), (_, .commandWriter): return seen == 0
    case (.gicv, _), (.gich, _): return false
    case (_, .interrupts):
      switch row.interrupts?.field {
      case .enabled: return seen == 0
      case .group, .modifier, .priority: return seen == 0 && departures.contains(.resetIsKnown)
      case .pending, .active: return seen == 0 && progress.resets.isSetUpAnew
      default: return false
      }
    default: return row.reset == seen
    }
  }

  /// Reports a reset of the machine.
  mutating func reportMachineReset() {
    excuseFailures()
    progress.provenance = .inferred
    let start = progress.resets.isSetUpAnew ? progress.resets.lastStart : eventIndex
    emit(.machineReset, a: progress.resets.lastProof, b: start)
    progress.provenance = .derived
  }

  /// A line rises that is high, or falls that is low: it has changed unseen in between. Where answers have contradicted what
  /// was known since the controller was last shown as it was, its state is another: a snapshot was loaded, or lines are
  /// missing.
  mutating func noteUnseenChange() {
    guard let last = failures.last, last.event > progress.resets.lastProof else { return }
    excuseFailures()
    emit(.gap)
  }

  /// Predictions that failed since the last proof of the old state were not to be had.
  private mutating func excuseFailures() {
    let proof = progress.resets.lastProof
    for failed in failures where failed.event > proof { ledger.excuse(failed.check) }
    failures.removeAll()
    disagreements.removeAll { $0.event > proof }
  }

  /// Whether software has written the controller's configuration since it began to set it up.
  var isConfiguredAnew: Bool {
    progress.resets.isSetUpAnew && eventIndex > progress.resets.lastStart + ResetWatch.setUpLength
  }
}

extension InterruptBanks {
  /// Nothing is known of any interrupt any more. What software configures is taken to be as it is, or as after reset.
  func forget(keepsConfiguration: Bool) {
    if !keepsConfiguration { return reset() }
    for bank in all.indices {
      let old = all[bank]
      all[bank] = bank < Self.wordCount ? InterruptBank() : .ofPE
      all[bank].priority = old.priority
      all[bank].touched = old.touched
      all[bank].nonSecureAccess.value = old.nonSecureAccess.value
      all[bank].group.value = old.group.value
      all[bank].modifier.value = old.modifier.value
      all[bank].enabled.value = old.enabled.value
      all[bank].edge.value = old.edge.value
    }
  }
}

extension GICv3 where Store: ~Copyable {
  mutating func recogniseReset(_ check: Int, expected: UInt64, seen: UInt64, pe: UInt32) -> Bool {
    let setUpAnew = progress.resets.isSetUpAnew
    if isReset(check, expected, seen) {
      resetMachine()
    } else if check < PredictionLedger.check(.irq), Int(pe) < peCount,
      isInterfaceReset(SystemRegister(rawValue: UInt16(check)), seen, Int(pe))
    {
      if setUpAnew { resetMachine() } else { resetInterface(Int(pe)) }
    } else if isUnexpectedlyOpen(check, expected, seen, pe) {
      if setUpAnew { resetMachine() } else { forgetRunning(Int(pe)) }
    } else if check == PredictionLedger.check(.highestPending),
      setUpAnew || seen == UInt64(INTID.spurious) && INTID.isBasic(Int(expected)) && isSpontaneous(pe)
    {
      resetMachine()
    } else {
      return false
    }
    return true
  }

  /// An event that the controller reacts to. A line of a PE's own, or that the PE takes such an interrupt, concerns no other
  /// PE.
  @inline(__always) mutating func noteCause(_ event: Event) {
    let isOwn =
      event.kind == .lineLevel && INTID.isPrivate(event.intid)
      || event.kind == .sysregRead && event.b < UInt64(INTID.firstSPI)
    if !isOwn {
      progress.resets.lastCause = eventIndex
    } else if holds(event.pe) {
      pes[Int(event.pe)].evaluatedCause = .max
    }
  }

  /// Whether a PE's state is shown again though nothing has happened since: an emulator does that when it resets the PE.
  private func isSpontaneous(_ pe: UInt32) -> Bool {
    Int(pe) < peCount && pes[Int(pe)].evaluatedCause == progress.resets.lastCause
  }

  /// Whether a register of a CPU interface that returns `seen` has been reset. Of a banked one it must be known which copy is
  /// read.
  private func isInterfaceReset(_ register: SystemRegister, _ seen: UInt64, _ pe: Int) -> Bool {
    let isSure = hasOneSecurityState || pes[pe].exceptionLevel != 0xFF
    switch register {
    case .ICC_PMR_EL1, .ICC_IGRPEN0_EL1, .ICC_IGRPEN1_EL3: return seen == 0
    case .ICC_IGRPEN1_EL1: return isSure && seen & 1 == 0
    case .ICC_BPR0_EL1: return seen == UInt64(minimumBinaryPoint(.group0))
    case .ICC_RPR_EL1: return seen & 0xFF == 0xFF
    case let other where other.rawValue >= 16 && other.rawValue < 24: return isSure && seen == 0
    default: return false
    }
  }

  /// Whether an interrupt is signalled or taken that only a running priority keeps back, on an interface whose groups were
  /// enabled again since it took that.
  private func isUnexpectedlyOpen(_ check: Int, _ expected: UInt64, _ seen: UInt64, _ pe: UInt32) -> Bool {
    guard Int(pe) < peCount, isRunning(Int(pe)) else { return false }
    let pe = Int(pe)
    let isLine = (check == PredictionLedger.check(.irq) || check == PredictionLedger.check(.fiq)) && seen == 1
    let isTaken =
      (check == PredictionLedger.check(.ICC_IAR0_EL1) || check == PredictionLedger.check(.ICC_IAR1_EL1))
      && expected == UInt64(INTID.spurious)
    guard isLine || isTaken, max(pes[pe].enabledAgain, progress.resets.lastStart) > progress.resets.lastProof else {
      return false
    }
    let pending = pes[pe].highest
    return !pending.isNone && pes[pe].groupEnable[Int(pending.group.rawValue)] != 0
      && pending.priority < pes[pe].priorityMask
  }

  /// Nothing runs on a PE any more: its interface was reset, and set up again since.
  private mutating func forgetRunning(_ pe: Int) {
    pes[pe].activePriorities = InlineArray(repeating: 0)
    refreshRunningPriority(pe)
    reportInterfaceReset(pe)
  }

  /// A PE's interface was reset: what its registers hold is assumed, and teaches.
  mutating func resetInterface(_ pe: Int) {
    resetCPUInterface(&pes[pe])
    pes[pe].known.formIntersection([.cpuControlConstants, .virtualControlConstants])
    reportInterfaceReset(pe)
  }

  private mutating func reportInterfaceReset(_ pe: Int) {
    let before = progress.provenance
    progress.provenance = .inferred
    emit(.interfaceReset, pe: pe)
    progress.provenance = before
  }

  /// The machine was reset. Where software has set the controller up since, what it wrote stays as an assumption.
  private mutating func resetMachine() {
    let start = progress.resets.lastStart
    let setUpAnew = isConfiguredAnew
    reportMachineReset()
    banks.forget(keepsConfiguration: setUpAnew)
    if !setUpAnew {
      if topology[.resetToGroup1] == true { banks.assumeGroup1() }
      distributor.control.value = Self.resetControl(oneSecurityState: hasOneSecurityState)
      for intid in 32..<1024 where distributor.router[intid] != 0 {
        distributor.router[intid] = 0
        reroute(intid)
      }
    }
    distributor.control.known &= Distributor.disableSecurity
    distributor.unseenTriggers = 0
    for pe in 0..<peCount {
      if !setUpAnew || pes[pe].enabledAgain < start {
        resetCPUInterface(&pes[pe])
        pes[pe].control.value &= ~1
      }
      pes[pe].activePriorities = InlineArray(repeating: 0)
      pes[pe].activeIsUnknownFrom = InlineArray(repeating: 0)
      refreshRunningPriority(pe)
      pes[pe].known.formIntersection([.cpuControlConstants, .virtualControlConstants])
      pes[pe].control.known = 0
      pes[pe].waker.known = 0
      pes[pe].propertyBase.known = 0
      pes[pe].pendingBase.known = 0
      pes[pe].pendingTableIsUnknown = true
      lpis.clearAllPending(pe: UInt32(pe))
    }
    translation.forget()
    startsAtReset = false
    refreshAllShared()
    for pe in 0..<peCount { reportConditions(pe) }
    reportDistributorControl()
  }
}

extension GICv2 {
  mutating func recogniseReset(_ check: Int, expected: UInt64, seen: UInt64, pe: UInt32) -> Bool {
    let row = PredictionLedger.register(check)
    // What is read, and what was written, must not depend on views that are only believed.
    guard !viewsAreOpen else { return false }
    let isObservation = row == nil || row?.role == .acknowledge
    let isContradicted = isObservation && !PredictionLedger.isVirtual(check) && progress.resets.isSetUpAnew
    guard isContradicted || isReset(check, expected, seen) else { return false }
    resetMachine()
    return true
  }

  /// The machine was reset. Where software has set the controller up since, what it wrote stays as an assumption.
  private mutating func resetMachine() {
    let setUpAnew = isConfiguredAnew
    reportMachineReset()
    banks.forget(keepsConfiguration: setUpAnew)
    if !setUpAnew {
      distributor.control.value = 0
      let target: UInt8 = peCount == 1 && !departures.contains(.uniprocessorTargetsAreWritable) ? 1 : 0
      for intid in 32..<1020 where distributor.targets[intid] != target {
        setTargets(intid, target)
        bank(0, intid >> 5).pointee.knownTarget.setBit(intid & 31, to: false)
      }
    }
    distributor.control.known = 0
    for plane in 0..<distributor.latch.count {
      distributor.latch[plane] = Learned()
      distributor.active[plane] = Learned()
    }
    for at in 0..<distributor.sources.count { distributor.sources[at] = 0 }
    for pe in 0..<GICv2Distributor.peLimit {
      bank(pe, 0).pointee.enabled.assume(.max, in: 0xFFFF)
      let old = interfaces[pe].interface
      interfaces[pe].interface = GICv2Interface(preemptionBits: Int(old.preemptionBits), isVirtual: false)
      if setUpAnew {
        interfaces[pe].interface.control = old.control
        interfaces[pe].interface.priorityMask = old.priorityMask
      }
      virtualInterfaces[pe].knownLists = 0
      virtualInterfaces[pe].interface.known = []
    }
    if hasTwoSecurityStates, topology[.resetToGroup1] == true, !setUpAnew { resetToGroup1() }
    refreshAll()
    for pe in 0..<peCount { reportConditions(pe) }
    reportDistributorControl()
  }
}
