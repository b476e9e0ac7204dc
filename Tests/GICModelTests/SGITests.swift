import InterruptTrace
import Testing

@testable import GICModel

@Suite("Software-generated interrupts (IHI 0069H, 2.2, 12.2.22)")
struct SGITests {
  func targets(pes: Int, sender: UInt32, _ value: UInt64, affinities: [UInt32] = []) -> [UInt32] {
    let rig = Rig(pes: pes) {
      for (pe, affinity) in affinities.enumerated() {
        $0.set(.affinity, index: UInt32(pe), to: affinity, source: .user)
      }
    }
    for pe in 0..<UInt32(pes) { rig.write(.gicr, 0x10080, 0xFFFF_FFFF, owner: pe) }
    rig.forget()
    rig.write(.ICC_SGI1R_EL1, value, pe: sender)
    return rig.transitions(.pending).map(\.pe)
  }

  @Test("The target list names PEs of one cluster by Aff0")
  func targetList() {
    #expect(targets(pes: 4, sender: 0, 0b1010) == [1, 3])
  }

  @Test("IRM sends to every PE but the sender")
  func broadcast() {
    #expect(targets(pes: 4, sender: 2, 1 << 40) == [0, 1, 3])
  }

  @Test("Aff3 to Aff1 select the cluster")
  func cluster() {
    let affinities: [UInt32] = [0x0, 0x1, 0x100, 0x101, 0x0100_0000, 0x1_0000]
    #expect(targets(pes: 6, sender: 0, 0b11 | 1 << 16, affinities: affinities) == [2, 3])
    #expect(targets(pes: 6, sender: 0, 0b11 | 1 << 32, affinities: affinities) == [5])
    #expect(targets(pes: 6, sender: 0, 0b11 | 1 << 48, affinities: affinities) == [4])
  }

  @Test("RS selects groups of sixteen Aff0 values")
  func rangeSelector() {
    let affinities: [UInt32] = [0x0, 0x10, 0x11]
    #expect(targets(pes: 3, sender: 0, 0b10 | 1 << 44, affinities: affinities) == [2])
  }

  @Test("An SGI that is pending already is merged")
  func merged() {
    let rig = Rig()
    rig.write(.gicr, 0x10080, 0xFFFF_FFFF, owner: 1)
    rig.write(.ICC_SGI1R_EL1, 0b10)
    rig.forget()
    rig.write(.ICC_SGI1R_EL1, 0b10)
    #expect(rig.kinds == [.sgiSent, .merged])
  }

  @Test("Where the capture shows who accepted an SGI, that decides, and is checked against the target list")
  func shownEffects() {
    let rig = Rig(pes: 4)
    rig.open()
    rig.write(.ICC_SGI1R_EL1, 0b0110 | 5 << 24, flags: [.incomplete, .effectsShown])
    #expect(rig.agrees { rig.apply(Event(time: 0, kind: .sgiPending, pe: 1, a: 5, b: 0)) })
    #expect(rig.agrees { rig.apply(Event(time: 0, kind: .sgiPending, pe: 2, a: 5, b: 0)) })
    #expect(!rig.agrees { rig.apply(Event(time: 0, kind: .sgiPending, pe: 3, a: 5, b: 0)) })
    #expect(rig.transitions(.pending).map(\.pe) == [1, 2, 3])
    #expect(rig.transitions(.pending).first?.b == 0, "the sender")
  }

  @Test("How many of the PEs that a target list names exist; of all others there may be none")
  func named() {
    let rig = Rig(pes: 2)
    rig.write(.ICC_SGI1R_EL1, 0b10 | 5 << 24)
    rig.write(.ICC_SGI1R_EL1, 0b100 | 5 << 24)
    rig.write(.ICC_SGI1R_EL1, 1 << 40 | 5 << 24)
    let written = rig.transitions(.sgiWritten)
    #expect(written.map(\.sgiWritten.targets) == [1, 0] && written.allSatisfy { $0.intid == 5 && $0.pe == 0 })
  }
}
