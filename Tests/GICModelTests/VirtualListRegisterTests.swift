import InterruptTrace
import Testing

@testable import GICModel

@Suite("List registers (IHI 0069H, 12.4.3, 12.4.4, 12.4.6)")
struct VirtualListRegisterTests {
  @Test("Loading an invalid list register with a valid interrupt fills it")
  func filled() throws {
    let rig = Rig()
    rig.openVirtual()
    rig.forget()
    let value = Rig.lr(27, physical: 27)
    rig.load(1, value)
    let filled = try #require(rig.transitions(.lrFilled).first)
    #expect((filled.intid, filled.priority, filled.a, filled.b) == (27, 0xA0, 1, value))
    #expect(rig.kinds == [.lrFilled])
    #expect(rig.reads(.ICH_LR0_EL2[1], value))
  }

  @Test("Invalidating a list register empties it; what it held is reported")
  func emptied() throws {
    let rig = Rig()
    rig.openVirtual()
    let value = Rig.lr(40)
    rig.load(0, value)
    rig.forget()
    rig.load(0, 0)
    let emptied = try #require(rig.transitions(.lrEmptied).first)
    #expect((emptied.intid, emptied.a, emptied.b) == (40, 0, value))
    #expect(rig.kinds == [.lrEmptied])
  }

  @Test("Another interrupt over a valid one is an overwrite, and a fill")
  func overwritten() throws {
    let rig = Rig()
    rig.openVirtual()
    let old = Rig.lr(40)
    rig.load(0, old)
    rig.forget()
    rig.load(0, Rig.lr(41))
    let overwritten = try #require(rig.transitions(.lrOverwritten).first)
    #expect((overwritten.intid, overwritten.a, overwritten.b) == (40, 0, old))
    #expect(rig.kinds == [.lrOverwritten, .lrFilled])
  }

  @Test("The same interrupt written again is news only if that makes it pending")
  func rewritten() {
    let rig = Rig()
    rig.openVirtual()
    rig.load(0, Rig.lr(40, state: 2))
    rig.forget()
    rig.load(0, Rig.lr(40, priority: 0x80, state: 2))
    #expect(rig.kinds.isEmpty)
    rig.load(0, Rig.lr(40, state: 3))
    #expect(rig.kinds == [.lrFilled])
  }

  @Test("AArch32: the halves of a list register")
  func halves() {
    let rig = Rig()
    rig.openVirtual()
    rig.forget()
    rig.write(.ICH_LR0[2], 40)
    #expect(rig.kinds.isEmpty, "the state lies in the high half")
    rig.write(.ICH_LRC0[2], 0x50A0_0000)
    #expect(rig.kinds == [.lrFilled])
    #expect(rig.reads(.ICH_LR0[2], 40))
    #expect(rig.reads(.ICH_LRC0[2], 0x50A0_0000))
    #expect(rig.reads(.ICH_LR0_EL2[2], Rig.lr(40)))
  }

  @Test("ELRSR: empty is invalid, and linked to hardware or without EOI maintenance (12.4.4)")
  func emptyStatus() {
    let rig = Rig()
    rig.openVirtual()
    #expect(rig.reads(.ICH_ELRSR_EL2, 0b1111))
    rig.load(0, Rig.lr(40))
    rig.load(1, Rig.lr(41, state: 0, wantsEnd: true))
    rig.load(2, Rig.lr(42, state: 0, physical: 42))
    rig.load(3, Rig.lr(43, state: 2))
    #expect(rig.reads(.ICH_ELRSR_EL2, 0b0100))
  }

  @Test("EISR: invalid, not linked to hardware, with EOI maintenance (12.4.3)")
  func endStatus() {
    let rig = Rig()
    rig.openVirtual()
    #expect(rig.reads(.ICH_EISR_EL2, 0))
    rig.load(0, Rig.lr(40, wantsEnd: true))
    rig.load(1, Rig.lr(41, state: 0, wantsEnd: true))
    rig.load(2, Rig.lr(42, state: 0, physical: 1 << 9))
    #expect(rig.reads(.ICH_EISR_EL2, 0b0010))
  }

  @Test("Priority bits that are not implemented are RES0")
  func priorityBits() {
    for profile in [Topology.Profile.arch, .qemu7, .qemu10] {
      let rig = Rig(profile: profile)
      rig.openVirtual()
      rig.load(0, Rig.lr(40, priority: 0xA7))
      #expect(rig.reads(.ICH_LR0_EL2, Rig.lr(40, priority: 0xA0)), "\(profile)")
    }
  }

  @Test("Reserved bits are RES0; QEMU keeps them")
  func reservedBits() {
    let reserved: UInt64 = 0x0700_0000_0000_0000 | 1 << 45
    let arch = Rig()
    arch.openVirtual()
    arch.load(0, Rig.lr(40) | reserved | 1 << 40)
    #expect(arch.reads(.ICH_LR0_EL2, Rig.lr(40)), "bits 44:42 and 40:32 are RES0 without HW")
    let qemu = Rig(profile: .qemu7)
    qemu.openVirtual()
    qemu.load(0, Rig.lr(40) | reserved)
    #expect(qemu.reads(.ICH_LR0_EL2, Rig.lr(40) | reserved))
  }

  @Test("Any number of list registers from 1 to 16", arguments: 1...16)
  func count(count: Int) {
    let rig = Rig { $0.set(.vtr, to: 0x90B8_0000 | UInt64(count - 1), source: .user) }
    rig.write(.ICH_HCR_EL2, 1)
    rig.write(.ICH_VMCR_EL2, 0xF800_0003)
    for n in 0..<count { rig.load(n, 0) }
    #expect(rig.reads(.ICH_ELRSR_EL2, 1 << UInt64(count) - 1))
    // The one with the highest priority is the last that exists.
    for n in 0..<16 { rig.load(n, Rig.lr(32 + UInt64(n), priority: 0xF0 - UInt64(n) * 8)) }
    #expect(rig.reads(.ICH_ELRSR_EL2, 0))
    #expect(rig.virtualHighest(UInt32(count - 1)))
    #expect(rig.reads(.ICV_IAR1_EL1, 32 + UInt64(count) - 1))
    #expect(
      rig.reads(.ICH_LR0_EL2[count - 1], Rig.lr(31 + UInt64(count), priority: 0xF8 - UInt64(count) * 8, state: 2)))
  }

  @Test("Where nothing tells how many list registers there are, an access does")
  func countIsInferred() {
    let rig = Rig(profile: .qemu7)
    rig.load(9, Rig.lr(40))
    #expect(rig.reads(.ICH_ELRSR_EL2, 0b01_1111_1111))
    #expect(rig.reads(.ICH_LR0_EL2[9], Rig.lr(40)))
  }

  @Test("ICH_VTR_EL2 as the topology gives it")
  func type() {
    let rig = Rig {
      $0.set(.listRegisters, to: 16, source: .user)
      $0.set(.vtr, to: 0x90B8_0003, source: .user)
    }
    #expect(rig.reads(.ICH_VTR_EL2, 0x90B8_000F))
  }

  @Test("The first read of ICH_VTR_EL2 teaches; it decides how many list registers there are")
  func typeIsTaught() {
    let rig = Rig(profile: .qemu7)
    #expect(
      rig.isTaught {
        rig.apply(.sysreg(.sysregRead, time: 0, pe: 0, register: .ICH_VTR_EL2, value: 0xB4B8_0001))
      }
    )
    #expect(rig.reads(.ICH_VTR_EL2, 0xB4B8_0001))
    #expect(rig.reads(.ICH_ELRSR_EL2, 0b11))
    #expect(rig.reads(.ICV_CTLR_EL1, 0x8D00))
  }

  @Test("The same INTID valid in two list registers breaks an invariant, once the guest runs")
  func duplicate() {
    let rig = Rig()
    rig.write(.ICH_HCR_EL2, 0)
    rig.load(0, Rig.lr(40))
    rig.load(1, Rig.lr(40))
    var buffer = TransitionBuffer()
    rig.write(.ICH_HCR_EL2, 1)
    let mask = Event.sysreg(.sysregWrite, time: 0, pe: 0, register: .ICV_PMR_EL1, value: 0xF8)
    withUnsafePointer(to: mask) {
      rig.controller.apply(UnsafeBufferPointer(start: $0, count: 1), firstIndex: 0, into: &buffer)
    }
    #expect(rig.controller.checkInvariants()?.contains("INTID 40 is in list registers 0 and 1") == true)
  }

  @Test("Every write of a list register is reported, whatever it changed; so is ICH_HCR_EL2.En")
  func written() {
    let rig = Rig()
    rig.openVirtual()
    rig.forget()
    for value in [Rig.lr(40), Rig.lr(40), 0, 0] { rig.load(1, value) }
    #expect(rig.transitions(.lrWritten).map(\.b) == [Rig.lr(40), Rig.lr(40), 0, 0])
    #expect(rig.transitions(.lrWritten).map(\.a) == [1, 1, 1, 1])
    for value in [1, 3, 0, 0, 1] as [UInt64] { rig.write(.ICH_HCR_EL2, value) }
    #expect(rig.transitions(.virtualInterfaceDisabled).map(\.a) == [3])
    #expect(rig.transitions(.virtualInterfaceEnabled).map(\.a) == [1])
  }

  @Test("The guest runs once it uses its registers, or its PE returns from EL2, after the hypervisor has used its own")
  func whoRuns() {
    let rig = Rig()
    rig.openVirtual()
    func runs(_ part: () -> Void) -> Int {
      rig.forget()
      part()
      return rig.transitions(.guestRuns).count
    }
    #expect(runs { for _ in 0..<2 { rig.write(.ICV_PMR_EL1, 0xF8) } } == 1)
    #expect(runs { rig.load(0, Rig.lr(40)) } == 0)
    #expect(runs { rig.apply(Event(time: 0, kind: .exceptionReturn, pe: 0, a: 2 << 8 | 1 << 12)) } == 1)
    #expect(runs { rig.write(.ICV_PMR_EL1, 0xF0) } == 0)
    rig.apply(Event(time: 0, kind: .exceptionEntry, pe: 0, a: 1 << 8 | 2 << 12))
    #expect(runs { rig.write(.ICV_PMR_EL1, 0xF8) } == 1)
    rig.write(.ICH_HCR_EL2, 0)
    #expect(runs { rig.apply(Event(time: 0, kind: .exceptionReturn, pe: 0, a: 2 << 8 | 1 << 12)) } == 0)
  }

  @Test(
    "A list register that was read is saved until the guest runs; with all saved, a write of ICH_VMCR_EL2 loads a vCPU")
  func saved() {
    let rig = Rig()
    rig.openVirtual()
    rig.load(0, Rig.lr(40))
    rig.forget()
    rig.write(.ICH_VMCR_EL2, 0xF8 << 24 | 3)
    #expect(rig.transitions(.vCPULoaded).isEmpty, "nobody has read what the list register holds")
    #expect(rig.reads(.ICH_LR0_EL2, Rig.lr(40)))
    rig.write(.ICH_VMCR_EL2, 0xF8 << 24 | 3)
    #expect(rig.transitions(.vCPULoaded).count == 1)
    rig.load(0, Rig.lr(41))
    rig.load(0, Rig.lr(42))
    #expect(rig.transitions(.lrOverwritten).map(\.listRegister.isSaved) == [true, false])
    #expect(rig.reads(.ICH_LR0_EL2, Rig.lr(42)))
    rig.write(.ICV_PMR_EL1, 0xF8)
    rig.load(0, Rig.lr(43))
    #expect(rig.transitions(.lrOverwritten).last?.listRegister.isSaved == false, "the guest may have changed it since")
  }
}
