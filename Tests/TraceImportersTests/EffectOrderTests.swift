import InterruptTrace
import Testing

@testable import TraceImporters

@Suite("Order of effects, GICv3")
struct EffectOrderTests {
  /// Where the late event went, among the events of all lines.
  private func place(_ lines: [String], _ kind: EventKind = .mmioWrite) throws -> Int? {
    try Imported(lines: lines).events.lastIndex { $0.kind == kind }
  }

  private func acknowledge(_ intid: Int, cpu: Int = 0) -> String {
    "gicv3_icc_iar1_read GICv3 ICC_IAR1 read cpu 0x\(cpu) value 0x\(String(intid, radix: 16))"
  }

  @Test("A GICD write goes before the re-evaluation of every PE")
  func distributorWrite() throws {
    let result = try Imported(lines: pair(0) + pair(1) + pair(2) + [TraceImportersTests.distributorWrite])
    #expect(
      result.kinds == [
        "mmioWrite", "highestPending", "cpuLine", "highestPending", "cpuLine", "highestPending", "cpuLine",
      ]
    )
    #expect(result.events.map(\.pe) == [PE.none, 0, 0, 1, 1, 2, 2])
  }

  @Test("Times stay as they were printed, so a late event is later than its effects")
  func timesStay() throws {
    let result = try Imported(lines: pair(0) + [TraceImportersTests.distributorWrite])
    #expect(result.events.map(\.time) == [2000, 0, 1000])
  }

  @Test("What an exception-level change printed before a GICD write stays before it, with and without virtual lines")
  func levelChangeBeforeWrite() throws {
    let pass = pair(0) + pair(1)
    #expect(try place(pass + pair(1) + pass + [TraceImportersTests.distributorWrite]) == 6)
    #expect(try place(pass + pair(0) + pass + [TraceImportersTests.distributorWrite]) == 6)
    #expect(try place(pass + levelChange(1) + pass + [TraceImportersTests.distributorWrite]) == 8)
  }

  @Test("A GICD write that re-evaluates nothing stays where it is")
  func ignoredDistributorWrite() throws {
    let configuration = "gicv3_dist_write GICv3 distributor write: offset 0xc08 data 0xff size 4 secure 0"
    #expect(try place(pair(0) + [configuration]) == 2)
    let banked = "gicv3_dist_write GICv3 distributor write: offset 0x100 data 0xff size 4 secure 0"
    #expect(try place(pair(0) + [banked]) == 2)
    let unimplemented =
      pair(0) + pair(1) + ["gicv3_redist_set_irq GICv3 redistributor 0x1 interrupt 27 level changed to 1"]
    #expect(try place(unimplemented + pair(1) + [TraceImportersTests.distributorWrite]) == 7)
  }

  @Test("A refused write had no effects")
  func refusedWrite() throws {
    let write = "gicv3_dist_badwrite GICv3 distributor write: offset 0x104 data 0xff size 4 secure 0: error"
    #expect(try place(pair(0) + [write]) == 2)
  }

  @Test(
    "Every register that re-evaluates all PEs is known",
    arguments: [0, 0x40, 0x84, 0x104, 0x184, 0x204, 0x284, 0x304, 0x384, 0x420, 0xD04, 0xF84, 0x6100] as [UInt32])
  func registersOfDistributor(offset: UInt32) { #expect(EffectOrder.reevaluates(gicd: offset)) }

  @Test(
    "Registers that do not are known too",
    arguments: [0x4, 0x8, 0x80, 0x100, 0x180, 0x400, 0x41C, 0x820, 0xC08, 0xD00, 0xE08, 0xF00] as [UInt32])
  func silentRegistersOfDistributor(offset: UInt32) { #expect(!EffectOrder.reevaluates(gicd: offset)) }

  @Test("A GICR write goes before its PE's re-evaluation, and before no more than that")
  func redistributorWrite() throws {
    let write = "gicv3_redist_write GICv3 redistributor 0x1 write: offset 0x10100 data 0x1 size 4 secure 0"
    #expect(try place(pair(0) + pair(1) + pair(1) + [write]) == 4)
    #expect(try place(pair(1) + pair(0) + [write]) == 4)
    let wake = "gicv3_redist_write GICv3 redistributor 0x1 write: offset 0x14 data 0x0 size 4 secure 0"
    #expect(try place(pair(0) + pair(1) + [wake]) == 4)
  }

  @Test("A GICR_VPENDBASER write that changes Valid goes before its virtual pair")
  func virtualPendingTable() throws {
    func write(_ value: String) -> String {
      "gicv3_redist_write GICv3 redistributor 0x0 write: offset 0x20078 data 0x\(value) size 8 secure 0"
    }
    #expect(try place(levelChange(0) + virtualPair(0) + [write("8000000000000000")]) == 4)
    #expect(try place(levelChange(0) + virtualPair(0) + [write("0")]) == 4)
    #expect(try place(levelChange(0) + [write("0")]) == 4)
    // A line change's pair comes before it: only that Valid changed tells that the virtual pair is the write's own.
    let line = "gicv3_redist_set_irq GICv3 redistributor 0x0 interrupt 26 level changed to 1"
    #expect(try place([write("0"), line] + pair(0) + virtualPair(0) + [write("8000000000000000")]) == 4)
    #expect(try place([write("0")] + levelChange(0) + [write("0")]) == 5)
  }

  @Test("A GITS_CWRITER write goes before the first command that it made the ITS fetch")
  func commandQueueWrite() throws {
    let result = try Imported(
      lines: pair(0) + [
        "gicv3_its_process_command GICv3 ITS: processing command at offset 0x0: 0x5",
        "gicv3_its_cmd_sync GICv3 ITS: command SYNC",
        "gicv3_its_process_command GICv3 ITS: processing command at offset 0x1: 0xd",
        "gicv3_its_cmd_invall GICv3 ITS: command INVALL",
      ] + pair(0) + ["gicv3_its_write GICv3 ITS write: offset 0x88 data 0x40 size 8"]
    )
    #expect(
      result.kinds == [
        "highestPending", "cpuLine", "mmioWrite", "itsProcess", "itsCommand", "continuation", "itsProcess",
        "itsCommand", "continuation", "highestPending", "cpuLine",
      ]
    )
  }

  @Test("What an MSI did before a GITS_CWRITER write stays before it")
  func translationBeforeCommands() throws {
    let lines = [
      "gicv3_its_translation_write GICv3 ITS TRANSLATER write: offset 0x40 data 0x1 size 4 requester_id 0x8",
      "gicv3_its_cte_read GICv3 ITS: Collection Table read for ICID 0x0: valid 1 RDBase 0x0",
    ]
    let command = [
      "gicv3_its_process_command GICv3 ITS: processing command at offset 0x0: 0x5",
      "gicv3_its_cmd_sync GICv3 ITS: command SYNC",
    ]
    let write = "gicv3_its_write GICv3 ITS write: offset 0x88 data 0x20 size 8"
    #expect(try place(lines + pair(0) + command + [write]) == 4)
    #expect(try place(lines + pair(0) + [write]) == 4)
  }

  @Test("A queue of any length goes behind its GITS_CWRITER write, if it can be a queue")
  func longQueue() throws {
    var lines: [String] = []
    for index in 0..<3000 {
      lines.append(
        "gicv3_its_process_command GICv3 ITS: processing command at offset 0x\(String(index, radix: 16)): 0x5")
      lines.append("gicv3_its_cmd_sync GICv3 ITS: command SYNC")
    }
    let write = "gicv3_its_write GICv3 ITS write: offset 0x88 data 0x20 size 8"
    let result = try Imported(lines: pair(0) + lines + [write])
    #expect(result.events.place(of: .mmioWrite) == 2)
    #expect(result.events.count == 2 + 3000 * 3 + 1)
  }

  @Test("An acknowledged SGI, PPI or LPI goes before its PE's last re-evaluation")
  func acknowledgeBanked() throws {
    for intid in [1, 27, 8192] {
      #expect(try place(levelChange(0) + pair(0) + [acknowledge(intid)], .sysregRead) == 4)
      #expect(try place(pair(0) + pair(0) + [acknowledge(intid)], .sysregRead) == 2)
    }
  }

  @Test("An acknowledged SPI goes before the re-evaluation of every PE")
  func acknowledgeShared() throws {
    #expect(try place(pair(1) + pair(0) + pair(1) + [acknowledge(33, cpu: 1)], .sysregRead) == 2)
  }

  @Test("An acknowledged virtual LPI goes before the virtual pair that shows it gone, one from a list register stays")
  func acknowledgeVirtualLPI() throws {
    func update(_ index: Int, _ vlpi: Int) -> [String] {
      let line =
        "gicv3_cpuif_virt_update GICv3 CPU i/f 0x0 virt HPPI update LR index \(index) HPPVLPI \(vlpi) grp 2 prio 160"
      return [line, virtualPair(0)[1]]
    }
    let read = "gicv3_icv_iar_read GICv3 ICV_IAR1 read cpu 0x0 value 0x2001"
    #expect(try place(pair(0) + update(16, 0x2001) + update(-1, 0x2001) + [read], .sysregRead) == 4)
    #expect(try place(pair(0) + update(16, 0x2001) + update(16, 0x2002) + [read], .sysregRead) == 4)
    #expect(try place(pair(0) + update(0, 0) + [read], .sysregRead) == 4)
    let other = "gicv3_icv_iar_read GICv3 ICV_IAR1 read cpu 0x0 value 0x1b"
    #expect(try place(pair(0) + update(-1, 0) + [other], .sysregRead) == 4)
  }

  @Test("A run of commands that no queue can hold is given out, and said to be cut")
  func endlessCommands() throws {
    let command = "gicv3_its_process_command GICv3 ITS: processing command at offset 0x0: 0x5"
    let result = try Imported(stamped(Array(repeating: command, count: 70_000)), batch: 8192)
    #expect(result.events.count == 70_000)
    #expect(result.statistics.problems.map(\.kind) == ["ITS commands without the write that started them"])
  }

  @Test("A read of a special INTID had no effects", arguments: [1020, 1021, 1022, 1023])
  func acknowledgeSpecial(intid: Int) throws {
    #expect(try place(pair(0) + [acknowledge(intid)], .sysregRead) == 2)
  }

  @Test("A capture with only one of the two re-evaluation lines is put in order as well")
  func partialCapture() throws {
    for kind in 0...1 {
      let pass = [pair(0)[kind], pair(1)[kind]]
      #expect(try place(pass + [TraceImportersTests.distributorWrite]) == 0)
      #expect(try place(pass + [pass[0], acknowledge(1)], .sysregRead) == 2)
    }
    #expect(try place([acknowledge(1)], .sysregRead) == 0)
  }

  @Test("Text that was written outside the lock breaks no run")
  func textInRun() throws {
    let message = "Invalid read at addr 0x0, size 8, region '(null)', reason: rejected"
    let lines = pair(0) + [message] + pair(1) + [message, TraceImportersTests.distributorWrite]
    #expect(try place(lines) == 0)
    let half = [pair(0)[0], message, pair(0)[1]] + pair(1)
    #expect(try place(half + [TraceImportersTests.distributorWrite]) == 0)
  }

  @Test("Writes of system registers, line changes and MSIs stay before their effects")
  func earlyEvents() throws {
    let early = [
      "gicv3_icc_eoir_write GICv3 ICC_EOIR1 write cpu 0x0 value 0x1b",
      "gicv3_redist_set_irq GICv3 redistributor 0x0 interrupt 27 level changed to 1",
      "gicv3_dist_set_irq GICv3 distributor interrupt 33 level changed to 1",
    ]
    for line in early {
      #expect(try Imported(lines: [line] + pair(0)).kinds.suffix(2) == ["highestPending", "cpuLine"])
    }
  }

  @Test("Many re-evaluations without an access between them do not pile up")
  func manyLevelChanges() throws {
    let result = try Imported(
      lines: (0..<5000).flatMap { levelChange($0 & 1) } + pair(0) + pair(1) + [TraceImportersTests.distributorWrite])
    #expect(result.events.count == 20_005)
    #expect(result.events.place(of: .mmioWrite) == 20_000)
  }

  @Test("A GICv2 log that ends between an acknowledge and its read: what the acknowledge led to is left out")
  func cutAcknowledge() throws {
    let result = try Imported(lines: [
      "gic_set_irq irq 27 level 1 cpumask 0x1 target 0x1", "gic_acknowledge_irq cpu 0 acknowledged irq 27",
      "gic_update_bestirq cpu 0 irq 28 priority 160 cpu priority mask 240 cpu running priority 160",
    ])
    #expect(result.kinds == ["lineLevel", "acknowledge"])
    #expect(result.statistics.skipped == 1)
  }

  @Test("A log may end between what an access led to and its line: such effects are marked")
  func endOfLog() throws {
    func marks(_ lines: [String]) throws -> [Bool] {
      try Imported(lines: lines).events
        .filter { $0.kind == .highestPending || $0.kind == .cpuLine }.map { $0.flags.contains(.incomplete) }
    }
    let read = "gicv3_its_read GICv3 ITS read: offset 0x90 data 0x300 size 8"
    #expect(try marks([read] + pair(1)) == [true, true])
    // What these two lead to is printed behind them.
    let end = "gicv3_icc_dir_write GICv3 ICC_DIR write cpu 0x0 value 0x1b"
    let level = "gicv3_redist_set_irq GICv3 redistributor 0x0 interrupt 27 level changed to 1"
    for cause in [end, level] {
      #expect(try marks([cause] + pair(0)) == [false, false])
      #expect(try marks([cause] + pair(0) + pair(0)) == [false, false, true, true])
    }
  }
}
