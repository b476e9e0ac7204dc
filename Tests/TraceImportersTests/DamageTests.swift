import InterruptTrace
import Testing

@testable import TraceImporters

@Suite("Damaged logs")
struct DamageTests {
  private let good = "gicv3_dist_set_irq GICv3 distributor interrupt 33 level changed to 1"

  @Test(
    "A line of a known event that is not as it should be is malformed",
    arguments: [
      "gicv3_dist_set_irq GICv3 distributor interrupt 33 level changed to",
      "gicv3_dist_set_irq GICv3 distributor interrupt 33 level changed to 1 ",
      "gicv3_dist_set_irq GICv3 distributor interrupt x level changed to 1",
      "gicv3_dist_set_irq GICv3 distributor interrupt 99999999999999999999 level changed to 1",
      "gicv3_dist_set_irq  GICv3 distributor interrupt 33 level changed to 1",
      "gicv3_icc_pmr_read GICv3 ICC_PMR read cpu 0x1 value 0x",
      "gicv3_icc_pmr_read GICv3 ICC_PMR read cpu 0x1 value 0x12345678123456789",
      "gicv3_icc_bpr_read GICv3 ICC_BPR2 read cpu 0x1 value 0x0",
      "gicv3_icc_ap_write GICv3 ICC_AP0R4 write cpu 0x1 value 0x0",
      "gicv3_ich_lr_read GICv3 ICH_LR16_EL2 read cpu 0x1 value 0x0",
    ]
  )
  func malformed(line: String) throws {
    let result = try Imported(lines: [good, line, good])
    #expect(result.events.count == 2)
    #expect(result.statistics.skipped == 1)
    let problem = try #require(result.statistics.problems.first)
    #expect(problem.kind == "malformed line")
    #expect(problem.count == 1)
    #expect(problem.firstPosition == "line 2")
    #expect(problem.firstExample.hasSuffix(line))
  }

  @Test("With --strict the first malformed line ends the import, behind the events before it")
  func strict() throws {
    let text = stamped([good, good, "gicv3_dist_set_irq GICv3", good])
    try Array(text.utf8).withUnsafeBytes { raw in
      let source = QEMULogSource(bytes: raw, isStrict: true)
      var batch = EventBatch()
      let count = try source.read(into: &batch)
      #expect(count == 2)
      do throws(TraceError) {
        _ = try source.read(into: &batch)
        Issue.record("not stopped")
      } catch {
        #expect(error.exitCode == 4)
        #expect(error.message.contains("line 3"))
      }
    }
  }

  @Test("A last line without an end is not used, and the capture is said to be cut")
  func cut() throws {
    let result = try Imported(String(stamped([good, good]).dropLast()))
    #expect(result.events.count == 1)
    let damage = try #require(result.statistics.damage)
    #expect(damage.position == "after line 1")
    #expect(damage.reason.hasSuffix(good))
  }

  @Test("A capture that is cut anywhere gives every event before the cut", arguments: 0..<150)
  func cutAnywhere(length: Int) throws {
    let bytes = Array(stamped(Array(repeating: good, count: 2)).utf8)
    let result = try Imported(bytes: Array(bytes.prefix(length)))
    #expect(result.events.count == bytes.prefix(length).count { $0 == 0x0A })
  }

  @Test("A line of any length is one line", arguments: [1000, 65_000, 65_535, 65_536, 70_000, 500_000])
  func longLine(length: Int) throws {
    let text = stamped([good]) + String(repeating: "x", count: length) + "\n" + stamped([good])
    for piece in [100, 4096, 1 << 18] {
      let result = try Imported(text, piece: piece)
      #expect(result.events.count == 2)
      #expect(result.statistics.records == 3)
    }
  }

  @Test("Events of other devices are counted by name; those of a controller that is not known are a problem")
  func otherEvents() throws {
    let result = try Imported(lines: ["gicv5_spi GICv5 SPI 3", good, "gicv5_spi GICv5 SPI 4", "virtio_queue_notify x"])
    #expect(result.events.count == 1)
    #expect(result.statistics.skipped == 3)
    #expect(result.statistics.problems.map(\.kind) == ["unknown event: gicv5_spi"])
    #expect(result.statistics.problems[0].count == 2)
    #expect(result.statistics.ignored == [.init(name: "virtio_queue_notify", count: 1)])
  }

  @Test("The names of unused events are not collected without end")
  func manyNames() throws {
    let result = try Imported(lines: (0..<1000).map { "event_\($0) something" })
    #expect(result.statistics.ignored.count <= 65)
    #expect(result.statistics.ignored.reduce(0) { $0 + $1.count } == 1000)
    #expect(result.statistics.skipped == 1000)
  }

  @Test("An empty log has no events")
  func empty() throws {
    let result = try Imported("")
    #expect(result.events.isEmpty)
    #expect(result.statistics.damage == nil)
  }
}
