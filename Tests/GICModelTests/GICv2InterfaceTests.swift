import InterruptTrace
import Testing

@testable import GICModel

@Suite("GICv2: the CPU interface (IHI 0048B, 3.2, 3.3, 4.4)")
struct GICv2InterfaceTests {
  private enum GICC {
    static let ctlr: UInt32 = 0x0
    static let pmr: UInt32 = 0x4
    static let bpr: UInt32 = 0x8
    static let iar: UInt32 = 0xC
    static let eoir: UInt32 = 0x10
    static let rpr: UInt32 = 0x14
    static let hppir: UInt32 = 0x18
    static let abpr: UInt32 = 0x1C
    static let aiar: UInt32 = 0x20
    static let aeoir: UInt32 = 0x24
    static let ahppir: UInt32 = 0x28
    static let apr: UInt32 = 0xD0
    static let nsapr: UInt32 = 0xE0
    static let dir: UInt32 = 0x1000
  }
  private static let ackCtl: UInt64 = 1 << 2
  private static let fiqEn: UInt64 = 1 << 3
  private static let cbpr: UInt64 = 1 << 4
  private static let endMode: UInt64 = 1 << 9
  private static let isactiver1: UInt32 = 0x304

  /// SPI 40 in Group 0 and SPI 72 in Group 1 for PE 0.
  private func rig(_ control: UInt64 = 0) -> Rig {
    let rig = Rig.v2()
    rig.openGICv2(3 | control)
    rig.enableGICv2(spi: 40)
    rig.enableGICv2(spi: 72, group1: true)
    rig.forget()
    return rig
  }

  // MARK: Acknowledge and end

  @Test("GICC_IAR makes active and raises the running priority, GICC_EOIR ends with EOImode 0 (4.4.4, 4.4.5)")
  func acknowledgeAndEnd() {
    let rig = rig()
    #expect(rig.reads(.gicc, GICC.rpr, 0xFF, pe: 0))
    rig.pulse(40)
    #expect(rig.reads(.gicc, GICC.iar, 40, pe: 0))
    #expect(rig.reads(.gicc, GICC.rpr, 0xA0, pe: 0))
    #expect(rig.reads(.gicd, Self.isactiver1, 1 << 8, pe: 0))
    rig.write(.gicc, GICC.eoir, 40, pe: 0)
    #expect(rig.reads(.gicc, GICC.rpr, 0xFF, pe: 0))
    #expect(rig.reads(.gicd, Self.isactiver1, 0, pe: 0))
    #expect(rig.transitions(.endOfInterrupt).map(\.a) == [1])
  }

  @Test("EOImode 1: GICC_EOIR drops the priority, GICC_DIR deactivates (4.4.1, 4.4.15)")
  func splitEnd() {
    let rig = rig(Self.endMode)
    rig.pulse(40)
    #expect(rig.reads(.gicc, GICC.iar, 40, pe: 0))
    rig.write(.gicc, GICC.eoir, 40, pe: 0)
    #expect(rig.reads(.gicc, GICC.rpr, 0xFF, pe: 0))
    #expect(rig.reads(.gicd, Self.isactiver1, 1 << 8, pe: 0))
    rig.write(.gicc, GICC.dir, 40, pe: 0)
    #expect(rig.reads(.gicd, Self.isactiver1, 0, pe: 0))
    #expect(rig.transitions(.endOfInterrupt).map(\.a) == [0])
  }

  @Test("EOImode 1: any PE may deactivate an SPI (4.4.15)")
  func deactivationElsewhere() {
    let rig = rig(Self.endMode)
    rig.pulse(40)
    #expect(rig.reads(.gicc, GICC.iar, 40, pe: 0))
    rig.write(.gicc, GICC.eoir, 40, pe: 0)
    rig.write(.gicc, GICC.dir, 40, pe: 1)
    #expect(rig.reads(.gicd, Self.isactiver1, 0, pe: 0))
  }

  @Test("GICC_DIR with EOImode 0 is UNPREDICTABLE: ignored (4.4.15)")
  func deactivateWithoutSplit() {
    let rig = rig()
    rig.pulse(40)
    #expect(rig.reads(.gicc, GICC.iar, 40, pe: 0))
    rig.write(.gicc, GICC.dir, 40, pe: 0)
    #expect(rig.reads(.gicd, Self.isactiver1, 1 << 8, pe: 0))
  }

  @Test("GICC_EOIR with a special INTID is ignored (4.4.5)", arguments: [1022, 1023] as [UInt64])
  func endOfSpecial(intid: UInt64) {
    let rig = rig()
    rig.pulse(40)
    #expect(rig.reads(.gicc, GICC.iar, 40, pe: 0))
    rig.write(.gicc, GICC.eoir, intid, pe: 0)
    #expect(rig.reads(.gicc, GICC.rpr, 0xA0, pe: 0))
  }

  @Test("An end that no acknowledge precedes is reported and has no effect (4.4.5)")
  func endOfNothing() {
    let rig = rig()
    rig.write(.gicc, GICC.eoir, 40, pe: 0)
    #expect(rig.kinds == [.mismatchedEnd])
  }

  // MARK: Groups and AckCtl

  @Test("AckCtl 0: GICC_IAR and GICC_HPPIR show 1022 for a Group 1 interrupt and take nothing (4.4.1, 4.4.4, 4.4.7)")
  func withoutAcknowledgeControl() {
    let rig = rig()
    rig.pulse(72)
    #expect(rig.reads(.gicc, GICC.hppir, 1022, pe: 0))
    #expect(rig.reads(.gicc, GICC.iar, 1022, pe: 0))
    #expect(rig.transitions(.spuriousAcknowledge).map(\.a) == [1022])
    #expect(rig.lines(.irq, pe: 0))
  }

  @Test("AckCtl 1: GICC_IAR takes Group 1 too, GICC_HPPIR shows it, GICC_EOIR ends it (4.4.1)")
  func acknowledgeControl() {
    let rig = rig(Self.ackCtl)
    rig.pulse(72)
    #expect(rig.reads(.gicc, GICC.hppir, 72, pe: 0))
    #expect(rig.reads(.gicc, GICC.iar, 72, pe: 0))
    rig.write(.gicc, GICC.eoir, 72, pe: 0)
    #expect(rig.reads(.gicc, GICC.rpr, 0xFF, pe: 0))
  }

  @Test("GICC_AIAR takes Group 1 only, GICC_AHPPIR shows it only, GICC_AEOIR ends it (4.4.9 to 4.4.11)")
  func aliases() {
    let rig = rig()
    rig.pulse(40)
    #expect(rig.reads(.gicc, GICC.ahppir, 1023, pe: 0))
    #expect(rig.reads(.gicc, GICC.aiar, 1023, pe: 0))
    #expect(rig.reads(.gicc, GICC.iar, 40, pe: 0))
    rig.write(.gicc, GICC.eoir, 40, pe: 0)
    rig.pulse(72)
    #expect(rig.reads(.gicc, GICC.ahppir, 72, pe: 0))
    #expect(rig.reads(.gicc, GICC.aiar, 72, pe: 0))
    rig.write(.gicc, GICC.aeoir, 72, pe: 0)
    #expect(rig.reads(.gicc, GICC.rpr, 0xFF, pe: 0))
    #expect(rig.totals.disagreed == 0)
  }

  @Test("GICC_AEOIR does not end a Group 0 interrupt (4.4.10)")
  func aliasedEndOfGroup0() {
    let rig = rig()
    rig.pulse(40)
    #expect(rig.reads(.gicc, GICC.iar, 40, pe: 0))
    rig.write(.gicc, GICC.aeoir, 40, pe: 0)
    #expect(rig.reads(.gicc, GICC.rpr, 0xA0, pe: 0))
    #expect(rig.transitions(.mismatchedEnd).count == 1)
  }

  @Test("FIQEn: Group 0 is signalled as FIQ, Group 1 always as IRQ (4.4.1)", arguments: [false, true])
  func fastInterrupts(enabled: Bool) {
    let rig = rig(enabled ? Self.fiqEn : 0)
    rig.pulse(72)
    #expect(rig.lines(.irq, pe: 0))
    rig.write(.gicd, 0x400 + 40, 0x80, size: 1, pe: 0)
    rig.pulse(40)
    #expect(rig.lines(enabled ? .fiq : .irq, pe: 0))
  }

  @Test("A group that GICC_CTLR does not enable is not signalled (4.4.1)")
  func groupEnables() {
    let rig = rig()
    rig.pulse(40)
    rig.write(.gicc, GICC.ctlr, 2, pe: 0)
    #expect(rig.lines([], pe: 0))
    #expect(rig.reads(.gicc, GICC.iar, 1023, pe: 0))
    rig.write(.gicc, GICC.ctlr, 1, pe: 0)
    #expect(rig.reads(.gicc, GICC.iar, 40, pe: 0))
  }

  // MARK: Priorities

  @Test("GICC_PMR lets through only what is strictly higher; GICC_HPPIR does not look at it (4.4.2, 4.4.7)")
  func priorityMask() {
    let rig = rig()
    rig.pulse(40)
    rig.write(.gicc, GICC.pmr, 0xA0, pe: 0)
    #expect(rig.lines([], pe: 0))
    #expect(rig.reads(.gicc, GICC.hppir, 40, pe: 0))
    rig.write(.gicc, GICC.pmr, 0xA8, pe: 0)
    #expect(rig.lines(.irq, pe: 0))
  }

  @Test("Lower value wins; among equals the lowest INTID (3.3)")
  func order() {
    let rig = rig()
    rig.enableGICv2(spi: 41)
    rig.enableGICv2(spi: 42, priority: 0x90)
    for intid in [41, 40, 42] as [UInt32] { rig.pulse(intid) }
    #expect(rig.reads(.gicc, GICC.hppir, 42, pe: 0))
    #expect(rig.reads(.gicc, GICC.iar, 42, pe: 0))
    rig.write(.gicc, GICC.eoir, 42, pe: 0)
    #expect(rig.reads(.gicc, GICC.iar, 40, pe: 0))
  }

  @Test("Only a higher group priority preempts; GICC_BPR splits the priority (3.3.1, 3.3.3, 4.4.3)")
  func preemption() {
    let rig = rig()
    rig.enableGICv2(spi: 41, priority: 0xA8)
    rig.enableGICv2(spi: 42, priority: 0x90)
    rig.write(.gicc, GICC.bpr, 4, pe: 0)
    rig.pulse(41)
    #expect(rig.reads(.gicc, GICC.iar, 41, pe: 0))
    #expect(rig.reads(.gicc, GICC.rpr, 0xA0, pe: 0))
    rig.pulse(40)
    #expect(rig.lines([], pe: 0))
    rig.pulse(42)
    #expect(rig.reads(.gicc, GICC.iar, 42, pe: 0))
    #expect(rig.reads(.gicc, GICC.rpr, 0x80, pe: 0))
    rig.write(.gicc, GICC.eoir, 42, pe: 0)
    #expect(rig.reads(.gicc, GICC.rpr, 0xA0, pe: 0))
    rig.write(.gicc, GICC.eoir, 41, pe: 0)
    #expect(rig.lines(.irq, pe: 0))
  }

  @Test("CBPR 0: Group 1 preempts by GICC_ABPR, which counts one bit less (4.4.8)")
  func aliasedBinaryPoint() {
    let rig = rig(Self.ackCtl)
    rig.enableGICv2(spi: 73, priority: 0x80, group1: true)
    rig.write(.gicd, 0x80 + 8, 3 << 8, pe: 0)
    rig.write(.gicc, GICC.abpr, 6, pe: 0)
    #expect(rig.reads(.gicc, GICC.abpr, 6, pe: 0))
    rig.pulse(72)
    #expect(rig.reads(.gicc, GICC.iar, 72, pe: 0))
    #expect(rig.reads(.gicc, GICC.rpr, 0x80, pe: 0))
    rig.pulse(73)
    #expect(rig.lines([], pe: 0))
  }

  @Test("CBPR 1: GICC_BPR serves both groups (4.4.1)")
  func commonBinaryPoint() {
    let rig = rig(Self.ackCtl | Self.cbpr)
    rig.enableGICv2(spi: 73, priority: 0x80, group1: true)
    rig.write(.gicd, 0x80 + 8, 3 << 8, pe: 0)
    rig.write(.gicc, GICC.abpr, 6, pe: 0)
    rig.write(.gicc, GICC.bpr, 3, pe: 0)
    rig.pulse(72)
    #expect(rig.reads(.gicc, GICC.iar, 72, pe: 0))
    #expect(rig.reads(.gicc, GICC.rpr, 0xA0, pe: 0))
    rig.pulse(73)
    #expect(rig.lines(.irq, pe: 0))
  }

  @Test("Binary points below the smallest set the smallest (4.4.3)")
  func smallestBinaryPoint() {
    let rig = rig()
    rig.write(.gicc, GICC.bpr, 0, pe: 0)
    rig.write(.gicc, GICC.abpr, 0, pe: 0)
    #expect(rig.reads(.gicc, GICC.bpr, 2, pe: 0))
    #expect(rig.reads(.gicc, GICC.abpr, 3, pe: 0))
  }

  @Test("Active priorities: Group 0 in GICC_APR, Group 1 in GICC_NSAPR; a write decides what runs (4.4.12, 4.4.13)")
  func activePriorities() {
    let rig = rig(Self.ackCtl)
    rig.pulse(72)
    #expect(rig.reads(.gicc, GICC.iar, 72, pe: 0))
    #expect(rig.reads(.gicc, GICC.nsapr, 1 << 20, pe: 0))
    #expect(rig.reads(.gicc, GICC.apr, 0, pe: 0))
    rig.write(.gicc, GICC.nsapr, 0, pe: 0)
    rig.write(.gicc, GICC.apr, 1 << 4, pe: 0)
    #expect(rig.reads(.gicc, GICC.rpr, 0x20, pe: 0))
  }

  @Test("GICC_CTLR reads as written: enables, AckCtl, FIQEn, CBPR, EOImode (4.4.1)")
  func control() {
    let rig = rig()
    rig.write(.gicc, GICC.ctlr, 0x21F, pe: 0)
    #expect(rig.reads(.gicc, GICC.ctlr, 0x21F, pe: 0))
    #expect(rig.reads(.gicc, GICC.ctlr, 3, pe: 1))
  }
}
