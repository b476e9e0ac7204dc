import Testing

@testable import HypervisorModel

/// KVM's choice of list registers from Linux 6.19 on.
@Suite struct ListRegisterOverflowPolicyTests {
  @Test func pendingPushesActiveOut() {
    let filled = Filled([irq(27, .active, priority: 0), irq(50, .latched, priority: 0xF0)], .overflow(1))
    #expect(filled.intids == [50])
    #expect(filled.outcome.activeLeft == 1)
  }

  @Test func activeAndPendingRanksWithActive() {
    let list = [irq(49, [.active, .latched], priority: 0), irq(50, .latched, priority: 0xF0)]
    #expect(Filled(list, .overflow(1)).intids == [50])
  }

  @Test func groupThatTheGuestHasDisabledComesLater() {
    var setting = ListRegisterSetting.overflow(1)
    setting.enablesGroup0 = false
    var closed = irq(50, .latched, priority: 0)
    closed.traits.remove(.group1)
    #expect(Filled([closed, irq(51, .latched, priority: 0xF0)], setting).intids == [51])
  }

  @Test func hardwareLinkedComesFirstAmongEqualPriorities() {
    let list = [irq(50, .latched), irq(27, [.level, .line, .hardware], physical: 27)]
    #expect(Filled(list, .overflow(1)).intids == [27])
  }

  @Test func listThatFitsStaysInTheOrderOfInjection() {
    let filled = Filled([irq(27, .active), irq(50, .latched), irq(49, .latched, priority: 0)], .overflow())
    #expect(filled.intids == [27, 50, 49] && !filled.outcome.wasSorted)
  }

  @Test func sgiOfSeveralSourcesCountsOnceAndDoesNotSort() {
    let filled = Filled([irq(50, .latched, priority: 0xF0), sgi(1, from: 0b11)], .overflow(2, v2: true))
    #expect(filled.intids == [50, 1])
    #expect(filled.outcome.wanted == 2 && !filled.outcome.wasSorted && !filled.outcome.stoppedForSources)
  }

  @Test func noPendingMaintenanceIfThePendingAloneDoNotFit() {
    let two = [irq(50, .latched), irq(51, .latched)]
    #expect(Filled(two, .overflow(1)).outcome.control.contains(.noPending))
    #expect(!Filled([irq(50, .latched), irq(51, .active)], .overflow(1)).outcome.control.contains(.noPending))
  }

  @Test func endsAreCountedIfSomethingActiveMayBeOutside() {
    let mixed = Filled([irq(50, .latched), irq(51, .active)], .overflow(1)).outcome.control
    #expect(mixed.isSuperset(of: [.entryNotPresent, .underflow, .trapsDeactivation]))
    let pending = Filled([irq(50, .latched), irq(51, .latched)], .overflow(1)).outcome.control
    #expect(!pending.contains(.entryNotPresent) && !pending.contains(.trapsDeactivation))
  }

  @Test func endsOfSGIsAreNotCountedWhereNoSGIIsInvolved() {
    #expect(Filled([irq(50, .latched)], .overflow()).outcome.control.contains(.ignoresEndOfSGI))
    #expect(!Filled([irq(1, .latched)], .overflow()).outcome.control.contains(.ignoresEndOfSGI))
  }

  @Test func groupMaintenanceFollowsTheGuestsEnables() {
    var setting = ListRegisterSetting.overflow()
    setting.enablesGroup0 = false
    let control = Filled([], setting).outcome.control
    #expect(control.isSuperset(of: [.group0Enabled, .group1Disabled]))
    #expect(control.isDisjoint(with: [.group0Disabled, .group1Enabled]))
  }

  @Test func deactivationTrapsWhileAnSPIOfTheVMIsQueuedOrTheTrapIsNotAlone() {
    var setting = ListRegisterSetting.overflow()
    #expect(!Filled([], setting).outcome.control.contains(.trapsDeactivation))
    setting.hasActiveSPI = true
    #expect(Filled([], setting).outcome.control.contains(.trapsDeactivation))
    setting.hasActiveSPI = false
    setting.trapsDeactivationAlone = false
    #expect(Filled([], setting).outcome.control.contains(.trapsDeactivation))
  }

  @Test func gichHasNeitherSGICountNorDeactivationTrap() {
    var setting = ListRegisterSetting.overflow(1, v2: true)
    setting.hasActiveSPI = true
    let control = Filled([irq(50, .latched), irq(51, .active)], setting).outcome.control
    #expect(control == [.enable, .entryNotPresent, .underflow, .group0Disabled, .group1Disabled])
  }
}
