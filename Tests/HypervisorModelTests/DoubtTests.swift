import InterruptTrace
import Testing

@testable import HypervisorModel

/// What was never shown is unknown: one test for each kind of doubt about an entry.
@Suite struct DoubtTests {
  /// A guest whose first instruction cannot be fetched: its memory was never touched.
  func started(_ rig: KVMRig) {
    rig.enter(pc: 0x4000_0000)
    rig.exit(exceptionClass: 0x20, pc: 0x4000_0000)
  }

  @Test func listIsUnknownWhereTheCaptureStartsWhileTheGuestRuns() {
    let rig = KVMRig()
    rig.exit()
    rig.enter()
    #expect(rig.last.doubts[.spi].contains(.start) && rig.last.doubts[.ppi].contains(.start))
  }

  @Test func listIsKnownWhereTheGuestStartsInTheCapture() {
    let rig = KVMRig()
    started(rig)
    rig.enter()
    #expect(rig.last.doubts.isEmpty)
  }

  @Test func lostEventsMakeListsUnknownAgain() {
    let rig = KVMRig()
    started(rig)
    rig.send(.gap, domain: 0, a: 3)
    rig.enter()
    #expect(rig.last.doubts[.spi].contains(.start))
  }

  @Test func guestThatIdlesHasAKnownList() {
    let rig = KVMRig()
    rig.exit()
    rig.idles()
    rig.idles()
    rig.enter()
    #expect(!rig.last.doubts[.spi].contains(.start))
  }

  @Test func routeIsUnknownUntilItIsShown() {
    let rig = KVMRig()
    started(rig)
    rig.inject(40)
    rig.enter(1)
    #expect(rig.last.doubts[.spi].contains(.route))
    rig.write(0x0800_6000 + 8 * 40, 0)
    rig.exit(1)
    rig.enter(1)
    #expect(!rig.last.doubts[.spi].contains(.route))
  }

  @Test func notifiedEndShowsTheVCPUThatAnSPIGoesTo() {
    let rig = KVMRig()
    rig.exit()
    rig.inject(40)
    rig.enter(1)
    rig.send(.ackNotify, vcpu: 1, a: 40)
    rig.exit(1)
    rig.enter(1)
    #expect(!rig.last.doubts[.spi].contains(.route))
    // Only a level-sensitive interrupt's end is notified: its line is high still.
    #expect(rig.intids == [40])
  }

  @Test func enableIsUnknownUntilItIsShown() {
    let rig = KVMRig()
    rig.idles()
    rig.idles()
    rig.write(0x0800_6000 + 8 * 40, 0)
    rig.inject(40)
    rig.enter()
    #expect(rig.last.doubts[.spi].contains(.configuration))
    rig.exit()
    rig.write(0x0800_0000, 0x13)
    rig.write(0x0800_0C08, 0)
    rig.write(0x0800_0104, 1 << 8)
    rig.enter()
    #expect(!rig.last.doubts[.spi].contains(.configuration))
  }

  @Test func priorityThatIsNotShownIsNotPredicted() {
    let rig = KVMRig()
    rig.write(0x0800_6000 + 8 * 40, 0)
    rig.inject(40)
    rig.enter()
    #expect(rig.last.registers[0].unknownBits & 0xFF << 48 == 0xFF << 48)
    rig.exit()
    rig.write(0x0800_0428, 0x50)
    rig.inject(40)
    rig.enter()
    #expect(rig.last.registers[0].unknownBits & 0xFF << 48 == 0)
  }

  @Test func injectionThatItsThreadHasNotFinishedMayBeLate() {
    let rig = KVMRig()
    started(rig)
    rig.write(0x0800_6000 + 8 * 40, 0)
    rig.inject(40, cpu: 3)
    // An interrupt on that CPU is no step of the thread.
    rig.send(.handlerEnter, vcpu: 3, domain: 0)
    rig.send(.handlerExit, vcpu: 3, domain: 0)
    rig.enter()
    #expect(rig.last.doubts[.spi].contains(.late))
    rig.exit()
    rig.ipi(from: 2, to: 5)
    rig.inject(40, cpu: 3)
    rig.inject(41, level: false, cpu: 3)
    rig.enter()
    #expect(!rig.last.doubts[.spi].contains(.late))
  }

  @Test func vCPUThatWakesOnAnotherCPUIsOnThatOne() {
    let rig = KVMRig()
    rig.restore(control: 1, deadline: 500)
    rig.timer()
    rig.enter(cpu: 0)
    rig.exit(exceptionClass: 1)
    rig.send(.vcpuLoad, a: 3 << 32)
    rig.restore(control: 1, deadline: 500)
    // Its physical timer fires there before the entry: the guest had ended the one before.
    rig.send(.timerLine, a: 27 | 3 << 32, b: 1)
    rig.inject(27, cpu: 3)
    rig.enter(cpu: 3)
    #expect(rig.last.registers.map(\.rule) == [.physicalTimerFired] && rig.states == ["P"])
  }

  /// No event need show that its thread was moved.
  @Test func vCPUIsWhereItsOwnThreadDoesSomething() {
    let rig = KVMRig()
    rig.send(.vcpuThread, a: 280)
    rig.restore(control: 1, deadline: 500)
    rig.timer()
    rig.enter(cpu: 0)
    rig.exit(exceptionClass: 1)
    rig.send(.timerLine, a: 30 | 3 << 32, b: 280 << 32)
    rig.restore(control: 1, deadline: 500)
    rig.send(.timerLine, a: 27 | 3 << 32, b: 1 | 280 << 32)
    rig.inject(27, cpu: 3)
    rig.enter(cpu: 3)
    #expect(rig.last.registers.map(\.rule) == [.physicalTimerFired] && rig.states == ["P"])
  }

  // MARK: Shown fills

  /// A line that falls takes nothing out of a register; what the guest leaves pending there is over at the exit.
  @Test func lineThatFallsBehindAShownFillIsLow() {
    let rig = KVMRig()
    rig.inject(40)
    rig.acknowledged(40)
    rig.send(.lrWrite, a: 0, b: 0x50A0_0200_0000_0028)
    rig.inject(40, level: false, cpu: 3)
    rig.enter()
    #expect(rig.intids == [40])
    rig.send(.lrRead, a: 0, b: 0x50A0_0200_0000_0028)
    rig.exit()
    rig.enter()
    #expect(rig.intids.isEmpty && rig.last.doubts.isEmpty)
  }

  @Test func shownFillIsTheEntry() {
    let rig = KVMRig()
    rig.exit()
    rig.inject(40)
    let values: [UInt64] = [0x50A0_0000_0000_202B, 0x5040_0200_0000_0051]
    for (index, value) in values.enumerated() { rig.send(.lrWrite, a: UInt64(index), b: value) }
    rig.enter()
    #expect(rig.last.registers.map(\.value) == values && rig.last.doubts.isEmpty)
    #expect(rig.last.registers.allSatisfy { $0.unknownBits == 0 && $0.rule == .registersShown })
  }

  @Test func entryWithoutAShownFillHasNothing() {
    let rig = KVMRig()
    rig.exit()
    rig.send(.lrWrite, a: 0, b: 0x50A0_0000_0000_0028)
    rig.enter()
    rig.send(.lrRead, a: 0, b: 0x10A0_0000_0000_0028)
    rig.exit()
    rig.enter()
    #expect(rig.last.registers.isEmpty && rig.last.doubts.isEmpty)
  }

  @Test func registersThatAreTakenBackWithoutAnEntryAreFilledAnew() {
    let rig = KVMRig()
    rig.exit()
    rig.send(.lrWrite, a: 0, b: 0x50A0_0000_0000_0028)
    rig.send(.lrWrite, a: 1, b: 0x50A0_0000_0000_0029)
    rig.send(.lrRead, a: 0, b: 0x50A0_0000_0000_0028)
    rig.send(.lrWrite, a: 0, b: 0x50A0_0000_0000_002A)
    rig.enter()
    #expect(rig.intids == [42])
  }

  // MARK: Kernels and their policies

  @Test func policyIsThatOfTheTracedKernel() {
    func policy(_ release: (UInt16, UInt16)?) -> ListRegisterPolicy? {
      var topology = Topology()
      if let release { topology.set(.kernelRelease, to: Topology.KernelRelease(release.0, release.1), source: .header) }
      return ListRegisterPolicy(topology)
    }
    #expect(policy(nil) == nil)
    #expect(policy((6, 18)) == .kvmLegacy && policy((6, 19)) == .kvmOverflow && policy((7, 3)) == .kvmOverflow)
    #expect(Topology.KernelRelease(in: "Linux (none) 6.12.95+deb12-cloud-arm64 aarch64") == .init(6, 12))
    #expect(Topology.KernelRelease(in: "Linux (none) aarch64") == nil)
  }

  /// A guest's write of `GICC_DIR` traps from Linux 6.19 on (IHI 0048B, 4.4.14).
  @Test func trappedDeactivationOfAGICv2GuestEndsTheInterrupt() {
    let rig = KVMRig(policy: .kvmOverflow)
    rig.write(0x0800_0828, 1)
    rig.inject(40)
    rig.enter()
    rig.exit()
    #expect(rig.model.interrupts(domain: 1, intid: 40).first?.isActive == nil)
    rig.write(0x0801_1000, 40)
    // It is carried out by the thread's next step.
    rig.send(.hypercall)
    let state = rig.model.interrupts(domain: 1, intid: 40).first
    #expect(state?.rule == .deactivationTrapped)
  }

  // MARK: A guest's own trace

  @Test func guestsHandlersTellWhetherAnInterruptHasEnded() {
    func outcome(_ kinds: [EventKind]) -> EntryPrediction {
      let rig = KVMRig()
      rig.timer()
      rig.enter()
      for kind in kinds { rig.send(kind, flags: .intidKnown, a: 27 << 32) }
      rig.exit()
      rig.enter()
      return rig.last
    }
    let over = outcome([.handlerEnter, .handlerExit, .softirqEnter])
    #expect(over.registers.isEmpty && over.doubtfullyAbsent.isEmpty)
    let running = outcome([.handlerEnter])
    #expect(running.registers.map(\.rule) == [.handlerRunning])
    #expect(ListRegisterValue(running.registers[0].value, .ich).isActive)
    // The end of the interrupt follows the handler's return.
    #expect(outcome([.handlerEnter, .handlerExit]).doubtfullyAbsent == [27])
  }
}
