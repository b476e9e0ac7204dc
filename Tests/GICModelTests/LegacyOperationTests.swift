import InterruptTrace
import Testing

@testable import GICModel

/// A GICv3 that supports legacy operation, with affinity routing off.
@Suite("GICv3 with ARE clear (IHI 0069H, \"Legacy operation and asymmetric configurations\")")
struct LegacyOperationTests {
  /// What a driver for GICv2 does: SPI 40 to PE 0, SGIs and PPIs on, CPU interfaces open.
  private func rig(_ rig: Rig = Rig()) -> Rig {
    rig.write(.gicd, 0x0, 3)
    rig.write(.gicd, 0x104, 1 << 8)
    rig.write(.gicd, 0x400 + 40, 0xA0, size: 1)
    rig.write(.gicd, 0xC08, 0xAAAA_AAAA)
    rig.write(.gicd, 0x800 + 40, 1, size: 1, pe: 0)
    for pe in 0..<2 as Range<UInt32> {
      rig.write(.gicd, 0x100, 0xFFFF_FFFF, pe: pe)
      rig.write(.gicc, 0x4, 0xF0, pe: pe)
      rig.write(.gicc, 0x0, 3, pe: pe)
    }
    return rig
  }

  // MARK: What tells

  @Test("A target in GICD_ITARGETSR tells that affinity routing is off; what was shown before stays (12.9.30)")
  func targets() {
    let rig = rig()
    #expect(rig.reads(.gicd, 0x800 + 40, 1, size: 1, pe: 0))
    #expect(rig.reads(.gicd, 0x104, 1 << 8, pe: 0))
    #expect(rig.reads(.gicd, 0x400 + 40, 0xA0, size: 1, pe: 0))
    rig.line(40, true)
    #expect(rig.reads(.gicc, 0xC, 40, pe: 0))
    #expect(rig.reads(.gicc, 0x14, 0xA0, pe: 0))
    rig.write(.gicc, 0x10, 40, pe: 0)
    #expect(rig.reads(.gicc, 0x14, 0xFF, pe: 0))
    #expect(rig.totals.disagreed == 0)
  }

  @Test("An access to GICC tells that affinity routing is off: lines raised before are pending (12.13)")
  func cpuInterface() {
    let rig = Rig()
    rig.write(.gicd, 0x0, 1)
    rig.write(.gicd, 0x104, 1 << 8)
    rig.line(40, true)
    rig.line(27, true, pe: 1)
    rig.write(.gicc, 0x4, 0xF0, pe: 0)
    rig.write(.gicd, 0x800 + 40, 1, size: 1, pe: 0)
    rig.write(.gicc, 0x0, 1, pe: 0)
    #expect(rig.lines(.irq))
    #expect(rig.reads(.gicc, 0x18, 40, pe: 0))
    rig.write(.gicd, 0x100, 1 << 27, pe: 1)
    rig.write(.gicc, 0x4, 0xF0, pe: 1)
    rig.write(.gicc, 0x0, 1, pe: 1)
    #expect(rig.reads(.gicc, 0xC, 27, pe: 1))
  }

  @Test("With ARE set the same accesses are RES0 (12.9.4)")
  func affinityRoutingIsOn() {
    let rig = rig(with: 0x13)
    #expect(rig.reads(.gicd, 0x800 + 40, 0, size: 1, pe: 0))
    #expect(rig.reads(.gicd, 0x100, 0, pe: 0))
    #expect(rig.reads(.gicd, 0x0, 0x53))
  }

  private func rig(with control: UInt64) -> Rig {
    let rig = Rig()
    rig.write(.gicd, 0x0, control)
    return self.rig(rig)
  }

  @Test("An access to ICC tells that affinity routing is on")
  func systemRegisters() {
    let rig = Rig()
    rig.write(.ICC_SRE_EL1, 6)
    rig.write(.ICC_PMR_EL1, 0xF0)
    rig.write(.gicd, 0x100, 0xFFFF_FFFF, pe: 0)
    #expect(rig.reads(.gicd, 0x100, 0, pe: 0))
  }

  @Test(
    "Controllers that implement affinity routing only are never taken for another",
    arguments: [
      Topology.Profile.qemu7, .qemu10, .kvm,
    ]
  )
  func affinityRoutingIsFixed(profile: Topology.Profile) {
    let rig = rig(Rig(profile: profile))
    #expect(rig.reads(.gicd, 0x100, 0, pe: 0))
    #expect(rig.reads(.gicd, 0x800 + 40, 0, size: 1, pe: 0))
  }

  @Test("The topology may say it")
  func topology() {
    let off = Rig { $0.set(.affinityRouting, to: false, source: .user) }
    #expect(off.reads(.gicd, 0x800, 0x0101_0101, pe: 0), "the first read of the capture")
    let on = Rig { $0.set(.affinityRouting, to: true, source: .user) }
    on.write(.gicd, 0x100, 0xFFFF_FFFF, pe: 0)
    #expect(on.reads(.gicd, 0x100, 0, pe: 0))
  }

  // MARK: As in GICv2

  @Test("Registers of INTIDs 0 to 31 are banked by PE (12.9.26)")
  func bankedRegisters() {
    let rig = rig()
    rig.write(.gicd, 0x180, 1 << 20, pe: 1)
    #expect(rig.reads(.gicd, 0x100, 0xFFFF_FFFF, pe: 0))
    #expect(rig.reads(.gicd, 0x100, 0xFFEF_FFFF, pe: 1))
    rig.write(.gicd, 0x400, 0x40, size: 1, pe: 1)
    #expect(rig.reads(.gicd, 0x400, 0x40, size: 1, pe: 1))
    #expect(rig.reads(.gicd, 0x800, 0x0202_0202, pe: 1), "each PE reads its own number")
  }

  @Test("GICD_SGIR sends with its source, which the acknowledge shows (12.9.35)")
  func softwareInterrupts() {
    let rig = rig()
    rig.write(.gicd, 0xF00, 0b01 << 16 | 5, pe: 1)
    #expect(rig.reads(.gicc, 0xC, 5 | 1 << 10, pe: 0))
    #expect(rig.reads(.gicc, 0xC, 1023, pe: 1))
  }

  @Test("GICD_SPENDSGIR and GICD_CPENDSGIR hold the sources of pending SGIs (12.9.36, 12.9.3)")
  func pendingSGIs() {
    let rig = rig()
    rig.write(.gicd, 0xF20, 0b11, size: 1, pe: 0)
    #expect(rig.reads(.gicd, 0xF20, 0b11, size: 1, pe: 0))
    rig.write(.gicd, 0xF10, 0b01, size: 1, pe: 0)
    #expect(rig.reads(.gicc, 0xC, 1 << 10, pe: 0))
  }

  // MARK: What GICv2 has not

  @Test("GICD_CTLR has the enables and ARE; DS, E1NWF and RWP are not compared (12.9.4)")
  func control() {
    let rig = rig()
    #expect(rig.isTaught { _ = rig.reads(.gicd, 0x0, 1 << 31 | 1 << 6 | 3, pe: 0) })
    #expect(rig.reads(.gicd, 0x0, 3, pe: 0))
  }

  @Test("GICD_SETSPI_NSR and GICD_CLRSPI_NSR set and clear an edge-triggered SPI (12.9.33)")
  func messageBasedSPIs() {
    let rig = rig()
    rig.write(.gicd, 0x40, 40, pe: 0)
    #expect(rig.reads(.gicd, 0x204, 1 << 8, pe: 0))
    rig.write(.gicd, 0x48, 40, pe: 0)
    #expect(rig.reads(.gicd, 0x204, 0, pe: 0))
  }

  @Test("For a level-sensitive SPI they stand for its line (12.9.33)")
  func messageBasedLevels() {
    let rig = rig()
    rig.write(.gicd, 0xC08, 0, pe: 0)
    rig.write(.gicd, 0x40, 40, pe: 0)
    #expect(rig.reads(.gicc, 0xC, 40, pe: 0))
    rig.write(.gicd, 0x48, 40, pe: 0)
    rig.write(.gicc, 0x10, 40, pe: 0)
    #expect(rig.lines([]))
  }

  @Test("Predictions made before go on being counted")
  func countsGoOn() {
    let rig = Rig()
    #expect(rig.reads(.gicd, 0x104, 0))
    let before = rig.totals.agreed
    rig.write(.gicc, 0x4, 0xF0, pe: 0)
    #expect(rig.reads(.gicc, 0x4, 0xF0, pe: 0))
    #expect(rig.totals.agreed == before + 1)
  }

  @Test("A batch is split at the access that tells: every transition names its event")
  func splitBatch() {
    var topology = Topology()
    topology.set(.peCount, to: 2, source: .user)
    topology.set(.startsAtReset, to: true, source: .user)
    var controller = Controller(topology: topology)
    let events = [
      Event(time: 1, kind: .lineLevel, a: 40, b: 1),
      .mmio(.mmioWrite, time: 2, frame: .gicc, offset: 4, value: 0xF0, size: 4),
      Event(time: 3, kind: .lineLevel, a: 41, b: 1),
    ]
    var buffer = TransitionBuffer(capacity: 16)
    events.withUnsafeBufferPointer { controller.apply($0, firstIndex: 100, into: &buffer) }
    #expect(Array(buffer.transitions).filter { $0.kind == .lineRaised }.map(\.event) == [100, 102])
  }

  // MARK: Switched on

  @Test("ARE may be set later: what was configured before is UNKNOWN then (12.9.4)")
  func switchedOn() {
    let rig = rig()
    rig.write(.gicd, 0x0, 0, pe: 0)
    rig.write(.gicd, 0x0, 0x13, pe: 0)
    #expect(rig.isTaught { _ = rig.reads(.gicd, 0x104, 1 << 9, pe: 0) })
    rig.write(.ICC_PMR_EL1, 0xF0)
    #expect(rig.reads(.ICC_PMR_EL1, 0xF0))
    #expect(rig.reads(.gicd, 0x800 + 40, 0, size: 1, pe: 0))
  }

  // MARK: Two Security states

  @Test("Without ARE in either Security state, each has its view of GICC (12.13)")
  func twoSecurityStates() {
    let rig = Rig(securityStates: .two)
    rig.write(.gicd, 0x0, 3, secure: true, pe: 0)
    rig.write(.gicd, 0x80, 0xFFFF_FF00, secure: true, pe: 0)
    rig.write(.gicc, 0x4, 0xF0, secure: true, pe: 0)
    #expect(rig.reads(.gicc, 0x4, 0xE0, secure: false, pe: 0))
    #expect(rig.reads(.gicd, 0x80, 0, secure: false, pe: 0))
    #expect(rig.reads(.gicd, 0x80, 0xFFFF_FF00, secure: true, pe: 0))
  }

  @Test("Setting DS leaves one Security state (12.9.4)")
  func disableSecurity() {
    let rig = Rig(securityStates: .two)
    rig.write(.gicc, 0x4, 0xF0, secure: true, pe: 0)
    rig.write(.gicd, 0x0, 1 << 6 | 3, secure: true, pe: 0)
    #expect(rig.reads(.gicc, 0x4, 0xF0, secure: false, pe: 0))
  }

  @Test("A Secure world without ARE beside a Non-secure one with it is not modelled: nothing it reads disagrees")
  func asymmetricConfiguration() {
    let rig = Rig(securityStates: .two)
    rig.write(.gicd, 0x100, 0xFF, secure: true, pe: 0)
    rig.write(.gicc, 0x4, 0xF0, secure: true, pe: 0)
    rig.write(.gicd, 0x0, 0x21, secure: true, pe: 0)
    rig.write(.ICC_PMR_EL1, 0xF0)
    #expect(rig.isTaught { _ = rig.reads(.gicd, 0x100, 0xFF, secure: true, pe: 0) })
    #expect(rig.totals.disagreed == 0)
  }
}
