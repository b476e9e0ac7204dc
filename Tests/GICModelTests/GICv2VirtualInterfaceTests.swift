import InterruptTrace
import Testing

@testable import GICModel

@Suite("GICv2: what a guest does at GICV (IHI 0048B, 5.2, 5.5)")
struct GICv2VirtualInterfaceTests {
  private typealias GICH = Rig.GICH
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
    static let dir: UInt32 = 0x1000
  }
  private static let ackCtl: UInt64 = 1 << 2
  private static let fiqEn: UInt64 = 1 << 3
  private static let cbpr: UInt64 = 1 << 4
  private static let endMode: UInt64 = 1 << 9

  private func lines(_ rig: Rig, _ lines: CPULines) -> Bool { rig.virtualLines(lines) }

  // MARK: Acknowledge

  @Test("GICV_IAR makes the list register active and raises the running priority (5.5.4)")
  func acknowledge() throws {
    let rig = Rig.virtualGICv2()
    rig.loadGICv2(0, Rig.list(40))
    #expect(lines(rig, .virq))
    #expect(rig.reads(.gicv, GICV.iar, 40, pe: 0))
    #expect(rig.reads(.gich, GICH.lr, Rig.list(40, state: 2), pe: 0))
    #expect(rig.reads(.gicv, GICV.rpr, 0xA0, pe: 0))
    #expect(lines(rig, []))
    let acknowledged = try #require(rig.transitions(.virtualAcknowledged).first)
    #expect(acknowledged.intid == 40)
    #expect(acknowledged.a == 0)
  }

  @Test("With nothing signalled GICV_IAR returns 1023 (5.5.4)")
  func spurious() {
    let rig = Rig.virtualGICv2()
    #expect(rig.reads(.gicv, GICV.iar, 1023, pe: 0))
    #expect(rig.kinds == [.virtualSpuriousAcknowledge])
  }

  @Test("AckCtl: GICV_IAR takes Group 1 only with it, else it returns 1022 (5.5.1, 5.5.4)", arguments: [false, true])
  func acknowledgeControl(ackCtl: Bool) {
    let rig = Rig.virtualGICv2(ackCtl ? Self.ackCtl : 0)
    rig.loadGICv2(0, Rig.list(40, group1: true))
    #expect(rig.reads(.gicv, GICV.hppir, ackCtl ? 40 : 1022, pe: 0))
    #expect(rig.reads(.gicv, GICV.iar, ackCtl ? 40 : 1022, pe: 0))
  }

  @Test("GICV_AIAR takes Group 1 only, GICV_AHPPIR shows it only, GICV_AEOIR ends it (5.5.9 to 5.5.11)")
  func aliases() {
    let rig = Rig.virtualGICv2()
    rig.loadGICv2(0, Rig.list(40, priority: 0x90))
    #expect(rig.reads(.gicv, GICV.ahppir, 1023, pe: 0))
    #expect(rig.reads(.gicv, GICV.aiar, 1023, pe: 0))
    rig.loadGICv2(0, Rig.list(41, group1: true))
    #expect(rig.reads(.gicv, GICV.ahppir, 41, pe: 0))
    #expect(rig.reads(.gicv, GICV.aiar, 41, pe: 0))
    rig.write(.gicv, GICV.aeoir, 41, pe: 0)
    #expect(rig.reads(.gicv, GICV.rpr, 0xFF, pe: 0))
    #expect(rig.reads(.gich, GICH.lr, Rig.list(41, state: 0, group1: true), pe: 0))
  }

  @Test("An SGI comes with the source that its list register gives (5.3.8, 5.5.4)")
  func source() {
    let rig = Rig.virtualGICv2()
    rig.loadGICv2(0, Rig.list(5, source: 3))
    #expect(rig.reads(.gicv, GICV.hppir, 3 << 10 | 5, pe: 0))
    #expect(rig.reads(.gicv, GICV.iar, 3 << 10 | 5, pe: 0))
    rig.write(.gicv, GICV.eoir, 3 << 10 | 5, pe: 0)
    #expect(rig.reads(.gich, GICH.lr, Rig.list(5, state: 0, source: 3), pe: 0))
  }

  @Test("Several sources of one SGI are several list registers: an end names the one it means (5.5.5)")
  func severalSources() {
    let rig = Rig.virtualGICv2()
    rig.loadGICv2(0, Rig.list(5, state: 2, source: 1))
    rig.loadGICv2(1, Rig.list(5, state: 2, source: 2))
    rig.write(.gich, GICH.apr, 1 << 20, pe: 0)
    rig.write(.gicv, GICV.eoir, 2 << 10 | 5, pe: 0)
    #expect(rig.reads(.gich, GICH.lr, Rig.list(5, state: 2, source: 1), pe: 0))
    #expect(rig.reads(.gich, GICH.lr + 4, Rig.list(5, state: 0, source: 2), pe: 0))
  }

  // MARK: End and deactivation

  /// SPI 72 active on PE 0, as a hypervisor leaves it, and its virtual interrupt 40 in list register 0.
  private func linked(_ control: UInt64) -> Rig {
    let rig = Rig.virtualGICv2(control)
    rig.enableGICv2(spi: 72, edge: true)
    rig.write(.gicc, 0x0, 3 | 1 << 9, pe: 0)
    rig.pulse(72)
    _ = rig.reads(.gicc, 0xC, 72, pe: 0)
    rig.write(.gicc, 0x10, 72, pe: 0)
    rig.loadGICv2(0, Rig.list(40, physical: 72))
    #expect(rig.reads(.gicv, GICV.iar, 40, pe: 0))
    rig.forget()
    return rig
  }

  @Test("EOImode 0: GICV_EOIR of a hardware-linked interrupt deactivates the physical one (5.2.3, 5.3.8)")
  func linkedEnd() {
    let rig = linked(0)
    rig.write(.gicv, GICV.eoir, 40, pe: 0)
    #expect(rig.kinds == [.virtualEndOfInterrupt, .virtualDeactivated, .lrEmptied, .deactivated])
    #expect(rig.transitions(.deactivated).map(\.intid) == [72])
    #expect(rig.reads(.gicd, 0x308, 0, pe: 0))
  }

  @Test("EOImode 1: GICV_EOIR drops the priority, only GICV_DIR deactivates, and the physical interrupt too (5.5.14)")
  func linkedDeactivation() {
    let rig = linked(Self.endMode)
    rig.write(.gicv, GICV.eoir, 40, pe: 0)
    #expect(rig.reads(.gicv, GICV.rpr, 0xFF, pe: 0))
    #expect(rig.reads(.gicd, 0x308, 1 << 8, pe: 0))
    rig.write(.gicv, GICV.dir, 40, pe: 0)
    #expect(rig.transitions(.virtualDeactivated).map(\.intid) == [40])
    #expect(rig.reads(.gicd, 0x308, 0, pe: 0))
  }

  @Test("A hardware-linked interrupt of Group 0 is deactivated only with one Security state (5.3.8: as if Non-secure)")
  func linkedSecure() {
    let rig = Rig.v2(securityStates: .two) { $0.set(.listRegisters, to: 4, source: .user) }
    rig.openGICv2(3, secure: true)
    rig.write(.gicd, 0x308, 1 << 8, secure: true, pe: 0)
    rig.write(.gich, GICH.hcr, 1, secure: false, pe: 0)
    rig.write(.gicv, GICV.ctlr, 3, secure: false, pe: 0)
    rig.write(.gicv, GICV.pmr, 0xF8, secure: false, pe: 0)
    rig.write(.gich, GICH.lr, Rig.list(40, physical: 72), secure: false, pe: 0)
    #expect(rig.reads(.gicv, GICV.iar, 40, secure: false, pe: 0))
    rig.write(.gicv, GICV.eoir, 40, secure: false, pe: 0)
    #expect(rig.reads(.gicd, 0x308, 1 << 8, secure: true, pe: 0))
  }

  @Test("GICV_DIR with EOImode 0 is UNPREDICTABLE: ignored (5.5.14)")
  func deactivateWithoutSplit() {
    let rig = Rig.virtualGICv2()
    rig.loadGICv2(0, Rig.list(40))
    #expect(rig.reads(.gicv, GICV.iar, 40, pe: 0))
    rig.write(.gicv, GICV.dir, 40, pe: 0)
    #expect(rig.reads(.gich, GICH.lr, Rig.list(40, state: 2), pe: 0))
  }

  @Test("Active and pending becomes pending at its end, and is signalled again (5.2.2)")
  func activeAndPending() {
    let rig = Rig.virtualGICv2()
    rig.loadGICv2(0, Rig.list(40))
    #expect(rig.reads(.gicv, GICV.iar, 40, pe: 0))
    rig.loadGICv2(0, Rig.list(40, state: 3))
    #expect(lines(rig, []))
    rig.write(.gicv, GICV.eoir, 40, pe: 0)
    #expect(rig.reads(.gich, GICH.lr, Rig.list(40, state: 1), pe: 0))
    #expect(lines(rig, .virq))
  }

  // MARK: Priorities and control

  @Test("FIQEn: Group 0 is virtual FIQ, Group 1 always virtual IRQ (5.5.1)", arguments: [false, true])
  func fastInterrupts(enabled: Bool) {
    let rig = Rig.virtualGICv2(enabled ? Self.fiqEn : 0)
    rig.loadGICv2(0, Rig.list(40))
    #expect(lines(rig, enabled ? .vfiq : .virq))
    rig.loadGICv2(0, Rig.list(40, group1: true))
    #expect(lines(rig, .virq))
  }

  @Test("GICV_PMR lets through only what is strictly higher (5.5.2)")
  func priorityMask() {
    let rig = Rig.virtualGICv2()
    rig.loadGICv2(0, Rig.list(40))
    rig.write(.gicv, GICV.pmr, 0xA0, pe: 0)
    #expect(lines(rig, []))
    #expect(rig.reads(.gicv, GICV.iar, 1023, pe: 0))
    rig.write(.gicv, GICV.pmr, 0xA8, pe: 0)
    #expect(rig.reads(.gicv, GICV.iar, 40, pe: 0))
  }

  @Test("GICV_PMR has five bits, whatever is written (5.5.2)", arguments: [Topology.Profile.arch, .qemu7, .qemu10])
  func priorityMaskWidth(profile: Topology.Profile) {
    let rig = Rig.virtualGICv2(profile: profile)
    rig.write(.gicv, GICV.pmr, 0xFFFF_FFFF, pe: 0)
    #expect(rig.reads(.gicv, GICV.pmr, 0xF8, pe: 0))
  }

  @Test("CBPR: without it Group 1 preempts by GICV_ABPR, with it by GICV_BPR (5.5.1, 5.5.8)", arguments: [false, true])
  func commonBinaryPoint(common: Bool) {
    let rig = Rig.virtualGICv2(Self.ackCtl | (common ? Self.cbpr : 0))
    rig.write(.gicv, GICV.bpr, 3, pe: 0)
    rig.write(.gicv, GICV.abpr, 7, pe: 0)
    rig.loadGICv2(0, Rig.list(40, group1: true))
    #expect(rig.reads(.gicv, GICV.iar, 40, pe: 0))
    rig.loadGICv2(1, Rig.list(41, priority: 0x90, group1: true))
    #expect(lines(rig, common ? .virq : []))
  }

  @Test("GICV_ABPR reads back and keeps above its smallest (5.5.8)")
  func aliasedBinaryPoint() {
    let rig = Rig.virtualGICv2()
    rig.write(.gicv, GICV.abpr, 0, pe: 0)
    #expect(rig.reads(.gicv, GICV.abpr, 3, pe: 0))
    rig.write(.gicv, GICV.abpr, 6, pe: 0)
    #expect(rig.reads(.gicv, GICV.abpr, 6, pe: 0))
  }

  @Test("GICV_APR and GICH_APR are one register, for both groups (5.3.7, 5.5.12)")
  func activePriorities() {
    let rig = Rig.virtualGICv2(Self.ackCtl)
    rig.loadGICv2(0, Rig.list(40, group1: true))
    #expect(rig.reads(.gicv, GICV.iar, 40, pe: 0))
    #expect(rig.reads(.gicv, GICV.apr, 1 << 20, pe: 0))
    #expect(rig.reads(.gich, GICH.apr, 1 << 20, pe: 0))
    rig.write(.gich, GICH.apr, 0, pe: 0)
    #expect(rig.reads(.gicv, GICV.rpr, 0xFF, pe: 0))
  }

  @Test("GICH_VMCR holds what GICV_CTLR, PMR, BPR and ABPR hold, both ways (5.3.3)")
  func machineControl() {
    let rig = Rig.virtualGICv2(Self.ackCtl | Self.cbpr)
    rig.write(.gicv, GICV.bpr, 4, pe: 0)
    rig.write(.gicv, GICV.abpr, 5, pe: 0)
    #expect(rig.reads(.gich, GICH.vmcr, 0xF8 << 24 | 4 << 21 | 5 << 18 | 0x17, pe: 0))
    rig.write(.gich, GICH.vmcr, 0x80 << 24 | 3 << 21 | 6 << 18 | 0x201, pe: 0)
    #expect(rig.reads(.gicv, GICV.ctlr, 0x201, pe: 0))
    #expect(rig.reads(.gicv, GICV.pmr, 0x80, pe: 0))
    #expect(rig.reads(.gicv, GICV.bpr, 3, pe: 0))
    #expect(rig.reads(.gicv, GICV.abpr, 6, pe: 0))
  }

  @Test("With GICH_HCR.En clear nothing is signalled (5.3.1)")
  func disabled() {
    let rig = Rig.virtualGICv2()
    rig.loadGICv2(0, Rig.list(40))
    rig.write(.gich, GICH.hcr, 0, pe: 0)
    #expect(lines(rig, []))
    #expect(rig.reads(.gicv, GICV.iar, 1023, pe: 0))
  }
}
