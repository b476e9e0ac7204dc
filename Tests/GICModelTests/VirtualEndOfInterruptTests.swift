import InterruptTrace
import Testing

@testable import GICModel

@Suite("Virtual end of interrupt and deactivation (IHI 0069H, 12.3.6 to 12.3.8, 12.4.5)")
struct VirtualEndOfInterruptTests {
  /// An acknowledged virtual interrupt in list register 0.
  static func active(
    _ intid: UInt64 = 40, physical: UInt64? = nil, split: Bool = false, profile: Topology.Profile = .arch
  ) -> Rig {
    let rig = Rig(profile: profile)
    rig.open()
    rig.openVirtual()
    if split { rig.write(.ICV_CTLR_EL1, 2) }
    rig.load(0, Rig.lr(intid, physical: physical))
    #expect(rig.reads(.ICV_IAR1_EL1, intid))
    rig.forget()
    return rig
  }

  /// Makes PPI 27 active on PE 0, as the hypervisor's acknowledge does.
  static func activatePhysical(_ rig: Rig) {
    rig.write(.ICC_CTLR_EL1, 2)
    rig.enable(private: 27)
    rig.line(27, true, pe: 0)
    #expect(rig.reads(.ICC_IAR1_EL1, 27))
    rig.write(.ICC_EOIR1_EL1, 27)
    rig.forget()
  }

  @Test("EOImode 0: one write drops the priority and deactivates")
  func endDeactivates() throws {
    let rig = Self.active()
    rig.write(.ICV_EOIR1_EL1, 40)
    #expect(rig.kinds == [.virtualEndOfInterrupt, .virtualDeactivated, .lrEmptied])
    let end = try #require(rig.transitions(.virtualEndOfInterrupt).first)
    #expect((end.intid, end.priority, end.a, end.b) == (40, 0xA0, 0, 1))
    #expect(rig.reads(.ICV_RPR_EL1, 0xFF))
    #expect(rig.reads(.ICH_AP1R0_EL2, 0))
    #expect(rig.reads(.ICH_LR0_EL2, Rig.lr(40, state: 0)))
  }

  @Test("EOImode 1: EOIR drops the priority, DIR deactivates")
  func endIsSplit() throws {
    let rig = Self.active(split: true)
    rig.write(.ICV_EOIR1_EL1, 40)
    #expect(rig.kinds == [.virtualEndOfInterrupt])
    #expect(try #require(rig.transitions.first).b == 0)
    #expect(rig.reads(.ICV_RPR_EL1, 0xFF))
    #expect(rig.reads(.ICH_LR0_EL2, Rig.lr(40, state: 2)))
    rig.forget()
    rig.write(.ICV_DIR_EL1, 40)
    #expect(rig.kinds == [.virtualDeactivated, .lrEmptied])
    #expect(rig.reads(.ICH_LR0_EL2, Rig.lr(40, state: 0)))
  }

  @Test("DIR with EOImode 0 does nothing")
  func deactivateIgnored() {
    let rig = Self.active()
    rig.write(.ICV_DIR_EL1, 40)
    #expect(rig.kinds.isEmpty)
    #expect(rig.reads(.ICH_LR0_EL2, Rig.lr(40, state: 2)))
  }

  @Test("EOImode 0: the end of a hardware-linked interrupt deactivates the physical one")
  func hardwareLinkedEnd() throws {
    let rig = Rig()
    rig.open()
    Self.activatePhysical(rig)
    rig.openVirtual()
    rig.load(0, Rig.lr(100, physical: 27))
    #expect(rig.reads(.ICV_IAR1_EL1, 100))
    #expect(rig.highest(nil), "the physical interrupt is active")
    rig.forget()
    rig.write(.ICV_EOIR1_EL1, 100)
    #expect(rig.kinds == [.virtualEndOfInterrupt, .virtualDeactivated, .deactivated, .lrEmptied])
    #expect(try #require(rig.transitions(.deactivated).first).intid == 27)
    #expect(rig.highest(27, priority: 0xA0), "its line is still high")
    #expect(rig.reads(.gicr, 0x1_0300, 0, owner: 0))
  }

  @Test("EOImode 1: only DIR deactivates the physical interrupt of a hardware link")
  func hardwareLinkedDeactivate() {
    let rig = Rig()
    rig.open()
    Self.activatePhysical(rig)
    rig.openVirtual()
    rig.write(.ICV_CTLR_EL1, 2)
    rig.load(0, Rig.lr(100, physical: 27))
    #expect(rig.reads(.ICV_IAR1_EL1, 100))
    rig.forget()
    rig.write(.ICV_EOIR1_EL1, 100)
    #expect(rig.kinds == [.virtualEndOfInterrupt])
    #expect(rig.reads(.gicr, 0x1_0300, 1 << 27, owner: 0))
    rig.write(.ICV_DIR_EL1, 100)
    #expect(rig.reads(.gicr, 0x1_0300, 0, owner: 0))
  }

  @Test("Active and pending becomes pending, and the list register stays in use")
  func staysPending() {
    let rig = Self.active()
    rig.load(0, Rig.lr(40, state: 3))
    rig.forget()
    rig.write(.ICV_EOIR1_EL1, 40)
    #expect(rig.kinds == [.virtualEndOfInterrupt, .virtualDeactivated])
    #expect(rig.reads(.ICH_LR0_EL2, Rig.lr(40, state: 1)))
  }

  @Test("EOImode 0: an end that no list register holds counts in EOIcount")
  func endNotPresent() throws {
    let rig = Self.active()
    rig.load(0, Rig.lr(41, state: 2))
    rig.forget()
    rig.write(.ICV_EOIR1_EL1, 40)
    #expect(rig.kinds == [.virtualEndOfInterrupt])
    let end = try #require(rig.transitions(.virtualEndOfInterrupt).first)
    #expect(end.virtualEndOfInterrupt.isUnlisted && end.virtualEndOfInterrupt.isCounted)
    #expect(rig.reads(.ICH_HCR_EL2, 1 | 1 << 27))
  }

  @Test("EOImode 1: DIR counts in EOIcount, EOIR does not; in QEMU both do")
  func splitEndNotPresent() {
    let arch = Self.active(split: true)
    arch.load(0, 0)
    arch.write(.ICV_EOIR1_EL1, 40)
    #expect(arch.transitions(.virtualEndOfInterrupt).allSatisfy { !$0.virtualEndOfInterrupt.isCounted })
    #expect(arch.reads(.ICH_HCR_EL2, 1))
    arch.write(.ICV_DIR_EL1, 40)
    #expect(arch.reads(.ICH_HCR_EL2, 1 | 1 << 27))

    let qemu = Self.active(split: true, profile: .qemu7)
    qemu.load(0, 0)
    qemu.write(.ICV_EOIR1_EL1, 40)
    qemu.write(.ICV_DIR_EL1, 40)
    #expect(qemu.reads(.ICH_HCR_EL2, 1 | 2 << 27))
  }

  @Test("vSGIEOICount: ends of virtual SGIs do not count (GICv4.1)")
  func endOfSGINotCounted() {
    let rig = Rig(architecture: .v4_1)
    rig.openVirtual()
    rig.write(.ICH_HCR_EL2, 1 | 1 << 8)
    rig.write(.ICH_AP1R0_EL2, 1 << 20 | 1 << 21)
    rig.write(.ICV_EOIR1_EL1, 3)
    #expect(rig.reads(.ICH_HCR_EL2, 1 | 1 << 8))
    rig.write(.ICV_EOIR1_EL1, 33)
    #expect(rig.reads(.ICH_HCR_EL2, 1 | 1 << 8 | 1 << 27))
  }

  @Test("The end of an LPI that no list register holds does not count")
  func endOfLPI() throws {
    let rig = Self.active(8200)
    rig.load(0, 0)
    rig.forget()
    rig.write(.ICV_EOIR1_EL1, 8200)
    #expect(rig.kinds == [.virtualEndOfInterrupt])
    #expect(try #require(rig.transitions(.virtualEndOfInterrupt).first).b == 1, "nothing is left active")
    #expect(rig.reads(.ICH_HCR_EL2, 1))
  }

  @Test("An LPI in a list register is deactivated by EOIR in both modes")
  func endOfListedLPI() {
    let rig = Self.active(8200, split: true)
    rig.write(.ICV_EOIR1_EL1, 8200)
    #expect(rig.kinds == [.virtualEndOfInterrupt, .virtualDeactivated, .lrEmptied])
  }

  @Test("An end in the wrong group drops the priority but deactivates nothing")
  func wrongGroup() {
    let rig = Self.active()
    rig.write(.ICV_EOIR0_EL1, 40)
    #expect(rig.kinds == [.virtualEndOfInterrupt])
    #expect(rig.reads(.ICV_RPR_EL1, 0xFF))
    #expect(rig.reads(.ICH_LR0_EL2, Rig.lr(40, state: 2)))
  }

  @Test("An end without an active priority does nothing")
  func nothingActive() {
    let rig = Rig()
    rig.openVirtual()
    rig.load(0, Rig.lr(40, state: 2))
    rig.forget()
    rig.write(.ICV_EOIR1_EL1, 40)
    #expect(rig.kinds.isEmpty)
    #expect(rig.reads(.ICH_LR0_EL2, Rig.lr(40, state: 2)))
    rig.write(.ICV_EOIR1_EL1, 1023)
    #expect(rig.kinds.isEmpty)
  }

  @Test("Equal priorities in both groups: Group 0's active priority drops first")
  func dropOrder() {
    let rig = Rig()
    rig.openVirtual()
    rig.write(.ICH_AP0R0_EL2, 1 << 20)
    rig.write(.ICH_AP1R0_EL2, 1 << 20)
    rig.write(.ICV_EOIR1_EL1, 60)
    #expect(rig.reads(.ICH_AP0R0_EL2, 0))
    #expect(rig.reads(.ICH_AP1R0_EL2, 1 << 20))
  }
}
