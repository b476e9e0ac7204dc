import InterruptTrace
import Testing

@testable import GICModel

@Suite("Two Security states (IHI 0069H, 4.6, 4.8.1, 12.9)")
struct SecurityTests {
  /// SPI 40 in Group 0, 41 in Secure Group 1, 42 in Non-secure Group 1, all enabled for PE 0, priority 0x30.
  func rig() -> Rig {
    let rig = Rig(securityStates: .two)
    rig.write(.gicd, 0x0, 0b111, secure: true)
    rig.write(.gicd, 0x84, 1 << 10, secure: true)
    rig.write(.gicd, 0xD04, 1 << 9, secure: true)
    for intid in 40..<43 as Range<UInt32> {
      rig.write(.gicd, 0x400 + intid, 0x30, size: 1, secure: true)
      rig.write(.gicd, 0x6000 + intid * 8, 0, size: 8, secure: true)
    }
    rig.write(.gicd, 0xC08, 0xAAAA_AAAA, secure: true)
    rig.write(.gicd, 0x104, 0b111 << 8, secure: true)
    // `ICC_IGRPEN1_EL3` sets both copies, and shows that the PE is at EL3.
    rig.write(.ICC_IGRPEN1_EL3, 3)
    rig.write(.ICC_IGRPEN0_EL1, 1)
    rig.write(.ICC_PMR_EL1, 0xFF)
    return rig
  }

  @Test("Group 1 registers are Secure: Non-secure accesses read zero and are ignored (12.9.13)")
  func groupIsSecure() {
    let rig = rig()
    #expect(rig.reads(.gicd, 0x84, 0, secure: false))
    rig.write(.gicd, 0x84, 0xFFFF_FFFF, secure: false)
    #expect(rig.reads(.gicd, 0x84, 1 << 10, secure: true))
  }

  @Test("Non-secure accesses see only Non-secure Group 1 enables (12.9.26)")
  func enables() {
    let rig = rig()
    #expect(rig.reads(.gicd, 0x104, 1 << 10, secure: false))
    rig.write(.gicd, 0x184, 0b111 << 8, secure: false)
    #expect(rig.reads(.gicd, 0x104, 0b011 << 8, secure: true))
  }

  @Test("A Non-secure priority is the upper half of the range, shifted (4.8.1)")
  func priorities() {
    let rig = rig()
    rig.write(.gicd, 0x42A, 0x40, size: 1, secure: false)
    #expect(rig.reads(.gicd, 0x42A, 0xA0, size: 1, secure: true))
    #expect(rig.reads(.gicd, 0x42A, 0x40, size: 1, secure: false))
    #expect(rig.reads(.gicd, 0x428, 0, size: 1, secure: false), "Group 0 is hidden")
  }

  @Test("GICD_CTLR has a Non-secure view with EnableGrp1A and ARE_NS (12.9.4)")
  func control() {
    let rig = rig()
    #expect(rig.reads(.gicd, 0x0, 0x37, secure: true))
    #expect(rig.reads(.gicd, 0x0, 0x12, secure: false))
    rig.write(.gicd, 0x0, 0, secure: false)
    #expect(rig.reads(.gicd, 0x0, 0x35, secure: true))
  }

  @Test("GICD_CTLR.DS ends the second Security state (12.9.4)")
  func disableSecurity() {
    let rig = rig()
    rig.write(.gicd, 0x0, 0x40 | 3, secure: true)
    #expect(rig.reads(.gicd, 0x104, 0b111 << 8, secure: false))
  }

  @Test("NSACR opens set-pending from 1, clear-pending from 2 (12.9.31)", arguments: 0...3 as ClosedRange<UInt64>)
  func nonSecureAccess(level: UInt64) {
    let rig = rig()
    rig.write(.gicd, 0xE08, level << 16, secure: true)  // SPI 40
    rig.write(.gicd, 0x204, 1 << 8, secure: false)
    #expect(rig.reads(.gicd, 0x204, level >= 1 ? 1 << 8 : 0, secure: true))
    rig.write(.gicd, 0x284, 1 << 8, secure: false)
    #expect(rig.reads(.gicd, 0x204, level == 1 ? 1 << 8 : 0, secure: true))
  }

  @Test("At EL3 Group 0 and Group 1 of either state are FIQs (4.6.2)", arguments: [40, 41, 42] as [UInt32])
  func linesAtEL3(intid: UInt32) {
    let rig = rig()
    rig.line(intid, true)
    #expect(rig.lines(.fiq))
  }

  @Test("In Non-secure state, Non-secure Group 1 is an IRQ and the others are FIQs (4.6.2)")
  func linesInNonSecureState() {
    let rig = rig()
    rig.apply(Event(time: 0, kind: .exceptionReturn, pe: 0, a: 3 << 8 | 1 << 12))
    rig.line(42, true)
    #expect(rig.lines(.irq))
    rig.line(42, false)
    rig.line(41, true)
    #expect(rig.lines(.fiq))
  }

  @Test("At EL3, IAR0 returns 1020 for a Secure and 1021 for a Non-secure Group 1 interrupt (2.2.1)")
  func specialINTIDs() {
    let secure = rig()
    secure.line(41, true)
    #expect(secure.reads(.ICC_IAR0_EL1, 1020))
    #expect(secure.reads(.ICC_IAR1_EL1, 41))
    let nonSecure = rig()
    nonSecure.line(42, true)
    #expect(nonSecure.reads(.ICC_IAR0_EL1, 1021))
  }

  @Test("Non-secure state sees no Secure interrupt (12.2.14)")
  func hiddenFromNonSecure() {
    let rig = rig()
    rig.apply(Event(time: 0, kind: .exceptionReturn, pe: 0, a: 3 << 8 | 1 << 12))
    rig.line(41, true)
    #expect(rig.reads(.ICC_IAR1_EL1, 1023))
    #expect(rig.reads(.ICC_HPPIR1_EL1, 1023))
  }

  @Test("A Non-secure priority mask stays in the upper half (4.8.1, 12.2.19)")
  func nonSecureMask() {
    let rig = rig()
    rig.apply(Event(time: 0, kind: .exceptionReturn, pe: 0, a: 3 << 8 | 1 << 12))
    rig.write(.ICC_PMR_EL1, 0xF0)
    #expect(rig.reads(.ICC_PMR_EL1, 0xF0))
    rig.apply(Event(time: 0, kind: .exceptionEntry, pe: 0, a: 1 << 8 | 3 << 12))
    #expect(rig.reads(.ICC_PMR_EL1, 0xF8))
    rig.write(.ICC_PMR_EL1, 0x40)
    rig.apply(Event(time: 0, kind: .exceptionReturn, pe: 0, a: 3 << 8 | 1 << 12))
    rig.write(.ICC_PMR_EL1, 0xF0)
    #expect(rig.reads(.ICC_PMR_EL1, 0), "a mask in the Secure half is hidden and kept")
  }

  @Test("Where it is a guess whether a PE left EL3, its lines tell; where it is known, they are predicted")
  func levelIsGuess() {
    let rig = rig()
    // Non-secure Group 1 is an IRQ outside EL3, an FIQ at EL3 (4.6.2).
    rig.write(.gicd, 0x80 + 4, 1 << 8, secure: true)
    rig.write(.gicd, 0xD00 + 4, 0, secure: true)
    rig.line(40, true)
    rig.apply(Event(time: 0, kind: .exceptionEntry, pe: 0, a: 1 << 8 | 3 << 12))
    #expect(rig.lines(.fiq))
    rig.apply(Event(time: 0, kind: .exceptionReturn, flags: .incomplete, pe: 1, a: 3 << 8 | 1 << 12))
    #expect(!rig.lines(.irq))
    #expect(rig.totals.disagreed == 0)
    #expect(rig.lines(.irq), "the line taught it")
  }

  @Test("An SGI reaches only targets whose group its register may raise (12.2.22)")
  func sgiGroups() {
    let rig = Rig(securityStates: .two)
    rig.write(.ICC_IGRPEN1_EL3, 3)
    rig.write(.gicr, 0x10080, 0b100, owner: 1, secure: true)  // SGI 2 Non-secure Group 1
    rig.write(.gicr, 0x10D00, 0b010, owner: 1, secure: true)  // SGI 1 Secure Group 1, SGI 0 Group 0
    let to1: UInt64 = 1 << 1
    rig.write(.ICC_SGI1R_EL1, to1 | 1 << 24)
    rig.write(.ICC_SGI1R_EL1, to1 | 2 << 24)
    rig.write(.ICC_SGI0R_EL1, to1)
    #expect(rig.reads(.gicr, 0x10200, 0b011, owner: 1, secure: true))
    rig.write(.ICC_ASGI1R_EL1, to1 | 2 << 24)
    #expect(rig.reads(.gicr, 0x10200, 0b111, owner: 1, secure: true))
  }

  @Test("A Non-secure write of ICC_PMR_EL1 is shifted before the bits that are not implemented are dropped (4.8.1)")
  func nonSecureMaskBits() {
    let rig = Rig(securityStates: .two)
    rig.write(.gicd, 0x0, 0x37, secure: true)
    rig.write(.ICC_IGRPEN1_EL3, 3)
    rig.write(.ICC_PMR_EL1, 0xFF)
    #expect(rig.reads(.ICC_PMR_EL1, 0xF8))
    rig.apply(Event(time: 0, kind: .exceptionReturn, pe: 0, a: 3 << 8 | 1 << 12))
    rig.write(.ICC_PMR_EL1, 0xFF)
    #expect(rig.reads(.ICC_PMR_EL1, 0xF0))
  }

  @Test("What EL3 writes to a banked register may be either copy, for nothing shows SCR_EL3.NS: a read teaches")
  func unknownBank() {
    let rig = Rig(securityStates: .two)
    rig.write(.gicd, 0x0, 0x37, secure: true)
    rig.write(.ICC_IGRPEN1_EL3, 1)
    rig.write(.ICC_IGRPEN1_EL1, 0)
    rig.apply(Event(time: 0, kind: .exceptionReturn, pe: 0, a: 3 << 8 | 1 << 12))
    #expect(rig.isTaught { _ = rig.reads(.ICC_IGRPEN1_EL1, 0) })
    #expect(rig.reads(.ICC_IGRPEN1_EL1, 0))
  }

  @Test("Non-secure reads of GICR_IGROUPR0 and GICR_IGRPMODR0 are zero (12.11.12, 12.11.14)")
  func groupsAreSecure() {
    let rig = Rig(securityStates: .two)
    rig.write(.gicr, 0x10080, 0xFF, secure: true)
    rig.write(.gicr, 0x10D00, 0xF00, secure: true)
    #expect(rig.reads(.gicr, 0x10080, 0, secure: false))
    #expect(rig.reads(.gicr, 0x10D00, 0, secure: false))
    #expect(rig.reads(.gicr, 0x10080, 0xFF, secure: true))
  }

  @Test("With two Security states ICC_CTLR_EL1.CBPR is not what was written there (12.2.4)")
  func commonBinaryPoint() {
    let rig = Rig(securityStates: .two, profile: .qemu7, atReset: false)
    rig.write(.ICC_CTLR_EL1, 0)
    #expect(
      rig.isTaught {
        rig.apply(.sysreg(.sysregRead, time: 0, pe: 0, register: .ICC_CTLR_EL1, value: 0x8C01))
      })
    #expect(rig.reads(.ICC_CTLR_EL1, 0x8C01))
  }

  @Test("Where Non-secure software does not see an interrupt GICD_IROUTER reads as zero: that says nothing")
  func hiddenRoute() {
    let rig = Rig(securityStates: .two, profile: .qemu7, atReset: false)
    rig.write(.gicd, 0, 0x37, secure: true)
    #expect(rig.reads(.gicd, 0x6000 + 8 * 40, 0, size: 8, secure: false))
    #expect(
      rig.isTaught {
        rig.apply(
          Event(
            time: 0, kind: .highestPending, flags: .groupShown, pe: 1, a: 40 | 0x20 << 32 | 0 << 48))
      })
  }
}
