import InterruptTrace
import Testing

@testable import GICModel

@Suite("Maintenance interrupt (IHI 0069H, 6.3, 12.4.5, 12.4.7)")
struct VirtualMaintenanceTests {
  /// An open interface with list registers 0 and 1 pending, so that no condition holds by itself.
  static func busy(profile: Topology.Profile = .arch) -> Rig {
    let rig = Rig(profile: profile)
    rig.openVirtual()
    rig.load(0, Rig.lr(40))
    rig.load(1, Rig.lr(41))
    return rig
  }

  @Test("EOI: an interrupt ended in a list register that asks for it")
  func end() throws {
    let rig = Self.busy()
    rig.load(0, Rig.lr(42, wantsEnd: true))
    rig.load(1, Rig.lr(41, priority: 0xC0))
    #expect(rig.reads(.ICV_IAR1_EL1, 42))
    #expect(rig.maintenance(false))
    rig.forget()
    rig.write(.ICV_EOIR1_EL1, 42)
    #expect(rig.reads(.ICH_MISR_EL2, 1))
    #expect(rig.reads(.ICH_EISR_EL2, 1))
    #expect(rig.maintenance(true))
    let raised = try #require(rig.transitions(.maintenance).first)
    #expect((raised.a, raised.b) == (1, 1))
    rig.load(0, 0)
    #expect(rig.maintenance(false))
    #expect(rig.transitions(.maintenance).map(\.a) == [1, 0])
  }

  @Test("U: with UIE, none or one valid list register")
  func underflow() {
    let rig = Self.busy()
    rig.write(.ICH_HCR_EL2, 1 | 1 << 1)
    #expect(rig.reads(.ICH_MISR_EL2, 0))
    rig.load(0, 0)
    #expect(rig.reads(.ICH_MISR_EL2, 1 << 1))
    #expect(rig.maintenance(true))
    rig.load(1, 0)
    #expect(rig.reads(.ICH_MISR_EL2, 1 << 1))
    rig.load(2, Rig.lr(42, state: 2))
    rig.load(3, Rig.lr(43, state: 2))
    #expect(rig.reads(.ICH_MISR_EL2, 0), "active counts as valid")
  }

  @Test("LRENP: with LRENPIE, an end that no list register holds")
  func entryNotPresent() {
    let rig = Self.busy()
    rig.write(.ICH_HCR_EL2, 1 | 1 << 2)
    #expect(rig.reads(.ICH_MISR_EL2, 0))
    rig.write(.ICH_AP1R0_EL2, 1 << 20)
    rig.write(.ICV_EOIR1_EL1, 77)
    #expect(rig.reads(.ICH_MISR_EL2, 1 << 2))
    #expect(rig.maintenance(true))
    #expect(rig.reads(.ICH_HCR_EL2, 1 | 1 << 2 | 1 << 27))
    rig.write(.ICH_HCR_EL2, 1 | 1 << 2)
    #expect(rig.maintenance(false), "writing EOIcount 0 takes the reason away")
  }

  @Test("NP: with NPIE, no list register is pending")
  func noPending() {
    let rig = Self.busy()
    rig.write(.ICH_HCR_EL2, 1 | 1 << 3)
    #expect(rig.reads(.ICH_MISR_EL2, 0))
    rig.load(0, Rig.lr(40, state: 2))
    rig.load(1, Rig.lr(41, state: 3))
    #expect(rig.reads(.ICH_MISR_EL2, 1 << 3), "active and pending is not the pending state")
    #expect(rig.maintenance(true))
  }

  @Test("VGrp0E: with VGrp0EIE, the guest enabled Group 0")
  func group0Enabled() {
    let rig = Self.busy()
    rig.write(.ICH_VMCR_EL2, 0xF800_0000)
    rig.write(.ICH_HCR_EL2, 1 | 1 << 4)
    #expect(rig.maintenance(false))
    rig.write(.ICV_IGRPEN0_EL1, 1)
    #expect(rig.reads(.ICH_MISR_EL2, 1 << 4))
    #expect(rig.maintenance(true))
  }

  @Test("VGrp0D: with VGrp0DIE, the guest disabled Group 0; QEMU looks at Group 1")
  func group0Disabled() {
    let arch = Self.busy()
    arch.write(.ICH_HCR_EL2, 1 | 1 << 5)
    #expect(arch.maintenance(false))
    arch.write(.ICV_IGRPEN0_EL1, 0)
    #expect(arch.reads(.ICH_MISR_EL2, 1 << 5))
    #expect(arch.maintenance(true))

    for profile in [Topology.Profile.qemu7, .qemu10] {
      let qemu = Self.busy(profile: profile)
      qemu.write(.ICH_HCR_EL2, 1 | 1 << 5)
      qemu.write(.ICV_IGRPEN0_EL1, 0)
      #expect(qemu.reads(.ICH_MISR_EL2, 0))
      qemu.write(.ICV_IGRPEN1_EL1, 0)
      #expect(qemu.reads(.ICH_MISR_EL2, 1 << 5))
    }
  }

  @Test("VGrp1E: with VGrp1EIE, the guest enabled Group 1")
  func group1Enabled() {
    let rig = Self.busy()
    rig.write(.ICH_VMCR_EL2, 0xF800_0000)
    rig.write(.ICH_HCR_EL2, 1 | 1 << 6)
    #expect(rig.maintenance(false))
    rig.write(.ICV_IGRPEN1_EL1, 1)
    #expect(rig.reads(.ICH_MISR_EL2, 1 << 6))
    #expect(rig.maintenance(true))
  }

  @Test("VGrp1D: with VGrp1DIE, the guest disabled Group 1")
  func group1Disabled() {
    let rig = Self.busy()
    rig.write(.ICH_HCR_EL2, 1 | 1 << 7)
    #expect(rig.maintenance(false))
    rig.write(.ICV_IGRPEN1_EL1, 0)
    #expect(rig.reads(.ICH_MISR_EL2, 1 << 7))
    #expect(rig.maintenance(true))
  }

  @Test("With En clear the status still reads, but nothing is signalled")
  func disabled() {
    let rig = Self.busy()
    rig.write(.ICH_HCR_EL2, 1 << 1)
    rig.load(0, 0)
    #expect(rig.reads(.ICH_MISR_EL2, 1 << 1))
    #expect(rig.maintenance(false))
    rig.write(.ICH_HCR_EL2, 1 | 1 << 1)
    #expect(rig.maintenance(true))
  }

  @Test("EOIcount wraps after 31")
  func countWraps() {
    let rig = Self.busy()
    for _ in 0..<31 {
      rig.write(.ICH_AP1R0_EL2, 1 << 20)
      rig.write(.ICV_EOIR1_EL1, 77)
    }
    #expect(rig.reads(.ICH_HCR_EL2, 1 | 31 << 27))
    rig.write(.ICH_AP1R0_EL2, 1 << 20)
    rig.write(.ICV_EOIR1_EL1, 77)
    #expect(rig.reads(.ICH_HCR_EL2, 1))
  }

  @Test("ICH_HCR_EL2 keeps its fields; QEMU has neither vSGIEOICount nor DVIM")
  func controlBits() {
    let arch = Rig()
    arch.write(.ICH_HCR_EL2, 0xFFFF_FFFF)
    #expect(arch.reads(.ICH_HCR_EL2, 0xF800_FDFF))
    let qemu = Rig(profile: .qemu7)
    qemu.write(.ICH_HCR_EL2, 0xFFFF_FFFF)
    #expect(qemu.reads(.ICH_HCR_EL2, 0xF800_7CFF))
  }
}
