import InterruptTrace
import Testing

@testable import GICModel

@Suite("GICv2: list registers (IHI 0048B, 5.2.2, 5.3.5 to 5.3.8)")
struct GICv2ListRegisterTests {
  private typealias GICH = Rig.GICH

  @Test("Loading a list register fills it; what it was loaded with is reported (5.3.8)")
  func filled() throws {
    let rig = Rig.virtualGICv2()
    rig.loadGICv2(1, Rig.list(40, priority: 0x50, physical: 72))
    let filled = try #require(rig.transitions(.lrFilled).last)
    #expect(filled.intid == 40)
    #expect(filled.priority == 0x50)
    #expect(filled.a == 1)
    #expect(filled.b == Rig.list(40, priority: 0x50, physical: 72))
  }

  @Test("Invalidating empties it, another interrupt over a valid one overwrites it (5.3.8)")
  func emptiedAndOverwritten() {
    let rig = Rig.virtualGICv2()
    rig.loadGICv2(0, Rig.list(40))
    rig.loadGICv2(0, Rig.list(41))
    rig.loadGICv2(0, 0)
    #expect(rig.kinds.filter { $0 != .maintenance } == [.lrFilled, .lrOverwritten, .lrFilled, .lrEmptied])
    #expect(rig.transitions(.lrOverwritten).map(\.intid) == [40])
  }

  @Test("GICH_LR reads back what was written, but for reserved bits (5.3.8)")
  func readsBack() {
    let rig = Rig.virtualGICv2()
    rig.loadGICv2(3, 0xFFFF_FFFF)
    #expect(rig.reads(.gich, GICH.lr + 12, 0xFF8F_FFFF, pe: 0))
  }

  @Test("Any number of list registers from 1 to 64", arguments: 1...64)
  func count(count: Int) {
    let rig = Rig.virtualGICv2(lists: count)
    for n in 0..<64 { rig.loadGICv2(n, Rig.list(UInt64(32 + n), priority: UInt64(n % 31) << 3)) }
    #expect(rig.transitions(.lrFilled).count == count)
    for n in 0..<64 {
      let value = n < count ? Rig.list(UInt64(32 + n), priority: UInt64(n % 31) << 3) : 0
      #expect(rig.reads(.gich, GICH.lr + UInt32(n) * 4, value, pe: 0))
    }
    #expect(rig.reads(.gich, GICH.elrsr0, 0, pe: 0))
    #expect(rig.reads(.gich, GICH.elrsr1, 0, pe: 0))
    // The highest priority is in list register 0, and in 31 and 62 where there are those: the lowest goes first.
    #expect(rig.reads(.gicv, 0xC, 32, pe: 0))
    rig.loadGICv2(count - 1, 0)
    let empty: UInt64 = 1 << UInt64(count - 1)
    #expect(rig.reads(.gich, GICH.elrsr0, empty & 0xFFFF_FFFF, pe: 0))
    #expect(rig.reads(.gich, GICH.elrsr1, empty >> 32, pe: 0))
  }

  @Test("The first read of GICH_VTR decides how many list registers there are (5.3.2)")
  func typeIsTaught() {
    let rig = Rig.v2()
    #expect(rig.isTaught { _ = rig.reads(.gich, GICH.vtr, 0x9000_0003, pe: 0) })
    #expect(rig.reads(.gich, GICH.elrsr0, 0xF, pe: 0))
    rig.loadGICv2(4, Rig.list(40))
    #expect(rig.reads(.gich, GICH.lr + 16, 0, pe: 0))
  }

  @Test("GICH_ELRSR: empty is invalid, and linked to hardware or without EOI maintenance (5.3.6)")
  func emptyStatus() {
    let rig = Rig.virtualGICv2(lists: 40)
    rig.loadGICv2(0, Rig.list(40))
    rig.loadGICv2(1, Rig.list(41, state: 0, wantsEnd: true))
    rig.loadGICv2(2, Rig.list(42, state: 0, physical: 42))
    rig.loadGICv2(33, Rig.list(43, state: 2))
    #expect(rig.reads(.gich, GICH.elrsr0, 0xFFFF_FFFC, pe: 0))
    #expect(rig.reads(.gich, GICH.elrsr1, 0xFD, pe: 0))
  }

  @Test("GICH_EISR: invalid, not linked to hardware, with EOI maintenance (5.3.5)")
  func endStatus() {
    let rig = Rig.virtualGICv2(lists: 40)
    rig.loadGICv2(1, Rig.list(41, state: 0, wantsEnd: true))
    rig.loadGICv2(2, Rig.list(42, state: 1, wantsEnd: true))
    rig.loadGICv2(3, Rig.list(43, state: 0, physical: 43) | 1 << 19)
    rig.loadGICv2(35, Rig.list(44, state: 0, wantsEnd: true))
    #expect(rig.reads(.gich, GICH.eisr0, 1 << 1, pe: 0))
    #expect(rig.reads(.gich, GICH.eisr1, 1 << 3, pe: 0))
  }

  @Test("Each PE has its own list registers (5.3)")
  func perPE() {
    let rig = Rig.virtualGICv2()
    rig.loadGICv2(0, Rig.list(40), pe: 1)
    #expect(rig.reads(.gich, GICH.lr, 0, pe: 0))
    #expect(rig.reads(.gich, GICH.lr, Rig.list(40), pe: 1))
  }

  @Test("A list register that nothing has shown is taught by its read; ELRSR shows which are empty")
  func unknown() {
    let rig = Rig(architecture: .v2, atReset: false) { $0.set(.listRegisters, to: 4, source: .user) }
    #expect(rig.isTaught { _ = rig.reads(.gich, GICH.lr, Rig.list(40), pe: 0) })
    #expect(rig.reads(.gich, GICH.lr, Rig.list(40), pe: 0))
    #expect(rig.isTaught { _ = rig.reads(.gich, GICH.elrsr0, 0b1010, pe: 0) })
    #expect(rig.reads(.gich, GICH.lr + 4, 0, pe: 0))
  }

  @Test("The state tree shows the list registers of each PE by field")
  func state() {
    let rig = Rig.virtualGICv2()
    rig.loadGICv2(2, Rig.list(40, priority: 0x50, physical: 72), pe: 1)
    let text = "\(rig.controller.state(StateFilter()))"
    #expect(text.contains("GICH_LR2"))
  }

  @Test("Every write of a list register is reported, whatever it changed; so is GICH_HCR.En (5.3.1)")
  func written() {
    let rig = Rig.virtualGICv2()
    for value in [Rig.list(40), Rig.list(40), 0, 0] { rig.loadGICv2(1, value) }
    #expect(rig.transitions(.lrWritten).map(\.b) == [Rig.list(40), Rig.list(40), 0, 0])
    for value in [1, 3, 0, 0, 1] as [UInt64] { rig.write(.gich, GICH.hcr, value, pe: 0) }
    #expect(rig.transitions(.virtualInterfaceDisabled).map(\.a) == [3])
    #expect(rig.transitions(.virtualInterfaceEnabled).map(\.a) == [1])
  }

  @Test(
    "Of two list registers with one INTID QEMU ends the first, in whatever state; the architecture's is UNPREDICTABLE")
  func sameINTID() {
    let rig = Rig.virtualGICv2(0x200, profile: .qemu7)
    rig.loadGICv2(3, Rig.list(30))
    #expect(rig.reads(.gicv, 0xC, 30, pe: 0))
    rig.loadGICv2(2, Rig.list(30))
    rig.write(.gicv, 0x10, 30, pe: 0)
    rig.write(.gicv, 0x1000, 30, pe: 0)
    #expect(rig.reads(.gich, GICH.elrsr0, 0b0011, pe: 0), "register 2 is pending, 3 is active still")
    #expect(rig.reads(.gicv, 0xC, 30, pe: 0))
    rig.write(.gicv, 0x1000, 30, pe: 0)
    #expect(rig.reads(.gich, GICH.elrsr0, 0b0111, pe: 0))
  }

  @Test("Who runs, what is saved and when a vCPU is loaded, as with GICv3")
  func saved() {
    let rig = Rig.virtualGICv2()
    for list in 0..<4 { rig.loadGICv2(list, 0) }
    rig.write(.gich, GICH.hcr, 1, pe: 0)
    rig.loadGICv2(0, Rig.list(40))
    rig.forget()
    rig.write(.gich, GICH.vmcr, 0xF800_0001, pe: 0)
    #expect(rig.transitions(.vCPULoaded).isEmpty)
    #expect(rig.reads(.gich, GICH.lr, Rig.list(40), pe: 0))
    rig.write(.gich, GICH.vmcr, 0xF800_0001, pe: 0)
    #expect(rig.transitions(.vCPULoaded).count == 1)
    rig.loadGICv2(0, Rig.list(41))
    #expect(rig.transitions(.lrOverwritten).map(\.listRegister.isSaved) == [true])
    rig.write(.gicv, 4, 0xF8, pe: 0)
    rig.loadGICv2(0, Rig.list(42))
    #expect(rig.transitions(.lrOverwritten).map(\.listRegister.isSaved) == [true, false])
    #expect(rig.transitions(.guestRuns).count == 1)
  }
}
