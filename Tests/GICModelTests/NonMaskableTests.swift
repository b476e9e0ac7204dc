import InterruptTrace
import Testing

@testable import GICModel

@Suite("Non-maskable interrupts of GICv3.3: superpriority, ICC_NMIAR1_EL1")
struct NonMaskableTests {
  /// SGIs 2 and 3, SPIs 40 and 41 enabled at priority 0xA0, of which 3 and 41 are non-maskable.
  private func rig(profile: Topology.Profile = .arch, securityStates: Topology.SecurityStates = .one) -> Rig {
    let rig = Rig(securityStates: securityStates, profile: profile, architecture: .v3_3) {
      $0.set(.gicdTyper, to: 0x37A_0208 | (securityStates == .two ? 1 << 10 : 0), source: .user)
    }
    rig.open()
    for intid in [2, 3] as [UInt32] { rig.enable(private: intid) }
    for intid in [40, 41] as [UInt32] { rig.enable(spi: intid) }
    rig.write(.gicr, 0x10F80, 1 << 3)
    rig.write(.gicd, 0xF84, 1 << 9)
    rig.forget()
    return rig
  }

  private func pend(_ rig: Rig, spi intid: UInt32) { rig.write(.gicd, 0x204, 1 << UInt64(intid - 32)) }
  private func pend(_ rig: Rig, sgi intid: UInt32) { rig.write(.gicr, 0x10200, 1 << UInt64(intid)) }

  @Test(
    "A non-maskable interrupt comes before maskable ones of a higher priority or a lower INTID, by INTID among its like"
  )
  func order() {
    let rig = rig()
    rig.write(.gicd, 0x400 + 40, 0x10, size: 1)
    pend(rig, sgi: 2)
    pend(rig, spi: 40)
    #expect(rig.highest(40, priority: 0x10))
    pend(rig, spi: 41)
    #expect(rig.highest(41, priority: 0))
    pend(rig, sgi: 3)
    #expect(rig.highest(3, priority: 0))
    rig.write(.gicr, 0x10F80, 0)
    #expect(rig.highest(41, priority: 0), "taken away while it is pending")
  }

  @Test("It is requested by a line of its own, whatever ICC_PMR_EL1 says")
  func line() {
    let rig = rig()
    rig.write(.ICC_PMR_EL1, 0)
    pend(rig, sgi: 2)
    pend(rig, sgi: 3)
    #expect(rig.lines([]), "neither IRQ nor FIQ")
    #expect(rig.agrees { rig.apply(Event(time: 0, kind: .cpuLine, pe: 0, a: CPULines.nmi.rawValue, b: 3)) })
    #expect(rig.reads(.ICC_NMIAR1_EL1, 3))
    #expect(rig.reads(.ICC_HPPIR1_EL1, 2))
    #expect(rig.reads(.ICC_IAR1_EL1, 1023), "the maskable one is masked")
  }

  @Test("ICC_IAR1_EL1 returns 1022 and acknowledges nothing, ICC_NMIAR1_EL1 acknowledges, and only non-maskable ones")
  func acknowledge() {
    let rig = rig()
    pend(rig, sgi: 2)
    #expect(rig.reads(.ICC_NMIAR1_EL1, 1023))
    pend(rig, sgi: 3)
    rig.forget()
    #expect(rig.reads(.ICC_IAR1_EL1, 1022))
    #expect(rig.kinds.isEmpty, "that is no spurious acknowledge")
    #expect(rig.reads(.ICC_NMIAR1_EL1, 3))
    #expect(rig.transitions(.acknowledged).map(\.intid) == [3])
    #expect(rig.reads(.ICC_RPR_EL1, 1 << 63))
    #expect(rig.reads(.ICC_AP1R0_EL1, 1 << 63))
    #expect(rig.lines([]), "nothing maskable preempts it")
    rig.write(.ICC_EOIR1_EL1, 3)
    #expect(rig.reads(.ICC_RPR_EL1, 0xFF))
    #expect(rig.lines(.irq))
  }

  @Test("With SCTLR_ELx.NMI clear ICC_IAR1_EL1 acknowledges: no capture shows the bit, an answer tells")
  func systemControl() {
    let rig = rig()
    pend(rig, sgi: 3)
    #expect(rig.isTaught { _ = rig.reads(.ICC_IAR1_EL1, 3) })
    #expect(rig.reads(.ICC_RPR_EL1, 1 << 63))
    rig.write(.ICC_EOIR1_EL1, 3)
    pend(rig, sgi: 3)
    #expect(rig.reads(.ICC_IAR1_EL1, 3))
  }

  @Test("It preempts a running interrupt of priority 0, and no other non-maskable one")
  func preemption() {
    let rig = rig()
    rig.write(.gicd, 0x400 + 40, 0, size: 1)
    pend(rig, spi: 40)
    #expect(rig.reads(.ICC_IAR1_EL1, 40))
    pend(rig, spi: 41)
    #expect(rig.reads(.ICC_NMIAR1_EL1, 41))
    pend(rig, sgi: 3)
    #expect(rig.reads(.ICC_NMIAR1_EL1, 1023))
    rig.write(.ICC_EOIR1_EL1, 41)
    #expect(rig.reads(.ICC_RPR_EL1, 0), "the maskable one runs on")
    #expect(rig.reads(.ICC_NMIAR1_EL1, 3))
  }

  @Test("With two Security states a Non-secure one counts as 0x80, and comes behind Secure priorities")
  func nonSecure() {
    let rig = rig(securityStates: .two)
    rig.write(.gicr, 0x10080, ~(1 << 2) & 0xFFFF_FFFF, secure: true)
    rig.write(.gicr, 0x10402, 0x40, size: 1, secure: true)
    pend(rig, sgi: 3)
    #expect(rig.highest(3, priority: 0x80))
    pend(rig, sgi: 2)
    #expect(rig.highest(2, priority: 0x40, group: 0))
  }

  @Test("Of Group 0 none is non-maskable: GICR_INMIR0 is RES0 for them")
  func group0() {
    let rig = rig()
    rig.write(.gicr, 0x10080, ~(1 << 3) & 0xFFFF_FFFF)
    pend(rig, sgi: 3)
    #expect(rig.highest(3, priority: 0xA0, group: 0))
  }

  @Test("QEMU shows in NMI_NS of ICC_RPR_EL1, bit 62, that one is active, with one Security state too")
  func qemu() {
    let rig = rig(profile: .qemu10)
    pend(rig, sgi: 3)
    #expect(rig.reads(.ICC_NMIAR1_EL1, 3))
    #expect(rig.reads(.ICC_RPR_EL1, 1 << 62))
  }
}
