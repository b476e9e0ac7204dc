import InterruptTrace
import Testing

@testable import HypervisorModel

/// One test for each rule by which the model fills what tracepoints do not show.
@Suite struct InferenceTests {
  /// A guest with the timer's interrupt loaded and back from a run that no event shows: it was interrupted, or ran into
  /// an instruction that traps.
  func afterARun(_ rig: KVMRig, isTrap: Bool = false) {
    rig.restore(control: 1, deadline: 500)
    rig.timer()
    rig.enter()
    if isTrap { rig.exit() } else { rig.exit(reason: 0, exceptionClass: 0) }
  }

  @Test func undecidedIsSaid() {
    let rig = KVMRig()
    afterARun(rig)
    rig.enter()
    #expect(rig.last.registers.isEmpty && rig.last.doubtfullyAbsent == [27])
    #expect(rig.last.doubts[.ppi].contains(.outcome) && rig.model.summaries[0].undecidedEntries > 0)
  }

  @Test func idleGuestHasNothingInItsRegisters() {
    let rig = KVMRig()
    rig.idles()
    rig.timer()
    rig.enter()
    rig.waits()
    rig.enter()
    #expect(rig.last.registers.isEmpty && rig.last.doubtfullyAbsent.isEmpty && rig.last.doubts.isEmpty)
  }

  /// A CPU that a guest stops for good waits in the handler that it was stopped by.
  @Test func waitOutsideTheIdleLoopTellsNothing() {
    let rig = KVMRig()
    rig.idles()
    rig.timer()
    rig.enter()
    rig.exit(exceptionClass: 1, pc: 0x9000)
    rig.send(.wfx)
    rig.enter()
    #expect(rig.last.doubtfullyAbsent == [27] && rig.last.doubts[.ppi].contains(.outcome))
  }

  /// It waits once; then interrupts are pending that it does not take.
  @Test func waitsThatEndAtOnceAreInNoIdleLoop() {
    let rig = KVMRig()
    rig.idles()
    rig.timer()
    rig.enter()
    rig.waits(pc: 0x9000)
    rig.wakes()
    for _ in 0..<5 {
      rig.enter()
      rig.waits(pc: 0x9000)
      rig.wakes(after: 0)
    }
    rig.enter()
    #expect(rig.last.doubtfullyAbsent == [27] && rig.last.doubts[.ppi].contains(.outcome))
  }

  /// Text of trace-cmd does not show which of WFI and WFE it was; a vCPU that blocked executed WFI.
  @Test func waitOfAnUnknownKindTellsNothingUntilTheVCPUWakes() {
    let rig = KVMRig()
    rig.idles()
    rig.timer()
    rig.enter()
    rig.exit(exceptionClass: 1)
    rig.send(.wfx, flags: .incomplete)
    rig.enter()
    #expect(rig.last.doubts[.ppi].contains(.outcome))
    rig.exit(exceptionClass: 1)
    rig.send(.wfx, flags: .incomplete)
    rig.send(.vcpuWakeup, a: 1000, b: 1)
    rig.enter()
    #expect(rig.last.doubts[.ppi].isEmpty)
  }

  /// KVM leaves the list of a guest that is a hypervisor alone while its own guest runs.
  @Test func listRegistersOfAGuestsGuestAreNotPredicted() {
    let rig = KVMRig()
    rig.timer()
    rig.send(.vgicStep, a: 8, b: 0x3C5)
    rig.enter()
    rig.exit()
    #expect(rig.predictions.isEmpty)
    rig.send(.vgicStep, a: 9)
    rig.enter()
    #expect(rig.intids == [27] && rig.last.doubtfullyAbsent.isEmpty)
    // A return to EL2 is to the guest's hypervisor itself.
    rig.send(.vgicStep, a: 8, b: 0x3C9)
    rig.exit()
    rig.enter()
    #expect(rig.predictions.count == 2)
  }

  /// `vgic_prune_ap_list` takes only what has ended off the list; what comes later is put behind (Linux, vgic.c).
  @Test func whatHadNotEndedStandsBeforeWhatCameSince() {
    let rig = KVMRig()
    afterARun(rig)
    rig.inject(40)
    rig.save(control: 7, deadline: 500)
    rig.enter()
    #expect(rig.intids == [27, 40] && rig.states == ["A", "P"])
  }

  @Test func shownInterruptStandsBehindThatOfTheRegisterBefore() {
    let rig = KVMRig(isWitness: true)
    let lpi: UInt64 = 0x50A0_0000_0000_202A
    // The timer's line is low again when the vCPU enters; its interrupt is still on the list.
    rig.timer()
    rig.inject(42)
    rig.timer(false)
    rig.loaded = [0x50A0_0000_0000_002A, lpi]
    rig.enter()
    #expect(rig.intids == [42, 0x202A])
  }

  @Test func whatIsNotInTheFullRegistersThatAreShownStandsBehind() {
    let rig = KVMRig(isWitness: true)
    rig.inject(41)
    rig.loaded = (0..<4).map { 0x50A0_0000_0000_202A + $0 }
    rig.enter()
    #expect(rig.intids == [0x202A, 0x202B, 0x202C, 0x202D])
  }

  /// What comes to light after an exit is told as a transition, with the rule.
  @Test func outcomesAreTold() {
    func outcome(isTrap: Bool = false, _ body: (KVMRig) -> Void) -> [UInt64]? {
      let rig = KVMRig()
      afterARun(rig, isTrap: isTrap)
      body(rig)
      let all = rig.transitions.filter { $0.kind == .guestOutcome }
      guard all.count == 1, all[0].intid == 27, all[0].pe == 0, all[0].domain == 1 else { return nil }
      let decides = InferenceRule(rawValue: all[0].guestOutcome.rule)?.decides == true
      return all[0].provenance == (decides ? .inferred : .assumed) ? [all[0].a, all[0].b] : nil
    }
    func rule(_ rule: InferenceRule) -> UInt64 { UInt64(rule.rawValue) }
    #expect(outcome { $0.save(control: 5, deadline: 500) } == [1, rule(.timerUntouched)])
    #expect(outcome { $0.save(control: 7, deadline: 500) } == [2, rule(.timerMasked)])
    #expect(outcome { $0.save(control: 1, deadline: 900) } == [0, rule(.timerReprogrammed)])
    #expect(outcome(isTrap: true) { $0.save(control: 5, deadline: 500) } == [1, rule(.timerHighAtTrap)])
    #expect(outcome(isTrap: true) { $0.save(control: 1, deadline: 900) } == [0, rule(.timerLowAtTrap)])
    #expect(outcome(isTrap: true) { $0.save(control: 5, deadline: 900) } == [0, rule(.timerReprogrammed)])
    #expect(outcome { $0.timer() } == [0, rule(.physicalTimerFired)])
    #expect(outcome { _ in } == nil)
  }

  @Test func physicalTimerThatFiresHadBeenEnded() {
    let rig = KVMRig()
    rig.timer()
    rig.enter()
    rig.timer()
    rig.exit(reason: 0, exceptionClass: 0)
    rig.enter()
    #expect(rig.intids == [27] && rig.states == ["P"])
    #expect(rig.last.registers[0].rule == .physicalTimerFired && rig.last.doubtfullyAbsent.isEmpty)
  }

  @Test func timerSavedAsserted_untouchedIsStillPending() {
    let rig = KVMRig()
    afterARun(rig)
    rig.save(control: 5, deadline: 500)
    rig.enter()
    #expect(rig.states == ["P"] && rig.last.registers[0].rule == .timerUntouched)
    // It may be acknowledged already: the guest's handler comes to the timer later.
    #expect(rig.last.doubts[.ppi].contains(.outcome))
  }

  /// A handler that has acknowledged the timer's interrupt comes to the timer before it runs into an instruction that traps.
  @Test func timerSavedAssertedAtATrapIsPending() {
    let rig = KVMRig()
    afterARun(rig, isTrap: true)
    rig.save(control: 5, deadline: 500)
    rig.enter()
    #expect(rig.states == ["P"] && !rig.last.doubts[.ppi].contains(.outcome))
  }

  @Test func timerSavedLowAtATrapWasHandled() {
    let rig = KVMRig()
    afterARun(rig, isTrap: true)
    rig.save(control: 1, deadline: 900)
    rig.enter()
    #expect(rig.last.registers.isEmpty && rig.last.doubtfullyAbsent.isEmpty)
  }

  /// The deactivation that traps is the handler's own: the timer is handled, and its interrupt may be active.
  @Test func timerSavedLowAtATrappedDeactivationMayBeActive() {
    let rig = KVMRig(policy: .kvmOverflow)
    afterARun(rig, isTrap: true)
    rig.send(.sysregWrite, flags: .incomplete, a: UInt64(SystemRegister.ICC_DIR_EL1.rawValue))
    rig.save(control: 1, deadline: 900)
    rig.enter()
    #expect(rig.last.doubtfullyAbsent == [27])
  }

  /// KVM samples the line of a timer's interrupt that the guest has not taken (`vgic_get_phys_line_level`), and no event
  /// shows what it found.
  @Test func timerLeftPendingIsPendingIfItsLineIsHigh() {
    func entry(_ body: (KVMRig) -> Void) -> EntryPrediction {
      let rig = KVMRig(isWitness: true)
      rig.left = [0x70A0_001B_0000_001B]
      afterARun(rig)
      body(rig)
      rig.enter()
      return rig.last
    }
    #expect(entry { _ in }.doubts[.ppi].contains(.outcome))
    let high = entry { $0.save(control: 5, deadline: 500) }
    #expect(high.registers.count == 1 && !high.doubts[.ppi].contains(.outcome))
    let low = entry { $0.save(control: 1, deadline: 900) }
    #expect(low.registers.isEmpty && !low.doubts[.ppi].contains(.outcome))
    let raised = entry { $0.timer() }
    #expect(raised.registers.count == 1 && !raised.doubts[.ppi].contains(.outcome))
  }

  /// The model may have taken the line for high, and the injection for one that KVM ignores.
  @Test func lineThatIsRaisedIsHighWhateverTheGuestDid() {
    let rig = KVMRig()
    rig.idles()
    rig.timer()
    rig.enter()
    rig.exit(exceptionClass: 1)
    rig.send(.wfx, flags: .incomplete)
    rig.save(control: 5, deadline: 0)
    rig.timer()
    rig.send(.vcpuWakeup, a: 1000, b: 1)
    rig.enter()
    #expect(rig.states == ["P"])
  }

  @Test func timerSavedMaskedIsActive() {
    let rig = KVMRig()
    afterARun(rig)
    rig.save(control: 7, deadline: 500)
    rig.enter()
    #expect(rig.states == ["A"] && rig.last.registers[0].rule == .timerMasked)
  }

  /// The guest sets its timer before it ends the interrupt: it may be active still.
  @Test func timerSavedWithAnotherDeadlineWasHandledOrIs() {
    let rig = KVMRig()
    afterARun(rig)
    rig.save(control: 1, deadline: 900)
    rig.enter()
    #expect(rig.last.registers.isEmpty && rig.last.doubtfullyAbsent == [27])
  }

  @Test func timerWhoseLineIsLowIsNotPendingButMayBeActive() {
    let rig = KVMRig()
    afterARun(rig)
    rig.timer(false)
    rig.enter()
    #expect(rig.last.registers.isEmpty && rig.last.doubtfullyAbsent == [27])
  }

  @Test func notifiedEndEmptiesTheRegisterOfALevelSPI() {
    let rig = KVMRig()
    rig.write(0x0800_6000 + 8 * 40, 0)
    rig.write(0x0800_0C08, 0)
    rig.inject(40)
    rig.enter()
    rig.inject(40, level: false)
    rig.acknowledged(40)
    rig.exit()
    rig.enter()
    #expect(rig.last.registers.isEmpty && rig.last.doubtfullyAbsent.isEmpty)
  }

  @Test func levelThatIsStillHighAfterItsEndIsLoadedAgain() {
    let rig = KVMRig()
    rig.write(0x0800_6000 + 8 * 40, 0)
    rig.write(0x0800_0C08, 0)
    rig.inject(40)
    rig.enter()
    rig.acknowledged(40)
    rig.exit()
    rig.enter()
    #expect(rig.states == ["P"])
  }

  @Test func guestThatStoodStillHasTakenNothing() {
    let rig = KVMRig()
    rig.timer()
    rig.enter(pc: 0x1000)
    rig.exit(reason: 0, exceptionClass: 0, pc: 0x1004)
    rig.enter()
    #expect(rig.states == ["P"] && rig.last.registers[0].rule == .undecided)
  }

  @Test func witnessTellsWhatNoEventShows() {
    let rig = KVMRig(isWitness: true)
    rig.loaded = [0x50A0_0000_0000_2001]
    rig.enter()
    #expect(rig.intids == [8193] && rig.last.registers[0].rule == .registersShown)
    rig.left = [0x90A0_0000_0000_2001]
    rig.exit()
    rig.loaded = nil
    rig.enter()
    #expect(rig.states == ["A"])
  }

  /// Each interrupt is taken and not ended, and gives its list register to the next.
  private func acknowledges(_ intids: [UInt64], _ rig: KVMRig) {
    for intid in intids {
      rig.inject(intid)
      rig.enter()
      #expect(rig.intids == [UInt32(intid)])
      rig.left = [0x90A0_0000_0000_0000 | intid]
      rig.exit()
    }
  }

  /// EOIcount counts ends, and does not say of which interrupts: KVM from Linux 6.19 on takes what is active and had no
  /// list register, in the order of its list.
  @Test func endsOutsideTheRegistersDeactivate() {
    let rig = KVMRig(policy: .kvmOverflow, listRegisters: 1, isWitness: true)
    acknowledges([40], rig)
    rig.inject(41)
    rig.enter()
    #expect(rig.intids == [41] && rig.last.outcome.activeLeft == 1)
    rig.left = [0x50A0_0000_0000_0029]
    rig.ends = 1
    rig.exit()
    rig.enter()
    #expect(rig.intids == [41] && rig.last.outcome.activeLeft == 0)
  }

  /// It has never left the list (Linux, vgic.c).
  @Test func levelThatIsHighAtAnEndOutsideTheRegistersKeepsItsPlace() {
    let rig = KVMRig(policy: .kvmOverflow, listRegisters: 1, isWitness: true)
    acknowledges([40], rig)
    rig.inject(41)
    rig.enter()
    #expect(rig.intids == [41])
    rig.inject(42)
    rig.acknowledged(40)
    rig.left = [0x10A0_0000_0000_0029]
    rig.exit()
    rig.enter()
    #expect(rig.intids == [40])
  }

  /// KVM tells a device of the end of its level-sensitive SPI; EOIcount has the same end.
  @Test func endThatIsNotifiedIsNotCountedTwice() {
    let rig = KVMRig(policy: .kvmOverflow, listRegisters: 1, isWitness: true)
    acknowledges([40, 41], rig)
    rig.inject(42)
    rig.enter()
    #expect(rig.intids == [42] && rig.last.outcome.activeLeft == 2)
    rig.inject(41, level: false)
    rig.acknowledged(41)
    rig.left = [0x50A0_0000_0000_002A]
    rig.ends = 1
    rig.exit()
    rig.enter()
    #expect(rig.intids == [42] && rig.last.outcome.activeLeft == 1)
  }

  @Test func whatComesBetweenTheExitAndTheWaitIsStillPending() {
    let rig = KVMRig()
    rig.idles()
    rig.inject(40)
    rig.enter()
    rig.exit(exceptionClass: 1)
    rig.inject(40)
    rig.send(.wfx)
    rig.enter()
    #expect(rig.intids == [40] && rig.states == ["P"] && rig.last.doubtfullyAbsent.isEmpty)
  }

  @Test func physicalTimerThatFiresBehindTheExitHadBeenEnded() {
    let rig = KVMRig()
    afterARun(rig)
    rig.timer()
    rig.send(.wfx)
    rig.enter()
    #expect(rig.states == ["P"] && rig.last.doubtfullyAbsent.isEmpty)
  }

  @Test func lineComputedAnewAtALoadTellsNothingOfTheEnd() {
    let rig = KVMRig()
    afterARun(rig)
    rig.save(control: 7, deadline: 500)
    rig.timer()
    rig.restore(control: 7, deadline: 500)
    rig.enter()
    #expect(rig.states == ["A"])
  }

  @Test func fullRegistersOfAGICv3GuestMayHoldWhatNoEventShows() {
    let rig = KVMRig(listRegisters: 2)
    rig.inject(40)
    rig.enter()
    #expect(!rig.last.doubts[.spi].contains(.displaced))
    rig.exit()
    rig.inject(41)
    rig.inject(42)
    rig.enter()
    #expect(rig.last.doubts[.spi].contains(.displaced))
  }

  @Test func trappedDeactivationThatAProbeShowsIsOfThatInterrupt() {
    let rig = KVMRig(policy: .kvmOverflow)
    afterARun(rig)
    rig.save(control: 7, deadline: 500)
    rig.enter()
    #expect(rig.states == ["A"])
    rig.exit()
    rig.send(.sysregWrite, a: UInt64(SystemRegister.ICC_DIR_EL1.rawValue), b: 27)
    rig.enter()
    #expect(rig.last.registers.isEmpty && rig.last.doubtfullyAbsent.isEmpty)
  }

  /// Its list register is the vCPU's that is in its guest; what comes of it differs between kernels.
  @Test func deactivationOfWhatAnotherVCPUHoldsDecidesNothing() {
    let rig = KVMRig(policy: .kvmOverflow, isWitness: true)
    rig.write(0x0800_6000 + 8 * 40, 0)
    rig.inject(40)
    rig.enter()
    rig.send(.sysregWrite, vcpu: 1, a: UInt64(SystemRegister.ICC_DIR_EL1.rawValue), b: 40)
    rig.send(.userspaceExit, vcpu: 1)
    rig.left = [0x90A0_0000_0000_0028]
    rig.exit()
    rig.enter()
    #expect(rig.states == ["A"] && rig.last.doubts[.spi].contains(.outcome))
  }

  /// KVM prunes the list some time between a trapped deactivation and the next entry (Linux 6.19, vgic-v3.c).
  @Test func whatIsDueAgainBeforeTheListIsPrunedKeepsItsPlace() {
    func order(showsPrunes: Bool = true, _ steps: [(KVMRig) -> Void]) -> (intids: [UInt32], isDecided: Bool) {
      let rig = KVMRig(policy: .kvmOverflow, isWitness: true)
      for intid in 40...41 { rig.write(UInt64(0x0800_6000 + 8 * intid), 0) }
      if showsPrunes { rig.send(.vgicStep, a: UInt64(VGICStep.prune.rawValue)) }
      rig.inject(40)
      rig.inject(41)
      rig.enter()
      rig.left = [0x90A0_0000_0000_0028, 0x50A0_0000_0000_0029]
      rig.exit()
      rig.send(.sysregWrite, a: UInt64(SystemRegister.ICC_DIR_EL1.rawValue), b: 40)
      for step in steps { step(rig) }
      rig.enter()
      return (rig.intids, !rig.last.doubts[.spi].contains(.outcome))
    }
    let raise = { (rig: KVMRig) in rig.inject(40) }
    let goesOn = { (rig: KVMRig) in rig.send(.userspaceExit) }
    let prune = { (rig: KVMRig) in rig.send(.vgicStep, a: UInt64(VGICStep.prune.rawValue)) }
    #expect(order([goesOn, raise, prune]) == ([40, 41], true))
    #expect(order([prune, raise]) == ([41, 40], true))
    #expect(!order(showsPrunes: false, [raise]).isDecided)
    #expect(!order(showsPrunes: false, [goesOn, raise]).isDecided)
  }

  @Test func trappedDeactivationWithoutAValueTellsNothing() {
    let rig = KVMRig(policy: .kvmOverflow)
    afterARun(rig)
    rig.send(.sysregWrite, flags: .incomplete, a: UInt64(SystemRegister.ICC_DIR_EL1.rawValue))
    rig.enter()
    #expect(rig.last.doubtfullyAbsent == [27])
  }

  @Test func interruptWithoutARegisterIsReported() {
    let rig = KVMRig(listRegisters: 1)
    rig.inject(40)
    rig.inject(41)
    rig.enter()
    #expect(rig.intids == [40])
    #expect(rig.transitions.filter { $0.kind == .lrOverflow }.map(\.intid) == [41])
    #expect(rig.last.outcome.control.contains(.underflow))
    #expect(rig.model.summaries[0].maintenanceRequests == 1)
  }

  // MARK: Injections between the fill and the entry

  @Test func injectionWhoseIPIWaitsAtTheEntryCameAfterTheRegistersWereFilled() {
    let rig = KVMRig()
    rig.enter()
    rig.exit()
    rig.inject(40, cpu: 1)
    rig.ipi(from: 1, to: 0)
    rig.enter()
    #expect(rig.intids.isEmpty)
    rig.exit(reason: 0, exceptionClass: 0)
    rig.enter()
    #expect(rig.intids == [40])
  }

  @Test func laterInjectionsNeedNoIPIOfTheirOwn() {
    let rig = KVMRig()
    rig.enter()
    rig.exit()
    rig.inject(40, cpu: 2)
    rig.ipi(from: 1, to: 0)
    rig.inject(41, cpu: 1)
    rig.enter()
    #expect(rig.intids == [40])
    rig.exit(reason: 0, exceptionClass: 0)
    rig.enter()
    #expect(rig.intids.contains(41))
  }

  @Test func lineThatFellJustBeforeALateInjectionStoodInTheRegisters() {
    let rig = KVMRig()
    rig.write(0x0800_6000 + 8 * 40, 0)
    rig.write(0x0800_0C08, 0)
    rig.enter()
    rig.exit()
    rig.inject(40, cpu: 1)
    rig.send(.handlerEnter, vcpu: 1, domain: 0)
    rig.inject(40, level: false, cpu: 1)
    rig.inject(41, cpu: 1)
    rig.ipi(from: 1, to: 0)
    rig.enter()
    #expect(rig.intids == [40])
    rig.exit(reason: 0, exceptionClass: 0)
    rig.enter()
    #expect(rig.intids == [41])
  }

  @Test func injectionWhoseIPIIsTakenBeforeTheEntryIsInTheRegisters() {
    let rig = KVMRig()
    rig.enter()
    rig.exit()
    rig.inject(40, cpu: 1)
    rig.ipi(from: 1, to: 0)
    rig.send(.ipiEnter, domain: 0, a: 1)
    rig.enter()
    #expect(rig.intids == [40])
  }

  /// A host's handler on the vCPU's CPU runs when the guest has been left, though before the exit is shown.
  @Test func whatIsRaisedBehindAHandlerComesAfterTheExit() {
    func order(handlerFirst: Bool) -> [UInt32] {
      let rig = KVMRig(isWitness: true)
      rig.inject(40)
      rig.inject(41)
      rig.enter()
      if handlerFirst { rig.send(.handlerEnter, domain: 0) }
      rig.inject(40)
      if !handlerFirst { rig.send(.handlerEnter, domain: 0) }
      rig.send(.handlerExit, domain: 0)
      rig.left = [0x10A0_0000_0000_0028, 0x50A0_0000_0000_0029]
      rig.exit(reason: 0, exceptionClass: 0)
      rig.enter()
      return rig.intids
    }
    #expect(order(handlerFirst: true) == [41, 40])
    #expect(order(handlerFirst: false) == [40, 41])
  }

  @Test func handlerOfAPhysicalTimerRunsAfterTheRegistersAreTakenBack() {
    // The timer's interrupt ended, so it left the list, and comes back behind what was queued meanwhile.
    let rig = KVMRig()
    rig.timer()
    rig.enter()
    rig.inject(40)
    rig.timer()
    rig.exit(reason: 0, exceptionClass: 0)
    rig.enter()
    #expect(rig.intids == [40, 27])
  }
}
