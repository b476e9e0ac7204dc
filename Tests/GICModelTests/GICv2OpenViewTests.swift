import InterruptTrace
import Testing

@testable import GICModel

/// A capture with two Security states does not show the state of an access. What is certain in both stays known; what one of
/// them does alone is not known afterwards, and answers teach.
@Suite("GICv2: accesses whose Security state is a belief (IHI 0048B, 4.1.5)")
struct GICv2OpenViewTests {
  /// SPI 40 in Group 0, SPI 72 in Group 1, both for PE 0, priority 0xA0; set up by accesses that are shown to be Secure. Of
  /// PE 2 nothing shows its Security state.
  private func rig(_ profile: Topology.Profile) -> Rig {
    let rig = Rig.v2(pes: 3, securityStates: .two, profile: profile)
    rig.openGICv2(3, secure: true)
    rig.enableGICv2(spi: 40, secure: true)
    rig.enableGICv2(spi: 72, group1: true, secure: true)
    rig.forget()
    return rig
  }

  private func entry(_ rig: Rig, pe: UInt32, from: UInt64 = 1, to: UInt64 = 3) {
    rig.apply(Event(time: 0, kind: .exceptionEntry, pe: pe, a: from << 8 | to << 12))
  }

  private func leave(_ rig: Rig, pe: UInt32, isGuess: Bool = false) {
    rig.apply(
      Event(time: 0, kind: .exceptionReturn, flags: isGuess ? .incomplete : [], pe: pe, a: 3 << 8 | 1 << 12))
  }

  private static let profiles: [Topology.Profile] = [.arch, .qemu7]

  @Test(
    "An active state that a write set or not is not known, whatever a read shows", arguments: profiles, [0, 1 << 8])
  func activeState(profile: Topology.Profile, seen: UInt64) {
    let rig = rig(profile)
    rig.write(.gicd, 0x304, 1 << 8, pe: 2)
    _ = rig.reads(.gicd, 0x304, seen, secure: true, pe: 0)
    #expect(rig.totals.disagreed == 0)
    #expect(rig.reads(.gicd, 0x304, seen, secure: true, pe: 0), "the first read teaches")
  }

  @Test("A write to Group 1 reaches it from either state: what it did is known", arguments: profiles)
  func group1IsReached(profile: Topology.Profile) {
    let rig = rig(profile)
    rig.write(.gicd, 0x308, 1 << 8, pe: 2)
    #expect(!rig.reads(.gicd, 0x308, 0, secure: true, pe: 0))
    #expect(rig.totals.disagreed == 1)
  }

  @Test("Pending latches that a write set or not are not known on any PE", arguments: profiles, [0, 1 << 8])
  func latch(profile: Topology.Profile, seen: UInt64) {
    let rig = rig(profile)
    rig.write(.gicd, 0x204, 1 << 8, pe: 2)
    _ = rig.reads(.gicd, 0x204, seen, secure: true, pe: 0)
    #expect(rig.totals.disagreed == 0)
  }

  @Test("Of GICD_CTLR both states' writes may do the same to Group 1 (4.3.1)")
  func control() {
    let rig = rig(.arch)
    rig.write(.gicd, 0x0, 3, pe: 2)
    #expect(rig.reads(.gicd, 0x0, 3, secure: true, pe: 0), "3 leaves both enables set")
    rig.write(.gicd, 0x0, 1, pe: 2)
    _ = rig.reads(.gicd, 0x0, 3, secure: true, pe: 0)
    #expect(rig.totals.disagreed == 0, "a Non-secure 1 enables Group 1, a Secure one disables it")
  }

  @Test("The priority mask is known where both states' writes are the same (3.6.2)")
  func priorityMask() {
    let rig = Rig.v2(securityStates: .two, profile: .qemu7)
    rig.write(.gicc, 0x4, 0xC0, secure: true, pe: 0)
    entry(rig, pe: 0)
    entry(rig, pe: 1)
    leave(rig, pe: 0, isGuess: true)
    rig.write(.gicc, 0x4, 0xFF, pe: 0)
    #expect(!rig.reads(.gicc, 0x4, 0xC0, secure: true, pe: 0))
    #expect(rig.totals.disagreed == 1)
    entry(rig, pe: 0)
    leave(rig, pe: 0, isGuess: true)
    rig.write(.gicc, 0x4, 0x80, pe: 0)
    _ = rig.reads(.gicc, 0x4, 0x80, secure: true, pe: 0)
    #expect(rig.totals.disagreed == 1)
  }

  @Test("A mask that lacks its lowest bit may be the Non-secure view: it teaches no priority bits (3.6.2)")
  func lowestBit() {
    let rig = Rig.v2(pes: 2, securityStates: .two, profile: .qemu7)
    rig.write(.gicc, 0x4, 0xFF, pe: 1)
    _ = rig.reads(.gicc, 0x4, 0xFE, pe: 1)
    rig.write(.gicc, 0x4, 0xFF, secure: true, pe: 0)
    #expect(rig.reads(.gicc, 0x4, 0xFF, secure: true, pe: 0))
  }

  @Test(
    "An end of a Group 0 interrupt may have been ignored: what runs is not known (4.4.5)", arguments: profiles,
    [true, false])
  func end(profile: Topology.Profile, isIgnored: Bool) {
    let rig = rig(profile)
    rig.pulse(40)
    #expect(rig.reads(.gicc, 0xC, 40, secure: true, pe: 0))
    entry(rig, pe: 0)
    entry(rig, pe: 1)
    leave(rig, pe: 0, isGuess: true)
    rig.write(.gicc, 0x10, 40, pe: 0)
    _ = rig.reads(.gicc, 0x14, isIgnored ? 0xA0 : 0xFF, secure: true, pe: 0)
    _ = rig.reads(.gicd, 0x304, isIgnored ? 1 << 8 : 0, secure: true, pe: 0)
    #expect(rig.totals.disagreed == 0)
  }

  @Test("A return from EL3 that may be one PE's or another's leaves both open; an entry settles its PE")
  func returnOfSeveral() {
    let rig = rig(.qemu7)
    entry(rig, pe: 0)
    entry(rig, pe: 1)
    leave(rig, pe: 0, isGuess: true)
    rig.write(.gicd, 0x304, 1 << 8, pe: 1)
    _ = rig.reads(.gicd, 0x304, 0, secure: true, pe: 0)
    #expect(rig.totals.disagreed == 0)
    entry(rig, pe: 1)
    rig.write(.gicd, 0x304, 1 << 8, pe: 1)
    #expect(!rig.reads(.gicd, 0x304, 0, secure: true, pe: 0))
    #expect(rig.totals.disagreed == 1, "at EL3 an access is Secure")
  }

  @Test("While one PE's level is a guess, another's return from EL3 is one too")
  func returnWhileOneIsOpen() {
    let rig = rig(.qemu7)
    entry(rig, pe: 0)
    entry(rig, pe: 1)
    leave(rig, pe: 1, isGuess: true)
    entry(rig, pe: 0)
    // It was PE 0 that had returned, so that this may be PE 1's return.
    leave(rig, pe: 0)
    rig.write(.gicd, 0x304, 1 << 8, pe: 0)
    _ = rig.reads(.gicd, 0x304, 1 << 8, secure: true, pe: 1)
    #expect(rig.totals.disagreed == 0)
  }

  @Test("An acknowledge tells the interrupt's group (4.4.4)")
  func acknowledgeTellsGroup() {
    let rig = Rig(securityStates: .two, architecture: .v2, atReset: false)
    rig.openGICv2(3, secure: true)
    rig.enableGICv2(spi: 40, secure: true)
    rig.pulse(40)
    rig.apply(
      .mmio(
        .mmioRead, time: 0, frame: .gicc, offset: 0xC, value: 40, size: 4, owner: 0, accessor: 0,
        flags: [.securityShown, .secure]))
    rig.write(.gicc, 0x10, 40, secure: true, pe: 0)
    #expect(rig.reads(.gicd, 0x84, 0, secure: true, pe: 0))
    #expect(!rig.reads(.gicd, 0x84, 1 << 8, secure: true, pe: 0))
    #expect(rig.totals.disagreed == 1)
  }

  @Test("A read of a pending SPI says nothing of the PEs on which it is not held to be pending")
  func pendingOfOnePE() {
    let rig = rig(.qemu7)
    // SPI 40 becomes pending on PE 0, and goes to PE 1 from then on; SPI 41 of a lower priority is pending there.
    rig.write(.gicd, 0x204, 1 << 8, secure: true, pe: 0)
    rig.write(.gicd, 0x828, 2, size: 1, secure: true, pe: 0)
    rig.enableGICv2(spi: 41, priority: 0xB0, targets: 2, secure: true)
    rig.write(.gicd, 0x204, 1 << 9, secure: true, pe: 0)
    // It may have been cleared, but was not.
    entry(rig, pe: 2)
    leave(rig, pe: 2, isGuess: true)
    rig.write(.gicd, 0x284, 1 << 8, pe: 2)
    _ = rig.reads(.gicd, 0x204, 1 << 8 | 1 << 9, secure: true, pe: 0)
    #expect(rig.agrees { rig.showHighest(41, priority: 0xB0, pe: 1) })
  }

  @Test("A read that either view can have answered does not settle the view (4.4.3)")
  func binaryPointInEitherView() {
    let rig = rig(.qemu7)
    rig.write(.gicc, 0x8, 7, secure: true, pe: 1)
    entry(rig, pe: 1)
    leave(rig, pe: 1, isGuess: true)
    // Non-secure: GICC_ABPR is 6, or with CBPR one more than GICC_BPR.
    rig.write(.gicc, 0x8, 6, pe: 1)
    _ = rig.reads(.gicc, 0x8, 7, pe: 1)
    _ = rig.reads(.gicd, 0x88, 0, pe: 1)
    #expect(rig.totals.disagreed == 0, "GICD_IGROUPR reads as zero from Non-secure state")
  }
}
