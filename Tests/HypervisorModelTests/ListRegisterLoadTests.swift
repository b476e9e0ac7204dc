import Testing

@testable import HypervisorModel

/// What one list register gets from one interrupt: the rules that both policies share.
@Suite struct ListRegisterLoadTests {
  @Test func edgeGivesItsLatchToTheListRegister() {
    let filled = Filled([irq(48, .latched)], .legacy())
    #expect(filled.values[0].isPending && !filled.values[0].isActive)
    #expect(filled.list[0].traits.contains(.latched) == false)
  }

  @Test func levelKeepsItsLineAndAsksForMaintenanceAtItsEnd() {
    let filled = Filled([irq(48, [.level, .line])], .legacy())
    #expect(filled.values[0].asksAtEnd && filled.values[0].isPending)
    #expect(filled.list[0].traits.contains(.line))
  }

  @Test func levelIsNeverActiveAndPending() {
    let filled = Filled([irq(48, [.level, .line, .active])], .legacy())
    #expect(filled.values[0].isActive && !filled.values[0].isPending)
  }

  @Test func edgeIsActiveAndPending() {
    let filled = Filled([irq(48, [.latched, .active])], .legacy())
    #expect(filled.values[0].isActive && filled.values[0].isPending)
  }

  @Test func hardwareLinkedIsNeverActiveAndPending() {
    let filled = Filled([irq(27, [.level, .line, .active, .hardware], physical: 27)], .legacy())
    #expect(filled.values[0].isActive && !filled.values[0].isPending && filled.values[0].isHardware)
  }

  @Test func hardwareLinkedCarriesThePhysicalINTIDAndNoMaintenanceRequest() {
    let filled = Filled([irq(27, [.level, .line, .hardware], physical: 26)], .legacy())
    #expect(filled.values[0].bits == 0x70A0_001A_0000_001B)
    #expect(filled.values[0].physicalINTID == 26)
  }

  @Test func mappedLevelLosesItsLineOnceItIsLoadedPending() {
    let filled = Filled([irq(27, [.level, .line, .hardware], physical: 27)], .legacy())
    #expect(!filled.list[0].isPending)
  }

  @Test func softwareResampledIsLoadedWithoutHardwareLink() {
    let filled = Filled([irq(27, [.level, .line, .hardware, .softwareResampled], physical: 27)], .legacy())
    #expect(!filled.values[0].isHardware && filled.values[0].asksAtEnd)
  }

  @Test func priorityHasFiveBitsInGICH() {
    let filled = Filled([irq(48, .latched, priority: 0xA7)], .legacy(v2: true))
    #expect(filled.values[0].bits == 48 | 0x14 << 23 | 1 << 28 | 1 << 30)
    #expect(Filled([irq(48, .latched, priority: 0xA7)], .legacy()).values[0].priority == 0xA7)
  }

  @Test func sgiOfSeveralSourcesGivesTheLowestAndAsksForMaintenance() {
    let filled = Filled([sgi(1, from: 0b1010)], .legacy(v2: true))
    #expect(filled.values[0].source == 1 && filled.values[0].asksAtEnd)
    #expect(filled.list[0].sources == 0b1000 && filled.list[0].isPending)
  }

  @Test func sgiOfOneSourceAsksForNoMaintenance() {
    let filled = Filled([sgi(1, from: 0b1000)], .legacy(v2: true))
    #expect(filled.values[0].source == 3 && !filled.values[0].asksAtEnd)
    #expect(filled.list[0].sources == 0 && !filled.list[0].isPending)
  }

  @Test func activeSGICarriesItsActiveSource() {
    let filled = Filled([sgi(1, from: 0, active: 5)], .legacy(v2: true))
    #expect(filled.values[0].isActive && !filled.values[0].isPending && filled.values[0].source == 5)
  }

  @Test func activeSGIWithFurtherSourcesIsLoadedActiveOnlyAndAsksForMaintenance() {
    let filled = Filled([sgi(1, from: 0b0110, active: 0)], .legacy(v2: true))
    #expect(filled.values[0].isActive && !filled.values[0].isPending && filled.values[0].asksAtEnd)
    #expect(filled.list[0].sources == 0b0110)
  }

  @Test func sgiOfGICv2GuestOnGICv3HardwareHasItsSourceInTheVirtualINTID() {
    var setting = ListRegisterSetting.legacy()
    setting.hasGICv2Guest = true
    let filled = Filled([sgi(1, from: 0b0100)], setting)
    #expect(filled.values[0].bits & 0xFFFF_FFFF == 2 << 10 | 1)
    #expect(filled.intids == [1])
  }

  @Test func whatIsNotDeliverableHereIsSkipped() {
    var away = irq(48, .latched)
    away.traits.remove(.deliverable)
    for setting in [ListRegisterSetting.legacy(), .overflow()] {
      let filled = Filled([away, irq(49, .latched)], setting)
      #expect(filled.intids == [49])
      #expect(filled.list.contains { $0.intid == 48 && $0.isPending })
    }
  }
}
