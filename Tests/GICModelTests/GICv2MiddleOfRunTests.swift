import InterruptTrace
import Testing

@testable import GICModel

/// What nothing has shown gives way to what is shown; what was shown or written does not.
@Suite("GICv2: captures that begin in the middle of a run")
struct GICv2MiddleOfRunTests {
  private func rig(_ securityStates: Topology.SecurityStates = .one) -> Rig {
    Rig(securityStates: securityStates, profile: .qemu7, architecture: .v2, atReset: false)
  }

  @Test("An enable of Group 1 that Non-secure software wrote is known, though nothing shows that of Group 0 (4.4.1)")
  func groupEnable() {
    let rig = rig(.two)
    rig.write(.gicc, 0x0, 1, secure: false, pe: 0)
    // Evaluations without a line: none is high.
    for _ in 0..<3 {
      rig.line(27, false, pe: 0)
      rig.showHighest(72, priority: 0xA0)
    }
    _ = rig.reads(.gicd, 0x8, 0x43B, pe: 1)
    #expect(rig.reads(.gicc, 0x0, 1, secure: false, pe: 0))
  }

  @Test("What is shown between the bytes of a write changes nothing of what the whole write leaves (QEMU)")
  func bytesOfAWrite() {
    let rig = rig()
    rig.write(.gicd, 0x304, 0xFFFF_FFFF, pe: 0)
    // SPI 56 is of the last byte.
    for _ in 0..<3 { rig.showHighest(56, priority: 0) }
    #expect(rig.reads(.gicd, 0x304, 0xFFFF_FFFF, pe: 0))
  }

  @Test("An SPI that is shown to be pending on one PE need not be so on another (QEMU)")
  func pendingOnOnePE() {
    let rig = rig()
    rig.showHighest(40, priority: 0x90, pe: 0)
    rig.showHighest(56, priority: 0x40, pe: 1)
    #expect(rig.agrees { rig.showHighest(40, priority: 0x90, pe: 0) })
  }

  @Test("After the last byte of a write, what is shown is what the write left (QEMU)")
  func lastByte() {
    let rig = rig(.two)
    rig.openGICv2(3, pes: 1, secure: true)
    rig.enableGICv2(spi: 40, priority: 0xC0, secure: true)
    rig.enableGICv2(spi: 50, priority: 0x80, secure: true)
    rig.write(.gicd, 0x304, 1 << 18, secure: true, pe: 0)
    rig.write(.gicd, 0x204, 1 << 8 | 1 << 18, secure: true, pe: 0)
    // A write from an unknown Security state, which did nothing to an interrupt of Group 0.
    rig.write(.gicd, 0x384, 1 << 18, pe: 1)
    for _ in 0..<4 { rig.showHighest(40, priority: 0xC0) }
    rig.line(27, false, pe: 0)
    #expect(rig.agrees { rig.showHighest(40, priority: 0xC0) })
    #expect(rig.totals.disagreed == 0)
  }

  @Test("An end of interrupt that is missing in the capture contradicts once: what runs is not known from there on")
  func missingEnd() {
    let rig = Rig.v2(profile: .qemu7)
    rig.openGICv2()
    rig.enableGICv2(spi: 40)
    rig.enableGICv2(spi: 41, priority: 0xC0)
    rig.write(.gicd, 0x204, 1 << 8 | 1 << 9, pe: 0)
    #expect(rig.reads(.gicc, 0xC, 40, pe: 0))
    for _ in 0..<8 {
      rig.line(27, false, pe: 0)
      rig.showHighest(41, priority: 0xC0)
      rig.apply(Event(time: 0, kind: .cpuLine, pe: 0, a: CPULines.irq.rawValue, b: CPULines.irq.rawValue))
    }
    #expect(rig.totals.disagreed <= 1)
  }
}
