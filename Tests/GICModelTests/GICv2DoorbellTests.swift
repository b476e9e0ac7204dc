import InterruptTrace
import Testing

@testable import GICModel

@Suite("GICv2m: doorbells (Server Base System Architecture, appendix E)")
struct GICv2DoorbellTests {
  private static let typer: UInt32 = 0x8
  private static let setspi: UInt32 = 0x40

  private func rig() -> Rig {
    let rig = Rig.v2()
    rig.openGICv2()
    rig.enableGICv2(spi: 80, targets: 2)
    rig.apply(
      .mmio(.mmioRead, time: 0, frame: .gicm, offset: Self.typer, value: 80 << 16 | 16, size: 4, owner: 0, accessor: 0))
    rig.forget()
    return rig
  }

  @Test("A write of an INTID to MSI_SETSPI_NS makes that SPI pending (E.9)")
  func doorbell() {
    let rig = rig()
    rig.write(.gicm, Self.setspi, 80, pe: 0)
    #expect(rig.kinds == [.msi, .pending])
    #expect(rig.transitions(.pending).first?.a == UInt64(PendingCause.msi.rawValue))
    #expect(rig.reads(.gicc, 0xC, 80, pe: 1))
  }

  @Test("An MSI that the capture shows as such does the same")
  func message() {
    let rig = rig()
    rig.apply(Event(time: 0, kind: .msi, a: 80))
    #expect(rig.reads(.gicc, 0xC, 80, pe: 1))
  }

  @Test("INTIDs outside of MSI_TYPER's range are ignored (E.9)", arguments: [79, 96, 27, 1023] as [UInt64])
  func outOfRange(intid: UInt64) {
    let rig = rig()
    rig.write(.gicm, Self.setspi, intid, pe: 0)
    #expect(rig.kinds.isEmpty)
  }

  @Test("MSI_TYPER gives the first SPI in 25:16 and their number in 9:0; the first read teaches (E.9)")
  func type() {
    let rig = rig()
    #expect(rig.reads(.gicm, Self.typer, 80 << 16 | 16, pe: 0))
    #expect(rig.controller.topology[.gicmFirstSPI, index: 0] == 80)
    #expect(rig.controller.topology[.gicmSPICount, index: 0] == 16)
  }

  @Test("A second MSI before the acknowledge is merged")
  func merged() {
    let rig = rig()
    for _ in 0..<2 { rig.write(.gicm, Self.setspi, 80, pe: 0) }
    #expect(rig.kinds == [.msi, .pending, .msi, .merged])
  }
}
