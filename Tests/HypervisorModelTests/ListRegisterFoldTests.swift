import Testing

@testable import HypervisorModel

/// What the hypervisor takes back from a list register after the guest ran.
@Suite struct ListRegisterFoldTests {
  /// Loads `interrupt`, lets the guest change the register's state, folds.
  func run(
    _ interrupt: QueuedInterrupt, pending: Bool, active: Bool, line: Bool = false,
    policy: ListRegisterPolicy = .kvmLegacy, v2: Bool = false
  ) -> (interrupt: QueuedInterrupt, effects: FoldEffects) {
    var interrupt = interrupt
    let format: ListRegisterFormat = v2 ? .gich : .ich
    var bits = interrupt.takeIntoListRegister(format, hasGICv2Guest: v2)
    let (p, a) = (ListRegisterValue.pendingBit(format), ListRegisterValue.activeBit(format))
    bits = bits & ~(p | a) | (pending ? p : 0) | (active ? a : 0)
    let effects = interrupt.fold(ListRegisterValue(bits, format), hasGICv2Guest: v2, policy: policy, physicalLine: line)
    return (interrupt, effects)
  }

  let timer = irq(27, [.level, .line, .hardware], physical: 27)

  @Test func pendingEdgeIsLatchedAgain() {
    #expect(run(irq(48, .latched), pending: true, active: false).interrupt.traits.contains(.latched))
    #expect(!run(irq(48, .latched), pending: false, active: true).interrupt.isPending)
  }

  @Test func activeFollowsTheListRegister() {
    #expect(run(irq(48, .latched), pending: false, active: true).interrupt.isActive)
    let ended = run(irq(48, .active), pending: false, active: false)
    #expect(!ended.interrupt.isActive && ended.effects.contains(.deactivated))
  }

  @Test func levelThatEndedLosesItsLatch() {
    #expect(!run(irq(48, [.level, .latched]), pending: false, active: false).interrupt.isPending)
    #expect(run(irq(48, [.level, .latched]), pending: true, active: false).interrupt.isPending)
  }

  @Test func endOfLevelSPIIsNotified() {
    #expect(run(irq(48, [.level, .line]), pending: false, active: false).effects.contains(.notifiesEnd))
    #expect(!run(irq(48, [.level, .line]), pending: false, active: true).effects.contains(.notifiesEnd))
    #expect(!run(irq(22, [.level, .line]), pending: false, active: false).effects.contains(.notifiesEnd))
    #expect(!run(irq(48, .latched), pending: false, active: false).effects.contains(.notifiesEnd))
  }

  @Test func pendingSGIReturnsToItsSource() {
    let folded = run(sgi(1, from: 0b1010), pending: true, active: false, v2: true).interrupt
    #expect(folded.sources == 0b1010 && folded.isPending)
  }

  @Test func activeSGIRemembersItsSource() {
    let folded = run(sgi(1, from: 0b1000), pending: false, active: true, v2: true).interrupt
    #expect(folded.isActive && folded.activeSource == 3 && folded.sources == 0)
  }

  @Test func mappedLevelThatIsStillPendingSamplesThePhysicalLine() {
    let high = run(timer, pending: true, active: false, line: true)
    #expect(high.interrupt.isPending && !high.effects.contains(.clearedPhysicalActive))
    let low = run(timer, pending: true, active: false, line: false)
    #expect(!low.interrupt.isPending && low.effects.contains(.clearedPhysicalActive))
  }

  @Test func mappedLevelThatEndedSamplesTheLineOnlyIfItRoseMeanwhile() {
    var active = timer
    active.isActive = true
    #expect(run(active, pending: false, active: false, line: false).effects.contains(.sampledLine))
    active.traits.remove(.line)
    #expect(!run(active, pending: false, active: false, line: true).effects.contains(.sampledLine))
  }

  @Test func softwareResampledClearsPhysicalActiveOnceIdle() {
    var interrupt = timer
    interrupt.traits.insert(.softwareResampled)
    #expect(run(interrupt, pending: false, active: false).effects.contains(.clearedPhysicalActive))
    #expect(!run(interrupt, pending: false, active: true).effects.contains(.clearedPhysicalActive))
  }

  @Test func activeLPIIsDroppedByTheOverflowPolicyOnly() {
    #expect(run(irq(8192, .latched), pending: false, active: true).interrupt.isActive)
    #expect(!run(irq(8192, .latched), pending: false, active: true, policy: .kvmOverflow).interrupt.isActive)
  }
}
