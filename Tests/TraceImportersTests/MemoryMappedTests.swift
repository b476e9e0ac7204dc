import InterruptTrace
import Testing

@testable import TraceImporters

@Suite("Memory-mapped registers")
struct MemoryMappedTests {
  @Test("Distributor accesses: offset, value, size, security", arguments: [1, 2, 4, 8], [0, 1])
  func distributor(size: Int, secure: Int) throws {
    let text = "offset 0x6108 data 0x1234567890 size \(size) secure \(secure)"
    for kind in ["read", "write"] {
      let event = try Imported(lines: ["gicv3_dist_\(kind) GICv3 distributor \(kind): \(text)"]).only
      #expect(event.kind == (kind == "read" ? .mmioRead : .mmioWrite))
      #expect(event.frame == .gicd)
      #expect(event.offset == 0x6108)
      #expect(event.b == 0x12_3456_7890)
      #expect(event.size == size)
      #expect(event.flags.contains(.securityShown))
      #expect(event.flags.contains(.secure) == (secure == 1))
    }
  }

  @Test("A refused read gave zero, a refused write was ignored; both are marked")
  func refused() throws {
    let events = try Imported(lines: [
      "gicv3_dist_badread GICv3 distributor read: offset 0xc size 4 secure 0: error",
      "gicv3_dist_badwrite GICv3 distributor write: offset 0xc data 0x5 size 4 secure 1: error",
      "gicv3_redist_badread GICv3 redistributor 0x1 read: offset 0x20008 size 8 secure 0: error",
      "gicv3_redist_badwrite GICv3 redistributor 0x1 write: offset 0x20008 data 0x5 size 8 secure 0: error",
      "gicv3_its_badread GICv3 ITS read: offset 0x20 size 4: error",
      "gicv3_its_badwrite GICv3 ITS write: offset 0x8 data 0x7 size 4: error",
    ]).events
    #expect(events.map(\.kind) == [.mmioRead, .mmioWrite, .mmioRead, .mmioWrite, .mmioRead, .mmioWrite])
    #expect(events.allSatisfy { $0.flags.contains(.refused) })
    #expect(events.map(\.b) == [0, 5, 0, 5, 0, 7])
    #expect(events.map(\.frame) == [.gicd, .gicd, .gicr, .gicr, .gits, .gits])
    #expect(events.map(\.size) == [4, 4, 8, 8, 4, 4])
    #expect(events[3].owner == 1)
    #expect(events[1].flags.contains(.secure))
  }

  @Test("ITS accesses have no security")
  func its() throws {
    let event = try Imported(lines: ["gicv3_its_read GICv3 ITS read: offset 0x8 data 0x1f0001efb1 size 8"]).only
    #expect(event.frame == .gits)
    #expect(event.owner == 0)
    #expect(event.size == 8)
    #expect(!event.flags.contains(.securityShown))
  }

  @Test("A write of GITS_TRANSLATER is an MSI: EventID is the data, DeviceID the requester")
  func msi() throws {
    let line = "gicv3_its_translation_write GICv3 ITS TRANSLATER write: offset 0x40 data 0x12 size 4 requester_id 0x8"
    let event = try Imported(lines: [line]).only
    #expect(event.kind == .msi)
    #expect(event.eventID == 0x12)
    #expect(event.deviceID == 8)
    #expect(event.b >> 32 == UInt64(Frame.translater.rawValue))
    #expect(event.b & 0xFFFF_FFFF == 0)
  }

  @Test("Another offset of the translation frame is a plain write")
  func translationFrame() throws {
    let line = "gicv3_its_translation_write GICv3 ITS TRANSLATER write: offset 0x44 data 0x12 size 4 requester_id 0x8"
    let event = try Imported(lines: [line]).only
    #expect(event.kind == .mmioWrite)
    #expect(event.frame == .translater)
    #expect(event.offset == 0x44)
  }

  @Test("A size that is none is marked as not known")
  func size() throws {
    let event = try Imported(lines: ["gicv3_its_read GICv3 ITS read: offset 0x8 data 0x1 size 3"]).only
    #expect(event.flags.contains(.sizeUnknown))
  }
}
