import InterruptTrace
import Testing

@testable import GICModel

@Suite("Priority, binary point, preemption (IHI 0069H, 4.8)")
struct PriorityTests {
  @Test("The priority mask lets through only what is strictly higher (4.8.6)")
  func mask() {
    let rig = Rig()
    rig.open(pmr: 0xA0)
    rig.enable(spi: 40, priority: 0xA0)
    rig.line(40, true)
    #expect(rig.highest(40, priority: 0xA0))
    #expect(rig.lines([]))
    #expect(rig.reads(.ICC_HPPIR1_EL1, 40), "HPPIR does not look at the mask")
    #expect(rig.reads(.ICC_IAR1_EL1, 1023))
    rig.write(.ICC_PMR_EL1, 0xA8)
    #expect(rig.lines(.irq))
  }

  @Test("The mask keeps only implemented priority bits (12.2.19)")
  func maskBits() {
    let rig = Rig { $0.set(.priorityBits, to: 5, source: .user) }
    rig.write(.ICC_PMR_EL1, 0xFF)
    #expect(rig.reads(.ICC_PMR_EL1, 0xF8))
  }

  @Test("Lower value wins; among equals the lowest INTID")
  func order() {
    let rig = Rig()
    rig.open()
    rig.enable(spi: 41, priority: 0xA0)
    rig.enable(spi: 40, priority: 0xA0)
    rig.enable(spi: 42, priority: 0x80)
    rig.line(41, true)
    rig.line(40, true)
    #expect(rig.highest(40, priority: 0xA0))
    rig.line(42, true)
    #expect(rig.highest(42, priority: 0x80))
  }

  @Test("An interrupt of higher group priority preempts, and ends before the one it preempted")
  func preemption() {
    let rig = Rig()
    rig.open()
    rig.enable(spi: 40, priority: 0xA0)
    rig.enable(spi: 41, priority: 0x40)
    rig.line(40, true)
    #expect(rig.reads(.ICC_IAR1_EL1, 40))
    rig.line(41, true)
    #expect(rig.lines(.irq))
    #expect(rig.reads(.ICC_IAR1_EL1, 41))
    #expect(rig.reads(.ICC_RPR_EL1, 0x40))
    rig.write(.ICC_EOIR1_EL1, 41)
    #expect(rig.reads(.ICC_RPR_EL1, 0xA0))
    rig.write(.ICC_EOIR1_EL1, 40)
    #expect(rig.reads(.ICC_RPR_EL1, 0xFF))
  }

  @Test("Subpriority does not preempt: the binary point splits the priority (4.8.2)")
  func binaryPoint() {
    let rig = Rig()
    rig.open()
    rig.write(.ICC_BPR1_EL1, 7)  // Group priority is bit 7 alone for Non-secure Group 1 at 7.
    rig.enable(spi: 40, priority: 0xA0)
    rig.enable(spi: 41, priority: 0x80)
    rig.line(40, true)
    #expect(rig.reads(.ICC_IAR1_EL1, 40))
    rig.line(41, true)
    #expect(rig.highest(41, priority: 0x80))
    #expect(rig.lines([]))
    rig.write(.ICC_BPR1_EL1, 3)
    rig.write(.ICC_EOIR1_EL1, 40)
    #expect(rig.lines(.irq))
  }

  @Test("The running priority is the group priority")
  func runningPriority() {
    let rig = Rig()
    rig.open()
    rig.write(.ICC_BPR1_EL1, 5)  // Bits 7:5
    rig.enable(spi: 40, priority: 0xB8)
    rig.line(40, true)
    #expect(rig.reads(.ICC_IAR1_EL1, 40))
    #expect(rig.reads(.ICC_RPR_EL1, 0xA0))
  }

  @Test("A binary point below the minimum is raised to it (12.2.4)")
  func minimumBinaryPoint() {
    let rig = Rig { $0.set(.priorityBits, to: 5, source: .user) }
    rig.write(.ICC_BPR0_EL1, 0)
    rig.write(.ICC_BPR1_EL1, 0)
    #expect(rig.reads(.ICC_BPR0_EL1, 2))
    #expect(rig.reads(.ICC_BPR1_EL1, 3))
  }

  @Test("CBPR makes BPR0 serve both groups; BPR1 reads one more and ignores writes (12.2.4 to 12.2.6)")
  func commonBinaryPoint() {
    let rig = Rig()
    rig.open()
    rig.write(.ICC_BPR0_EL1, 4)
    rig.write(.ICC_CTLR_EL1, 1)
    #expect(rig.reads(.ICC_BPR1_EL1, 5))
    rig.write(.ICC_BPR1_EL1, 7)
    #expect(rig.reads(.ICC_BPR1_EL1, 5))
  }

  @Test("Priority 0xFF is never signalled")
  func idlePriority() {
    let rig = Rig()
    rig.open(pmr: 0xFF)
    rig.enable(spi: 40, priority: 0xFF)
    rig.line(40, true)
    #expect(rig.lines([]))
  }

  @Test("Active priorities read back and can be written (12.2.1)")
  func activePriorities() {
    let rig = Rig()
    rig.open()
    rig.enable(spi: 40, priority: 0xA0)
    rig.line(40, true)
    _ = rig.reads(.ICC_IAR1_EL1, 40)
    #expect(rig.reads(.ICC_AP1R0_EL1, 1 << (0xA0 >> 3)))
    rig.write(.ICC_AP1R0_EL1, 0)
    #expect(rig.reads(.ICC_RPR_EL1, 0xFF))
  }

  @Test("QEMU 7.2 keeps reserved bits of ICC_PMR_EL1 and compares with them; 10.x and the architecture do not")
  func widePriorityMask() {
    let old = Rig(profile: .qemu7)
    old.write(.ICC_PMR_EL1, 0x1F3)
    #expect(old.reads(.ICC_PMR_EL1, 0x1F0))
    let new = Rig(profile: .qemu10)
    new.write(.ICC_PMR_EL1, 0x1F3)
    #expect(new.reads(.ICC_PMR_EL1, 0xF0))
  }

  @Test("QEMU applies the minimum of ICC_BPR0_EL1 before it drops reserved bits (12.2.4)")
  func wideBinaryPoint() {
    let qemu = Rig(profile: .qemu7)
    qemu.write(.ICC_BPR0_EL1, 8)
    #expect(qemu.reads(.ICC_BPR0_EL1, 0))
    let rig = Rig()
    rig.write(.ICC_BPR0_EL1, 8)
    #expect(rig.reads(.ICC_BPR0_EL1, 2))
  }

  @Test("PRIbits shown by ICC_CTLR_EL1 move the active priorities to their bits, on every PE (4.8, 12.2.6)")
  func priorityBitsShown() {
    let rig = Rig { $0.set(.priorityBits, to: 5, source: .assumed) }
    rig.open()
    rig.enable(spi: 40, priority: 0xA0, route: 1)
    rig.line(40, true)
    #expect(rig.reads(.ICC_IAR1_EL1, 40, pe: 1))
    // Eight priority bits on PE 0, of which seven preempt.
    rig.apply(.sysreg(.sysregRead, time: 0, pe: 0, register: .ICC_CTLR_EL1, value: 7 << 8 | 3 << 11))
    #expect(rig.reads(.ICC_RPR_EL1, 0xA0, pe: 1))
    #expect(rig.reads(.ICC_AP1R0_EL1, 0, pe: 1))
    #expect(rig.reads(SystemRegister(rawValue: SystemRegister.ICC_AP1R0_EL1.rawValue + 2), 1 << 16, pe: 1))
  }

  @Test("There are at least 16 priorities, whatever ICC_CTLR_EL1 shows (4.8)")
  func fewestPriorityBits() {
    let rig = Rig()
    rig.open()
    rig.enable(spi: 40, priority: 0xA0)
    rig.line(40, true)
    #expect(rig.reads(.ICC_IAR1_EL1, 40))
    rig.apply(.sysreg(.sysregRead, time: 0, pe: 0, register: .ICC_CTLR_EL1, value: 0))
    #expect(rig.reads(.ICC_RPR_EL1, 0xA0))
  }

  @Test("Bits of active priorities registers that no priority has are RES0 (12.2.1)")
  func unimplementedActivePriorities() {
    let rig = Rig { $0.set(.priorityBits, to: 4, source: .user) }
    rig.open()
    rig.write(.ICC_AP1R0_EL1, 0xFFFF_0000)
    rig.write(SystemRegister(rawValue: SystemRegister.ICC_AP1R0_EL1.rawValue + 3), 1)
    #expect(rig.reads(.ICC_RPR_EL1, 0xFF))
    rig.write(.ICC_AP1R0_EL1, 1 << 10)
    #expect(rig.reads(.ICC_RPR_EL1, 0xA0))
  }
}
