import InterruptTrace
import Testing

@testable import GICModel

@Suite("GICv2: the Distributor (IHI 0048B, 4.3)")
struct GICv2DistributorTests {
  private enum GICD {
    static let ctlr: UInt32 = 0x0
    static let isenabler: UInt32 = 0x100
    static let icenabler: UInt32 = 0x180
    static let ispendr: UInt32 = 0x200
    static let icpendr: UInt32 = 0x280
    static let isactiver: UInt32 = 0x300
    static let icactiver: UInt32 = 0x380
    static let ipriorityr: UInt32 = 0x400
    static let itargetsr: UInt32 = 0x800
    static let icfgr: UInt32 = 0xC00
  }
  private static let iar: UInt32 = 0xC
  private static let eoir: UInt32 = 0x10

  // MARK: Banked registers

  @Test("GICD_ISENABLER0 and GICD_IPRIORITYR0 to 7 are banked: each PE has its own SGIs and PPIs (4.1.4, 4.3.5)")
  func bankedConfiguration() {
    let rig = Rig.v2()
    rig.write(.gicd, GICD.isenabler, 1 << 27, pe: 0)
    rig.write(.gicd, GICD.ipriorityr + 27, 0x40, size: 1, pe: 0)
    #expect(rig.reads(.gicd, GICD.isenabler, 1 << 27 | 0xFFFF, pe: 0))
    #expect(rig.reads(.gicd, GICD.isenabler, 0xFFFF, pe: 1))
    #expect(rig.reads(.gicd, GICD.ipriorityr + 27, 0x40, size: 1, pe: 0))
    rig.write(.gicd, GICD.ipriorityr + 27, 0x80, size: 1, pe: 1)
    #expect(rig.reads(.gicd, GICD.ipriorityr + 27, 0x40, size: 1, pe: 0))
  }

  @Test("A PPI's line is its PE's: the same INTID of another PE is another interrupt (2.2.1)")
  func bankedLines() {
    let rig = Rig.v2()
    rig.openGICv2()
    for pe in 0..<2 as Range<UInt32> { rig.write(.gicd, GICD.isenabler, 1 << 27, pe: pe) }
    rig.line(27, true, pe: 1)
    #expect(rig.lines([], pe: 0))
    #expect(rig.lines(.irq, pe: 1))
    #expect(rig.reads(.gicd, GICD.ispendr, 0, pe: 0))
    #expect(rig.reads(.gicd, GICD.ispendr, 1 << 27, pe: 1))
    #expect(rig.reads(.gicc, Self.iar, 1023, pe: 0))
    #expect(rig.reads(.gicc, Self.iar, 27, pe: 1))
    #expect(rig.reads(.gicd, GICD.isactiver, 1 << 27, pe: 1))
    #expect(rig.reads(.gicd, GICD.isactiver, 0, pe: 0))
  }

  // MARK: GICD_ITARGETSR

  @Test("GICD_ITARGETSR0 to 7 are read-only and read the number of the PE that reads (4.3.12)")
  func ownTarget() {
    let rig = Rig.v2()
    rig.write(.gicd, GICD.itargetsr, 0xFFFF_FFFF, pe: 1)
    #expect(rig.reads(.gicd, GICD.itargetsr, 0x0101_0101, pe: 0))
    #expect(rig.reads(.gicd, GICD.itargetsr, 0x0202_0202, pe: 1))
  }

  @Test("An SPI goes to every PE that GICD_ITARGETSR names, and the first that acknowledges has it (1.4.3, 4.3.12)")
  func severalTargets() {
    let rig = Rig.v2()
    rig.openGICv2()
    rig.enableGICv2(spi: 40, targets: 3)
    rig.pulse(40)
    #expect(rig.lines(.irq, pe: 0))
    #expect(rig.lines(.irq, pe: 1))
    #expect(rig.reads(.gicc, Self.iar, 40, pe: 1))
    #expect(rig.lines([], pe: 0))
    #expect(rig.reads(.gicc, Self.iar, 1023, pe: 0))
  }

  @Test("GICD_ITARGETSR: fields of PEs that do not exist are RAZ/WI (4.3.12)")
  func absentTargets() {
    let rig = Rig.v2()
    rig.write(.gicd, GICD.itargetsr + 40, 0xFF, size: 1, pe: 0)
    #expect(rig.reads(.gicd, GICD.itargetsr + 40, 3, size: 1, pe: 0))
  }

  @Test("With one PE GICD_ITARGETSR is RAZ/WI and every SPI goes there (4.3.12)")
  func uniprocessor() {
    let rig = Rig.v2(pes: 1)
    rig.openGICv2(pes: 1)
    rig.enableGICv2(spi: 40, targets: 0)
    #expect(rig.reads(.gicd, GICD.itargetsr + 40, 0, size: 1, pe: 0))
    rig.pulse(40)
    #expect(rig.reads(.gicc, Self.iar, 40, pe: 0))
  }

  @Test("Rerouting a pending SPI takes effect on it (4.3.12)")
  func reroute() {
    let rig = Rig.v2()
    rig.openGICv2()
    rig.enableGICv2(spi: 40, targets: 1)
    rig.pulse(40)
    rig.write(.gicd, GICD.itargetsr + 40, 2, size: 1, pe: 0)
    #expect(rig.lines([], pe: 0))
    #expect(rig.lines(.irq, pe: 1))
    #expect(rig.transitions(.retargeted).map { [$0.a, $0.b] }.last == [0, 1])
  }

  @Test("Up to eight PEs, each with its own SPI", arguments: 1...8)
  func processors(count: Int) {
    let rig = Rig.v2(pes: count)
    rig.openGICv2(pes: count)
    for pe in 0..<UInt32(count) { rig.enableGICv2(spi: 40 + pe, targets: 1 << UInt64(pe)) }
    for pe in 0..<UInt32(count) { rig.pulse(40 + pe) }
    for pe in 0..<UInt32(count) { #expect(rig.reads(.gicc, Self.iar, UInt64(40 + pe), pe: pe)) }
    for pe in 0..<UInt32(count) { rig.write(.gicc, Self.eoir, UInt64(40 + pe), pe: pe) }
    #expect(rig.transitions(.deactivated).count == count)
  }

  // MARK: Trigger and state

  @Test("GICD_ICFGR: the upper bit of a field selects edge-triggered; SGIs are edge-triggered for good (4.3.13)")
  func configuration() {
    let rig = Rig.v2()
    rig.write(.gicd, GICD.icfgr, 0, pe: 0)
    #expect(rig.reads(.gicd, GICD.icfgr, 0xAAAA_AAAA, pe: 0))
    rig.write(.gicd, GICD.icfgr + 8, 2 << 16, pe: 0)
    #expect(rig.reads(.gicd, GICD.icfgr + 8, 2 << 16, pe: 0))
  }

  @Test(
    "A level-sensitive SPI is pending while its line is high, an edge-triggered one until it is acknowledged (1.4.2)")
  func trigger() {
    let rig = Rig.v2()
    rig.openGICv2()
    rig.enableGICv2(spi: 40, edge: false)
    rig.enableGICv2(spi: 56, priority: 0xB0, edge: true)
    rig.pulse(40)
    rig.pulse(56)
    #expect(rig.reads(.gicd, GICD.ispendr + 4, 1 << 24, pe: 0))
    #expect(rig.reads(.gicc, Self.iar, 56, pe: 0))
    #expect(rig.reads(.gicd, GICD.ispendr + 4, 0, pe: 0))
  }

  @Test("A level that is high over its acknowledge makes active and pending, and the end signals it again (3.2.4)")
  func activeAndPending() {
    let rig = Rig.v2()
    rig.openGICv2()
    rig.enableGICv2(spi: 40, edge: false)
    rig.line(40, true)
    #expect(rig.reads(.gicc, Self.iar, 40, pe: 0))
    #expect(rig.reads(.gicd, GICD.ispendr + 4, 1 << 8, pe: 0))
    #expect(rig.reads(.gicd, GICD.isactiver + 4, 1 << 8, pe: 0))
    #expect(rig.lines([], pe: 0))
    rig.write(.gicc, Self.eoir, 40, pe: 0)
    #expect(rig.lines(.irq, pe: 0))
  }

  @Test("GICD_ISPENDR and GICD_ICPENDR set and clear; of SGIs they are read-only (4.3.7, 4.3.8)")
  func pendingByRegister() {
    let rig = Rig.v2()
    rig.openGICv2()
    rig.enableGICv2(spi: 40)
    rig.write(.gicd, GICD.ispendr + 4, 1 << 8, pe: 0)
    #expect(rig.lines(.irq, pe: 0))
    rig.write(.gicd, GICD.icpendr + 4, 1 << 8, pe: 0)
    #expect(rig.lines([], pe: 0))
    rig.write(.gicd, GICD.ispendr, 0xFFFF, pe: 0)
    #expect(rig.reads(.gicd, GICD.ispendr, 0, pe: 0))
  }

  @Test("GICD_ICPENDR does not clear what a high line makes pending (4.3.8)")
  func lineStaysPending() {
    let rig = Rig.v2()
    rig.enableGICv2(spi: 40, edge: false)
    rig.line(40, true)
    rig.write(.gicd, GICD.icpendr + 4, 1 << 8, pe: 0)
    #expect(rig.reads(.gicd, GICD.ispendr + 4, 1 << 8, pe: 0))
  }

  @Test("GICD_ISACTIVER keeps an interrupt from being signalled, GICD_ICACTIVER releases it (4.3.9, 4.3.10)")
  func activeByRegister() {
    let rig = Rig.v2()
    rig.openGICv2()
    rig.enableGICv2(spi: 40)
    rig.write(.gicd, GICD.isactiver + 4, 1 << 8, pe: 0)
    rig.pulse(40)
    #expect(rig.lines([], pe: 0))
    rig.write(.gicd, GICD.icactiver + 4, 1 << 8, pe: 1)
    #expect(rig.lines(.irq, pe: 0))
  }

  @Test("A disabled interrupt becomes pending and is signalled when it is enabled (4.3.5, 4.3.6)")
  func enables() {
    let rig = Rig.v2()
    rig.openGICv2()
    rig.enableGICv2(spi: 40)
    rig.write(.gicd, GICD.icenabler + 4, 1 << 8, pe: 0)
    rig.pulse(40)
    #expect(rig.lines([], pe: 0))
    #expect(rig.reads(.gicd, GICD.ispendr + 4, 1 << 8, pe: 0))
    rig.write(.gicd, GICD.isenabler + 4, 1 << 8, pe: 0)
    #expect(rig.lines(.irq, pe: 0))
  }

  @Test("GICD_CTLR forwards each group by its own bit (4.3.1)")
  func groupEnables() {
    let rig = Rig.v2()
    rig.openGICv2(3 | 1 << 3)
    rig.enableGICv2(spi: 40, priority: 0x80)
    rig.enableGICv2(spi: 72, priority: 0xA0, group1: true)
    rig.pulse(40)
    rig.pulse(72)
    #expect(rig.lines(.fiq, pe: 0))
    rig.write(.gicd, GICD.ctlr, 2, pe: 0)
    #expect(rig.lines(.irq, pe: 0))
    rig.write(.gicd, GICD.ctlr, 0, pe: 0)
    #expect(rig.lines([], pe: 0))
    #expect(rig.reads(.gicd, GICD.ctlr, 0, pe: 0))
  }

  @Test("INTIDs beyond GICD_TYPER.ITLinesNumber read as zero and ignore writes (4.3.2)")
  func notImplemented() {
    let rig = Rig.v2()
    rig.apply(.mmio(.mmioRead, time: 0, frame: .gicd, offset: 0x4, value: 1 << 5 | 2, size: 4, owner: 0, accessor: 0))
    rig.write(.gicd, GICD.isenabler + 12, 0xFFFF_FFFF, pe: 0)
    #expect(rig.reads(.gicd, GICD.isenabler + 12, 0, pe: 0))
    rig.write(.gicd, GICD.ipriorityr + 96, 0xA0, size: 1, pe: 0)
    #expect(rig.reads(.gicd, GICD.ipriorityr + 96, 0, size: 1, pe: 0))
  }
}
