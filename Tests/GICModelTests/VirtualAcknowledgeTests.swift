import InterruptTrace
import Testing

@testable import GICModel

@Suite("Virtual acknowledge, priority, preemption (IHI 0069H, 4.8, 12.3.9 to 12.3.17)")
struct VirtualAcknowledgeTests {
  @Test("An acknowledge makes the list register active and raises the running priority")
  func acknowledge() throws {
    let rig = Rig()
    rig.openVirtual()
    rig.load(0, Rig.lr(40))
    #expect(rig.virtualHighest(0))
    #expect(rig.virtualLines(.virq))
    rig.forget()
    #expect(rig.reads(.ICV_IAR1_EL1, 40))
    let acknowledged = try #require(rig.transitions(.virtualAcknowledged).first)
    #expect((acknowledged.intid, acknowledged.priority, acknowledged.a) == (40, 0xA0, 0))
    #expect(rig.kinds == [.virtualAcknowledged])
    #expect(rig.reads(.ICH_LR0_EL2, Rig.lr(40, state: 2)))
    #expect(rig.reads(.ICH_AP1R0_EL2, 1 << 20))
    #expect(rig.reads(.ICV_RPR_EL1, 0xA0))
    #expect(rig.virtualHighest(nil))
    #expect(rig.virtualLines([]))
  }

  @Test("An acknowledge with nothing signalled returns 1023")
  func spurious() throws {
    let rig = Rig()
    rig.openVirtual()
    rig.forget()
    #expect(rig.reads(.ICV_IAR1_EL1, 1023))
    #expect(rig.kinds == [.virtualSpuriousAcknowledge])
    #expect(try #require(rig.transitions(.virtualSpuriousAcknowledge).first).a == 1023)
  }

  @Test("Group 0 is virtual FIQ and ICV_IAR0, Group 1 virtual IRQ and ICV_IAR1")
  func groups() {
    let rig = Rig()
    rig.openVirtual()
    rig.load(0, Rig.lr(40, priority: 0x80, group1: false))
    rig.load(1, Rig.lr(41))
    #expect(rig.virtualHighest(0))
    #expect(rig.virtualLines(.vfiq))
    #expect(rig.reads(.ICV_HPPIR1_EL1, 1023))
    #expect(rig.reads(.ICV_HPPIR0_EL1, 40))
    #expect(rig.reads(.ICV_IAR1_EL1, 1023), "the highest is of the other group")
    #expect(rig.reads(.ICV_IAR0_EL1, 40))
    #expect(rig.reads(.ICH_AP0R0_EL2, 1 << 16))
    #expect(rig.reads(.ICH_AP1R0_EL2, 0))
  }

  @Test("A group that the guest did not enable is not pending for it")
  func groupDisabled() {
    let rig = Rig()
    rig.openVirtual()
    rig.load(0, Rig.lr(40, priority: 0x80, group1: false))
    rig.load(1, Rig.lr(41))
    rig.write(.ICV_IGRPEN0_EL1, 0)
    #expect(rig.virtualHighest(1))
    #expect(rig.virtualLines(.virq))
    rig.write(.ICV_IGRPEN1_EL1, 0)
    #expect(rig.virtualHighest(nil))
    #expect(rig.reads(.ICV_IAR1_EL1, 1023))
  }

  @Test("With En clear nothing is signalled; what is pending still shows")
  func disabled() {
    let rig = Rig()
    rig.openVirtual()
    rig.load(0, Rig.lr(40))
    rig.write(.ICH_HCR_EL2, 0)
    #expect(rig.virtualHighest(0))
    #expect(rig.virtualLines([]))
    #expect(rig.reads(.ICV_IAR1_EL1, 1023))
    #expect(rig.reads(.ICV_HPPIR1_EL1, 40))
  }

  @Test("The priority mask lets through only what is strictly higher; ICV_HPPIR does not look at it")
  func mask() {
    let rig = Rig()
    rig.openVirtual(mask: 0xA0)
    rig.load(0, Rig.lr(40, priority: 0xA0))
    #expect(rig.virtualLines([]))
    #expect(rig.reads(.ICV_HPPIR1_EL1, 40))
    #expect(rig.reads(.ICV_IAR1_EL1, 1023))
    rig.write(.ICV_PMR_EL1, 0xA8)
    #expect(rig.virtualLines(.virq))
  }

  @Test("Lower value wins; among equals the lowest list register")
  func order() {
    let rig = Rig()
    rig.openVirtual()
    rig.load(1, Rig.lr(50, priority: 0x90))
    rig.load(2, Rig.lr(40, priority: 0x90))
    #expect(rig.virtualHighest(1))
    rig.load(3, Rig.lr(60, priority: 0x88))
    #expect(rig.virtualHighest(3))
  }

  @Test("Priority 0xFF is never signalled")
  func lowestPriority() {
    let rig = Rig {
      $0.set(.vtr, to: 0xF4B8_0003, source: .user)  // 8 priority bits, 6 preemption bits
    }
    rig.openVirtual(mask: 0xFF)
    rig.load(0, Rig.lr(40, priority: 0xFF))
    #expect(rig.virtualHighest(nil))
    rig.load(0, Rig.lr(40, priority: 0xFE))
    #expect(rig.virtualHighest(0))
    #expect(rig.virtualLines(.virq))
  }

  @Test("Only a higher group priority preempts; each end uncovers the one before")
  func preemption() {
    let rig = Rig()
    rig.openVirtual()
    rig.load(0, Rig.lr(40, priority: 0xA0))
    #expect(rig.reads(.ICV_IAR1_EL1, 40))
    rig.load(1, Rig.lr(41, priority: 0xA0))
    #expect(rig.virtualHighest(1))
    #expect(rig.virtualLines([]), "the same priority does not preempt")
    rig.load(2, Rig.lr(42, priority: 0x40))
    #expect(rig.virtualLines(.virq))
    #expect(rig.reads(.ICV_IAR1_EL1, 42))
    #expect(rig.reads(.ICV_RPR_EL1, 0x40))
    rig.write(.ICV_EOIR1_EL1, 42)
    #expect(rig.reads(.ICV_RPR_EL1, 0xA0))
    rig.write(.ICV_EOIR1_EL1, 40)
    #expect(rig.reads(.ICV_RPR_EL1, 0xFF))
    #expect(rig.virtualLines(.virq))
  }

  @Test("The binary point hides low priority bits from preemption (4.8.2)")
  func binaryPoint() {
    let rig = Rig()
    rig.openVirtual()
    rig.write(.ICV_BPR1_EL1, 7)  // Group 1 uses the value minus one: bit 7 alone is group priority.
    rig.load(0, Rig.lr(40, priority: 0xA0))
    #expect(rig.reads(.ICV_IAR1_EL1, 40))
    #expect(rig.reads(.ICV_RPR_EL1, 0x80), "the running priority is the group priority")
    rig.load(1, Rig.lr(41, priority: 0x90))
    #expect(rig.virtualLines([]))
    rig.load(2, Rig.lr(42, priority: 0x70))
    #expect(rig.virtualLines(.virq))
  }

  @Test("VCBPR: Group 1 preempts by the binary point of Group 0")
  func commonBinaryPoint() {
    let rig = Rig()
    rig.openVirtual()
    rig.write(.ICV_BPR0_EL1, 6)  // bit 7 alone
    rig.write(.ICV_BPR1_EL1, 3)  // all five bits
    rig.load(0, Rig.lr(40, priority: 0xA0))
    #expect(rig.reads(.ICV_IAR1_EL1, 40))
    rig.load(1, Rig.lr(41, priority: 0x90))
    #expect(rig.virtualLines(.virq))
    rig.write(.ICV_CTLR_EL1, 1)
    #expect(rig.virtualLines([]))
  }

  @Test("A list register with a special INTID gives it out once and becomes invalid")
  func specialINTID() {
    let rig = Rig()
    rig.openVirtual()
    rig.load(0, Rig.lr(1021))
    rig.forget()
    #expect(rig.reads(.ICV_IAR1_EL1, 1021))
    #expect(rig.kinds == [.virtualSpuriousAcknowledge, .lrEmptied])
    #expect(rig.reads(.ICV_RPR_EL1, 0xFF), "no active priority")
    #expect(rig.reads(.ICH_ELRSR_EL2, 0b1111))
  }

  @Test("Active and pending is not signalled until the active part ends")
  func activeAndPending() {
    let rig = Rig()
    rig.openVirtual()
    rig.load(0, Rig.lr(40))
    #expect(rig.reads(.ICV_IAR1_EL1, 40))
    rig.load(0, Rig.lr(40, state: 3))
    #expect(rig.virtualHighest(nil))
    rig.write(.ICV_EOIR1_EL1, 40)
    #expect(rig.virtualHighest(0))
    #expect(rig.virtualLines(.virq))
  }

  @Test("A non-maskable virtual interrupt is acknowledged through ICV_NMIAR1 (12.3.15)")
  func nonMaskable() {
    let rig = Rig(profile: .qemu10, architecture: .v3_3)
    rig.openVirtual(mask: 0x80)
    rig.load(0, Rig.lr(41, priority: 0) & ~(0xFF << 48) | 1 << 59)
    rig.load(1, Rig.lr(40, priority: 0x20))
    #expect(rig.virtualHighest(0))
    #expect(rig.virtualLines([]), "neither IRQ nor FIQ shows it")
    #expect(rig.reads(.ICV_IAR1_EL1, 1022))
    #expect(rig.reads(.ICV_NMIAR1_EL1, 41))
    #expect(rig.reads(.ICV_AP1R0_EL1, 1 << 63))
    #expect(rig.virtualLines([]), "a maskable interrupt does not preempt it")
    rig.write(.ICV_EOIR1_EL1, 41)
    #expect(rig.virtualLines(.virq))
  }
}
