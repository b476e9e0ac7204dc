import InterruptTrace
import Testing

@testable import HypervisorModel

/// How attempts to inject become entries of a vCPU's list.
@Suite struct InjectionTests {
  @Test func edgeThatRisesIsLoadedAndEdgeThatFallsIsIgnored() {
    let rig = KVMRig()
    rig.inject(40, level: false)
    rig.enter()
    #expect(rig.intids.isEmpty)
    rig.exit()
    rig.inject(40)
    rig.enter()
    #expect(rig.intids == [40] && rig.states == ["P"])
    #expect(rig.model.summaries[0].ignoredInjections == 1)
  }

  @Test func levelTakesChangesOnly() {
    let rig = KVMRig()
    rig.timer()
    rig.timer()
    rig.enter()
    #expect(rig.intids == [27])
    #expect(rig.model.summaries[0].ignoredInjections == 1)
  }

  @Test func secondEdgeBeforeTheFirstIsTakenIsLost() {
    let rig = KVMRig()
    rig.inject(40)
    rig.inject(40)
    rig.enter()
    #expect(rig.intids == [40])
    #expect(rig.transitions.contains { $0.kind == .merged && $0.intid == 40 && $0.domain == 1 })
  }

  @Test func disabledPendingIsOnNoListUntilItIsEnabled() {
    let rig = KVMRig()
    rig.write(0x0800_0000, 0x13)
    rig.write(0x0800_6000 + 8 * 40, 0)
    rig.write(0x0800_0184, 1 << 8)
    rig.inject(40)
    rig.enter()
    #expect(rig.intids.isEmpty)
    rig.exit()
    rig.write(0x0800_0104, 1 << 8)
    rig.enter()
    #expect(rig.intids == [40])
  }

  @Test func interruptOfADistributorThatForwardsNothingIsOnNoList() {
    let rig = KVMRig()
    rig.write(0x0800_0000, 0x10)
    rig.write(0x0800_6000 + 8 * 40, 0)
    rig.write(0x0800_0084, 1 << 8)
    rig.inject(40)
    rig.enter()
    #expect(rig.intids.isEmpty)
    rig.exit()
    rig.write(0x0800_0000, 0x13)
    rig.enter()
    #expect(rig.intids == [40])
  }

  @Test func spiGoesToTheVCPUThatItIsRoutedTo() {
    let rig = KVMRig()
    rig.write(0x0800_6000 + 8 * 40, 1)
    rig.inject(40)
    rig.enter(0)
    #expect(rig.intids.isEmpty)
    rig.enter(1)
    #expect(rig.intids == [40])
  }

  @Test func priorityThatTheGuestWroteStandsInTheListRegister() {
    let rig = KVMRig()
    rig.write(0x0800_6000 + 8 * 40, 0)
    rig.write(0x0800_0428, 0x50)
    rig.inject(40)
    rig.enter()
    #expect(ListRegisterValue(rig.last.registers[0].value, .ich).priority == 0x50)
  }

  @Test func writeOfISPENDRIsAnInjection() {
    let rig = KVMRig()
    rig.write(0x0800_0000, 0x13)
    rig.write(0x0800_6000 + 8 * 40, 0)
    rig.write(0x0800_0104, 1 << 8)
    rig.write(0x0800_0204, 1 << 8)
    rig.enter()
    #expect(rig.intids == [40])
  }

  @Test func sgisOfAGICv2GuestCarryTheirSourcesAndWaitForEachOther() {
    let rig = KVMRig()
    rig.write(0x0800_0000, 1)
    rig.write(0x0800_0F00, 1 << 16 | 3, vcpu: 1)
    rig.write(0x0800_0F00, 1 << 16 | 3, vcpu: 2)
    rig.enter(0)
    #expect(rig.model.summaries[0].isGICv2 == true)
    #expect(rig.intids == [3])
    let value = ListRegisterValue(rig.last.registers[0].value, .gich)
    #expect(value.source == 1 && value.asksAtEnd)
  }

  @Test func guestsAreApart() {
    let rig = KVMRig()
    rig.inject(40, domain: 1)
    rig.inject(41, domain: 2)
    rig.enter(0, domain: 2)
    #expect(rig.intids == [41] && rig.last.domain == 2)
    rig.enter(0, domain: 1)
    #expect(rig.intids == [40] && rig.last.domain == 1)
  }

  @Test func eventOfAnUntoldGuestIsTheOnlyGuests() {
    let rig = KVMRig()
    rig.enter()
    rig.exit()
    rig.inject(40, domain: Domain.unknownGuest)
    rig.enter()
    #expect(rig.intids == [40])
  }
}
