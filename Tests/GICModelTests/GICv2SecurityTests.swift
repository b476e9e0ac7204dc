import InterruptTrace
import Testing

@testable import GICModel

@Suite("GICv2: Security Extensions (IHI 0048B, 3.6, 4.1.5, 4.3, 4.4)")
struct GICv2SecurityTests {
  /// SPI 40 in Group 0, SPI 72 in Group 1, both for PE 0.
  private func rig() -> Rig {
    let rig = Rig.v2(securityStates: .two)
    rig.openGICv2(3, secure: true)
    rig.enableGICv2(spi: 40, secure: true)
    rig.enableGICv2(spi: 72, group1: true, secure: true)
    rig.forget()
    return rig
  }

  // MARK: Distributor

  @Test("GICD_CTLR has a Non-secure view with EnableGrp1 in bit 0 (4.3.1)")
  func distributorControl() {
    let rig = rig()
    #expect(rig.reads(.gicd, 0x0, 1, secure: false, pe: 0))
    rig.write(.gicd, 0x0, 0, secure: false, pe: 0)
    #expect(rig.reads(.gicd, 0x0, 1, secure: true, pe: 0))
  }

  @Test("GICD_IGROUPR is Secure: Non-secure accesses read zero and are ignored (4.3.4)")
  func groups() {
    let rig = rig()
    rig.write(.gicd, 0x88, 0, secure: false, pe: 0)
    #expect(rig.reads(.gicd, 0x88, 0, secure: false, pe: 0))
    #expect(rig.reads(.gicd, 0x88, 1 << 8, secure: true, pe: 0))
  }

  @Test("Of Group 0 interrupts Non-secure accesses see and change nothing (4.1.5, 4.3.5)")
  func groupZeroIsHidden() {
    let rig = rig()
    rig.write(.gicd, 0x184, 1 << 8, secure: false, pe: 0)
    #expect(rig.reads(.gicd, 0x104, 0, secure: false, pe: 0))
    #expect(rig.reads(.gicd, 0x104, 1 << 8, secure: true, pe: 0))
    #expect(rig.reads(.gicd, 0x108, 1 << 8, secure: false, pe: 0))
    #expect(rig.reads(.gicd, 0x800 + 40, 0, size: 1, secure: false, pe: 0))
  }

  @Test("A Non-secure priority is the upper half of the range, shifted (3.6.2, 4.3.11)")
  func priorities() {
    let rig = rig()
    rig.write(.gicd, 0x400 + 72, 0x40, size: 1, secure: false, pe: 0)
    #expect(rig.reads(.gicd, 0x400 + 72, 0xA0, size: 1, secure: true, pe: 0))
    #expect(rig.reads(.gicd, 0x400 + 72, 0x40, size: 1, secure: false, pe: 0))
    #expect(rig.reads(.gicd, 0x400 + 40, 0, size: 1, secure: false, pe: 0))
  }

  @Test(
    "GICD_NSACR opens set-pending from 1, clear-pending from 2, targets at 3 (4.3.14)",
    arguments: 0...3 as ClosedRange<UInt64>)
  func nonSecureAccessControl(level: UInt64) {
    let rig = rig()
    rig.write(.gicd, 0xE00 + 8, level << 16, secure: true, pe: 0)
    rig.write(.gicd, 0x204, 1 << 8, secure: false, pe: 0)
    #expect(rig.reads(.gicd, 0x204, level >= 1 ? 1 << 8 : 0, secure: true, pe: 0))
    rig.write(.gicd, 0x284, 1 << 8, secure: false, pe: 0)
    #expect(rig.reads(.gicd, 0x204, level == 1 ? 1 << 8 : 0, secure: true, pe: 0))
    rig.write(.gicd, 0x800 + 40, 2, size: 1, secure: false, pe: 0)
    #expect(rig.reads(.gicd, 0x800 + 40, level == 3 ? 2 : 1, size: 1, secure: true, pe: 0))
  }

  // MARK: CPU interface

  @Test("GICC_CTLR has a Non-secure view with EnableGrp1 in bit 0 and EOImodeNS in bit 9 (4.4.1)")
  func interfaceControl() {
    let rig = rig()
    #expect(rig.reads(.gicc, 0x0, 1, secure: false, pe: 0))
    rig.write(.gicc, 0x0, 1 << 9, secure: false, pe: 0)
    #expect(rig.reads(.gicc, 0x0, 1 << 10 | 1, secure: true, pe: 0))
  }

  @Test("A Non-secure priority mask is shifted, and stays in the upper half (3.6.2, 4.4.2)")
  func priorityMask() {
    let rig = rig()
    #expect(rig.reads(.gicc, 0x4, 0xF0, secure: false, pe: 0))
    rig.write(.gicc, 0x4, 0x40, secure: false, pe: 0)
    #expect(rig.reads(.gicc, 0x4, 0xA0, secure: true, pe: 0))
    rig.write(.gicc, 0x4, 0x40, secure: true, pe: 0)
    #expect(rig.reads(.gicc, 0x4, 0, secure: false, pe: 0))
    rig.write(.gicc, 0x4, 0xF0, secure: false, pe: 0)
    #expect(rig.reads(.gicc, 0x4, 0x40, secure: true, pe: 0))
  }

  @Test(
    "Non-secure GICC_BPR is GICC_ABPR; with CBPR it reads one more than the Secure value and ignores writes (4.4.3)")
  func binaryPoint() {
    let rig = rig()
    rig.write(.gicc, 0x8, 5, secure: false, pe: 0)
    #expect(rig.reads(.gicc, 0x1C, 5, secure: true, pe: 0))
    rig.write(.gicc, 0x8, 3, secure: true, pe: 0)
    rig.write(.gicc, 0x0, 3 | 1 << 4, secure: true, pe: 0)
    #expect(rig.reads(.gicc, 0x8, 4, secure: false, pe: 0))
    rig.write(.gicc, 0x8, 7, secure: false, pe: 0)
    #expect(rig.reads(.gicc, 0x8, 3, secure: true, pe: 0))
    #expect(rig.reads(.gicc, 0x1C, 5, secure: true, pe: 0))
  }

  @Test("Non-secure GICC_IAR takes Group 1; of Group 0 it sees nothing (4.4.4)")
  func nonSecureAcknowledge() {
    let rig = rig()
    rig.pulse(40)
    #expect(rig.reads(.gicc, 0xC, 1023, secure: false, pe: 0))
    #expect(rig.reads(.gicc, 0xC, 40, secure: true, pe: 0))
    rig.write(.gicc, 0x10, 40, secure: true, pe: 0)
    rig.pulse(72)
    #expect(rig.reads(.gicc, 0xC, 72, secure: false, pe: 0))
    rig.write(.gicc, 0x10, 72, secure: false, pe: 0)
    #expect(rig.transitions(.endOfInterrupt).count == 2)
  }

  @Test("A Non-secure end of a Group 0 interrupt is ignored (4.4.5)")
  func nonSecureEnd() {
    let rig = rig()
    rig.pulse(40)
    #expect(rig.reads(.gicc, 0xC, 40, secure: true, pe: 0))
    rig.write(.gicc, 0x10, 40, secure: false, pe: 0)
    #expect(rig.reads(.gicc, 0x14, 0xA0, secure: true, pe: 0))
  }

  @Test("EOImodeS and EOImodeNS split the end of each Security state's accesses apart (4.4.1)")
  func endModes() {
    let rig = rig()
    rig.write(.gicc, 0x0, 3 | 1 << 10, secure: true, pe: 0)
    rig.pulse(72)
    #expect(rig.reads(.gicc, 0xC, 72, secure: false, pe: 0))
    rig.write(.gicc, 0x10, 72, secure: false, pe: 0)
    #expect(rig.reads(.gicd, 0x308, 1 << 8, secure: true, pe: 0))
    rig.write(.gicc, 0x1000, 72, secure: false, pe: 0)
    #expect(rig.reads(.gicd, 0x308, 0, secure: true, pe: 0))
    rig.pulse(40)
    #expect(rig.reads(.gicc, 0xC, 40, secure: true, pe: 0))
    rig.write(.gicc, 0x10, 40, secure: true, pe: 0)
    #expect(rig.reads(.gicd, 0x304, 0, secure: true, pe: 0))
  }

  @Test("Non-secure GICC_RPR and GICC_HPPIR show the Non-secure side only (4.4.6, 4.4.7)")
  func nonSecureViews() {
    let rig = rig()
    rig.pulse(40)
    #expect(rig.reads(.gicc, 0x18, 1023, secure: false, pe: 0))
    #expect(rig.reads(.gicc, 0x18, 40, secure: true, pe: 0))
    rig.write(.gicd, 0x400 + 40, 0x20, size: 1, secure: true, pe: 0)
    #expect(rig.reads(.gicc, 0xC, 40, secure: true, pe: 0))
    #expect(rig.reads(.gicc, 0x14, 0, secure: false, pe: 0))
    #expect(rig.reads(.gicc, 0x14, 0x20, secure: true, pe: 0))
  }

  @Test(
    "GICC_ABPR, GICC_AIAR, GICC_AHPPIR and GICC_NSAPR are Secure (4.4.8 to 4.4.13)",
    arguments: [0x1C, 0x28, 0xE0] as [UInt32])
  func secureOnly(offset: UInt32) {
    let rig = rig()
    #expect(rig.reads(.gicc, offset, 0, secure: false, pe: 0))
  }

  @Test("Non-secure GICC_APR is the upper half of GICC_NSAPR (4.4.12)")
  func nonSecureActivePriorities() {
    let rig = rig()
    rig.pulse(72)
    #expect(rig.reads(.gicc, 0xC, 72, secure: false, pe: 0))
    #expect(rig.reads(.gicc, 0xE0, 1 << 20, secure: true, pe: 0))
    #expect(rig.reads(.gicc, 0xD0, 1 << 4, secure: false, pe: 0))
  }

  // MARK: What a capture does not show

  @Test("The Security state of an access that nothing shows is assumed, and transitions say so")
  func assumed() {
    let rig = Rig.v2(securityStates: .two)
    rig.write(.gicd, 0x100 + 4, 1 << 8, pe: 0)
    #expect(rig.transitions(.enabled).map(\.provenance) == [.assumed])
  }

  @Test("Exceptions to EL3 and returns tell the Security state: inferred, not assumed")
  func inferred() {
    let rig = Rig.v2(securityStates: .two)
    rig.apply(Event(time: 0, kind: .exceptionEntry, pe: 0, a: 3 << 12))
    rig.write(.gicd, 0x100 + 4, 1 << 8, pe: 0)
    #expect(rig.transitions(.enabled).map(\.provenance) == [.inferred])
  }

  @Test("A read that only the other Security state's view explains corrects what was assumed")
  func corrected() {
    let rig = rig()
    rig.apply(.mmio(.mmioRead, time: 0, frame: .gicd, offset: 0x80, value: 0, size: 4, owner: 0, accessor: 0))
    let other = Rig.v2(securityStates: .two)
    other.openGICv2(3)
    other.write(.gicc, 0x4, 0xF0, pe: 0)
    #expect(other.isTaught { _ = other.reads(.gicc, 0x4, 0xE0, pe: 0) })
    #expect(other.reads(.gicc, 0x4, 0xE0, pe: 0))
  }
}
