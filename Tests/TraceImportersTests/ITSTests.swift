import InterruptTrace
import Testing

@testable import TraceImporters

@Suite("ITS commands (IHI 0069H section 5.3) and table entries")
struct ITSTests {
  /// The four doublewords of the command that a line shows.
  private func command(_ name: String, _ text: String) throws -> (words: [UInt64], flags: EventFlags) {
    let events = try Imported(lines: ["gicv3_its_cmd_\(name) GICv3 ITS: \(text)"]).events
    try #require(events.map(\.kind) == [.itsCommand, .continuation])
    return ([events[0].a, events[0].b, events[1].a, events[1].b], events[0].flags)
  }

  @Test(
    "Each command's doublewords",
    arguments: [
      ("movi", "command MOVI DeviceID 0x10 EventID 0x2 ICID 0x3", [0x10_0000_0001, 2, 3, 0]),
      ("int", "command INT DeviceID 0x10 EventID 0x2", [0x10_0000_0003, 2, 0, 0]),
      ("clear", "command CLEAR DeviceID 0x10 EventID 0x2", [0x10_0000_0004, 2, 0, 0]),
      (
        "mapd", "command MAPD DeviceID 0x10 Size 0x4 ITT_addr 0x411300 V 1",
        [0x10_0000_0008, 4, 0x8000_0000_4113_0000, 0]
      ),
      ("mapc", "command MAPC ICID 0x3 RDbase 0x1 V 1", [9, 0, 0x8000_0000_0001_0003, 0]),
      (
        "mapti", "command MAPTI DeviceID 0x10 EventID 0x2 ICID 0x3 pINTID 0x2000",
        [0x10_0000_000A, 0x2000_0000_0002, 3, 0]
      ),
      ("mapi", "command MAPI DeviceID 0x10 EventID 0x2000 ICID 0x3", [0x10_0000_000B, 0x2000, 3, 0]),
      ("inv", "command INV DeviceID 0x10 EventID 0x2", [0x10_0000_000C, 2, 0, 0]),
      ("movall", "command MOVALL RDbase1 0x1 RDbase2 0x2", [0xE, 0, 0x1_0000, 0x2_0000]),
      ("discard", "command DISCARD DeviceID 0x10 EventID 0x2", [0x10_0000_000F, 2, 0, 0]),
      (
        "vmovi", "command VMOVI DeviceID 0x10 EventID 0x2 vPEID 0x5 D 1 Dbell_pINTID 0x2001",
        [0x10_0000_0021, 0x5_0000_0002, 0x2001_0000_0001, 0]
      ),
      ("vmovp", "command VMOVP vPEID 0x5 RDbase 0x1", [0x22, 0x5_0000_0000, 0x1_0000, 0]),
      (
        "vmapp", "command VMAPP vPEID 0x5 RDbase 0x1 V 1 VPT_addr 0x4a89 VPT_size 0xf",
        [0x29, 0x5_0000_0000, 0x8000_0000_0001_0000, 0x4A89_000F]
      ),
      (
        "vmapti", "command VMAPI DeviceID 0x10 EventID 0x2 vPEID 0x5 vINTID 0x2000 Dbell_pINTID 0x2001",
        [0x10_0000_002A, 0x5_0000_0002, 0x2001_0000_2000, 0]
      ),
      (
        "vmapi", "command VMAPI DeviceID 0x10 EventID 0x2 vPEID 0x5 Dbell_pINTID 0x3ff",
        [0x10_0000_002B, 0x5_0000_0002, 0x3FF_0000_0000, 0]
      ),
      ("vinvall", "command VINVALL vPEID 0x5", [0x2D, 0x5_0000_0000, 0, 0]),
    ] as [(String, String, [UInt64])]
  )
  func encoding(name: String, text: String, words: [UInt64]) throws {
    let encoded = try command(name, text)
    #expect(encoded.words == words)
    #expect(encoded.flags == [])
  }

  @Test(
    "Commands whose operands are not shown say so",
    arguments: [
      ("sync", "command SYNC", 0x05), ("invall", "command INVALL", 0x0D), ("vsync", "command VSYNC", 0x25),
      ("unknown", "unknown command 0x7", 0x07),
    ] as [(String, String, UInt64)]
  )
  func hidden(name: String, text: String, opcode: UInt64) throws {
    let encoded = try command(name, text)
    #expect(encoded.words == [opcode, 0, 0, 0])
    #expect(encoded.flags == .operandsHidden)
  }

  @Test("An unknown command with a known number shows nothing of it")
  func unknownWithKnownNumber() throws {
    let encoded = try command("unknown", "unknown command 0x21")
    #expect(encoded.words == [0x21, 0, 0, 0])
  }

  @Test("A fetched command: its index in the queue and its opcode")
  func fetched() throws {
    let event = try Imported(lines: ["gicv3_its_process_command GICv3 ITS: processing command at offset 0x13: 0xa"])
      .only
    #expect(event.kind == .itsProcess)
    #expect(event.a == 0x13)
    #expect(event.b == 0xA)
  }

  private func entry(_ name: String, _ text: String) throws -> [Event] {
    try Imported(lines: ["gicv3_its_\(name) GICv3 ITS: \(text)"]).events
  }

  @Test("A device table entry: the address is in bytes when read and shifted when written")
  func device() throws {
    let read = try entry("dte_read", "Device Table read for DeviceID 0x10: valid 1 size 0x4 ITTaddr 0x41130000")
    let write = try entry("dte_write", "Device Table write for DeviceID 0x10: valid 1 size 0x4 ITTaddr 0x411300")
    for (events, flags) in [(read, EventFlags([])), (write, .tableWrite)] {
      #expect(events.count == 1)
      #expect(events[0].kind == .tableEntry)
      #expect(events[0].table == .device)
      #expect(events[0].a == 0x10 | 4 << 32 | 1 << 40)
      #expect(events[0].b == 0x4113_0000)
      #expect(events[0].flags == flags)
      #expect(events[0].entryIsValid)
    }
  }

  @Test("A collection table entry")
  func collection() throws {
    let events = try entry("cte_write", "Collection Table write for ICID 0x3: valid 1 RDBase 0x2")
    #expect(events.count == 1)
    #expect(events[0].table == .collection)
    #expect(events[0].flags.contains(.tableWrite))
    #expect(events[0].a == 3 | 1 << 40)
    #expect(events[0].b == 2)
    #expect(try !entry("cte_read", "Collection Table read for ICID 0x3: valid 0 RDBase 0x0")[0].entryIsValid)
  }

  @Test("An interrupt translation entry takes a continuation")
  func interrupt() throws {
    let text = "EventID 0x2: valid 1 inttype 1 intid 0x2000 ICID 0x3 vPEID 0x5 doorbell 0x3ff"
    for kind in ["read", "write"] {
      let events = try entry("ite_\(kind)", "Interrupt Table \(kind) for ITTaddr 0x41130000 \(text)")
      #expect(events.map(\.kind) == [.tableEntry, .continuation])
      #expect(events[0].table == .interruptTranslation)
      #expect(events[0].a == 0x4113_0000)
      #expect(events[0].b == 2 | 1 << 40 | 1 << 41)
      #expect(events[0].entryIsValid)
      #expect(events[1].a == 0x2000 | 3 << 32)
      #expect(events[1].b == 5 | 0x3FF << 32)
      #expect(events[0].flags.contains(.tableWrite) == (kind == "write"))
    }
  }

  @Test("A vPE table entry: the address is shifted both ways")
  func vPE() throws {
    for kind in ["read", "write"] {
      let events = try entry(
        "vte_\(kind)", "vPE Table \(kind) for vPEID 0x5: valid 1 VPTsize 0xf VPTaddr 0x4a89 RDbase 0x1")
      #expect(events.map(\.kind) == [.tableEntry, .continuation])
      #expect(events[0].table == .vPE)
      #expect(events[0].a == 5 | 0xF << 32 | 1 << 40)
      #expect(events[0].b == 0x4A89_0000)
      #expect(events[1].a == 1)
    }
  }

  @Test("A fault shows only which entry it was")
  func faults() throws {
    let device = try entry("dte_read_fault", "Device Table read for DeviceID 0x10: faulted")
    #expect(device.map(\.kind) == [.tableEntry])
    #expect(device[0].flags == [.tableFault])
    #expect(device[0].a == 0x10)
    let collection = try entry("cte_read_fault", "Collection Table read for ICID 0x3: faulted")
    #expect(collection[0].table == .collection && collection[0].a == 3)
    let interrupt = try entry("ite_read_fault", "Interrupt Table read for ITTaddr 0x41130000 EventID 0x2: faulted")
    #expect(interrupt.map(\.kind) == [.tableEntry, .continuation])
    #expect(interrupt[0].a == 0x4113_0000 && interrupt[0].b == 2)
    let vPE = try entry("vte_read_fault", "vPE Table read for vPEID 0x5: faulted")
    #expect(vPE.map(\.kind) == [.tableEntry, .continuation])
    #expect(vPE[0].table == .vPE && vPE[0].a == 5)
  }
}
