import InterruptTrace
import Testing

@testable import GICModel

@Suite("Captures that lack kinds of events: what only those could show is taught, not contradicted")
struct PartialCaptureTests {
  private func showHighest(_ rig: Rig, _ intid: UInt32?, pe: UInt32 = 0) {
    let rank: UInt64 = intid.map { UInt64($0) | 0xA0 << 32 | 2 << 48 } ?? (0xFF << 32 | 2 << 48)
    rig.apply(Event(time: 0, kind: .highestPending, flags: .groupShown, pe: pe, a: rank))
  }

  @Test("GICv3 without accesses to Redistributors: a PPI may be enabled")
  func redistributor() {
    let rig = Rig(profile: .qemu7)
    rig.write(.gicd, 0, 0x52)
    rig.write(.ICC_PMR_EL1, 0xF0)
    rig.line(27, true, pe: 0)
    #expect(rig.isTaught { showHighest(rig, 27) })
    #expect(rig.agrees { showHighest(rig, 27) })
  }

  @Test("GICv3 without accesses to the CPU interface: what is pending may have been acknowledged, and have ended")
  func interface() {
    let rig = Rig(profile: .qemu7)
    rig.write(.gicd, 0, 0x52)
    rig.enable(private: 27)
    rig.write(.gicr, 0x10080, 0xFFFF_FFFF)
    rig.line(27, true, pe: 0)
    showHighest(rig, 27)
    #expect(rig.isTaught { showHighest(rig, nil) })
    #expect(rig.isTaught { showHighest(rig, 27) })
    rig.write(.ICC_PMR_EL1, 0xF0)
    rig.write(.ICC_IGRPEN1_EL1, 1)
    #expect(rig.reads(.ICC_IAR1_EL1, 27))
    #expect(!rig.isTaught { showHighest(rig, 27) }, "from here on acknowledges are shown")
  }

  @Test("GICv3 without MSIs and ITS commands: an LPI may become pending by itself")
  func translation() {
    let rig = Rig(profile: .qemu7)
    rig.open()
    rig.write(.gicr, 0x70, 0x4100_000D, size: 8, owner: 0)
    rig.write(.gicr, 0x78, 0x4200_0000 | 1 << 62, size: 8, owner: 0)
    rig.write(.gicr, 0x0, 1, owner: 0)
    #expect(rig.isTaught { showHighest(rig, 8192) })
    #expect(rig.reads(.ICC_IAR1_EL1, 8192))
  }

  @Test("GICv2 in the middle of a run: a pulse that leaves an SPI pending shows that it is edge-triggered")
  func trigger() {
    let rig = Rig(profile: .qemu7, architecture: .v2, atReset: false)
    func show(_ intid: UInt64) {
      rig.apply(Event(time: 0, kind: .highestPending, pe: 0, a: intid | 0xA0 << 32))
    }
    func pulse() {
      rig.line(80, true)
      show(80)
      rig.line(80, false)
      show(80)
    }
    func acknowledge() {
      rig.apply(.mmio(.mmioRead, time: 0, frame: .gicc, offset: 0xC, value: 80, size: 4, owner: 0, accessor: 0))
      rig.write(.gicc, 0x10, 80, pe: 0)
    }
    pulse()
    acknowledge()
    pulse()
    acknowledge()
    #expect(rig.totals.disagreed == 0)
    #expect(rig.agrees { pulse() })
  }

  @Test(
    "GICv2 without the emulator's threads: a banked register may be another PE's, and a read of targets tells whose")
  func accessor() {
    let rig = Rig.v2(profile: .qemu7)
    rig.openGICv2()
    // PE 1 made the last access that shows its PE; this one may be anybody's.
    rig.write(.gicd, 0x100, 1 << 27)
    rig.line(27, true, pe: 0)
    #expect(rig.isTaught { rig.apply(Event(time: 0, kind: .highestPending, pe: 0, a: 27)) })
    #expect(rig.isTaught { _ = rig.reads(.gicd, 0x800, 0x0101_0101) })
    #expect(rig.reads(.gicd, 0x800, 0x0101_0101))
  }
}
