import InterruptTrace
import Testing

@testable import GICModel

@Suite("What a guest's interface lets through")
struct VirtualControlTests {
  private func changes(_ rig: Rig) -> [(value: UInt64, known: UInt64)] {
    defer { rig.forget() }
    return rig.transitions(.virtualControl).map { ($0.a, $0.b) }
  }

  @Test("The hypervisor's writes of VMCR and the guest's of its own registers show in one place (IHI 0069H, 12.4.8)")
  func systemRegisters() {
    let rig = Rig()
    rig.write(.ICH_VMCR_EL2, 0xF0 << 24 | 0b10)
    #expect(changes(rig).map(\.value) == [0x2F0])
    rig.write(.ICH_VMCR_EL2, 0xF0 << 24 | 0b10)
    #expect(changes(rig).isEmpty, "nothing changed")
    rig.write(.ICV_PMR_EL1, 0x80)
    rig.write(.ICV_IGRPEN1_EL1, 0)
    let seen = changes(rig)
    #expect(seen.map(\.value) == [0x280, 0x080] && seen.allSatisfy { $0.known == 0x3FF })
  }

  @Test("GICH_VMCR, GICV_PMR and GICV_CTLR (IHI 0048B, 5.3.3)")
  func memoryMapped() {
    let rig = Rig.virtualGICv2()
    rig.write(.gich, Rig.GICH.vmcr, 0x1E << 27 | 1, pe: 0)
    #expect(changes(rig).map(\.value) == [0x1F0])
    rig.write(.gicv, 0x4, 0x40, pe: 0)
    rig.write(.gicv, 0x0, 0, pe: 0)
    #expect(changes(rig).map(\.value) == [0x140, 0x040])
  }
}
