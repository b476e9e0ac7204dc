import InterruptTrace
import Testing

@testable import GICModel

/// Resets that no capture shows as such.
@Suite("A reset in the capture")
struct ResetTests {
  /// PPI 27 is signalled to PE 0, and the line of another enabled PPI has risen since.
  private func signalled(thenLineOf intid: UInt32, pe: UInt32) -> Rig {
    let rig = Rig(profile: .qemu7)
    rig.open()
    rig.enable(private: 27, pe: 0)
    rig.enable(private: intid, pe: pe)
    rig.line(27, true, pe: 0)
    #expect(rig.highest(27, priority: 0xA0, pe: 0))
    rig.line(intid, true, pe: pe)
    return rig
  }

  @Test("An interrupt that goes away although nothing happened to its PE shows that the machine was reset")
  func spontaneous() {
    // A line of another PE's own changes nothing for this one.
    let rig = signalled(thenLineOf: 27, pe: 1)
    #expect(rig.highest(27, priority: 0xA0, pe: 1))
    rig.forget()
    #expect(!rig.highest(nil, pe: 0))
    #expect(rig.lines([], pe: 0))
    #expect(rig.transitions(.machineReset).count == 1)
    #expect(rig.totals.disagreed == 0)
  }

  @Test("A reset may be all that follows in the log: it is no access of which the log lacks the end")
  func endsTheLog() {
    let rig = signalled(thenLineOf: 27, pe: 1)
    #expect(rig.highest(27, priority: 0xA0, pe: 1))
    rig.forget()
    rig.apply(Event(time: 0, kind: .highestPending, flags: [.groupShown, .incomplete], pe: 0, a: 0xFF << 32))
    #expect(rig.transitions(.machineReset).count == 1)
    #expect(rig.totals.disagreed == 0)
  }

  @Test("An interrupt that goes away after a line of its own PE changed does not show a reset")
  func ownCause() {
    let rig = signalled(thenLineOf: 30, pe: 0)
    #expect(!rig.highest(nil, pe: 0))
    #expect(rig.transitions(.machineReset).isEmpty)
  }

  @Test("Each reset of a GICv2 whose kernel is Non-secure is recognised by its GICC_CTLR (IHI 0048B, 4.4.1)")
  func nonSecureKernel() {
    let rig = Rig.v2(securityStates: .two, profile: .qemu7)
    for boot in 0..<3 {
      rig.write(.gicd, 0, 0, pe: 0)
      rig.write(.gicd, 0xC08, 0, pe: 0)
      for n in 0..<16 as Range<UInt32> { rig.write(.gicd, 0x400 + 4 * n, 0xA0A0_A0A0, pe: 0) }
      rig.write(.gicd, 0, 1, pe: 0)
      rig.write(.gicc, 4, 0xF0, pe: 0)
      if boot > 0 {
        rig.forget()
        #expect(rig.isTaught { _ = rig.reads(.gicc, 0, 0, pe: 0) })
        #expect(rig.transitions(.machineReset).count == 1)
      }
      rig.write(.gicc, 0, 1, pe: 0)
      rig.write(.gicd, 0x100, 1 << 27, pe: 0)
      rig.line(27, true, pe: 0)
      // The priority and the mask of Non-secure accesses lie in the upper half of the range (3.6.2).
      rig.apply(
        Event(
          time: 0, kind: .highestPending, flags: .maskShown, pe: 0, a: 27 | 0xD0 << 32, b: 0xF8 | 0x100 << 16))
      #expect(rig.lines([.irq], pe: 0))
      rig.apply(Event(time: 0, kind: .acknowledge, pe: 0, a: 27))
      #expect(rig.reads(.gicc, 0xC, 27, pe: 0))
    }
    #expect(rig.totals.disagreed == 0)
  }

  @Test(
    "A line that rose before any access may have been forgotten by a reset since",
    arguments: [.v2, .v3] as [Topology.Architecture])
  func lineBeforeAccess(architecture: Topology.Architecture) {
    let rig = Rig(profile: .qemu7, architecture: architecture)
    rig.line(40, true)
    if architecture == .v2 {
      rig.openGICv2()
      rig.enableGICv2(spi: 40, edge: false)
      rig.enableGICv2(spi: 41, edge: false)
    } else {
      rig.open()
      rig.enable(spi: 40, edge: false)
      rig.enable(spi: 41, edge: false)
    }
    rig.line(41, true)
    rig.forget()
    #expect(rig.isTaught { _ = rig.highest(41, priority: 0xA0, group: architecture == .v2 ? 0 : 2) })
    #expect(rig.lines([.irq]))
    #expect(rig.totals.disagreed == 0)
    // One that rises later is pending for certain.
    rig.line(40, true)
    #expect(rig.highest(40, priority: 0xA0, group: architecture == .v2 ? 0 : 2))
  }
}
