import InterruptTrace
import Testing

@testable import GICModel

@Suite("Transitions of what decides delivery")
struct DeliveryConditionTests {
  /// `a` of the last transition of a kind, of a PE if one is given.
  private func last(_ rig: Rig, _ kind: TransitionKind, pe: UInt32? = nil) -> UInt64? {
    rig.transitions(kind).last { pe == nil || $0.pe == pe }?.a
  }

  @Test("A capture from reset reports the reset values as assumed, and that it begins there")
  func reset() {
    let rig = Rig()
    rig.line(40, false)
    #expect(rig.transitions.first?.kind == .begin)
    #expect(last(rig, .begin) == 1)
    let masks = rig.transitions(.priorityMask)
    #expect(masks.map(\.pe) == [0, 1] && masks.allSatisfy { $0.a == 0 && $0.provenance == .assumed })
    #expect(last(rig, .sleep, pe: 1) == 1, "ProcessorSleep is set at reset (IHI 0069H, 12.11.42)")
    #expect(last(rig, .lpisEnabled, pe: 0) == 0)
    #expect(rig.transitions(.groupEnables).map(\.pe) == [PE.none, 0, 1])
  }

  @Test("Where the group of reset is known, the beginning says it", arguments: [.arch, .qemu7] as [Topology.Profile])
  func resetGroup(profile: Topology.Profile) {
    let rig = Rig(profile: profile)
    rig.line(40, false)
    #expect(rig.transitions(.begin).map(\.begin.resetGroup) == [profile == .arch ? 0 : 1])
  }

  @Test("A capture from the middle of a run reports nothing before it shows it")
  func middle() {
    let rig = Rig(atReset: false)
    rig.line(40, false)
    #expect(last(rig, .begin) == 0)
    #expect(rig.kinds == [.begin, .lineLowered])
    rig.write(.ICC_PMR_EL1, 0)
    #expect(last(rig, .priorityMask) == 0, "known now, though it is what was guessed")
    rig.write(.gicd, 0x180 + 4, 1 << 8)
    #expect(rig.transitions(.disabled).map(\.intid) == [40])
  }

  @Test("Priority mask, group enables, sleep, EnableLPIs and EOImode of a PE: once for each change")
  func perPE() {
    let rig = Rig()
    rig.open()
    rig.forget()
    rig.write(.ICC_PMR_EL1, 0xF0)
    rig.write(.ICC_IGRPEN1_EL1, 1)
    #expect(rig.kinds.isEmpty)
    rig.write(.ICC_PMR_EL1, 0x80, pe: 1)
    rig.write(.ICC_IGRPEN1_EL1, 0)
    rig.write(.gicr, 0x14, 2, owner: 1)
    rig.write(.gicr, 0x0, 1)
    rig.write(.ICC_CTLR_EL1, 2)
    #expect(rig.kinds == [.priorityMask, .groupEnables, .sleep, .lpisEnabled, .endMode])
    #expect(rig.transitions.map(\.pe) == [1, 0, 1, 0, 0])
    #expect(rig.transitions.map(\.a) == [0x80, 0, 1, 1, 1])
  }

  @Test("GICD_CTLR's group enables, by group: Non-secure Group 1 is bit 2")
  func distributor() {
    let rig = Rig()
    rig.write(.gicd, 0x0, 2)
    #expect(last(rig, .groupEnables, pe: PE.none) == 0b100)
    rig.write(.gicd, 0x0, 1)
    #expect(last(rig, .groupEnables, pe: PE.none) == 0b001)
  }

  @Test("Enable, priority, group and trigger of an SPI and of a PPI")
  func perInterrupt() {
    let rig = Rig()
    rig.enable(spi: 40, priority: 0xA0, edge: true)
    rig.enable(private: 27, priority: 0x80, pe: 1)
    #expect(rig.transitions(.enabled).map(\.intid) == [40, 27])
    #expect(rig.transitions(.priorityChanged).map(\.priority) == [0xA0, 0x80])
    #expect(rig.transitions(.triggerChanged).contains { $0.intid == 40 && $0.a == 1 })
    rig.write(.gicd, 0x84, 1 << 8)
    #expect(rig.transitions(.groupChanged).map(\.intid) == [40])
    #expect(last(rig, .groupChanged) == UInt64(InterruptGroup.group1NonSecure.rawValue))
    rig.write(.gicr, 0x10080, 1 << 27, owner: 1)
    #expect(rig.transitions(.groupChanged).last?.pe == 1)
    rig.write(.gicd, 0x304, 1 << 8)
    #expect(rig.transitions(.activated).map(\.intid) == [40])
  }

  @Test("Acknowledge and end carry the running priority that they leave")
  func runningPriority() {
    let rig = Rig()
    rig.open()
    rig.enable(spi: 40, priority: 0xA0)
    rig.enable(spi: 41, priority: 0x40)
    rig.line(40, true)
    _ = rig.reads(.ICC_IAR1_EL1, 40)
    rig.line(41, true)
    _ = rig.reads(.ICC_IAR1_EL1, 41)
    rig.write(.ICC_EOIR1_EL1, 41)
    rig.write(.ICC_EOIR1_EL1, 40)
    #expect(rig.transitions(.acknowledged).map { $0.b >> 8 & 0xFF } == [0xA0, 0x40])
    #expect(rig.transitions(.endOfInterrupt).map(\.b) == [0xA0, 0xFF])
  }

  @Test("An LPI is enabled and disabled as the cached configuration has it, at INV (IHI 0069H, 5.1.1)")
  func lpiConfiguration() {
    let rig = Rig()
    rig.open()
    rig.openLPIs()
    rig.mapti(1, 0, intid: 8192)
    rig.configure(lpi: 8192, 0xA1)
    #expect(rig.transitions(.enabled).filter { $0.intid == 8192 }.isEmpty)
    rig.act(0x0C, 1, 0)
    #expect(rig.transitions(.enabled).last?.intid == 8192)
    rig.configure(lpi: 8192, 0x40)
    rig.act(0x0C, 1, 0)
    #expect(rig.transitions(.disabled).last?.intid == 8192)
    #expect(rig.transitions(.priorityChanged).last?.priority == 0x40)
  }

  @Test("That a pending LPI is not shown tells that it is disabled: inferred")
  func inferredConfiguration() {
    let rig = Rig()
    rig.open()
    rig.openLPIs()
    rig.mapti(1, 0, intid: 8192)
    rig.msi(1, 0)
    _ = rig.highest(nil)
    #expect(rig.transitions(.disabled).contains { $0.intid == 8192 && $0.provenance == .inferred })
  }

  @Test("The state shows the highest pending interrupt, asked for before or not")
  func highestInState() {
    let rig = Rig()
    rig.open()
    for spi in [40, 41] as [UInt32] { rig.enable(spi: spi) }
    rig.line(40, true)
    rig.line(41, true)
    _ = rig.reads(.ICC_IAR1_EL1, 40)
    guard case .object(let parts) = rig.controller.state(),
      case .list(let interfaces)? = parts.first(where: { $0.name == "cpu_interfaces" })?.value,
      case .object(let interface)? = interfaces.first
    else {
      Issue.record("no CPU interfaces")
      return
    }
    let expected = ValueTree.object([.init("intid", .number(41)), .init("priority", .number(0xA0))])
    #expect(interface.first { $0.name == "highest_pending" }?.value == expected)
  }

  @Test("Lines and highest pending interrupts are reported when they change")
  func observations() {
    let rig = Rig()
    rig.open()
    rig.enable(spi: 40)
    rig.line(40, true)
    for _ in 0..<2 {
      _ = rig.highest(40, priority: 0xA0)
      _ = rig.lines(.irq)
    }
    _ = rig.reads(.ICC_IAR1_EL1, 40)
    _ = rig.highest(nil)
    _ = rig.lines([])
    #expect(rig.transitions(.highestPending).map(\.intid) == [40, .max])
    #expect(rig.transitions(.cpuLine).map(\.a) == [CPULines.irq.rawValue, 0])
  }

  @Test("Commands, collections and the ITS's own state")
  func its() {
    let rig = Rig()
    rig.openLPIs()
    rig.mapti(1, 3, intid: 8195)
    rig.act(0x0C, 1, 3)
    rig.mapc(1, pe: 0, valid: false)
    rig.write(.gits, 0x0, 0)
    #expect(rig.transitions(.collection).map(\.pe) == [0, 1, PE.none])
    #expect(rig.transitions(.itsEnabled).map(\.a) == [1, 0])
    let inv = rig.transitions(.itsCommand).first { $0.a & 0xFF == 0x0C }
    #expect(inv?.intid == 8195 && inv?.a == 1 << 32 | 0x0C && inv?.b == 3 << 32)
    rig.write(.gits, 0x88, 0x40, size: 8)
    #expect(rig.transitions(.commandsWaiting).map(\.b) == [0x40], "a disabled ITS reads no commands")
  }

  @Test("GICv2: group enables, priority mask and EOImode of GICC_CTLR and GICD_CTLR (IHI 0048B, 4.3.1 and 4.4.1)")
  func legacy() {
    let rig = Rig(architecture: .v2)
    rig.line(40, false)
    #expect(last(rig, .begin) == 1)
    rig.forget()
    func write(_ frame: Frame, _ offset: UInt32, _ value: UInt64, size: Int = 4, pe: UInt32 = 0) {
      let owner = frame == .gicd ? 0 : pe
      rig.apply(
        .mmio(.mmioWrite, time: 0, frame: frame, offset: offset, value: value, size: size, owner: owner, accessor: pe))
    }
    write(.gicd, 0x0, 1)
    write(.gicc, 0x4, 0xF0, pe: 1)
    write(.gicc, 0x0, 0x201, pe: 1)
    write(.gicd, 0x104, 1 << 8)
    write(.gicd, 0x400 + 40, 0xA0, size: 1)
    write(.gicd, 0x800 + 40, 2, size: 1)
    #expect(
      rig.kinds == [.groupEnables, .priorityMask, .groupEnables, .endMode, .enabled, .priorityChanged, .retargeted])
    #expect(rig.transitions.map(\.a).prefix(4) == [1, 0xF0, 1, 1])
    #expect(rig.transitions.last?.b == 1)
    write(.gicd, 0x800 + 40, 3, size: 1)
    #expect(rig.transitions.last?.b == UInt64(PE.none - 1), "one of several")
  }
}
