import InterruptTrace
import Testing

@testable import TraceImporters

@Suite("Topology from the capture's start")
struct TopologyTests {
  private func topology(_ lines: String...) throws -> Topology { try Imported(lines: lines).topology }
  private func read(_ offset: Int, _ value: String, secure: Int = 0) -> String {
    "gicv3_dist_read GICv3 distributor read: offset 0x\(String(offset, radix: 16)) data 0x\(value) size 4 secure \(secure)"
  }

  @Test("GICD_TYPER: lines, INTID bits, security states")
  func distributorType() throws {
    let facts = try topology(read(4, "37a0007"))
    #expect(facts[.gicdTyper] == 0x37A_0007)
    #expect(facts.entry(.gicdTyper)?.source == .register)
    #expect(facts[.itLinesNumber] == 7)
    #expect(facts[.intidBits] == 16)
    #expect(facts[.securityStates] == .one)
    #expect(facts[.hasEL3] == false)
    #expect(facts[.architecture] == .v3)
    #expect(facts[.profile] == .qemu7)
    #expect(try topology(read(4, "37a0407"))[.securityStates] == .two)
  }

  @Test("GICD_TYPER.NMI shows a later version")
  func laterVersion() throws {
    let facts = try topology(read(4, "37a0208"))
    #expect(facts[.profile] == .qemu10)
    #expect(facts[.architecture] == .v3_3)
  }

  @Test("Secure accesses and EL3 registers show two security states")
  func security() throws {
    for line in [
      read(8, "0", secure: 1), "gicv3_icc_ctlr_el3_read GICv3 ICC_CTLR_EL3 read cpu 0x0 value 0x0",
    ] {
      let facts = try topology(line)
      #expect(facts[.securityStates] == .two)
      #expect(facts[.hasEL3] == true)
    }
    #expect(try topology(read(8, "0"))[.securityStates] == nil)
    #expect(try topology(read(0, "50"))[.securityStates] == .one)
  }

  @Test("The exception levels in the output of -d int exist, those of calls that were handled outside need not")
  func exceptionLevels() throws {
    let facts = try topology(read(8, "0"), "Exception return from AArch64 EL3 to AArch64 EL1 PC 0x40000040")
    #expect(facts[.hasEL3] == true)
    #expect(facts[.securityStates] == .two)
    #expect(try topology(read(8, "0"), "...to EL2 PC 0x200 PSTATE 0x3c9")[.hasEL2] == true)
    #expect(try topology(read(8, "0"), "...from EL1 to EL2", "...handled as PSCI call")[.hasEL2] == nil)
  }

  @Test("A kernel that is started without firmware in Non-secure state finds everything in Group 1")
  func resetToGroup1() throws {
    let write = "gicv3_dist_write GICv3 distributor write: offset 0x0 data 0x0 size 4 secure 0"
    #expect(try topology(read(4, "37a0407"), write)[.resetToGroup1] == true)
    #expect(try topology(read(4, "37a0407"), write.dropLast() + "1")[.resetToGroup1] == nil)
    #expect(try topology(read(4, "37a0007"), write)[.resetToGroup1] == nil)
  }

  @Test("ICH_VTR_EL2: list registers, preemption bits, EL2")
  func virtualInterface() throws {
    let facts = try topology("gicv3_ich_vtr_read GICv3 ICH_VTR read cpu 0x0 value 0x90b80003")
    #expect(facts[.vtr] == 0x90B8_0003)
    #expect(facts[.listRegisters] == 4)
    #expect(facts[.preemptionBits] == 5)
    #expect(facts[.hasEL2] == true)
  }

  @Test("ICC_CTLR_EL1.PRIbits")
  func priorityBits() throws {
    #expect(try topology("gicv3_icc_ctlr_read GICv3 ICC_CTLR read cpu 0x0 value 0x8400")[.priorityBits] == 5)
  }

  @Test("GITS_TYPER, and GICv4 from commands or GICR_TYPER.VLPIS")
  func its() throws {
    #expect(
      try topology("gicv3_its_read GICv3 ITS read: offset 0x8 data 0x1f0001efb1 size 8")[.gitsTyper]
        == 0x1F_0001_EFB1
    )
    let command = try topology("gicv3_its_cmd_vinvall GICv3 ITS: command VINVALL vPEID 0x0")
    #expect(command.architecture == .v4)
    #expect(command[.gicrStride] == 0x4_0000)
    let type = try topology("gicv3_redist_read GICv3 redistributor 0x0 read: offset 0x8 data 0x1000003 size 8 secure 0")
    #expect(type.architecture == .v4)
    #expect(try topology(read(0xFFE8, "4b")).architecture == .v4)
    #expect(try topology(read(0xFFE8, "3b")).architecture == .v3)
  }

  @Test("Two halves of GICR_TYPER make one")
  func halves() throws {
    let facts = try topology(
      "gicv3_redist_read GICv3 redistributor 0x1 read: offset 0x8 data 0x111 size 4 secure 0",
      "gicv3_redist_read GICv3 redistributor 0x1 read: offset 0xc data 0x1 size 4 secure 0")
    #expect(facts[.gicrTyper, index: 1] == 0x1_0000_0111)
  }

  @Test("GICv2: number of PEs from GICD_TYPER, architecture from the events")
  func gicv2() throws {
    let facts = try topology("gic_dist_read dist read at 0x00000004 size 4: 0x00000068")
    #expect(facts.architecture == .v2)
    #expect(facts.peCount == 4)
    #expect(facts[.securityStates] == .one)
    #expect(try topology("gic_hyp_read hyp read at 0x00000004: 0x90000003")[.listRegisters] == 4)
  }

  @Test("A capture starts at reset if GICD_CTLR is written before the first interrupt")
  func startsAtReset() throws {
    let write = "gicv3_dist_write GICv3 distributor write: offset 0x0 data 0x0 size 4 secure 0"
    func read(_ intid: String) -> String { "gicv3_icc_iar1_read GICv3 ICC_IAR1 read cpu 0x0 value 0x\(intid)" }
    #expect(try topology(write, read("1b"))[.startsAtReset] == true)
    #expect(try topology(read("3ff"), write)[.startsAtReset] == true)
    #expect(try topology(read("1b"), write)[.startsAtReset] == false)
    #expect(try topology(read("1b"))[.startsAtReset] == false)
  }

  @Test("A capture does not start at reset if something is pending, enabled or set up before GICD_CTLR is written")
  func startsInOperation() throws {
    let (control, enable) = (
      "gic_dist_write dist write at 0x00000000 size 4: 0x00000003",
      "gic_dist_write dist write at 0x00000104 size 4: 0x00000002"
    )
    let best = "gic_update_bestirq cpu 0 irq 33 priority 0 cpu priority mask 255 cpu running priority 256"
    #expect(try topology(control, enable, best)[.startsAtReset] == true)
    #expect(try topology(enable, best, control)[.startsAtReset] == false)
    #expect(try topology(control, best)[.startsAtReset] == false, "nothing has enabled it")
    #expect(try topology("Taking exception 5 [IRQ] on CPU 0", control)[.startsAtReset] == false)
    func read(_ offset: String, _ value: String) -> String {
      "gic_dist_read dist read at 0x\(offset) size 4: 0x\(value)"
    }
    #expect(try topology(read("00000104", "00000000"), control)[.startsAtReset] == true)
    for state in [read("00000104", "00000010"), read("00000408", "a0a0a0a0"), read("00000000", "00000001")] {
      #expect(try topology(state, control)[.startsAtReset] == false)
    }
  }

  @Test("What nothing in the capture has enabled, or sent, was so before it began")
  func startsDisabled() throws {
    func write(_ offset: String, _ value: String) -> String {
      "gic_dist_write dist write at 0x\(offset) size 4: 0x\(value)"
    }
    func best(_ intid: Int) -> String {
      "gic_update_bestirq cpu 0 irq \(intid) priority 0 cpu priority mask 255 cpu running priority 256"
    }
    let (priority, control) = (write("00000400", "00000000"), write("00000000", "00000003"))
    let (enable, send, mask) = (
      write("00000104", "00000002"), write("00000f00", "00010001"),
      "gic_cpu_write cpu 0 iface write at 0x00000004 0x000000ff"
    )
    #expect(try topology(priority, control, best(33), mask)[.startsAtReset] == false)
    #expect(try topology(priority, control, best(1), mask)[.startsAtReset] == false)
    #expect(try topology(priority, control, enable, best(33), mask)[.startsAtReset] == true)
    #expect(try topology(priority, control, send, best(1), mask)[.startsAtReset] == true)
    // Of GICv3 an access stands behind what it led to.
    let lines = [
      "gicv3_dist_write GICv3 distributor write: offset 0x0 data 0x13 size 4 secure 0",
      "gicv3_cpuif_update GICv3 CPU i/f 0x0 HPPI update: irq 33 group 2 prio 0",
      "gicv3_dist_write GICv3 distributor write: offset 0x104 data 0x2 size 4 secure 0",
    ]
    #expect(try topology(lines[0], lines[1], lines[2])[.startsAtReset] == true)
  }

  @Test("The source's format is a fact of the capture")
  func format() throws {
    let facts = try topology(read(4, "37a0007"))
    #expect(facts[.sourceFormat] == .qemuLog)
    #expect(facts.entry(.epoch)?.source == .header)
  }
}
