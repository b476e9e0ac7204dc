import InterruptTrace
import Testing

@testable import GICModel

@Suite("Acknowledge, end of interrupt, deactivation (IHI 0069H, 4.1.1)")
struct AcknowledgeTests {
  @Test("Acknowledging makes an edge-triggered SPI active and no longer pending")
  func edge() {
    let rig = Rig()
    rig.open()
    rig.enable(spi: 40)
    rig.line(40, true)
    #expect(rig.lines(.irq))
    rig.forget()
    #expect(rig.reads(.ICC_IAR1_EL1, 40))
    #expect(rig.kinds == [.acknowledged])
    #expect(rig.lines([]))
    #expect(rig.reads(.gicd, 0x304, 1 << 8))
    #expect(rig.reads(.gicd, 0x204, 0))
  }

  @Test("A level-sensitive interrupt stays pending while its line is high, and is active and pending")
  func level() {
    let rig = Rig()
    rig.open()
    rig.enable(private: 27)
    rig.line(27, true, pe: 0)
    rig.forget()
    #expect(rig.reads(.ICC_IAR1_EL1, 27))
    #expect(rig.transitions(.acknowledged).first.map { $0.b & 1 } == 1)
    #expect(rig.lines([]), "an active interrupt is not signalled again")
    rig.write(.ICC_EOIR1_EL1, 27)
    #expect(rig.lines(.irq), "the line is still high")
    rig.line(27, false, pe: 0)
    #expect(rig.lines([]))
  }

  @Test("An acknowledge without a signalled interrupt returns 1023 and changes nothing")
  func spurious() {
    let rig = Rig()
    rig.open()
    rig.forget()
    #expect(rig.reads(.ICC_IAR1_EL1, 1023))
    #expect(rig.kinds == [.spuriousAcknowledge])
    #expect(rig.reads(.ICC_RPR_EL1, 0xFF))
  }

  @Test("EOImode 0: one write drops the priority and deactivates")
  func endDeactivates() {
    let rig = Rig()
    rig.open()
    rig.enable(spi: 40)
    rig.line(40, true)
    _ = rig.reads(.ICC_IAR1_EL1, 40)
    rig.forget()
    rig.write(.ICC_EOIR1_EL1, 40)
    #expect(rig.kinds == [.endOfInterrupt, .deactivated])
    #expect(rig.reads(.ICC_RPR_EL1, 0xFF))
    #expect(rig.reads(.gicd, 0x304, 0))
  }

  @Test("EOImode 1: EOIR drops the priority only, DIR deactivates (4.1.1, 12.2.8)")
  func endIsSplit() {
    let rig = Rig()
    rig.open()
    rig.write(.ICC_CTLR_EL1, 2)
    rig.enable(spi: 40)
    rig.line(40, true)
    _ = rig.reads(.ICC_IAR1_EL1, 40)
    rig.forget()
    rig.write(.ICC_EOIR1_EL1, 40)
    #expect(rig.kinds == [.endOfInterrupt])
    #expect(rig.reads(.gicd, 0x304, 1 << 8))
    rig.forget()
    rig.write(.ICC_DIR_EL1, 40)
    #expect(rig.kinds == [.deactivated])
    #expect(rig.reads(.gicd, 0x304, 0))
  }

  @Test("DIR without EOImode is ignored (12.2.8)")
  func deactivateWithoutSplit() {
    let rig = Rig()
    rig.open()
    rig.enable(spi: 40)
    rig.line(40, true)
    _ = rig.reads(.ICC_IAR1_EL1, 40)
    rig.write(.ICC_DIR_EL1, 40)
    #expect(rig.reads(.gicd, 0x304, 1 << 8))
  }

  @Test("EOIR with a special INTID is ignored", arguments: [1020, 1021, 1022, 1023] as [UInt64])
  func endOfSpecial(intid: UInt64) {
    let rig = Rig()
    rig.open()
    rig.enable(spi: 40)
    rig.line(40, true)
    _ = rig.reads(.ICC_IAR1_EL1, 40)
    rig.forget()
    rig.write(.ICC_EOIR1_EL1, intid)
    #expect(rig.kinds.isEmpty)
    #expect(rig.reads(.ICC_RPR_EL1, 0xA0))
  }

  @Test("EOIR0 does not end a Group 1 interrupt (12.2.9)")
  func endThroughOtherGroup() {
    let rig = Rig()
    rig.open()
    rig.enable(spi: 40)
    rig.line(40, true)
    _ = rig.reads(.ICC_IAR1_EL1, 40)
    rig.forget()
    rig.write(.ICC_EOIR0_EL1, 40)
    #expect(rig.kinds == [.mismatchedEnd])
    #expect(rig.reads(.ICC_RPR_EL1, 0xA0))
  }

  @Test("An end without a running interrupt is reported and has no effect")
  func endOfNothing() {
    let rig = Rig()
    rig.open()
    rig.forget()
    rig.write(.ICC_EOIR1_EL1, 40)
    #expect(rig.kinds == [.mismatchedEnd])
  }

  @Test("An SPI acknowledged on one PE and deactivated on another is inactive")
  func deactivationElsewhere() {
    let rig = Rig()
    rig.open()
    for pe in 0..<2 as Range<UInt32> { rig.write(.ICC_CTLR_EL1, 2, pe: pe) }
    rig.enable(spi: 40)
    rig.line(40, true)
    _ = rig.reads(.ICC_IAR1_EL1, 40)
    rig.write(.ICC_EOIR1_EL1, 40)
    rig.write(.ICC_DIR_EL1, 40, pe: 1)
    #expect(rig.reads(.gicd, 0x304, 0))
  }

  @Test("A second edge while active makes the interrupt active and pending, and it is signalled after deactivation")
  func edgeWhileActive() {
    let rig = Rig()
    rig.open()
    rig.enable(spi: 40)
    rig.line(40, true)
    _ = rig.reads(.ICC_IAR1_EL1, 40)
    rig.line(40, false)
    rig.line(40, true)
    #expect(rig.lines([]))
    rig.write(.ICC_EOIR1_EL1, 40)
    #expect(rig.highest(40, priority: 0xA0))
    #expect(rig.lines(.irq))
  }

  @Test("A second edge before the acknowledge is merged with the first")
  func merged() {
    let rig = Rig()
    rig.open()
    rig.enable(spi: 40)
    rig.line(40, true)
    rig.line(40, false)
    rig.forget()
    rig.line(40, true)
    #expect(rig.kinds == [.lineRaised, .merged])
    _ = rig.reads(.ICC_IAR1_EL1, 40)
    rig.write(.ICC_EOIR1_EL1, 40)
    #expect(rig.lines([]))
  }

  @Test("Group 0 is signalled as FIQ and acknowledged through IAR0 (4.6.2)")
  func groupZero() {
    let rig = Rig()
    rig.open()
    rig.write(.gicd, 0x84, 0)
    rig.write(.ICC_IGRPEN0_EL1, 1)
    rig.enable(spi: 40)
    rig.line(40, true)
    #expect(rig.lines(.fiq))
    #expect(rig.reads(.ICC_IAR1_EL1, 1023))
    #expect(rig.reads(.ICC_HPPIR0_EL1, 40))
    #expect(rig.reads(.ICC_IAR0_EL1, 40))
    rig.write(.ICC_EOIR0_EL1, 40)
    #expect(rig.reads(.ICC_RPR_EL1, 0xFF))
  }

  @Test("An end of interrupt that is missing in the capture contradicts once: what runs is not known from there on")
  func missingEnd() {
    let rig = Rig(profile: .qemu7)
    rig.open()
    rig.enable(spi: 40)
    rig.enable(spi: 41, priority: 0xC0)
    rig.write(.gicd, 0x204, 1 << 8 | 1 << 9)
    #expect(rig.reads(.ICC_IAR1_EL1, 40))
    for _ in 0..<8 {
      rig.apply(Event(time: 0, kind: .highestPending, flags: .groupShown, pe: 0, a: 41 | 0xC0 << 32 | 2 << 48))
      rig.apply(Event(time: 0, kind: .cpuLine, pe: 0, a: CPULines.irq.rawValue, b: 3))
    }
    #expect(rig.totals.disagreed == 1)
  }

  @Test("An acknowledge that is missing in the capture contradicts once: what it changed is not known from there on")
  func missingAcknowledge() {
    let rig = Rig(profile: .qemu7)
    rig.open()
    rig.enable(spi: 40)
    rig.write(.gicd, 0x204, 1 << 8)
    for _ in 0..<8 {
      rig.apply(Event(time: 0, kind: .highestPending, flags: .groupShown, pe: 0, a: 0xFF << 32))
      rig.apply(Event(time: 0, kind: .cpuLine, pe: 0, a: 0, b: 3))
    }
    #expect(rig.totals.disagreed == 1)
  }
}
