import InterruptTrace
import Testing

@testable import TraceImporters

@Suite("Processing elements")
struct ProcessingElementsTests {
  private let access = "gicv3_icc_pmr_read GICv3 ICC_PMR read cpu 0x"
  private let distributorRead = "gicv3_dist_read GICv3 distributor read: offset 0x8 data 0x0 size 4 secure 0"

  @Test("While only Aff0 is in use it is the PE's number")
  func onlyAff0() throws {
    let result = try Imported(lines: pair(5) + pair(2))
    #expect(result.events.map(\.pe) == [5, 5, 2, 2])
    #expect(result.topology.peCount == 6)
    #expect(result.topology[.affinity, index: 5] == 5)
    #expect(result.topology[.affinity, index: 3] == nil)
  }

  @Test("Numbers that are left out do not keep a write from its effects")
  func sparseAffinities() throws {
    #expect(try Imported(lines: pair(1) + pair(4) + [distributorWrite]).events.place(of: .mmioWrite) == 0)
  }

  @Test("Other affinities are numbered in their order")
  func rankOfAffinity() throws {
    let result = try Imported(lines: pair(0x100) + pair(0) + pair(0x101) + pair(0x1_0000_00))
    #expect(result.events.map(\.pe) == [1, 1, 0, 0, 2, 2, 3, 3])
    #expect((0..<4).map { result.topology.affinity(of: $0) } == [0, 0x100, 0x101, 0x100_0000])
  }

  @Test("The Redistributors' processor numbers count, if all are shown")
  func processorNumbers() throws {
    func type(_ affinity: Int, _ number: Int) -> String {
      let value = String(affinity << 32 | number << 8, radix: 16)
      return
        "gicv3_redist_read GICv3 redistributor 0x\(String(affinity, radix: 16)) read: offset 0x8 data 0x\(value) size 8 secure 0"
    }
    let shown = try Imported(lines: [type(0x100, 0), type(0x200, 1), type(0, 2)] + pair(0x200))
    #expect(shown.events.last?.pe == 1)
    #expect(shown.topology.affinity(of: 2) == 0)
    #expect(shown.topology[.gicrTyper, index: 2] == 2 << 8)
    let partly = try Imported(lines: [type(0x100, 0), type(0x200, 1)] + pair(0x200) + pair(0))
    #expect(partly.events.last?.pe == 0)
  }

  @Test("A PE that the start of the capture did not show is announced where it first appears")
  func latePE() throws {
    let filler = String(repeating: stamped(pair(0) + pair(1)), count: LogSurvey.length / 300)
    let result = try Imported(filler + stamped(pair(0x300)), batch: 8192)
    let tail = result.events.suffix(4)
    #expect(tail.map(\.kind) == [.topology, .topology, .highestPending, .cpuLine])
    #expect(tail.last?.pe == 2)
    let entry = try #require(tail.first.flatMap { Topology.Entry($0) })
    #expect(entry.key == .affinity)
    #expect(entry.index == 2)
    #expect(entry.value == 0x300)
  }

  @Test("A thread that uses a PE's system registers makes that PE's accesses, before and after")
  func threads() throws {
    let text =
      stamped([distributorRead], thread: 7) + stamped([access + "3 value 0x0"], thread: 7)
      + stamped([distributorRead], thread: 8)
    let result = try Imported(text)
    #expect(result.events.map(\.pe) == [3, 3, PE.none])
  }

  @Test("A thread that runs several PEs tells nothing")
  func sharedThread() throws {
    let result = try Imported(lines: [access + "0 value 0x0", access + "1 value 0x0", distributorRead])
    #expect(result.events.map(\.pe) == [0, 1, PE.none])
  }

  @Test("A Redistributor's owner is its frame's PE, its accessor the thread's")
  func ownerAndAccessor() throws {
    let write = "gicv3_redist_write GICv3 redistributor 0x1 write: offset 0x10100 data 0x1 size 4 secure 1"
    let event = try Imported(lines: [access + "0 value 0x0", write]).events[1]
    #expect(event.frame == .gicr)
    #expect(event.owner == 1)
    #expect(event.pe == 0)
    #expect(event.flags.contains([.secure, .securityShown]))
  }

  @Test("The sender of an SGI is known while its targets accept it")
  func sgiSender() throws {
    let send = "gicv3_redist_send_sgi GICv3 redistributor 0x"
    let generate =
      "gicv3_icc_generate_sgi GICv3 CPU i/f 0x1 generating SGI 2 IRM 1 target affinity 0x0xx targetlist 0x0"
    let result = try Imported(
      lines: [send + "0 pending SGI 2", generate, send + "0 pending SGI 2"] + pair(0) + [send + "2 pending SGI 2"])
    let accepted = result.events.filter { $0.kind == .sgiPending }
    #expect(accepted.map(\.pe) == [0, 0, 2])
    #expect(accepted.map { UInt32($0.b) } == [PE.none, 1, 1])
  }
}
