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

  @Test("ICC_HPPIR1_EL1 shows what is highest as the CPU interface does: it teaches what is unknown (12.2)")
  func highestPendingRegister() {
    let rig = Rig(profile: .qemu7, atReset: false)
    rig.write(.gicd, 0, 0x52)
    rig.write(.ICC_PMR_EL1, 0xF0)
    rig.write(.ICC_IGRPEN1_EL1, 1)
    rig.enable(private: 27)
    rig.write(.gicr, 0x10080, 0xFFFF_FFFF)
    #expect(rig.isTaught { _ = rig.reads(.ICC_HPPIR1_EL1, 27) })
    #expect(rig.reads(.ICC_HPPIR1_EL1, 27))
    let whole = Rig(profile: .qemu7)
    whole.open()
    #expect(!whole.reads(.ICC_HPPIR1_EL1, 40))
    #expect(whole.totals.disagreed == 1, "at reset nothing is pending")
  }

  @Test("A read of GICD_IROUTER tells where an SPI goes, also where it was only guessed that it goes nowhere (12.9.22)")
  func routeIsRead() {
    let rig = Rig(profile: .qemu7, atReset: false)
    rig.write(.gicd, 0, 0x52)
    rig.write(.gicd, 0x84, 0xFFFF_FFFF)
    rig.write(.ICC_PMR_EL1, 0xF0)
    rig.write(.ICC_IGRPEN1_EL1, 1)
    rig.write(.gicd, 0x400 + 40, 0xA0, size: 1)
    rig.write(.gicd, 0x104, 1 << 8)
    rig.write(.gicd, 0x204, 1 << 8)
    #expect(rig.isTaught { showHighest(rig, nil) }, "it may go to another PE")
    #expect(rig.reads(.gicd, 0x6000 + 40 * 8, 0, size: 8))
    #expect(rig.agrees { showHighest(rig, 40) })
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

  /// A GICv2 whose log names no PE of accesses to the Distributor and to `GICH_*`; PE 1 made the last that shows its own.
  private func withoutAccessors() -> Rig {
    let rig = Rig.v2(profile: .qemu10)
    rig.openGICv2()
    return rig
  }

  @Test("GICv2 without the emulator's threads: a banked write leaves unknown what it would change, and nothing else")
  func bankedWrite() {
    let rig = withoutAccessors()
    for pe in 0..<2 as Range<UInt32> {
      rig.write(.gicd, 0x100, 1 << 27 | 1 << 30, pe: pe)
      rig.write(.gicd, 0x380, 1 << 30, pe: pe)
    }
    // GICD_ISACTIVER0: INTID 27 of one of the two.
    rig.write(.gicd, 0x300, 1 << 27)
    for pe in 0..<2 as Range<UInt32> {
      rig.line(30, true, pe: pe)
      #expect(rig.agrees { rig.apply(Event(time: 0, kind: .highestPending, pe: pe, a: 30)) })
      rig.line(30, false, pe: pe)
      rig.line(27, true, pe: pe)
      rig.apply(Event(time: 0, kind: .highestPending, pe: pe, a: 27))
      rig.line(27, false, pe: pe)
    }
    #expect(rig.totals.disagreed == 0, "either may have stayed inactive")
    #expect(rig.totals.taught == 1, "the one that was assumed to have become active")
  }

  @Test("GICv2 without the emulator's threads: a read that one PE's copy alone can have answered tells whose it was")
  func bankedRead() {
    let rig = withoutAccessors()
    rig.write(.gicd, 0x100, 1 << 27, pe: 0)
    rig.write(.gicd, 0x180, 1 << 27, pe: 1)
    #expect(rig.isTaught { _ = rig.reads(.gicd, 0x100, 0xFFFF | 1 << 27) })
    #expect(rig.reads(.gicd, 0x100, 0xFFFF | 1 << 27), "PE 0 made the last access now")
    #expect(!rig.isTaught { _ = rig.reads(.gicd, 0x100, 0xFFFF | 1 << 28) }, "no PE can have read that")
    #expect(rig.totals.disagreed == 1)
  }

  @Test("GICv2 without the emulator's threads: GICH_HCR of an unknown PE leaves list registers as they are")
  func hypervisorWrite() {
    let rig = withoutAccessors()
    for pe in 0..<2 as Range<UInt32> {
      rig.loadGICv2(0, Rig.list(27, physical: 27), pe: pe)
      rig.write(.gich, Rig.GICH.hcr, 1, pe: pe)
      rig.write(.gicv, 0x0, 1, pe: pe)
      rig.write(.gicv, 0x4, 0xF8, pe: pe)
    }
    rig.write(.gich, Rig.GICH.hcr, 0)
    #expect(rig.reads(.gich, Rig.GICH.lr, Rig.list(27, physical: 27)))
    // The guest of PE 1 goes on: it was PE 0 that turned its interface off.
    rig.apply(.mmio(.mmioRead, time: 0, frame: .gicv, offset: 0xC, value: 27, size: 4, owner: 1, accessor: 1))
    #expect(rig.totals.disagreed == 0)
  }

  @Test("A guest's end of an interrupt whose list register is not known may have deactivated any physical one")
  func unknownListRegister() {
    let rig = Rig(profile: .qemu10, architecture: .v2, atReset: false)
    func show(_ intid: UInt64) {
      rig.apply(Event(time: 0, kind: .highestPending, pe: 0, a: intid | 0xA0 << 32, b: 0xF0 | 0x100 << 16))
    }
    rig.write(.gicc, 0x0, 0x201, pe: 0)
    rig.write(.gicc, 0x4, 0xF0, pe: 0)
    rig.line(27, true, pe: 0)
    show(27)
    rig.apply(.mmio(.mmioRead, time: 0, frame: .gicc, offset: 0xC, value: 27, size: 4, owner: 0, accessor: 0))
    rig.write(.gicc, 0x10, 27, pe: 0)
    rig.write(.gich, Rig.GICH.hcr, 1, pe: 0)
    rig.write(.gicv, 0x10, 27, pe: 0)
    #expect(rig.isTaught { show(27) })
  }

  @Test("GICv2 in the middle of a run: with EOImode not known, an end may have left the interrupt active")
  func unknownEndMode() {
    let rig = Rig(profile: .qemu10, architecture: .v2, atReset: false)
    func show(_ intid: UInt64) { rig.apply(Event(time: 0, kind: .highestPending, pe: 0, a: intid | 0xA0 << 32)) }
    rig.line(27, true, pe: 0)
    show(27)
    rig.apply(.mmio(.mmioRead, time: 0, frame: .gicc, offset: 0xC, value: 27, size: 4, owner: 0, accessor: 0))
    rig.write(.gicc, 0x10, 27, pe: 0)
    rig.line(30, true, pe: 0)
    #expect(rig.isTaught { show(30) }, "27 is the lower INTID, but still active")
    // A write of GICC_DIR shows that priority drop and deactivation are apart.
    rig.write(.gicc, 0x1000, 27, pe: 0)
    #expect(rig.agrees { show(27) })
  }

  @Test("A mask or a priority that is shown without bits which were written tells how many are implemented (3.3.1)")
  func priorityBits() {
    for isRead in [false, true] {
      let rig = Rig.v2(profile: .qemu7)
      rig.openGICv2()
      rig.write(.gicc, 0x4, 0xFF, pe: 1)
      rig.enableGICv2(spi: 40, priority: 0xA7)
      if isRead {
        #expect(rig.isTaught { _ = rig.reads(.gicc, 0x4, 0xF8, pe: 1) })
      } else {
        rig.write(.gicd, 0xF00, 2 << 16, pe: 0)
        let shown = Event(time: 0, kind: .highestPending, flags: .maskShown, pe: 1, b: 0xF8 | 0x100 << 16)
        #expect(rig.isTaught { rig.apply(shown) })
      }
      #expect(rig.controller.topology[.priorityBits] == 5)
      #expect(rig.reads(.gicd, 0x428, 0xA0, size: 1, pe: 0), "all that was written has five bits")
      rig.write(.gicc, 0x4, 0xFF, pe: 0)
      #expect(rig.reads(.gicc, 0x4, 0xF8, pe: 0))
    }
  }

  @Test("Where nothing tells how many Security states there are, an answer that only the Non-secure view gives does")
  func securityStates() {
    let rig = Rig(pes: 1, securityStates: nil, profile: .qemu7, architecture: .v2)
    rig.write(.gicc, 0x8, 3, pe: 0)
    rig.write(.gicc, 0x1C, 4, pe: 0)
    #expect(rig.reads(.gicc, 0x8, 3, pe: 0))
    #expect(rig.isTaught { _ = rig.reads(.gicc, 0x8, 4, pe: 0) }, "GICC_ABPR")
    #expect(rig.reads(.gicc, 0x1C, 0, pe: 0), "no Non-secure access reaches it by this name")
    #expect(rig.isTaught { _ = rig.reads(.gicc, 0x8, 3, pe: 0) })
  }

  @Test("A capture of two controllers that cannot be told apart contradicts nothing; two values of GICD_TYPER show it")
  func twoControllers() {
    let told = Rig.v2(profile: .qemu10) { $0.set(.controllers, to: 2, source: .inferred) }
    #expect(told.isTaught { _ = told.reads(.gicd, 0x104, 1, pe: 0) })
    let rig = Rig.v2(profile: .qemu10)
    rig.write(.gicd, 0x104, 0, pe: 0)
    #expect(rig.isTaught { _ = rig.reads(.gicd, 0x4, 1 << 5 | 2, pe: 0) })
    #expect(!rig.isTaught { _ = rig.reads(.gicd, 0x104, 1, pe: 0) })
    #expect(rig.isTaught { _ = rig.reads(.gicd, 0x4, 3, pe: 0) })
    #expect(rig.isTaught { _ = rig.reads(.gicd, 0x104, 3, pe: 0) })
    #expect(rig.totals.disagreed == 1, "the one before that")
  }
}
