import InterruptTrace
import Testing

@testable import TraceImporters

/// Lines as they would be written one after the other by one thread.
private func imported(_ lines: [String]) throws -> Imported {
  try Imported(
    lines.enumerated().map { "100@1700000000.\(String(format: 100_000 + $0.offset)):\($0.element)\n" }.joined()
  )
}

@Suite("Order of effects")
struct EffectOrderTests {
  let write = "gicv3_dist_write GICv3 distributor write: offset 0x84 data 0xff size 4 secure 0"

  @Test("A GICD write goes before the re-evaluation of every PE, and after an exception-level change's")
  func distributorWrite() throws {
    let result = try imported(pair(0) + pair(1) + pair(2) + [write] + pair(1) + pair(0) + pair(1) + pair(2) + [write])
    #expect(
      result.kinds == [
        "mmioWrite", "highestPending", "cpuLine", "highestPending", "cpuLine", "highestPending", "cpuLine",
        "highestPending", "cpuLine",
        "mmioWrite", "highestPending", "cpuLine", "highestPending", "cpuLine", "highestPending", "cpuLine",
      ]
    )
    #expect(result.events[7].pe == 1)
    #expect(result.events[9].time > result.events[10].time)
  }

  @Test("A GICR write goes before its PE's re-evaluation only")
  func redistributorWrite() throws {
    let write = "gicv3_redist_write GICv3 redistributor 0x1 write: offset 0x10100 data 0x1 size 4 secure 0"
    let result = try imported(pair(0) + pair(1) + pair(1) + [write])
    #expect(result.events.firstIndex { $0.kind == .mmioWrite } == 4)
    let ignored = "gicv3_redist_write GICv3 redistributor 0x1 write: offset 0x14 data 0x0 size 4 secure 0"
    #expect(try imported(pair(0) + pair(1) + [ignored]).events.firstIndex { $0.kind == .mmioWrite } == 4)
  }

  @Test("A write of GITS_CWRITER goes before the first command that it made the ITS fetch")
  func commandQueueWrite() throws {
    let result = try imported(
      pair(0) + [
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
}
