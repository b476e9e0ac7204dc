import InterruptTrace
import Testing

@testable import GICModel

@Suite("ICH_VMCR_EL2 and its views ICV_* (IHI 0069H, 12.3, 12.4.8)")
struct VirtualRegisterTests {
  @Test("ICV_* are views of ICH_VMCR_EL2, in both directions")
  func views() {
    let rig = Rig(profile: .qemu7)
    rig.write(.ICH_VMCR_EL2, 0xF04C_0008 | 1 << 1 | 1 << 9)
    #expect(rig.reads(.ICV_PMR_EL1, 0xF0))
    #expect(rig.reads(.ICV_BPR0_EL1, 2))
    #expect(rig.reads(.ICV_BPR1_EL1, 3))
    #expect(rig.reads(.ICV_IGRPEN0_EL1, 0))
    #expect(rig.reads(.ICV_IGRPEN1_EL1, 1))
    rig.write(.ICV_PMR_EL1, 0x80)
    rig.write(.ICV_IGRPEN0_EL1, 1)
    rig.write(.ICV_IGRPEN1_EL1, 0)
    rig.write(.ICV_CTLR_EL1, 1)
    rig.write(.ICV_BPR0_EL1, 5)
    #expect(rig.reads(.ICH_VMCR_EL2, 0x80AC_0008 | 1 | 1 << 4))
  }

  @Test("Binary points below the smallest set the smallest", arguments: [5, 6, 7])
  func binaryPoints(bits: UInt64) {
    let rig = Rig(profile: .qemu7) { $0.set(.preemptionBits, to: Int(bits), source: .user) }
    rig.write(.ICV_BPR0_EL1, 0)
    rig.write(.ICV_BPR1_EL1, 0)
    #expect(rig.reads(.ICV_BPR0_EL1, 7 - bits))
    #expect(rig.reads(.ICV_BPR1_EL1, 8 - bits))
    rig.write(.ICH_VMCR_EL2, 0)
    #expect(rig.reads(.ICH_VMCR_EL2, (7 - bits) << 21 | (8 - bits) << 18 | 8))
  }

  @Test("VCBPR: Group 1 reads Group 0's binary point plus one, at most 7, and ignores writes (12.3.4)")
  func commonBinaryPoint() {
    let rig = Rig(profile: .qemu7)
    rig.write(.ICV_BPR0_EL1, 4)
    rig.write(.ICV_BPR1_EL1, 6)
    rig.write(.ICV_CTLR_EL1, 1)
    #expect(rig.reads(.ICV_BPR1_EL1, 5))
    rig.write(.ICV_BPR1_EL1, 3)
    rig.write(.ICV_BPR0_EL1, 7)
    #expect(rig.reads(.ICV_BPR1_EL1, 7))
    rig.write(.ICV_CTLR_EL1, 0)
    #expect(rig.reads(.ICV_BPR1_EL1, 6))
  }

  @Test("The priority mask keeps only implemented bits")
  func priorityMask() {
    let rig = Rig()
    rig.write(.ICV_PMR_EL1, 0xFF)
    #expect(rig.reads(.ICV_PMR_EL1, 0xF8))
    rig.write(.ICH_VMCR_EL2, 0xFF << 24)
    #expect(rig.reads(.ICV_PMR_EL1, 0xF8))
  }

  @Test("QEMU: ICH_VMCR_EL2 keeps all bits of the mask, has no VAckCtl, and VFIQEn always set")
  func machineControlInQEMU() {
    let rig = Rig(profile: .qemu7)
    rig.write(.ICH_VMCR_EL2, 0xFF4C_0004)
    #expect(rig.reads(.ICH_VMCR_EL2, 0xFF4C_0008))
  }

  @Test("ICV_CTLR_EL1 shows what ICH_VTR_EL2 says of priority and INTID bits (12.3.5)")
  func control() {
    let rig = Rig(profile: .qemu7) { $0.set(.vtr, to: 0x90B8_0003, source: .user) }
    #expect(rig.reads(.ICV_CTLR_EL1, 0x8C00))
    rig.write(.ICV_CTLR_EL1, 0xFFFF_FFFF)
    #expect(rig.reads(.ICV_CTLR_EL1, 0x8C03))
  }

  @Test("Active priorities: ICV_AP* and ICH_AP* are the same; a write decides what can preempt")
  func activePriorities() {
    let rig = Rig()
    rig.openVirtual()
    rig.load(0, Rig.lr(40, priority: 0x90))
    rig.write(.ICH_AP1R0_EL2, 1 << 16)
    #expect(rig.reads(.ICV_AP1R0_EL1, 1 << 16))
    #expect(rig.reads(.ICV_RPR_EL1, 0x80))
    #expect(rig.virtualLines([]))
    rig.write(.ICV_AP1R0_EL1, 0)
    #expect(rig.reads(.ICH_AP1R0_EL2, 0))
    #expect(rig.virtualLines(.virq))
    rig.write(.ICV_AP0R0_EL1, 1)
    #expect(rig.reads(.ICH_AP0R0_EL2, 1))
    #expect(rig.reads(.ICV_RPR_EL1, 0))
  }

  @Test("Active priorities: one register for 5 preemption bits, two for 6, four for 7", arguments: [5, 6, 7])
  func activePriorityRegisters(bits: UInt64) {
    let rig = Rig {
      $0.set(.vtr, to: 7 << 29 | (bits - 1) << 26 | 3, source: .user)
    }
    rig.openVirtual(mask: 0xFF)
    rig.load(0, Rig.lr(40, priority: 0xE0))
    #expect(rig.reads(.ICV_IAR1_EL1, 40))
    let bit = 0xE0 >> (8 - bits)
    let words = 1 << (bits - 5)
    for n in 0..<4 {
      let expected: UInt64 = UInt64(n) == bit / 32 ? 1 << (bit % 32) : 0
      #expect(rig.reads(.ICH_AP1R0_EL2[n], n < words ? expected : 0))
    }
    rig.write(.ICV_EOIR1_EL1, 40)
    #expect(rig.reads(.ICV_RPR_EL1, 0xFF))
  }

  @Test("Each PE has its own virtual interface")
  func perPE() {
    let rig = Rig()
    rig.openVirtual(pe: 0)
    rig.openVirtual(pe: 1)
    rig.load(0, Rig.lr(40), pe: 1)
    #expect(rig.virtualHighest(nil, pe: 0))
    #expect(rig.virtualHighest(0, pe: 1))
    #expect(rig.virtualLines(.virq, pe: 1))
    #expect(rig.virtualLines([], pe: 0))
  }

  @Test("The state tree shows list registers by field")
  func state() {
    let rig = Rig()
    rig.openVirtual()
    rig.load(1, Rig.lr(100, physical: 27))
    guard case .object(let parts) = rig.controller.state(),
      case .list(let interfaces)? = parts.first(where: { $0.name == "virtual_interfaces" })?.value,
      case .object(let members)? = interfaces.first,
      case .list(let registers)? = members.first(where: { $0.name == "list_registers" })?.value,
      case .object(let fields) = registers[1]
    else {
      Issue.record("no list registers in the state")
      return
    }
    #expect(members.first { $0.name == "ICH_HCR_EL2" }?.value == .register(1))
    #expect(fields.first { $0.name == "ICH_LR1_EL2" }?.value == .register(Rig.lr(100, physical: 27)))
    #expect(fields.first { $0.name == "state" }?.value == .text("pending"))
    #expect(fields.first { $0.name == "physical_intid" }?.value == .number(27))
  }

  @Test("TALL0, TALL1, TC and TDIR of ICH_HCR_EL2 trap: an access that is shown all the same was carried out (12.4.5)")
  func traps() {
    let rig = Rig()
    rig.openVirtual()
    let trapping: UInt64 = 1 | 1 << 10 | 1 << 11 | 1 << 12 | 1 << 14
    rig.write(.ICH_HCR_EL2, trapping)
    #expect(rig.reads(.ICH_HCR_EL2, trapping))
    rig.load(0, Rig.lr(40))
    // What traps does not take the interrupt from the guest: it is signalled as ever.
    #expect(rig.virtualLines(.virq))
    #expect(rig.reads(.ICV_IAR1_EL1, 40))
    rig.write(.ICV_EOIR1_EL1, 40)
    #expect(rig.transitions(.virtualDeactivated).map(\.intid) == [40])
  }

  @Test(
    "A hypervisor that traps acknowledges and ends carries them out through list registers: no guest access is made up")
  func emulatedByHypervisor() {
    let rig = Rig()
    rig.openVirtual()
    rig.write(.ICH_HCR_EL2, 1 | 1 << 12)
    rig.load(0, Rig.lr(40))
    rig.load(0, Rig.lr(40, state: 2))
    rig.write(.ICH_AP1R0_EL2, 1 << 20)
    #expect(rig.virtualLines([]))
    #expect(rig.reads(.ICV_RPR_EL1, 0xA0))
    rig.write(.ICH_AP1R0_EL2, 0)
    rig.load(0, 0)
    #expect(rig.kinds.filter { $0 == .virtualAcknowledged || $0 == .virtualEndOfInterrupt }.isEmpty)
    #expect(rig.transitions(.lrEmptied).map(\.intid) == [40])
  }
}
