import InterruptTrace
import Testing

@testable import GICModel

@Suite("Table walks of an ITS (IHI 0069H, 5.1.2, 5.3)")
struct TableWalkTests {
  private func rig(atReset: Bool = true) -> Rig {
    let rig = Rig(atReset: atReset)
    rig.open()
    rig.openLPIs()
    rig.mapti(1, 0, intid: 8192)
    rig.forget()
    return rig
  }

  private func walks(_ rig: Rig) -> [TableWalk] { rig.transitions(.tableWalk).map { TableWalk(rawValue: $0.b) } }

  @Test("An MSI reads DTE, ITE, CTE and the LPI's configuration")
  func msi() {
    let rig = rig()
    rig.msi(1, 0)
    #expect(walks(rig) == [TableWalk(opcode: 0, its: 0, reads: [.device, .event, .collection, .configuration])])
    let walk = rig.transitions(.tableWalk)[0]
    #expect((walk.intid, walk.pe, walk.a) == (8192, 0, 1 << 32))
  }

  @Test("A walk ends at the first invalid entry; an EventID out of range needs no ITE")
  func invalidEntries() {
    let rig = rig()
    rig.msi(9, 0)
    rig.msi(1, 5)
    rig.msi(1, 99)
    rig.mapc(0, pe: 0, valid: false)
    rig.msi(1, 0)
    #expect(
      walks(rig).filter(\.isMSI).map(\.reads) == [
        [.device, .endsInvalid], [.device, .event, .endsInvalid], .device,
        [.device, .event, .collection, .endsInvalid],
      ]
    )
  }

  @Test("A disabled ITS reads nothing")
  func disabled() {
    let rig = rig()
    rig.write(.gits, 0x0, 0)
    rig.msi(1, 0)
    #expect(walks(rig).isEmpty)
  }

  @Test("MAPTI reads the DTE, MOVI both collections, DISCARD and INV no configuration, SYNC nothing")
  func commands() {
    let rig = rig()
    rig.mapti(1, 1, intid: 8193)
    rig.command(0x01 | 1 << 32, 0, 1)
    rig.act(0x0C, 1, 0)
    rig.act(0x03, 1, 0)
    rig.act(0x0F, 1, 0)
    rig.command(0x05)
    rig.mapd(1, valid: false)
    #expect(
      walks(rig).map(\.reads) == [
        .device, [.device, .event, .collection, .target], [.device, .event, .collection],
        [.device, .event, .collection, .configuration], [.device, .event, .collection], .wasValid,
      ]
    )
    #expect(walks(rig).map(\.opcode) == [0x0A, 0x01, 0x0C, 0x03, 0x0F, 0x08])
    #expect(walks(rig)[1].target == 1)
    #expect(walks(rig)[2].owner == 1)
  }

  @Test("What a capture's table reads complete is walked in two parts, each entry once")
  func rest() {
    let rig = Rig(profile: .qemu7, atReset: false)
    rig.msi(7, 3)
    #expect(walks(rig).map(\.reads) == [[.device, .event]])
    rig.apply(Event(time: 0, kind: .tableEntry, flags: .init(rawValue: 0), a: 1 << 40 | 4 << 32 | 7, b: 0x5000))
    rig.apply(
      Event(time: 0, kind: .tableEntry, flags: .init(rawValue: 2), a: 0x5000, b: 1 << 41 | 1 << 40 | 3),
      Event(time: 0, kind: .continuation, a: 1 << 32 | 8200, b: 0))
    #expect(rig.transitions(.tableRead).map { $0.b & 0xFF } == [0, 2])
    rig.apply(Event(time: 0, kind: .tableEntry, flags: .init(rawValue: 1), a: 1 << 40 | 1, b: 0))
    let reads = walks(rig).map(\.reads)
    #expect(reads == [[.device, .event], [.isRest, .collection, .configuration]])
    #expect(rig.transitions(.pending).map(\.intid) == [8200])
  }

  @Test("The packed form keeps every field")
  func packing() {
    let walk = TableWalk(opcode: 0x2A, its: 15, owner: 0xABCD, target: 0x1234, reads: [.device, .isRest])
    #expect((walk.opcode, walk.its, walk.owner, walk.target) == (0x2A, 15, 0xABCD, 0x1234))
    #expect(walk.reads == [.device, .isRest])
    #expect(!walk.isMSI)
  }

  @Test("GICR_INVLPIR and GICR_INVALLR are reported")
  func invalidatedAtRegisters() {
    let rig = rig()
    rig.write(.gicr, 0xA0, 8192, size: 8)
    rig.write(.gicr, 0xB0, 0, size: 8)
    #expect(rig.transitions(.configurationInvalidated).map(\.intid) == [8192, .max])
  }
}
