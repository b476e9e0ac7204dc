import InterruptTrace
import Testing

@testable import GICModel

@Suite("GICv2: maintenance interrupts (IHI 0048B, 5.2.4, 5.3.1, 5.3.4)")
struct GICv2MaintenanceTests {
  private typealias GICH = Rig.GICH
  private static let iar: UInt32 = 0xC
  private static let eoir: UInt32 = 0x10
  private static let dir: UInt32 = 0x1000

  /// Two pending list registers, so that neither U nor NP holds.
  private func rig(_ control: UInt64 = 0) -> Rig {
    let rig = Rig.virtualGICv2(control)
    rig.loadGICv2(0, Rig.list(40))
    rig.loadGICv2(1, Rig.list(41, priority: 0xB0))
    rig.forget()
    return rig
  }

  private func asks(_ rig: Rig, _ status: UInt64) -> Bool {
    rig.reads(.gich, GICH.misr, status, pe: 0) && rig.maintenance(status != 0)
  }

  @Test("EOI: an interrupt ended in a list register that asks for it (5.3.4)")
  func end() {
    let rig = rig()
    rig.loadGICv2(2, Rig.list(42, priority: 0x50, wantsEnd: true))
    #expect(rig.reads(.gicv, Self.iar, 42, pe: 0))
    #expect(asks(rig, 0))
    rig.write(.gicv, Self.eoir, 42, pe: 0)
    #expect(asks(rig, 1))
    #expect(rig.transitions(.maintenance).map { [$0.a, $0.b] } == [[1, 1]])
    rig.loadGICv2(2, 0)
    #expect(asks(rig, 0))
  }

  @Test("U: with UIE, none or one valid list register (5.3.4)")
  func underflow() {
    let rig = rig()
    rig.write(.gich, GICH.hcr, 1 | 1 << 1, pe: 0)
    #expect(asks(rig, 0))
    rig.loadGICv2(1, 0)
    #expect(asks(rig, 1 << 1))
    rig.loadGICv2(1, Rig.list(41, state: 2))
    #expect(asks(rig, 0))
    rig.loadGICv2(0, 0)
    rig.loadGICv2(1, 0)
    #expect(asks(rig, 1 << 1))
  }

  @Test("LRENP: with LRENPIE, an end that no list register holds (5.3.1, 5.3.4)")
  func entryNotPresent() {
    let rig = rig()
    rig.write(.gich, GICH.hcr, 1 | 1 << 2, pe: 0)
    rig.write(.gich, GICH.apr, 1 << 20, pe: 0)
    #expect(asks(rig, 0))
    rig.write(.gicv, Self.eoir, 50, pe: 0)
    #expect(asks(rig, 1 << 2))
    #expect(rig.reads(.gich, GICH.hcr, 1 | 1 << 2 | 1 << 27, pe: 0))
    rig.write(.gich, GICH.hcr, 1 | 1 << 2, pe: 0)
    #expect(asks(rig, 0))
  }

  @Test("NP: with NPIE, no list register is pending (5.3.4)")
  func noPending() {
    let rig = rig()
    rig.write(.gich, GICH.hcr, 1 | 1 << 3, pe: 0)
    #expect(asks(rig, 0))
    rig.loadGICv2(0, Rig.list(40, state: 2))
    #expect(asks(rig, 0))
    rig.loadGICv2(1, Rig.list(41, state: 3))
    #expect(asks(rig, 1 << 3))
  }

  @Test("VGrp0E and VGrp0D: the guest enabled or disabled Group 0 (5.3.4)")
  func group0() {
    let rig = rig()
    rig.write(.gich, GICH.hcr, 1 | 1 << 4, pe: 0)
    #expect(asks(rig, 1 << 4))
    rig.write(.gicv, 0x0, 2, pe: 0)
    #expect(asks(rig, 0))
    rig.write(.gich, GICH.hcr, 1 | 1 << 5, pe: 0)
    #expect(asks(rig, 1 << 5))
    rig.write(.gicv, 0x0, 3, pe: 0)
    #expect(asks(rig, 0))
  }

  @Test("VGrp1E and VGrp1D: the guest enabled or disabled Group 1 (5.3.4)")
  func group1() {
    let rig = rig()
    rig.write(.gich, GICH.hcr, 1 | 1 << 6, pe: 0)
    #expect(asks(rig, 1 << 6))
    rig.write(.gicv, 0x0, 1, pe: 0)
    #expect(asks(rig, 0))
    rig.write(.gich, GICH.hcr, 1 | 1 << 7, pe: 0)
    #expect(asks(rig, 1 << 7))
    rig.write(.gicv, 0x0, 3, pe: 0)
    #expect(asks(rig, 0))
  }

  @Test("With En clear the status still reads, but nothing is signalled (5.3.1)")
  func disabled() {
    let rig = rig()
    rig.loadGICv2(2, Rig.list(42, state: 0, wantsEnd: true))
    #expect(rig.maintenance(true))
    rig.write(.gich, GICH.hcr, 0, pe: 0)
    #expect(rig.reads(.gich, GICH.misr, 1, pe: 0))
    #expect(rig.maintenance(false))
  }

  @Test("EOICount counts only ends that drop a priority, and wraps after 31 (5.3.1)")
  func endCount() {
    let rig = rig()
    rig.write(.gicv, Self.eoir, 50, pe: 0)
    #expect(rig.reads(.gich, GICH.hcr, 1, pe: 0))
    for count in 1...33 as ClosedRange<UInt64> {
      rig.write(.gich, GICH.apr, 1 << 20, pe: 0)
      rig.write(.gicv, Self.eoir, 50, pe: 0)
      #expect(rig.reads(.gich, GICH.hcr, 1 | (count % 32) << 27, pe: 0))
    }
    #expect(rig.transitions(.virtualEndOfInterrupt).allSatisfy { $0.a == 0xFF })
  }

  @Test("EOImode 1: GICV_EOIR counts nothing, GICV_DIR of an interrupt that no list register holds does (5.3.1)")
  func endCountOfDeactivation() {
    let rig = rig(1 << 9)
    rig.write(.gich, GICH.apr, 1 << 20, pe: 0)
    rig.write(.gicv, Self.eoir, 50, pe: 0)
    #expect(rig.reads(.gich, GICH.hcr, 1, pe: 0))
    rig.write(.gicv, Self.dir, 50, pe: 0)
    #expect(rig.reads(.gich, GICH.hcr, 1 | 1 << 27, pe: 0))
  }

  @Test(
    "The end of a hardware-linked interrupt asks for no maintenance, whatever stands in the EOI bit's place (5.3.8)")
  func linkedEnd() {
    let rig = rig()
    rig.loadGICv2(2, Rig.list(42, priority: 0x50, physical: 0x200 | 72))
    #expect(rig.reads(.gicv, Self.iar, 42, pe: 0))
    rig.write(.gicv, Self.eoir, 42, pe: 0)
    #expect(asks(rig, 0))
  }
}
