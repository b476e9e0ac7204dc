import InterruptTrace
import Testing

@testable import GICModel

/// Every event is followed by a check of the invariants, see `Rig.apply`.
@Suite("What no controller does leaves the model in order")
struct ImplausibleEventTests {
  @Test("An SGI that nothing explains is pending from nobody (IHI 0048B, 4.3.16)", arguments: [0x18, 0x28] as [UInt32])
  func sgiFromNobody(register: UInt32) {
    let rig = Rig.v2(pes: 4)
    rig.openGICv2(pes: 4)
    rig.enableGICv2(spi: 40)
    rig.pulse(40)
    _ = rig.reads(.gicc, register, 1 | 2 << 10, pe: 1)
    #expect(rig.reads(.gicd, 0xF10, 0, pe: 1))
  }

  @Test("An access reaches no further than its array of registers (IHI 0048B, 4.3.16)")
  func beyondArray() {
    let rig = Rig.v2(pes: 2)
    rig.openGICv2()
    rig.write(.gicd, 0xF2C, .max, size: 8, pe: 1)
    #expect(rig.reads(.gicd, 0xF20, 0, pe: 1))
    _ = rig.reads(.gicd, 0xF1C, .max, size: 8, pe: 0)
    #expect(rig.reads(.gicd, 0xF10, 0, pe: 1))
  }

  @Test("The same of private interrupts, which no Redistributor has more than 32 of (IHI 0069H, 12.11)")
  func beyondRedistributor() {
    let rig = Rig()
    rig.write(.gicd, 0x420, 0x1010_1010)
    rig.write(.gicr, 0x1041C, .max, size: 8, owner: 1)
    #expect(rig.reads(.gicd, 0x420, 0x1010_1010))
  }

  @Test("A GICH_VTR that names more list registers than were taken for implemented shows what they hold (5.3.2)")
  func moreListRegisters() {
    let rig = Rig.v2(profile: .qemu7)
    rig.openGICv2()
    rig.loadGICv2(4, Rig.list(40))
    _ = rig.reads(.gich, Rig.GICH.vtr, 5, pe: 0)
    #expect(rig.reads(.gich, Rig.GICH.elrsr0, 0b10_1111, pe: 0))
  }

  @Test("A command fetched from a slot that no queue has, and a table access that fails (IHI 0069H, 5.3)")
  func slotBeyondQueue() {
    let rig = Rig(atReset: false)
    rig.apply(Event(time: 0, kind: .itsProcess, a: .max - 1, b: 0x0A))
    rig.apply(Event(time: 0, kind: .tableEntry, flags: [.tableFault], a: 0))
    rig.apply(Event(time: 0, kind: .itsProcess, a: .max, b: 0x0A))
    rig.apply(Event(time: 0, kind: .tableEntry, flags: [.tableFault], a: 0))
  }
}
