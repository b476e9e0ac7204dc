import InterruptTrace
import Testing

@testable import GICModel

@Suite("Distributor and Redistributor registers (IHI 0069H, 12.9 and 12.11)")
struct DistributorTests {
  @Test("ISENABLER sets, ICENABLER clears, both read the enables (12.9.26, 12.9.7)")
  func enables() {
    let rig = Rig()
    rig.write(.gicd, 0x104, 0xF0)
    #expect(rig.reads(.gicd, 0x104, 0xF0))
    rig.write(.gicd, 0x184, 0x30)
    #expect(rig.reads(.gicd, 0x184, 0xC0))
  }

  @Test("Registers of INTIDs 0 to 31 are RES0 in the Distributor with affinity routing (12.9.26)")
  func privateWordsAreReserved() {
    let rig = Rig()
    rig.write(.gicd, 0x0, 0x10)
    rig.write(.gicd, 0x100, 0xFFFF_FFFF)
    #expect(rig.reads(.gicd, 0x100, 0))
    rig.write(.gicd, 0x400, 0xA0A0_A0A0)
    #expect(rig.reads(.gicd, 0x400, 0))
  }

  @Test("ISPENDR makes an interrupt pending, ICPENDR takes that back, but not a high line (12.9.28, 12.9.11)")
  func pending() {
    let rig = Rig()
    rig.open()
    rig.enable(spi: 40, edge: false)
    rig.write(.gicd, 0x204, 1 << 8)
    #expect(rig.lines(.irq))
    rig.write(.gicd, 0x284, 1 << 8)
    #expect(rig.lines([]))
    rig.line(40, true)
    rig.write(.gicd, 0x284, 1 << 8)
    #expect(rig.lines(.irq))
    #expect(rig.reads(.gicd, 0x284, 1 << 8), "pending includes the line of a level-sensitive interrupt")
  }

  @Test("A disabled interrupt latches its edge and is signalled when it is enabled")
  func edgeWhileDisabled() {
    let rig = Rig()
    rig.open()
    rig.enable(spi: 40)
    rig.write(.gicd, 0x184, 1 << 8)
    rig.line(40, true)
    #expect(rig.lines([]))
    rig.write(.gicd, 0x104, 1 << 8)
    #expect(rig.lines(.irq))
  }

  @Test("ISACTIVER keeps an interrupt from being signalled, ICACTIVER releases it (12.9.24, 12.9.5)")
  func active() {
    let rig = Rig()
    rig.open()
    rig.enable(spi: 40)
    rig.write(.gicd, 0x304, 1 << 8)
    rig.line(40, true)
    #expect(rig.lines([]))
    rig.write(.gicd, 0x384, 1 << 8)
    #expect(rig.lines(.irq))
  }

  @Test("Priorities are byte-accessible; changing that of a pending interrupt changes its rank (12.9.20)")
  func priorities() {
    let rig = Rig()
    rig.open()
    rig.enable(spi: 40, priority: 0xA0)
    rig.enable(spi: 41, priority: 0xA0)
    rig.line(40, true)
    rig.line(41, true)
    rig.write(.gicd, 0x429, 0x80, size: 1)
    #expect(rig.highest(41, priority: 0x80))
    #expect(rig.reads(.gicd, 0x428, 0x0000_80A0 & 0xFFFF, size: 4))
  }

  @Test("ICFGR: bit 1 of each field selects edge-triggered; bit 0 is RES0 (12.9.9)")
  func configuration() {
    let rig = Rig()
    rig.write(.gicd, 0xC08, 0xFFFF_FFFF)
    #expect(rig.reads(.gicd, 0xC08, 0xAAAA_AAAA))
  }

  @Test("QEMU sees a changed trigger with the SPI's own next cause, or when what was highest is gone", arguments: 0...3)
  func unseenTrigger(cause: Int) {
    let rig = Rig(profile: .qemu7)
    rig.open()
    rig.enable(spi: 40, priority: 0x20)
    rig.enable(spi: 41, priority: 0xA0)
    rig.enable(spi: 42, priority: 0xF0)
    rig.write(.gicd, 0xC08, 0x2 << 16)
    rig.line(40, true)
    rig.write(.gicd, 0x284, 1 << 8)
    rig.line(41, true)
    // Level-sensitive again, with its line high: it is pending.
    rig.write(.gicd, 0xC08, 0)
    rig.line(42, true)
    #expect(rig.highest(41, priority: 0xA0), "another SPI of its word is no cause")
    rig.write(.gicd, 0xD04, 1 << 8)
    #expect(rig.highest(41, priority: 0xA0), "GICD_IGRPMODR is RAZ/WI with one Security state (12.9.15)")
    #expect(rig.reads(.gicd, 0x438, 0))
    #expect(rig.highest(41, priority: 0xA0), "a read that teaches the priority of another is no cause")
    switch cause {
    case 0: rig.write(.gicd, 0x6140, 0, size: 8)
    case 1: rig.line(41, false)
    case 2: rig.write(.gicd, 0x428, 0x20, size: 1)
    default: rig.write(.gicd, 0x429, 0xC0, size: 1)
    }
    #expect(rig.highest(40, priority: 0x20))
  }

  @Test("SGIs are always edge-triggered: GICR_ICFGR0 ignores writes (12.11.7)")
  func sgiConfiguration() {
    let rig = Rig()
    rig.write(.gicr, 0x10C00, 0)
    #expect(rig.reads(.gicr, 0x10C00, 0xAAAA_AAAA))
  }

  @Test("Rerouting a pending SPI moves it to the other PE (12.9.22)")
  func reroute() {
    let rig = Rig()
    rig.open()
    rig.enable(spi: 40, route: 0)
    rig.line(40, true)
    #expect(rig.lines(.irq, pe: 0))
    rig.write(.gicd, 0x6000 + 40 * 8, 1, size: 8)
    #expect(rig.lines([], pe: 0))
    #expect(rig.lines(.irq, pe: 1))
    #expect(rig.transitions(.retargeted).last?.b == 1)
  }

  @Test("Routing by affinity uses Aff3 to Aff0, not the PE's number")
  func routeByAffinity() {
    let rig = Rig {
      $0.set(.affinity, index: 0, to: 0x0001_0200, source: .user)
      $0.set(.affinity, index: 1, to: 0x0200_0001, source: .user)
    }
    rig.open()
    rig.enable(spi: 40, route: 0x02_0000_0001)
    rig.line(40, true)
    #expect(rig.lines([], pe: 0))
    #expect(rig.lines(.irq, pe: 1))
  }

  @Test("An affinity that names no PE leaves the interrupt pending and unsignalled")
  func routeToNowhere() {
    let rig = Rig()
    rig.open()
    rig.enable(spi: 40, route: 0x77)
    rig.line(40, true)
    #expect(rig.lines([], pe: 0))
    #expect(rig.lines([], pe: 1))
    #expect(rig.reads(.gicd, 0x204, 1 << 8))
  }

  @Test("1 of N: any PE that is awake may take the SPI, and the first to acknowledge has it (3.5)")
  func oneOfN() {
    let rig = Rig()
    rig.open()
    rig.write(.gicr, 0x14, 2, owner: 1)
    rig.enable(spi: 40, route: 1 << 31)
    rig.line(40, true)
    #expect(rig.lines(.irq, pe: 0))
    #expect(rig.lines([], pe: 1), "asleep")
    rig.write(.gicr, 0x14, 0, owner: 1)
    #expect(rig.lines(.irq, pe: 1))
    #expect(rig.reads(.ICC_IAR1_EL1, 40, pe: 1))
    #expect(rig.lines([], pe: 0))
    #expect(rig.reads(.ICC_IAR1_EL1, 1023, pe: 0))
  }

  @Test("With GICD_TYPER.No1N, as QEMU has it, Interrupt_Routing_Mode has no effect, but reads back")
  func noOneOfN() {
    let rig = Rig(profile: .qemu7)
    rig.open()
    rig.enable(spi: 40, route: 1 << 31)
    #expect(rig.reads(.gicd, 0x6000 + 40 * 8, 1 << 31, size: 8))
    rig.write(.gicd, 0x204, 1 << 8)
    #expect(rig.lines(.irq, pe: 0))
    #expect(rig.lines([], pe: 1))
  }

  @Test("QEMU keeps the reserved bits of GICD_IROUTER; the architecture makes them RES0 (12.9.22)")
  func reservedRouterBits() {
    let qemu = Rig(profile: .qemu10)
    qemu.write(.gicd, 0x6000 + 40 * 8, 0x10_1000_0001, size: 8)
    #expect(qemu.reads(.gicd, 0x6000 + 40 * 8, 0x10_1000_0001, size: 8))
    let rig = Rig()
    rig.write(.gicd, 0x6000 + 40 * 8, 0x10_1000_0001, size: 8)
    #expect(rig.reads(.gicd, 0x6000 + 40 * 8, 0x10_0000_0001, size: 8))
  }

  @Test("SPIs beyond GICD_TYPER.ITLinesNumber read as zero and ignore writes (12.9.38)")
  func notImplemented() {
    let rig = Rig { $0.set(.itLinesNumber, to: 2, source: .register) }
    rig.open()
    rig.write(.gicd, 0x108, 1)
    rig.write(.gicd, 0x10C, 1)
    #expect(rig.reads(.gicd, 0x108, 1))
    #expect(rig.reads(.gicd, 0x10C, 0))
    rig.write(.gicd, 0x400 + 96, 0xA0, size: 1)
    #expect(rig.reads(.gicd, 0x400 + 96, 0, size: 1))
    rig.write(.gicd, 0x6000 + 96 * 8, 1, size: 8)
    #expect(rig.reads(.gicd, 0x6000 + 96 * 8, 0, size: 8))
  }

  @Test("GICD_INMIR makes SPIs non-maskable where GICD_TYPER.NMI says so, and is RES0 elsewhere (GICD_INMIR<n>)")
  func nonMaskable() {
    for hasNMI in [true, false] {
      let rig = Rig()
      _ = rig.reads(.gicd, 0x4, hasNMI ? 0x37A_0209 : 0x37A_0009)
      rig.write(.gicd, 0xF84, 0x88)
      #expect(rig.reads(.gicd, 0xF84, hasNMI ? 0x88 : 0))
    }
  }

  @Test("GICR_INMIR0 makes a PE's SGIs and PPIs non-maskable (GICR_INMIR0)")
  func privateNonMaskable() {
    let rig = Rig()
    _ = rig.reads(.gicd, 0x4, 0x37A_0209)
    rig.write(.gicr, 0x10F80, 0x88, owner: 1)
    #expect(rig.reads(.gicr, 0x10F80, 0x88, owner: 1))
  }

  @Test("QEMU 7.2 shows one word of INTIDs less in GICD_TYPER.ITLinesNumber than it implements")
  func linesNumber() {
    let rig = Rig(profile: .qemu7) { $0.set(.itLinesNumber, to: 2, source: .register) }
    rig.write(.gicd, 0x10C, 1)
    #expect(rig.reads(.gicd, 0x10C, 1))
    rig.write(.gicd, 0x110, 1)
    #expect(rig.reads(.gicd, 0x110, 0))
  }

  @Test("An identification register may be read in parts and whole")
  func identificationInParts() {
    let rig = Rig()
    #expect(rig.isTaught { _ = rig.reads(.gicr, 0x8, 0x111, size: 4, owner: 1) })
    #expect(rig.isTaught { _ = rig.reads(.gicr, 0x8, 0x1_0000_0111, size: 8, owner: 1) })
    #expect(rig.reads(.gicr, 0xC, 1, size: 4, owner: 1))
    #expect(rig.reads(.gicr, 0x8, 0x1_0000_0111, size: 8, owner: 1))
  }

  @Test("GICD_SETSPI_NSR sets an SPI pending, GICD_CLRSPI_NSR clears it (12.9.33, 12.9.1)", arguments: [true, false])
  func messageBasedSPI(edge: Bool) {
    let rig = Rig()
    rig.open()
    rig.enable(spi: 40, edge: edge)
    rig.write(.gicd, 0x40, 40)
    #expect(rig.lines(.irq))
    rig.write(.gicd, 0x48, 40)
    #expect(rig.lines([]))
  }

  @Test("Clearing a group enable in GICD_CTLR takes its interrupts back (12.9.4)")
  func distributorGroupEnable() {
    let rig = Rig()
    rig.open()
    rig.enable(spi: 40)
    rig.line(40, true)
    rig.write(.gicd, 0x0, 0)
    #expect(rig.highest(nil))
    rig.write(.gicd, 0x0, 2)
    #expect(rig.highest(40, priority: 0xA0))
  }

  @Test("GICR_WAKER.ChildrenAsleep follows ProcessorSleep (12.11.42)")
  func waker() {
    let rig = Rig()
    rig.write(.gicr, 0x14, 0)
    #expect(rig.reads(.gicr, 0x14, 0))
    rig.write(.gicr, 0x14, 2)
    #expect(rig.reads(.gicr, 0x14, 6))
  }

  @Test("A read that the device refuses returns zero and changes nothing")
  func refused() {
    let rig = Rig()
    #expect(
      rig.agrees {
        rig.apply(.mmio(.mmioRead, time: 0, frame: .gicd, offset: 0xC, value: 0, size: 4, flags: .refused))
      }
    )
    rig.apply(.mmio(.mmioWrite, time: 0, frame: .gicd, offset: 0x104, value: 1, size: 4, flags: .refused))
    #expect(rig.reads(.gicd, 0x104, 0))
  }

  @Test("Both halves of a 64-bit register can be accessed as words (12.9.22)")
  func halves() {
    let rig = Rig()
    rig.write(.gicd, 0x6000 + 40 * 8, 1, size: 4)
    rig.write(.gicd, 0x6004 + 40 * 8, 2, size: 4)
    #expect(rig.isTaught { _ = rig.reads(.gicd, 0x6000 + 41 * 8, 3, size: 8) })
    #expect(rig.reads(.gicd, 0x6004 + 40 * 8, 2, size: 4))
  }

  @Test("What nothing has shown is taught by the first read and known from then on")
  func taught() {
    let rig = Rig(atReset: false)
    #expect(rig.isTaught { _ = rig.reads(.gicd, 0x104, 0xF0) })
    #expect(rig.reads(.gicd, 0x104, 0xF0))
    #expect(!rig.agrees { _ = rig.reads(.gicd, 0x104, 0xF1) })
    #expect(rig.totals.disagreed == 1)
  }

  @Test("Identification registers are the implementation's: the first read teaches")
  func identification() {
    let rig = Rig()
    #expect(rig.isTaught { _ = rig.reads(.gicd, 0x4, 0x37A_0007) })
    #expect(rig.reads(.gicd, 0x4, 0x37A_0007))
    #expect(rig.controller.topology[.itLinesNumber] == 7)
  }

  @Test("A read that contradicts what was written is right from there on: something is missing in the capture")
  func relearn() {
    let rig = Rig(profile: .qemu7)
    rig.write(.gicd, 0x104, 1 << 8)
    #expect(!rig.reads(.gicd, 0x104, 1 << 9))
    #expect(rig.totals.disagreed == 1)
    #expect(rig.reads(.gicd, 0x104, 1 << 9))
    #expect(rig.reads(.gicd, 0x184, 1 << 9))
  }
}
