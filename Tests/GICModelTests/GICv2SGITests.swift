import InterruptTrace
import Testing

@testable import GICModel

@Suite("GICv2: software-generated interrupts (IHI 0048B, 1.4.1, 4.3.15 to 4.3.17)")
struct GICv2SGITests {
  private static let sgir: UInt32 = 0xF00
  private static let cpendsgir: UInt32 = 0xF10
  private static let spendsgir: UInt32 = 0xF20
  private static let iar: UInt32 = 0xC
  private static let eoir: UInt32 = 0x10

  private func rig(pes: Int = 4) -> Rig {
    let rig = Rig.v2(pes: pes)
    rig.openGICv2(pes: pes)
    rig.forget()
    return rig
  }

  private func targets(_ rig: Rig) -> [UInt64] { rig.transitions(.sgiSent).map(\.a) }

  @Test("TargetListFilter 0b00: the PEs of CPUTargetList (4.3.15)")
  func targetList() {
    let rig = rig()
    rig.write(.gicd, Self.sgir, 0b1010 << 16 | 5, pe: 0)
    #expect(targets(rig) == [1, 3])
    #expect(rig.reads(.gicc, Self.iar, 5, pe: 3))
    #expect(rig.reads(.gicc, Self.iar, 1023, pe: 2))
  }

  @Test("How many of the PEs that a target list names exist; of all others there may be none")
  func named() {
    let rig = rig(pes: 2)
    rig.write(.gicd, Self.sgir, 0b1010 << 16 | 5, pe: 0)
    rig.write(.gicd, Self.sgir, 0b1000 << 16 | 5, pe: 0)
    rig.write(.gicd, Self.sgir, 0b01 << 24 | 5, pe: 0)
    #expect(rig.transitions(.sgiWritten).map(\.sgiWritten.targets) == [1, 0])
  }

  @Test("TargetListFilter 0b01: every PE but the sender (4.3.15)")
  func othersOnly() {
    let rig = rig()
    rig.write(.gicd, Self.sgir, 0b01 << 24 | 5, pe: 2)
    #expect(targets(rig) == [0, 1, 3])
  }

  @Test("TargetListFilter 0b10: only the sender (4.3.15)")
  func senderOnly() {
    let rig = rig()
    rig.write(.gicd, Self.sgir, 0b10 << 24 | 0xFF << 16 | 5, pe: 2)
    #expect(targets(rig) == [2])
    #expect(rig.reads(.gicc, Self.iar, 2 << 10 | 5, pe: 2))
  }

  @Test("TargetListFilter 0b11 is reserved: no PE (4.3.15)")
  func reservedFilter() {
    let rig = rig()
    rig.write(.gicd, Self.sgir, 0b11 << 24 | 0xFF << 16 | 5, pe: 0)
    #expect(targets(rig).isEmpty)
  }

  @Test("An SGI is pending once for each source, and is acknowledged once for each (1.4.1, 4.4.4)")
  func severalSources() {
    let rig = rig()
    for source in [3, 1] as [UInt32] { rig.write(.gicd, Self.sgir, 1 << 16 | 5, pe: source) }
    #expect(rig.reads(.gicd, Self.spendsgir + 4, 0b1010 << 8, pe: 0))
    #expect(rig.reads(.gicc, Self.iar, 1 << 10 | 5, pe: 0))
    #expect(rig.transitions(.acknowledged).last?.b == 1 << 32 | 1)
    #expect(rig.reads(.gicd, Self.spendsgir + 4, 0b1000 << 8, pe: 0))
    // Active from one source, it stays pending from the other.
    #expect(rig.lines([], pe: 0))
    rig.write(.gicc, Self.eoir, 1 << 10 | 5, pe: 0)
    #expect(rig.lines(.irq, pe: 0))
    #expect(rig.reads(.gicc, Self.iar, 3 << 10 | 5, pe: 0))
    rig.write(.gicc, Self.eoir, 3 << 10 | 5, pe: 0)
    #expect(rig.lines([], pe: 0))
    #expect(rig.transitions(.pending).map(\.b) == [3, 1])
  }

  @Test("Which source is acknowledged first is the implementation's choice (4.4.4)")
  func orderOfSources() {
    let rig = rig()
    for source in [1, 3] as [UInt32] { rig.write(.gicd, Self.sgir, 1 << 16 | 5, pe: source) }
    #expect(rig.reads(.gicc, Self.iar, 3 << 10 | 5, pe: 0))
    rig.write(.gicc, Self.eoir, 3 << 10 | 5, pe: 0)
    #expect(rig.reads(.gicc, Self.iar, 1 << 10 | 5, pe: 0))
  }

  @Test("A second SGI from the same source while the first is pending is merged with it (1.4.1)")
  func sameSource() {
    let rig = rig()
    for _ in 0..<2 { rig.write(.gicd, Self.sgir, 1 << 16 | 5, pe: 1) }
    #expect(rig.kinds == [.sgiSent, .pending, .sgiSent, .merged])
    #expect(rig.reads(.gicc, Self.iar, 1 << 10 | 5, pe: 0))
    rig.write(.gicc, Self.eoir, 1 << 10 | 5, pe: 0)
    #expect(rig.reads(.gicc, Self.iar, 1023, pe: 0))
  }

  @Test("GICD_SPENDSGIR makes pending from the sources it names, GICD_CPENDSGIR takes sources away (4.3.16, 4.3.17)")
  func pendingRegisters() {
    let rig = rig()
    rig.write(.gicd, Self.spendsgir + 5, 0b0110, size: 1, pe: 0)
    #expect(rig.reads(.gicd, Self.cpendsgir + 5, 0b0110, size: 1, pe: 0))
    rig.write(.gicd, Self.cpendsgir + 5, 0b0010, size: 1, pe: 0)
    #expect(rig.transitions(.pendingCleared).map(\.b) == [1])
    #expect(rig.reads(.gicc, Self.iar, 2 << 10 | 5, pe: 0))
    #expect(rig.reads(.gicc, Self.iar, 1023, pe: 0))
  }

  @Test("GICD_CPENDSGIR and GICD_SPENDSGIR are banked (4.3.16)")
  func pendingRegistersAreBanked() {
    let rig = rig()
    rig.write(.gicd, Self.spendsgir + 5, 1, size: 1, pe: 1)
    #expect(rig.reads(.gicd, Self.spendsgir + 5, 0, size: 1, pe: 0))
    #expect(rig.reads(.gicd, Self.spendsgir + 5, 1, size: 1, pe: 1))
  }

  @Test("Two Security states: NSATT names the group that a Secure write reaches (4.3.15)", arguments: [false, true])
  func securityAttribute(nsatt: Bool) {
    let rig = Rig.v2(securityStates: .two)
    rig.openGICv2(secure: true)
    rig.write(.gicd, 0x80, 1 << 5, secure: true, pe: 1)
    rig.write(.gicd, Self.sgir, 0b11 << 16 | (nsatt ? 1 << 15 : 0) | 5, secure: true, pe: 0)
    #expect(targets(rig) == (nsatt ? [1] : [0]))
  }

  @Test(
    "Two Security states: a Non-secure SGI reaches Group 1, and Group 0 where GICD_NSACR allows it (4.3.14, 4.3.15)")
  func nonSecureSGI() {
    let rig = Rig.v2(securityStates: .two)
    rig.openGICv2(secure: true)
    rig.write(.gicd, Self.sgir, 0b10 << 16 | 5, secure: false, pe: 0)
    #expect(targets(rig).isEmpty)
    rig.write(.gicd, 0xE00, 1 << 10, secure: true, pe: 1)
    rig.write(.gicd, Self.sgir, 0b10 << 16 | 5, secure: false, pe: 0)
    #expect(targets(rig) == [1])
  }
}
