import InterruptTrace
import Testing

@testable import TraceImporters

/// Whose a return was, where two PEs called EL3 from the same place. PE 0 runs on thread 10, PE 1 on thread 11.
@Suite("Exception returns name no PE")
struct ExceptionReturnTests {
  private let leaves = "Exception return from AArch64 EL3 to AArch64 EL1 PC 0x40000040\n"

  private func reads(_ pe: Int) -> String {
    stamped(["gicv3_icc_pmr_read GICv3 ICC_PMR read cpu 0x\(pe) value 0x0"], thread: 10 + pe)
  }

  private func call(_ pe: Int) -> String {
    stamped([
      "Taking exception 13 [Secure Monitor Call] on CPU \(pe)", "...from EL1 to EL3", "...with ESR 0x0/0x0",
      "...with ELR 0x40000040", "...to EL3 PC 0x40103500 PSTATE 0x3cd",
    ])
  }

  private func reevaluates(_ pe: Int, thread: Int? = nil) -> String { stamped(pair(pe), thread: thread ?? 10 + pe) }

  private func frameWrite(_ pe: Int, offset: String = "0x10100") -> String {
    let line = "gicv3_redist_write GICv3 redistributor 0x\(pe) write: offset \(offset) data 0x1 size 4 secure 1"
    return stamped([line], thread: 10 + pe)
  }

  /// The PE of the return in `text`, which follows two calls.
  private func returned(_ text: String) throws -> UInt32 {
    let calls = reads(0) + reads(1) + call(0) + reevaluates(0) + call(1) + reevaluates(1)
    return try #require(try Imported(calls + text).events.first { $0.kind == .exceptionReturn }).pe
  }

  @Test("What a device's thread re-evaluates is no PE's own re-evaluation")
  func device() throws {
    let line = "gicv3_redist_set_irq GICv3 redistributor 0x0 interrupt 27 level changed to 1"
    let device = stamped([line] + pair(0), thread: 9)
    #expect(try returned(leaves + device + reevaluates(1) + reads(1) + reads(0)) == 1)
  }

  @Test("A re-evaluation that is an access's effect tells that its PE did not return, one more that it did")
  func effects() throws {
    #expect(try returned(leaves + reevaluates(0) + frameWrite(0)) == 1)
    #expect(try returned(leaves + reevaluates(0) + reevaluates(0) + frameWrite(0)) == 0)
    // An identification register leads to none.
    #expect(try returned(leaves + reevaluates(0) + frameWrite(0, offset: "0xffe0")) == 0)
  }

  @Test("The effects of an end of interrupt may stand behind another PE's return")
  func end() throws {
    let end = stamped(["gicv3_icc_eoir_write GICv3 ICC_EOIR0 write cpu 0x0 value 0x20"], thread: 10)
    let rest = reevaluates(0) + reads(0) + reevaluates(1) + reads(1)
    #expect(try returned(end + reevaluates(0) + leaves + rest) == 1)
    #expect(try returned(end + reevaluates(0) + reevaluates(0) + leaves + rest) == 0)
  }

  @Test("Another thread's line ends an access: a re-evaluation before it is no effect of one to come")
  func interruptedRun() throws {
    #expect(try returned(leaves + reevaluates(0) + reads(1) + frameWrite(0)) == 0)
  }

  @Test("An exception from the level that a return goes to shows whose it was, and its own re-evaluation shows nothing")
  func entry() throws {
    #expect(try returned(leaves + call(1) + reevaluates(1) + reads(1)) == 1)
    let calls = reads(0) + reads(1) + call(0) + reevaluates(0) + call(1)
    let text = calls + leaves + reevaluates(1) + reads(1) + reevaluates(0) + reads(0)
    #expect(try Imported(text).events.first { $0.kind == .exceptionReturn }?.pe == 0)
  }

  @Test("What an exception leads to is no sign of a return, though another PE did something since")
  func entryBeforeAnotherLine() throws {
    let calls = reads(0) + reads(1) + call(1) + reevaluates(1) + reads(1) + call(0)
    let acknowledge = stamped(["gicv3_icc_iar0_read GICv3 ICC_IAR0 read cpu 0x0 value 0x1e"], thread: 10)
    let text = calls + leaves + reevaluates(0) + reevaluates(0) + acknowledge + reevaluates(1) + reads(1)
    #expect(try Imported(text).events.first { $0.kind == .exceptionReturn }?.pe == 1)
  }

  @Test("A return keeps its place while it waits for its PE")
  func place() throws {
    let calls = reads(0) + reads(1) + call(0) + reevaluates(0) + call(1) + reevaluates(1)
    let text = calls + leaves + stamped((0..<100).flatMap { _ in pair(0) }, thread: 9) + reevaluates(1) + reads(1)
    let events = try Imported(text).events
    let at = try #require(events.firstIndex { $0.kind == .exceptionReturn })
    #expect(events[at].pe == 1)
    #expect(events[(at + 1)...].count { $0.kind == .highestPending } == 101)
  }

  @Test("Of two returns that are alike and wait together, whose is whose is a guess")
  func alike() throws {
    let calls = reads(0) + reads(1) + call(0) + reevaluates(0) + call(1) + reevaluates(1)
    let returns = try Imported(calls + leaves + leaves + reevaluates(1) + reads(1) + reevaluates(0) + reads(0)).events
      .filter { $0.kind == .exceptionReturn }
    #expect(Set(returns.map(\.pe)) == [0, 1])
    #expect(returns.allSatisfy { $0.flags.contains(.incomplete) })
  }

  @Test("With a GICv2, a PE that disabled its CPU interface in EL3 is the last that a return is given to")
  func closedInterface() throws {
    func interface(_ line: String, _ pe: Int) -> String { stamped(["gic_cpu_\(line)"], thread: 10 + pe) }
    func returned(_ control: String) throws -> UInt32 {
      let reads = interface("read cpu 0 iface read at 0x00000018: 0x3ff", 0)
      let writes = interface("write cpu 1 iface write at 0x00000000 \(control)", 1)
      return try #require(
        try Imported(reads + call(0) + call(1) + writes + leaves).events.first { $0.kind == .exceptionReturn }
      ).pe
    }
    #expect(try returned("0x000001e8") == 0)
    #expect(try returned("0x000001e9") == 1)
  }
}
