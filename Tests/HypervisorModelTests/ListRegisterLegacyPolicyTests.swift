import Testing

@testable import HypervisorModel

/// KVM's choice of list registers up to Linux 6.18.
@Suite struct ListRegisterLegacyPolicyTests {
  @Test func listThatFitsStaysInTheOrderOfInjection() {
    let filled = Filled(
      [irq(50, .latched, priority: 0xF0), irq(27, .active), irq(49, .latched, priority: 0x10)], .legacy())
    #expect(filled.intids == [50, 27, 49])
    #expect(!filled.outcome.wasSorted && filled.outcome.control == .enable)
  }

  @Test func listThatDoesNotFitIsSortedByPriority() {
    let filled = Filled([irq(50, .latched, priority: 0xF0), irq(49, .latched, priority: 0x10)], .legacy(1))
    #expect(filled.intids == [49])
    #expect(filled.outcome.wasSorted)
  }

  @Test func activeComesFirstWhateverItsPriority() {
    let list = [irq(50, .latched, priority: 0), irq(27, .active, priority: 0xF0)]
    #expect(Filled(list, .legacy(1)).intids == [27])
  }

  @Test func disabledPendingComesLast() {
    var disabled = irq(50, .latched, priority: 0)
    disabled.traits.remove(.enabled)
    #expect(Filled([disabled, irq(51, .latched)], .legacy(1)).intids == [51])
  }

  @Test func equalPrioritiesKeepTheOrderOfInjection() {
    let list = (0..<40 as Range<UInt32>).map { irq(100 + $0, .latched) }
    #expect(Filled(list, .legacy()).intids == [100, 101, 102, 103])
  }

  @Test func underflowIsAskedForIfSomethingIsLeft() {
    let filled = Filled([irq(50, .latched), irq(51, .latched)], .legacy(1))
    #expect(filled.outcome.control == [.enable, .underflow])
    #expect(filled.outcome.pendingLeft == 1 && filled.outcome.wanted == 2)
  }

  @Test func underflowIsNotAskedForIfTheListJustFits() {
    let filled = Filled([irq(50, .latched), irq(51, .latched)], .legacy(2))
    #expect(filled.outcome.control == .enable && filled.outcome.loaded == 2)
  }

  @Test func activeThatFindNoRegisterAreCounted() {
    let list = (0..<6 as Range<UInt32>).map { irq(100 + $0, .active) }
    let outcome = Filled(list, .legacy()).outcome
    #expect(outcome.activeLeft == 2 && outcome.control == [.enable, .underflow])
  }

  @Test func sgiCountsOncePerSourceAndOnceIfActive() {
    #expect(Filled([sgi(1, from: 0b0111, active: 3)], .legacy(v2: true)).outcome.wanted == 4)
    #expect(Filled([sgi(1, from: 0, active: 3)], .legacy(v2: true)).outcome.wanted == 1)
  }

  @Test func sgiOfSeveralSourcesSortsTheListThoughItFits() {
    let filled = Filled([irq(50, .latched, priority: 0xF0), sgi(1, from: 0b11)], .legacy(4, v2: true))
    #expect(filled.outcome.wasSorted)
    #expect(filled.intids == [1])
  }

  @Test func nothingOfLowerPriorityOvertakesWaitingSources() {
    let filled = Filled(
      [sgi(1, from: 0b11, priority: 0x80), irq(50, .latched, priority: 0x80), irq(51, .latched, priority: 0x88)],
      .legacy(4, v2: true))
    #expect(filled.intids == [1, 50])
    #expect(filled.outcome.stoppedForSources)
    #expect(!filled.outcome.control.contains(.underflow))
  }
}
