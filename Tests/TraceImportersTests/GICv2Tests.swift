import InterruptTrace
import Testing

@testable import TraceImporters

@Suite("GICv2 lines")
struct GICv2Tests {
  @Test("A read of GICC_IAR goes before its acknowledge line, what came earlier stays")
  func acknowledgeOrder() throws {
    let result = try Imported(lines: [
      "gic_set_irq irq 27 level 1 cpumask 0x1 target 0x1",
      "gic_update_bestirq cpu 0 irq 27 priority 160 cpu priority mask 240 cpu running priority 256",
      "gic_update_set_irq cpu[0]: irq = 1",
      "gic_acknowledge_irq cpu 0 acknowledged irq 27",
      "gic_update_bestirq cpu 1 irq 2 priority 160 cpu priority mask 240 cpu running priority 256",
      "gic_update_set_irq cpu[1]: irq = 1",
      "gic_cpu_read cpu 0 iface read at 0x0000000c: 0x0000001b",
    ])
    #expect(
      result.kinds == [
        "lineLevel", "highestPending", "cpuLine", "mmioRead", "acknowledge", "highestPending", "cpuLine",
      ]
    )
  }

  @Test("A read of GICV_IAR goes before its own interface's acknowledge line")
  func virtualAcknowledgeOrder() throws {
    let result = try Imported(lines: [
      "gic_update_maintenance_irq cpu 0: maintenance = 0",
      "gic_acknowledge_irq vcpu 0 acknowledged irq 27",
      "gic_update_bestirq vcpu 1 irq 2 priority 160 cpu priority mask 240 cpu running priority 256",
      "gic_update_maintenance_irq cpu 0: maintenance = 0",
      "gic_cpu_read vcpu 0 iface read at 0x0000000c: 0x0000001b",
    ])
    #expect(result.events.place(of: .mmioRead) == 1)
    #expect(result.events[1].frame == .gicv)
    #expect(result.events[3].flags == [.virtual, .maskShown])
  }

  @Test("A maintenance interrupt that a guest's acknowledge raised comes behind the read")
  func acknowledgeRaisesMaintenance() throws {
    let result = try Imported(lines: [
      "gic_acknowledge_irq vcpu 0 acknowledged irq 20",
      "gic_update_maintenance_irq cpu 0: maintenance = 1",
      "gic_set_irq irq 25 level 1 cpumask 0x1 target 0x1",
      "gic_update_bestirq cpu 0 irq 25 priority 160 cpu priority mask 240 cpu running priority 256",
      "gic_update_maintenance_irq cpu 1: maintenance = 0",
      "gic_cpu_read vcpu 0 iface read at 0x0000000c: 0x00000014",
      "gic_set_irq irq 25 level 0 cpumask 0x1 target 0x1",
    ])
    #expect(
      result.kinds == [
        "mmioRead", "acknowledge", "maintenanceLine", "lineLevel", "highestPending", "maintenanceLine", "lineLevel",
      ]
    )
  }

  @Test("Another read stays where it is")
  func otherRead() throws {
    let result = try Imported(lines: [
      "gic_acknowledge_irq cpu 0 acknowledged irq 27",
      "gic_cpu_read cpu 0 iface read at 0x00000014: 0x000000ff",
    ])
    #expect(result.kinds == ["acknowledge", "mmioRead"])
  }

  @Test("An interface access has owner and accessor, and no size")
  func interfaceAccess() throws {
    let write = try Imported(lines: ["gic_cpu_write cpu 3 iface write at 0x00001000 0x00000c1d"]).only
    #expect(write.frame == .gicc)
    #expect(write.offset == 0x1000)
    #expect(write.owner == 3)
    #expect(write.pe == 3)
    #expect(write.b == 0xC1D)
    #expect(write.flags.contains(.sizeUnknown))
    #expect(!write.flags.contains(.securityShown))
  }

  @Test("A Distributor access takes its PE from the thread")
  func distributorAccess() throws {
    let lines = [
      "gic_cpu_write cpu 2 iface write at 0x00000004 0x000000f0",
      "gic_dist_read dist read at 0x00000004 size 4: 0x00000068",
      "gic_dist_write dist write at 0x00000f00 size 1: 0x02000001",
    ]
    let events = try Imported(lines: lines).events
    #expect(events[1].frame == .gicd)
    #expect(events[1].pe == 2)
    #expect(events[1].size == 4)
    #expect(events[2].size == 1)
    #expect(events[2].kind == .mmioWrite)
  }

  @Test("A GICH access takes its PE from the thread, else from the list register's line")
  func hypervisorAccess() throws {
    let lines = [
      "gic_hyp_write hyp write at 0x00000100: 0x50a0001b", "gic_lr_entry cpu 1: new lr entry 0: 0x50a0001b",
    ]
    let alone = try Imported(lines: lines).events
    #expect(alone[0].frame == .gich)
    #expect(alone[0].owner == 1)
    #expect(alone[0].pe == 1)
    #expect(alone[1].kind == .listRegister)
    #expect(alone[1].a == 0)
    #expect(alone[1].b == 0x50A0_001B)
    let known = try Imported(
      lines: ["gic_cpu_write cpu 3 iface write at 0x00000004 0x000000f0", "gic_hyp_read hyp read at 0x00000004: 0x3"]
    ).events[1]
    #expect(known.owner == 3)
    #expect(known.pe == 3)
  }

  @Test("A PPI's line names its PE by a mask, an SPI's names none")
  func lines() throws {
    let ppi = try Imported(lines: ["gic_set_irq irq 26 level 1 cpumask 0x4 target 0x4"]).only
    #expect(ppi.pe == 2)
    #expect(ppi.intid == 26)
    #expect(ppi.b == 1)
    #expect(try Imported(lines: ["gic_set_irq irq 33 level 0 cpumask 0xff target 0x1"]).only.pe == PE.none)
  }

  @Test("A highest-pending line holds priority, mask and running priority")
  func highestPending() throws {
    let event = try Imported(
      lines: ["gic_update_bestirq cpu 1 irq 27 priority 160 cpu priority mask 240 cpu running priority 256"]).only
    #expect(event.pe == 1)
    #expect(event.intid == 27)
    #expect(event.priority == 160)
    #expect(event.b == 240 | 256 << 16)
    #expect(event.flags == .maskShown)
  }

  @Test(
    "Only the named line is shown", arguments: zip(["irq", "fiq", "virq", "vfiq"], [CPULines.irq, .fiq, .virq, .vfiq]))
  func cpuLine(name: String, line: CPULines) throws {
    let event = try Imported(lines: ["gic_update_set_irq cpu[1]: \(name) = 1"]).only
    #expect(event.a == line.rawValue)
    #expect(event.b == line.rawValue)
    #expect(event.pe == 1)
  }

  @Test("A word that names no line or interface is malformed")
  func unknownWord() throws {
    let result = try Imported(lines: [
      "gic_update_set_irq cpu[1]: nmi = 1", "gic_acknowledge_irq xcpu 0 acknowledged irq 1",
    ])
    #expect(result.events.isEmpty)
    #expect(result.statistics.problems.first?.count == 2)
  }

  @Test("Enable changes, maintenance lines and acknowledge hints")
  func otherObservations() throws {
    let events = try Imported(lines: [
      "gic_enable_irq irq 33 enabled", "gic_disable_irq irq 33 disabled",
      "gic_update_maintenance_irq cpu 1: maintenance = 1", "gic_acknowledge_irq vcpu 1 acknowledged irq 1023",
    ]).events
    #expect(events.map(\.kind) == [.enableChange, .enableChange, .maintenanceLine, .acknowledge])
    #expect(events[0].b == 1 && events[1].b == 0)
    #expect(events[2].pe == 1 && events[2].a == 1)
    #expect(events[3].intid == 1023 && events[3].b == UInt64(Frame.gicv.rawValue))
  }

  @Test("A line that rises twice and falls twice is wired to two controllers, which the lines do not tell apart")
  func secondController() throws {
    func line(_ level: Int, _ target: Int) -> String {
      "gic_set_irq irq 53 level \(level) cpumask 0xff target 0x\(target)"
    }
    let mixed = try Imported(lines: [line(1, 1), line(1, 0), line(0, 1), line(0, 0)])
    #expect(mixed.topology[.controllers] == 2)
    // After loadvm a level may be repeated, but hardly both of them in turn.
    let single = try Imported(lines: [line(1, 1), line(0, 1), line(0, 1), line(1, 1), line(1, 1)])
    #expect(single.topology[.controllers] == nil)
    #expect(single.topology[.lacksThreads] == nil)
    let falls = try Imported(lines: Array(repeating: line(0, 1), count: 4))
    #expect(falls.topology[.lacksThreads] == true, "the rises are in the file of another thread")
  }
}
