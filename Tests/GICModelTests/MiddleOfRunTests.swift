import InterruptTrace
import Testing

@testable import GICModel

@Suite("Captures that begin in the middle of a run: what nothing has shown gives way to what is shown")
struct MiddleOfRunTests {
  private func rig() -> Rig {
    let rig = Rig(profile: .qemu7, atReset: false)
    rig.write(.gicd, 0, 0x52)
    rig.write(.gicr, 0x10080, 0xFFFF_FFFF)
    rig.write(.ICC_PMR_EL1, 0xF0)
    rig.write(.ICC_IGRPEN1_EL1, 1)
    return rig
  }

  private func showHighest(_ rig: Rig, _ intid: UInt32, priority: UInt64, pe: UInt32 = 0) {
    rig.apply(
      Event(
        time: 0, kind: .highestPending, flags: .groupShown, pe: pe, a: UInt64(intid) | priority << 32 | 2 << 48))
  }

  @Test("An interrupt of unknown priority is of a lower one than what is signalled instead (4.8)")
  func priority() {
    let rig = rig()
    rig.write(.gicr, 0x1_0100, 1 << 2 | 1 << 29)
    rig.write(.gicr, 0x1_0400 + 29, 0xA0, size: 1)
    // Neither is active, and both are pending; no event has shown SGI 2's priority.
    rig.write(.gicr, 0x1_0380, 1 << 2 | 1 << 29)
    rig.write(.gicr, 0x1_0200, 1 << 2 | 1 << 29)
    #expect(rig.isTaught { showHighest(rig, 29, priority: 0xA0) })
    #expect(rig.agrees { showHighest(rig, 29, priority: 0xA0) })
    #expect(rig.reads(.ICC_IAR1_EL1, 29))
    // What it is shows when its turn comes.
    #expect(rig.isTaught { showHighest(rig, 2, priority: 0xD0) })
    #expect(rig.agrees { showHighest(rig, 2, priority: 0xD0) })
  }

  @Test("MOVALL from a Redistributor of unknown pending LPIs leaves open what is pending at the other (5.3)")
  func moveAllOfUnknown() {
    let rig = rig()
    rig.openLPIs()
    rig.mapd(1)
    rig.mapc(0, pe: 0)
    rig.mapti(1, 0, intid: 8192)
    // PE 0 has a table of its own that is promised to be zero; PE 1's is that of before the capture.
    rig.write(.gicr, 0, 0, owner: 0)
    rig.write(.gicr, 0x78, 1 << 62 | 0x4A40_0000, size: 8, owner: 0)
    rig.write(.gicr, 0, 1, owner: 0)
    rig.write(.gicr, 0, 1, owner: 1)
    rig.command(0x0E, 0, 1 << 16, 0 << 16)
    #expect(rig.isTaught { showHighest(rig, 8300, priority: 0xA0) })
    #expect(rig.totals.disagreed == 0)
  }

  @Test("MOVALL moves nothing if LPIs are disabled at one of the Redistributors, which nothing may have shown (5.3)")
  func moveAllOfDisabled() {
    let rig = rig()
    rig.mapd(1)
    rig.mapc(0, pe: 1)
    rig.mapti(1, 0, intid: 8300)
    rig.act(3, 1, 0)
    _ = rig.isTaught { showHighest(rig, 8300, priority: 0x40, pe: 1) }
    rig.command(0x0E, 0, 1 << 16, 0 << 16)
    #expect(rig.isTaught { showHighest(rig, 8300, priority: 0x40, pe: 1) })
    _ = rig.isTaught { showHighest(rig, 40, priority: 0xA0) }
    #expect(rig.agrees { showHighest(rig, 8300, priority: 0x40, pe: 1) })
    #expect(rig.totals.disagreed == 0)
  }

  @Test("Another Redistributor may go on with the configuration of an LPI that it has read (5.1.1)")
  func configurationOfAnother() {
    let rig = rig()
    rig.openLPIs()
    rig.mapti(1, 0, intid: 8214, icid: 1)
    rig.act(3, 1, 0)
    showHighest(rig, 8255, priority: 0xF0, pe: 1)
    // The same LPI for PE 0, after software has enabled it in memory.
    rig.mapc(1, pe: 0)
    rig.act(3, 1, 0)
    showHighest(rig, 8214, priority: 0xA0)
    rig.write(.ICC_DIR_EL1, 0, pe: 1)
    showHighest(rig, 8255, priority: 0xF0, pe: 1)
    #expect(rig.totals.disagreed == 0)
  }

  @Test("The lines after the first half of an end of interrupt are about the interrupt that was shown then (4.4)")
  func linesOfTheFirstHalf() {
    let rig = Rig(profile: .qemu7, atReset: false)
    rig.write(.gicd, 0, 0x53)
    rig.write(.gicr, 0x1_0080, ~(1 << 30) & 0xFFFF_FFFF)
    rig.write(.gicr, 0x1_0C04, 0)
    rig.write(.gicr, 0x1_0100, 1 << 30 | 1 << 29)
    rig.write(.gicr, 0x1_0400 + 28, 0xA0_C000, size: 4)
    rig.write(.ICC_PMR_EL1, 0xF0)
    rig.write(.ICC_IGRPEN0_EL1, 1)
    rig.write(.gicr, 0x1_0380, 0xFFFF_FFFF)
    rig.write(.gicr, 0x1_0200, 1 << 29)
    rig.line(30, true, pe: 0)
    #expect(rig.reads(.ICC_IAR0_EL1, 30))
    rig.write(.ICC_EOIR0_EL1, 30)
    // PPI 30 is still active; nothing has shown that Group 1 is enabled.
    #expect(rig.highest(29, priority: 0xC0))
    #expect(rig.isTaught { rig.apply(Event(time: 0, kind: .cpuLine, pe: 0, a: CPULines.irq.rawValue, b: 3)) })
    #expect(rig.highest(30, priority: 0xA0, group: 0))
    #expect(rig.lines(.fiq))
  }

  @Test("What an access led to that the capture ends in is no prediction's failure")
  func cutAccess() {
    let rig = rig()
    rig.enable(private: 29)
    rig.line(29, true, pe: 0)
    #expect(rig.lines(.irq))
    #expect(rig.isTaught { rig.apply(Event(time: 0, kind: .cpuLine, flags: .incomplete, pe: 0, a: 0, b: 3)) })
  }

  @Test("MOVI to a collection that the table may not be long enough for leaves open where the interrupt goes (5.3)")
  func moveBeyondTable() {
    let rig = rig()
    rig.openLPIs()
    rig.mapti(1, 0, intid: 8192)
    rig.command(0x01 | 1 << 32, 0, 0xC985)
    _ = rig.isTaught {
      rig.apply(
        Event(time: 0, kind: .tableEntry, flags: .init(rawValue: 2), a: 0x1_0000, b: 1 << 41 | 1 << 40),
        Event(time: 0, kind: .continuation, a: 8192, b: 1023 << 32))
    }
    #expect(rig.totals.disagreed == 0)
  }

  @Test("A line that was taken to be high and rises leaves an edge-triggered interrupt pending (4.1)")
  func guessedLine() {
    let rig = rig()
    rig.write(.gicr, 0x1_0C04, 0)
    rig.write(.gicr, 0x1_0100, 1 << 30)
    rig.write(.gicr, 0x1_0400 + 30, 0xA0, size: 1)
    rig.line(29, true, pe: 0)
    rig.write(.gicr, 0x1_0280, 1 << 30)
    // Pending though its latch was cleared: its line is taken to be high.
    #expect(rig.isTaught { showHighest(rig, 30, priority: 0xA0) })
    rig.write(.gicr, 0x1_0C04, 2 << 28)
    rig.write(.gicr, 0x1_0280, 1 << 30)
    rig.line(30, true, pe: 0)
    showHighest(rig, 30, priority: 0xA0)
    #expect(rig.totals.disagreed == 0)
    #expect(rig.reads(.ICC_IAR1_EL1, 30))
  }

  @Test("An SGI that a read shows pending is so from an unknown PE, also when another sends it (IHI 0048B, 4.4.4)")
  func sourceOfSGI() {
    let rig = Rig.v2(profile: .qemu7) { $0.set(.startsAtReset, to: false, source: .user) }
    rig.openGICv2(1)
    _ = rig.reads(.gicd, 0x200, 1 << 4, pe: 0)
    rig.write(.gicd, 0xF00, 1 << 16 | 4, pe: 1)
    _ = rig.reads(.gicc, 0xC, 0 << 10 | 4, pe: 0)
    #expect(rig.totals.disagreed == 0)
  }

  @Test("The first read of GICR_CTLR tells whether LPIs are enabled (12.11)")
  func enableLPIs() {
    for profile in [Topology.Profile.arch, .qemu7] {
      let rig = Rig(profile: profile, atReset: false)
      let before = rig.totals
      _ = rig.reads(.gicr, 0, profile == .arch ? 1 : 3)
      #expect(rig.totals.disagreed == before.disagreed, "\(profile)")
      #expect(rig.reads(.gicr, 0, profile == .arch ? 1 : 3))
    }
  }

  @Test("Where the binary point is not known, which bits of the running priority count is not either (4.8.2)")
  func binaryPoint() {
    let rig = rig()
    rig.write(.gicr, 0x1_0100, 1 << 27)
    rig.write(.gicr, 0x1_0400 + 27, 0xD8, size: 1)
    rig.line(27, true, pe: 0)
    #expect(rig.reads(.ICC_IAR1_EL1, 27))
    #expect(rig.isTaught { _ = rig.reads(.ICC_RPR_EL1, 0xC0) })
    #expect(rig.reads(.ICC_RPR_EL1, 0xC0))
    let known = self.rig()
    known.write(.ICC_CTLR_EL1, 0)
    known.write(.ICC_BPR1_EL1, 3)
    known.write(.gicr, 0x1_0100, 1 << 27)
    known.write(.gicr, 0x1_0400 + 27, 0xD8, size: 1)
    known.line(27, true, pe: 0)
    #expect(known.reads(.ICC_IAR1_EL1, 27))
    #expect(!known.reads(.ICC_RPR_EL1, 0xC0))
    #expect(known.totals.disagreed == 1, "three binary places count")
  }

  @Test("Whether a write of ICC_BPR1_EL1 is one of ICC_BPR0_EL1, or ignored, is open until CBPR is known (4.8.2)")
  func commonBinaryPoint() {
    let rig = rig()
    rig.write(.ICC_BPR1_EL1, 6)
    #expect(rig.isTaught { _ = rig.reads(.ICC_BPR1_EL1, 4) })
    _ = rig.reads(.ICC_CTLR_EL1, 0x8401)
    #expect(rig.isTaught { _ = rig.reads(.ICC_BPR0_EL1, 3) })
    #expect(rig.reads(.ICC_BPR1_EL1, 4), "the view of Group 0's")
  }

  @Test(
    "What was active before the capture keeps interrupts back, and shows by what is signalled and by ICC_RPR_EL1 (4.8.3)"
  )
  func running() {
    let rig = rig()
    rig.write(.ICC_CTLR_EL1, 0)
    rig.write(.ICC_BPR1_EL1, 3)
    rig.write(.gicr, 0x1_0380, 0xFFFF_FFFF)
    rig.write(.gicr, 0x1_0100, 1 << 27)
    rig.write(.gicr, 0x1_0400 + 27, 0xA0, size: 1)
    rig.line(27, true, pe: 0)
    showHighest(rig, 27, priority: 0xA0)
    let quiet = Event(time: 0, kind: .cpuLine, pe: 0, a: 0, b: 3)
    #expect(rig.isTaught { rig.apply(quiet) })
    #expect(rig.agrees { rig.apply(quiet) })
    #expect(rig.isTaught { _ = rig.reads(.ICC_RPR_EL1, 0x40) })
    #expect(rig.reads(.ICC_RPR_EL1, 0x40))
    // Its end, of an interrupt that the capture does not know, uncovers the one below.
    rig.write(.ICC_EOIR1_EL1, 40)
    let signalled = Event(time: 0, kind: .cpuLine, pe: 0, a: 1, b: 3)
    #expect(rig.agrees { rig.apply(signalled) })
    #expect(rig.reads(.ICC_IAR1_EL1, 27))
    #expect(rig.reads(.ICC_RPR_EL1, 0xA0))
  }

  @Test("A PTZ that was written before the capture promises nothing of the table that is used now (12.11.32)")
  func pendingTable() {
    let rig = rig()
    _ = rig.reads(.gicr, 0x78, 0x4000_0000_4940_0000, size: 8)
    rig.write(.gicr, 0, 0)
    rig.write(.gicr, 0, 1)
    #expect(rig.isTaught { showHighest(rig, 8200, priority: 0xA0) })
  }

  @Test("A PE that an SPI is signalled to says where it goes, not what GICD_IROUTER holds (12.9.22)")
  func route() {
    let rig = rig()
    rig.write(.gicd, 0x84, 0xFFFF_FFFF)
    rig.write(.gicd, 0x104, 1 << 8)
    rig.write(.gicd, 0x400 + 40, 0xA0, size: 1)
    rig.write(.gicd, 0x204, 1 << 8)
    rig.write(.ICC_PMR_EL1, 0xF0, pe: 1)
    rig.write(.ICC_IGRPEN1_EL1, 1, pe: 1)
    #expect(rig.isTaught { showHighest(rig, 40, priority: 0xA0, pe: 1) })
    // Aff3 alone: the rest of the register is what it was.
    rig.write(.gicd, 0x6000 + 40 * 8 + 4, 0)
    #expect(rig.agrees { showHighest(rig, 40, priority: 0xA0, pe: 1) })
    let before = rig.totals
    _ = rig.reads(.gicd, 0x6000 + 40 * 8, 1 << 31, size: 8)
    #expect(rig.totals.disagreed == before.disagreed, "any PE may be named")
  }
}
