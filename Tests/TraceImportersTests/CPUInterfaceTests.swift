import InterruptTrace
import Testing

@testable import TraceImporters

@Suite("System registers and lines of the CPU interface")
struct CPUInterfaceTests {
  @Test(
    "The register of each line",
    arguments: [
      ("icc_bpr_read", "ICC_BPR1 read", SystemRegister.ICC_BPR1_EL1),
      ("icc_bpr_write", "ICC_BPR0 write", .ICC_BPR0_EL1),
      ("icc_ap_read", "ICC_AP1R2 read", .ICC_AP1R0_EL1[2]),
      ("icc_ap_write", "ICC_AP0R3 write", .ICC_AP0R0_EL1[3]),
      ("icc_igrpen_write", "ICC_IGRPEN1 write", .ICC_IGRPEN1_EL1),
      ("icc_igrpen1_el3_write", "ICC_IGRPEN1_EL3 write", .ICC_IGRPEN1_EL3),
      ("icc_ctlr_el3_read", "ICC_CTLR_EL3 read", .ICC_CTLR_EL3),
      ("icc_nmiar1_read", "ICC_NMIAR1 read", .ICC_NMIAR1_EL1),
      ("icc_eoir_write", "ICC_EOIR0 write", .ICC_EOIR0_EL1),
      ("icc_dir_write", "ICC_DIR write", .ICC_DIR_EL1),
      ("icc_hppir0_read", "ICC_HPPIR0 read", .ICC_HPPIR0_EL1),
      ("icc_rpr_read", "ICC_RPR read", .ICC_RPR_EL1),
      ("icv_iar_read", "ICV_IAR1 read", .ICV_IAR1_EL1),
      ("icv_hppir_read", "ICV_HPPIR0 read", .ICV_HPPIR0_EL1),
      ("icv_ap_write", "ICV_AP1R3 write", .ICV_AP1R0_EL1[3]),
      ("icv_nmiar1_read", "ICV_NMIAR1 read", .ICV_NMIAR1_EL1),
      ("ich_ap_write", "ICH_AP1R1 write", .ICH_AP1R0_EL2[1]),
      ("ich_lr_write", "ICH_LR15_EL2 write", .ICH_LR0_EL2[15]),
      ("ich_lr32_write", "ICH_LR3 write", .ICH_LR0[3]),
      ("ich_lrc_read", "ICH_LRC2 read", .ICH_LRC0[2]),
      ("ich_vtr_read", "ICH_VTR read", .ICH_VTR_EL2),
      ("ich_elrsr_read", "ICH_ELRSR read", .ICH_ELRSR_EL2),
    ]
  )
  func register(name: String, text: String, register: SystemRegister) throws {
    let event = try Imported(lines: ["gicv3_\(name) GICv3 \(text) cpu 0x2 value 0x8000000000000001"]).only
    #expect(event.kind == (text.hasSuffix("read") ? .sysregRead : .sysregWrite))
    #expect(event.register == register)
    #expect(event.pe == 2)
    #expect(event.b == 0x8000_0000_0000_0001)
  }

  @Test("An SGI's register is not shown; its value is laid out as in ICC_SGI1R_EL1")
  func generateSGI() throws {
    let line =
      "gicv3_icc_generate_sgi GICv3 CPU i/f 0x1 generating SGI 13 IRM 1 target affinity 0x30201xx targetlist 0x8001"
    let event = try Imported(lines: [line]).only
    #expect(event.kind == .sysregWrite)
    #expect(event.register == .ICC_SGI1R_EL1)
    #expect(event.flags.contains(.incomplete))
    #expect(!event.flags.contains(.effectsShown))
    #expect(event.b & 0xFFFF == 0x8001)
    #expect(event.b >> 16 & 0xFF == 0x01)
    #expect(event.b >> 24 & 0xF == 13)
    #expect(event.b >> 32 & 0xFF == 0x02)
    #expect(event.b >> 40 & 1 == 1)
    #expect(event.b >> 48 & 0xFF == 0x03)
  }

  @Test("Where the capture shows which PEs accept an SGI, the write says so")
  func effectsShown() throws {
    let generate =
      "gicv3_icc_generate_sgi GICv3 CPU i/f 0x1 generating SGI 2 IRM 0 target affinity 0x0xx targetlist 0x1"
    let send = "gicv3_redist_send_sgi GICv3 redistributor 0x0 pending SGI 2"
    #expect(try Imported(lines: [generate, generate, send]).events[0].flags.contains(.effectsShown))
    // Beyond what is surveyed the next line tells.
    let filler = String(repeating: stamped(pair(0)), count: LogSurvey.length / 180)
    let late = try Imported(filler + stamped([generate, send]), batch: 8192).events.suffix(2)
    #expect(late.first?.flags.contains(.effectsShown) == true)
  }

  @Test("Highest pending: INTID, priority, group")
  func highestPending() throws {
    let event = try Imported(
      lines: ["gicv3_cpuif_update GICv3 CPU i/f 0x1 HPPI update: irq 8231 group 2 prio 160"]).only
    #expect(event.kind == .highestPending)
    #expect(event.pe == 1)
    #expect(event.intid == 8231)
    #expect(event.priority == 160)
    #expect(event.group == 2)
    #expect(event.flags == .groupShown)
  }

  @Test("Lines: physical ones and virtual ones are shown by different events")
  func cpuLines() throws {
    let physical = try Imported(lines: ["gicv3_cpuif_set_irqs GICv3 CPU i/f 0x1 HPPI update: setting FIQ 1 IRQ 0"]).only
    #expect(physical.a == CPULines.fiq.rawValue)
    #expect(physical.b == CPULines.fiq.rawValue | CPULines.irq.rawValue)
    let virtual = try Imported(
      lines: ["gicv3_cpuif_virt_set_irqs GICv3 CPU i/f 0x1 virt HPPI update: setting FIQ 0 IRQ 1"]).only
    #expect(virtual.a == CPULines.virq.rawValue)
    #expect(virtual.b == CPULines.vfiq.rawValue | CPULines.virq.rawValue)
  }

  @Test("Virtual highest pending: list register (or none), vLPI, priority, group")
  func virtualHighestPending() throws {
    let line = "gicv3_cpuif_virt_update GICv3 CPU i/f 0x1 virt HPPI update LR index"
    let none = try Imported(lines: [line + " -1 HPPVLPI 0 grp 0 prio 255"]).only
    #expect(none.a == 0xFFFF_FFFF)
    #expect(none.b == 255 << 32)
    let some = try Imported(lines: [line + " 16 HPPVLPI 8193 grp 2 prio 160"]).only
    #expect(some.a == 16)
    #expect(some.b == 8193 | 160 << 32 | 2 << 48)
  }

  @Test("Maintenance line and line changes")
  func lines() throws {
    let events = try Imported(lines: [
      "gicv3_cpuif_virt_set_maint_irq GICv3 CPU i/f 0x1 virt HPPI update: setting maintenance-irq 1",
      "gicv3_redist_set_irq GICv3 redistributor 0x1 interrupt 25 level changed to 1",
      "gicv3_dist_set_irq GICv3 distributor interrupt 33 level changed to 0",
    ]).events
    #expect(events.map(\.kind) == [.maintenanceLine, .lineLevel, .lineLevel])
    #expect(events.map(\.pe) == [1, 1, PE.none])
    #expect(events[0].a == 1)
    #expect(events[1].intid == 25 && events[1].b == 1)
    #expect(events[2].intid == 33 && events[2].b == 0)
  }

  @Test("The commonest lines are decoded in one go, to the same events as by their templates")
  func commonLines() throws {
    let numbers: [UInt64] = [0, 1, 9, 10, 255, 8191, 0xFFFF_FFFF]
    let common: Set<LogEvent.Action> = [.highestPending, .cpuLines, .virtualHighestPending, .virtualCPULines]
    var lines: [String] = []
    for event in LogEvent.all where common.contains(event.action) {
      for number in numbers { lines.append(event.line([number & 7, number, number / 2, number / 3, number / 5])) }
    }
    #expect(lines.count == 4 * numbers.count)
    // Without a stamp every line takes the general way.
    let general = try Imported(lines.map { $0 + "\n" }.joined()).events
    let direct = try Imported(lines: lines).events
    #expect(direct.count == general.count)
    for (one, other) in zip(direct, general) {
      #expect(one.kind == other.kind && one.pe == other.pe && one.flags == other.flags)
      #expect(one.a == other.a && one.b == other.b)
    }
  }
}
