import InterruptTrace
import Testing

@testable import GICModel

/// A guest that uses a GICv2 CPU interface, on a GICv3 whose hypervisor uses `ICH_*`.
@Suite("GICV on GICv3 (IHI 0069H, 12.15, \"Support for legacy operation of VMs\")")
struct LegacyVirtualInterfaceTests {
  private enum GICV {
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
    static let iidr: UInt32 = 0xFC
    static let dir: UInt32 = 0x1000
  }

  private static var acknowledgeControl: UInt64 { 1 << 2 }
  private static var fiqEnable: UInt64 { 1 << 3 }
  private static var endMode: UInt64 { 1 << 9 }

  /// Both groups on, the priority mask open, and `control` in `ICH_VMCR_EL2` and so in `GICV_CTLR`.
  private func rig(_ control: UInt64 = 0) -> Rig {
    let rig = Rig()
    rig.open()
    rig.openVirtual()
    rig.write(.ICH_VMCR_EL2, 0xF8 << 24 | 3 | control)
    return rig
  }

  // MARK: Views of ICH_VMCR_EL2

  @Test("GICV_CTLR is VENG0 to VEOIM of ICH_VMCR_EL2, both ways (12.15, 12.4.8)")
  func control() {
    let rig = rig(Self.fiqEnable)
    #expect(rig.reads(.gicv, GICV.ctlr, 0xB))
    rig.write(.gicv, GICV.ctlr, 0xFFFF_FFFF)
    #expect(rig.reads(.gicv, GICV.ctlr, 0x21F))
    #expect(rig.reads(.ICH_VMCR_EL2, 0xF8 << 24 | 2 << 21 | 3 << 18 | 0x21F))
  }

  @Test("VAckCtl and VFIQEn of ICH_VMCR_EL2 are known once the guest is known to use GICV (12.4.8)")
  func fieldsOfLegacyGuestsAreKnown() {
    let rig = rig(Self.acknowledgeControl)
    let value: UInt64 = 0xF8 << 24 | 2 << 21 | 3 << 18 | 3
    #expect(rig.isTaught { _ = rig.reads(.ICH_VMCR_EL2, value | 1 << 3) })
    rig.write(.gicv, GICV.ctlr, 3)
    #expect(rig.reads(.ICH_VMCR_EL2, value))
  }

  @Test("GICV_PMR is VPMR and keeps the priority bits that exist (12.15, 12.4.8)")
  func priorityMask() {
    let rig = rig()
    rig.write(.gicv, GICV.pmr, 0x7F)
    #expect(rig.reads(.gicv, GICV.pmr, 0x78))
    #expect(rig.reads(.ICV_PMR_EL1, 0x78))
  }

  @Test("GICV_BPR is VBPR0 and GICV_ABPR is VBPR1, not below the smallest, whatever CBPR says (12.15)")
  func binaryPoints() {
    let rig = rig(1 << 4)
    rig.write(.gicv, GICV.bpr, 0)
    rig.write(.gicv, GICV.abpr, 0)
    #expect(rig.reads(.gicv, GICV.bpr, 2))
    #expect(rig.reads(.gicv, GICV.abpr, 3))
    rig.write(.gicv, GICV.abpr, 6)
    #expect(rig.reads(.gicv, GICV.abpr, 6))
    #expect(rig.reads(.ICV_BPR1_EL1, 3), "the system register shows VBPR0 plus one")
  }

  @Test("GICV_IIDR is learned, and is the same for every PE (12.15)")
  func identification() {
    let rig = rig()
    #expect(rig.isTaught { _ = rig.reads(.gicv, GICV.iidr, 0x0003_043B) })
    #expect(rig.reads(.gicv, GICV.iidr, 0x0003_043B, owner: 1))
  }

  @Test("What nothing has shown, a read teaches")
  func unknownIsTaught() {
    let rig = Rig(atReset: false)
    #expect(rig.isTaught { _ = rig.reads(.gicv, GICV.pmr, 0x50) })
    #expect(rig.reads(.gicv, GICV.pmr, 0x50))
    #expect(rig.isTaught { _ = rig.reads(.gicv, GICV.iar, 27) })
    #expect(rig.totals.disagreed == 0)
  }

  @Test("The frame shows each PE its own interface")
  func framePerPE() {
    let rig = rig()
    rig.openVirtual(pe: 1)
    rig.load(0, Rig.lr(27, group1: false), pe: 1)
    #expect(rig.reads(.gicv, GICV.iar, 1023, owner: 0))
    let read = Event.mmio(.mmioRead, time: 0, frame: .gicv, offset: GICV.iar, value: 27, size: 4, accessor: 1)
    #expect(rig.agrees { rig.apply(read) }, "the accessor counts where it is shown")
  }

  // MARK: Acknowledge

  @Test("GICV_IAR takes Group 0, and of Group 1 returns 1022 without AckCtl (12.15)")
  func acknowledgeGroup0() {
    let rig = rig()
    rig.load(0, Rig.lr(40, priority: 0x80, group1: true))
    #expect(rig.reads(.gicv, GICV.iar, 1022))
    #expect(rig.reads(.ICH_LR0_EL2, Rig.lr(40, priority: 0x80, group1: true)), "nothing was taken")
    rig.load(1, Rig.lr(41, priority: 0x40, group1: false))
    #expect(rig.reads(.gicv, GICV.iar, 41))
    #expect(rig.reads(.ICH_LR0_EL2[1], Rig.lr(41, priority: 0x40, state: 2, group1: false)))
  }

  @Test("With AckCtl GICV_IAR takes Group 1 too (12.15)")
  func acknowledgeControl() {
    let rig = rig(Self.acknowledgeControl)
    rig.load(0, Rig.lr(40))
    #expect(rig.reads(.gicv, GICV.iar, 40))
    #expect(rig.transitions(.virtualAcknowledged).last?.intid == 40)
  }

  @Test("GICV_AIAR takes Group 1 only (12.15)")
  func aliasedAcknowledge() {
    let rig = rig()
    rig.load(0, Rig.lr(40))
    #expect(rig.reads(.gicv, GICV.aiar, 40))
    rig.write(.gicv, GICV.aeoir, 40)
    rig.load(0, Rig.lr(41, group1: false))
    #expect(rig.reads(.gicv, GICV.aiar, 1023))
  }

  @Test("GICV_HPPIR and GICV_AHPPIR show by group like the acknowledges, but past mask and running priority (12.15)")
  func highestPending() {
    let rig = rig()
    rig.write(.gicv, GICV.pmr, 0)
    rig.load(0, Rig.lr(40))
    #expect(rig.reads(.gicv, GICV.hppir, 1022))
    #expect(rig.reads(.gicv, GICV.ahppir, 40))
    rig.load(0, Rig.lr(41, group1: false))
    #expect(rig.reads(.gicv, GICV.hppir, 41))
    #expect(rig.reads(.gicv, GICV.ahppir, 1023))
  }

  @Test("An SGI comes with its source in bits 12:10 of the INTID, as the list register has it (12.4.6)")
  func sourceOfSGI() {
    let rig = rig()
    rig.load(0, Rig.lr(3 | 2 << 10, group1: false))
    #expect(rig.transitions(.lrFilled).last?.intid == 3)
    #expect(rig.reads(.gicv, GICV.hppir, 3 | 2 << 10))
    #expect(rig.reads(.gicv, GICV.iar, 3 | 2 << 10))
    #expect(rig.transitions(.virtualAcknowledged).last?.intid == 3)
    rig.write(.gicv, GICV.eoir, 3 | 2 << 10)
    #expect(rig.reads(.ICH_LR0_EL2, Rig.lr(3 | 2 << 10, state: 0, group1: false)))
    #expect(rig.transitions(.virtualDeactivated).last?.intid == 3)
    #expect(rig.transitions(.lrEmptied).last?.intid == 3)
  }

  @Test("An extended SPI of another guest is not taken for an SGI (12.4.6)")
  func extendedSPIIsNoSGI() {
    let rig = rig()
    rig.load(0, Rig.lr(4099))
    #expect(rig.transitions(.lrFilled).last?.intid == 4099)
    #expect(rig.reads(.ICV_IAR1_EL1, 4099))
  }

  @Test("The end of an SGI names its source: another one ends no interrupt and counts (12.4.5)")
  func endOfOtherSource() {
    let rig = rig()
    rig.load(0, Rig.lr(3 | 2 << 10, group1: false))
    #expect(rig.reads(.gicv, GICV.iar, 3 | 2 << 10))
    rig.write(.gicv, GICV.eoir, 3 | 1 << 10)
    #expect(rig.reads(.ICH_LR0_EL2, Rig.lr(3 | 2 << 10, state: 2, group1: false)))
    #expect(rig.reads(.ICH_HCR_EL2, 1 | 1 << 27))
  }

  // MARK: Priorities

  @Test("Active priorities of both groups stand in ICH_AP1R, which GICV_APR shows (12.4.2)")
  func activePriorities() {
    let rig = rig()
    rig.load(0, Rig.lr(40, priority: 0x80, group1: false))
    #expect(rig.reads(.gicv, GICV.iar, 40))
    #expect(rig.reads(.ICH_AP0R0_EL2, 0))
    #expect(rig.reads(.ICH_AP1R0_EL2, 1 << 16))
    #expect(rig.reads(.gicv, GICV.apr, 1 << 16))
    #expect(rig.reads(.gicv, GICV.apr + 4, 0))
    rig.write(.gicv, GICV.apr, 1 << 4)
    #expect(rig.reads(.gicv, GICV.rpr, 0x20))
  }

  @Test("GICV_RPR is the running priority, 0xFF when idle (12.15)")
  func runningPriority() {
    let rig = rig()
    #expect(rig.reads(.gicv, GICV.rpr, 0xFF))
    rig.load(0, Rig.lr(40, priority: 0x80, group1: false))
    #expect(rig.reads(.gicv, GICV.iar, 40))
    #expect(rig.reads(.gicv, GICV.rpr, 0x80))
    rig.write(.gicv, GICV.eoir, 40)
    #expect(rig.reads(.gicv, GICV.rpr, 0xFF))
  }

  @Test("VFIQEn chooses the line of Group 0 for a guest that uses GICV, and only for it (12.4.8)")
  func lineOfGroup0() {
    let rig = rig()
    rig.load(0, Rig.lr(40, group1: false))
    #expect(rig.reads(.gicv, GICV.ctlr, 3))
    #expect(rig.virtualLines(.virq))
    rig.write(.gicv, GICV.ctlr, 3 | Self.fiqEnable)
    #expect(rig.virtualLines(.vfiq))
    rig.write(.gicv, GICV.ctlr, 3)
    _ = rig.reads(.ICV_IGRPEN0_EL1, 1)
    #expect(rig.virtualLines(.vfiq))
  }

  @Test("Which guest ICH_VMCR_EL2 was loaded for, the line of Group 0 teaches (12.4.8)")
  func lineTeachesLegacy() {
    let rig = rig()
    rig.load(0, Rig.lr(40, group1: false))
    #expect(rig.isTaught { rig.showVirtualLines(.virq) })
    #expect(rig.virtualLines(.virq))
  }

  // MARK: End of interrupt

  @Test("With EOImode 0 GICV_EOIR deactivates, and with it the linked physical interrupt (12.15, 12.4.6)")
  func endDeactivates() {
    let rig = rig()
    rig.enable(spi: 50)
    rig.write(.ICC_CTLR_EL1, 2)
    rig.line(50, true)
    #expect(rig.reads(.ICC_IAR1_EL1, 50))
    rig.write(.ICC_EOIR1_EL1, 50)
    rig.load(0, Rig.lr(60, group1: false, physical: 50))
    #expect(rig.reads(.gicv, GICV.iar, 60))
    rig.write(.gicv, GICV.dir, 60)
    #expect(rig.reads(.gicd, 0x304, 1 << 18), "GICV_DIR is ignored")
    rig.write(.gicv, GICV.eoir, 60)
    #expect(rig.reads(.gicd, 0x304, 0))
    #expect(rig.kinds.contains(.virtualDeactivated))
  }

  @Test("With EOImode 1 GICV_EOIR drops the priority and GICV_DIR deactivates, an SGI too (12.15)")
  func splitEnd() {
    let rig = rig(Self.endMode)
    rig.load(0, Rig.lr(5 | 7 << 10, group1: false))
    #expect(rig.reads(.gicv, GICV.iar, 5 | 7 << 10))
    rig.write(.gicv, GICV.eoir, 5 | 7 << 10)
    #expect(rig.reads(.gicv, GICV.rpr, 0xFF))
    #expect(rig.reads(.ICH_LR0_EL2, Rig.lr(5 | 7 << 10, state: 2, group1: false)))
    rig.write(.gicv, GICV.dir, 5 | 7 << 10)
    #expect(rig.reads(.ICH_LR0_EL2, Rig.lr(5 | 7 << 10, state: 0, group1: false)))
  }

  @Test("GICV_AEOIR ends Group 1, GICV_EOIR too with AckCtl (12.15)")
  func endOfGroup1() {
    for (control, acknowledge, end) in [
      (0 as UInt64, GICV.aiar, GICV.aeoir), (Self.acknowledgeControl, GICV.iar, GICV.eoir),
    ] {
      let rig = rig(control)
      rig.load(0, Rig.lr(40))
      #expect(rig.reads(.gicv, acknowledge, 40))
      rig.write(.gicv, end, 40)
      #expect(rig.reads(.ICH_LR0_EL2, Rig.lr(40, state: 0)))
    }
  }

  @Test("An end through the other group's register is UNPREDICTABLE: what became of the interrupt is not known (12.15)")
  func unpredictableEnd() {
    let rig = rig()
    rig.load(0, Rig.lr(40))
    #expect(rig.reads(.gicv, GICV.aiar, 40))
    rig.write(.gicv, GICV.eoir, 40)
    #expect(rig.isTaught { _ = rig.reads(.ICH_LR0_EL2, Rig.lr(40, state: 2)) })
    #expect(rig.isTaught { _ = rig.reads(.ICH_AP1R0_EL2, 1 << 20) })
  }

  @Test("The end of an interrupt that is in no list register counts and asks for maintenance (12.4.5, 12.4.7)")
  func endWithoutListRegister() {
    let rig = rig()
    rig.write(.ICH_HCR_EL2, 1 | 1 << 2)
    rig.write(.gicv, GICV.apr, 1 << 20)
    rig.write(.gicv, GICV.eoir, 77)
    #expect(rig.reads(.ICH_HCR_EL2, 1 | 1 << 2 | 1 << 27))
    #expect(rig.maintenance(true))
  }
}
