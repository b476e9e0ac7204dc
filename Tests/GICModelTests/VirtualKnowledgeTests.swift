import InterruptTrace
import Testing

@testable import GICModel

@Suite("Virtual interface: a capture that begins in the middle teaches, it does not contradict")
struct VirtualKnowledgeTests {
  private func read(_ rig: Rig, _ register: SystemRegister, _ value: UInt64) {
    rig.apply(.sysreg(.sysregRead, time: 0, pe: 0, register: register, value: value))
  }

  @Test("The first read of a register teaches, the second is predicted")
  func firstRead() {
    let rig = Rig(atReset: false)
    let values: [(SystemRegister, UInt64)] = [
      (.ICH_HCR_EL2, 0x7), (.ICH_VMCR_EL2, 0xF04C_000B), (.ICH_AP1R0_EL2, 1 << 20), (.ICH_LR0_EL2, Rig.lr(40)),
      (.ICH_LR0_EL2[3], Rig.lr(41, state: 2)),
    ]
    for (register, value) in values {
      #expect(rig.isTaught { read(rig, register, value) }, "\(register.name)")
      #expect(rig.reads(register, value), "\(register.name)")
    }
    #expect(rig.reads(.ICV_RPR_EL1, 0xFF) == false)
  }

  @Test("A view that was written is known, the rest of ICH_VMCR_EL2 is not")
  func partOfMachineControl() {
    let rig = Rig(profile: .qemu7, atReset: false)
    rig.write(.ICV_PMR_EL1, 0xF0)
    #expect(rig.reads(.ICV_PMR_EL1, 0xF0))
    #expect(rig.isTaught { read(rig, .ICH_VMCR_EL2, 0xF04C_000A) })
    #expect(rig.reads(.ICV_IGRPEN1_EL1, 1))
    #expect(!rig.isTaught { read(rig, .ICV_PMR_EL1, 0x80) }, "what was shown is not taught again")
  }

  @Test("ELRSR: a list register that is shown empty holds nothing")
  func emptyStatus() {
    let rig = Rig(atReset: false)
    rig.write(.ICV_PMR_EL1, 0xF8)
    rig.write(.ICH_HCR_EL2, 1)
    #expect(rig.isTaught { read(rig, .ICH_ELRSR_EL2, 0b1110) })
    rig.load(0, Rig.lr(40))
    #expect(rig.reads(.ICH_ELRSR_EL2, 0b1110))
    #expect(!rig.isTaught { read(rig, .ICH_ELRSR_EL2, 0b1111) }, "list register 0 is known")
  }

  @Test("A list register that is shown to be the highest pending is taken for pending")
  func highestPending() {
    let rig = Rig(atReset: false)
    rig.write(.ICV_PMR_EL1, 0xF8)
    #expect(rig.isTaught { rig.showVirtualHighest(2) })
    #expect(rig.virtualHighest(2))
    #expect(rig.isTaught { rig.showVirtualLines(.virq) })
    #expect(rig.virtualLines(.virq))
    #expect(rig.isTaught { rig.showVirtualHighest(nil) })
    rig.load(2, Rig.lr(40))
    rig.write(.ICH_VMCR_EL2, 0xF800_0003)
    for n in [0, 1, 3] { rig.load(n, 0) }
    #expect(rig.virtualHighest(2))
    #expect(!rig.isTaught { rig.showVirtualHighest(nil) }, "now everything is known")
  }

  @Test("A line before anything is known of what is pending teaches")
  func lineFirst() {
    let rig = Rig(atReset: false)
    #expect(rig.isTaught { rig.showVirtualLines(.virq) })
    let known = Rig(profile: .qemu7)
    #expect(!known.isTaught { known.showVirtualLines(.virq) })
  }

  @Test("Lines teach what masks: ICH_HCR_EL2.En, the priority mask, active priorities")
  func lines() {
    let rig = Rig(atReset: false)
    rig.write(.ICV_IGRPEN1_EL1, 1)
    rig.load(0, Rig.lr(40))
    #expect(rig.virtualHighest(0))
    #expect(rig.isTaught { rig.showVirtualLines(.virq) })
    #expect(rig.isTaught { rig.showVirtualLines([]) })
    rig.write(.ICH_HCR_EL2, 1)
    rig.write(.ICV_PMR_EL1, 0xF0)
    rig.write(.ICH_AP0R0_EL2, 0)
    rig.write(.ICH_AP1R0_EL2, 0)
    #expect(rig.virtualLines(.virq))
    #expect(!rig.isTaught { rig.showVirtualLines([]) })
  }

  @Test("An acknowledge from a list register that nothing has shown teaches, and its end is followed")
  func acknowledge() {
    let rig = Rig(profile: .qemu7, atReset: false)
    rig.forget()
    #expect(rig.isTaught { read(rig, .ICV_IAR1_EL1, 40) })
    #expect(rig.kinds.contains(.virtualAcknowledged))
    rig.forget()
    rig.write(.ICV_EOIR1_EL1, 40)
    #expect(rig.kinds == [.virtualEndOfInterrupt, .virtualDeactivated, .lrEmptied])
  }

  @Test("With everything known, another acknowledge than predicted is a disagreement")
  func disagreement() throws {
    let rig = Rig(profile: .qemu7)
    rig.openVirtual()
    rig.load(0, Rig.lr(40))
    read(rig, .ICV_IAR1_EL1, 1023)
    let found = try #require(rig.controller.disagreements.first)
    #expect((found.name, found.expected, found.seen) == ("ICV_IAR1_EL1", 40, 1023))
    #expect(found.explanation.contains("LR0"))
  }

  @Test("The maintenance interrupt is not predicted from list registers that nothing has shown")
  func maintenance() {
    let rig = Rig(atReset: false)
    rig.write(.ICV_PMR_EL1, 0xF8)
    rig.write(.ICH_HCR_EL2, 1 | 1 << 1)
    #expect(rig.isTaught { rig.apply(Event(time: 0, kind: .maintenanceLine, pe: 0, a: 0)) })
    rig.openVirtual()
    rig.write(.ICH_HCR_EL2, 1 | 1 << 1)
    #expect(rig.maintenance(true))
    #expect(!rig.isTaught { rig.apply(Event(time: 0, kind: .maintenanceLine, pe: 0, a: 0)) })
  }

  @Test("Accesses that no hardware has change nothing and crash nothing")
  func arbitrary() {
    let rig = Rig { $0.set(.vtr, to: 0xFFFF_FFFF, source: .user) }
    for register in SystemRegister.all where register.rawValue >= 64 {
      for value in [0, 1, 0xFFFF_FFFF, UInt64.max, 1 << 62, 0x5000_0000_0000_0028] as [UInt64] {
        rig.write(register, value)
        rig.apply(.sysreg(.sysregRead, time: 0, pe: 0, register: register, value: value))
        rig.write(register, value, pe: PE.none)
      }
    }
    for n in [0, 15, 16, 17, 255, 0xFFFF_FFFE] as [UInt32] { rig.showVirtualHighest(n, lpi: (0, 3)) }
    rig.showVirtualHighest(16, lpi: (0xFFFF_FFFF, 0xFFFF))
    rig.showVirtualLines([.virq, .vfiq])
  }

  @Test("Where a capture holds no access of a guest, what a guest may have changed is not contradicted but taught")
  func guestsAreNotShown() {
    let rig = Rig()
    rig.openVirtual()
    rig.load(0, Rig.lr(40))
    #expect(rig.isTaught { read(rig, .ICH_LR0_EL2, Rig.lr(40, state: 2)) })
    rig.load(0, Rig.lr(41))
    #expect(rig.isTaught { read(rig, .ICH_ELRSR_EL2, 0b1111) })
    #expect(rig.isTaught { read(rig, .ICH_AP1R0_EL2, 1 << 20) })
  }
}
