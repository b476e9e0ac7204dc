import InterruptTrace
import Testing

@testable import TraceImporters

@Suite("Text of -d int and -d guest_errors")
struct TextTests {
  private let entry = [
    "Taking exception 5 [IRQ] on CPU 1",
    "...from EL0 to EL1",
    "...with ESR 0x15/0x56000001",
    "...with ELR 0x40204ae8",
    "...to EL1 PC 0x40202280 PSTATE 0x3c5",
  ]
  private let exceptionReturn = "Exception return from AArch64 EL3 to AArch64 EL1 PC 0x40000040"
  private let access = "gicv3_icc_pmr_read GICv3 ICC_PMR read cpu 0x"

  @Test("The lines of a taken exception become one event, before the re-evaluation that follows")
  func exception() throws {
    let result = try Imported(lines: levelChange(0) + entry + levelChange(1))
    let event = result.events[4]
    #expect(event.kind == .exceptionEntry)
    #expect(event.pe == 1)
    #expect(event.a == 5 | 0 << 8 | 1 << 12)
    #expect(event.b == 0x5600_0001)
    #expect(event.time == 3000)
    #expect(result.events.count == 9)
    #expect(result.statistics.skipped == 0)
  }

  @Test("A call that the emulator handles itself is no exception")
  func handledCall() throws {
    let call = [
      "Taking exception 11 [Hypervisor Call] on CPU 0", "...from EL1 to EL2", "...with ESR 0x16/0x5a000000",
      "...handled as PSCI call",
    ]
    #expect(try Imported(lines: pair(0) + call + pair(0)).kinds.allSatisfy { $0 != "exceptionEntry" })
  }

  @Test("Mixed lines of two PEs: each goes to the exception that has waited for one like it longest")
  func mixedExceptions() throws {
    let lines = [
      "Taking exception 5 [IRQ] on CPU 0", "Taking exception 2 [SVC] on CPU 1", "...from EL1 to EL1",
      "...from EL0 to EL1", "...with ESR 0x0/0x11", "...with ESR 0x15/0x22", "...to EL1 PC 0x1 PSTATE 0x3c5",
      "...to EL1 PC 0x2 PSTATE 0x3c5",
    ]
    let events = try Imported(lines: pair(0) + pair(1) + lines).events.filter { $0.kind == .exceptionEntry }
    #expect(events.map(\.pe) == [0, 1])
    #expect(events.map(\.a) == [5 | 1 << 8 | 1 << 12, 2 | 1 << 12])
    #expect(events.map(\.b) == [0x11, 0x22])
  }

  @Test("An exception that lacks lines is given out before the next event of its PE")
  func incompleteException() throws {
    let result = try Imported(
      stamped([access + "1 value 0x0"]) + stamped(Array(entry.prefix(2))) + stamped([access + "1 value 0x0"]))
    #expect(result.kinds == ["sysregRead", "exceptionEntry", "sysregRead"])
    #expect(result.events[1].a >> 12 == 1)
  }

  @Test("A return's PE is told by the re-evaluation that follows, by a thread of that PE")
  func exceptionReturnPE() throws {
    let text =
      stamped([access + "0 value 0x0"], thread: 10) + stamped([access + "1 value 0x0"], thread: 11)
      + exceptionReturn + "\n"
      // PE 0's thread is in the middle of a write and re-evaluates PE 1 too: that is not PE 1's own.
      + stamped([pair(1)[0]], thread: 10) + stamped(levelChange(1), thread: 11)
    let result = try Imported(text)
    let event = try #require(result.events.first { $0.kind == .exceptionReturn })
    #expect(event.pe == 1)
    #expect(event.a == 3 << 8 | 1 << 12)
    #expect(event.b == 0x4000_0040)
    #expect(result.kinds.firstIndex(of: "exceptionReturn") == 2, "it keeps its place while it waits")
  }

  @Test("A return is from the level that its PE is known to be in")
  func exceptionReturnLevel() throws {
    let text =
      stamped([access + "0 value 0x0"], thread: 10) + stamped([access + "1 value 0x0"], thread: 11)
      + stamped(entry) + stamped(levelChange(1), thread: 11)
      + exceptionReturn + "\n" + stamped(levelChange(1), thread: 11) + stamped(levelChange(0), thread: 10)
    let event = try #require(try Imported(text).events.first { $0.kind == .exceptionReturn })
    #expect(event.pe == 0)
  }

  @Test("A return goes where its PE was interrupted, not where another PE was")
  func exceptionReturnPlace() throws {
    func taken(_ pe: Int, _ link: String) -> [String] {
      [
        "Taking exception 6 [FIQ] on CPU \(pe)", "...from EL1 to EL3", "...with ESR 0x0/0x0", "...with ELR \(link)",
        "...to EL3 PC 0x40103500 PSTATE 0x3cd",
      ]
    }
    let text =
      stamped([access + "0 value 0x0"], thread: 10) + stamped([access + "1 value 0x0"], thread: 11)
      + stamped(taken(0, "0x40000010")) + stamped(levelChange(0), thread: 10)
      + stamped(taken(1, "0x40000040")) + stamped(levelChange(1), thread: 11)
      // PE 1 returns, but its re-evaluation comes behind one that PE 0 causes while it stays where it is.
      + exceptionReturn + "\n" + stamped(pair(0), thread: 10) + stamped(levelChange(1), thread: 11)
    let event = try #require(try Imported(text).events.first { $0.kind == .exceptionReturn })
    #expect(event.pe == 1)
  }

  @Test("A thread that goes on with something else did not return: where one PE is left, it is that one's, at once")
  func exceptionReturnOfTheOther() throws {
    func taken(_ pe: Int) -> [String] {
      [
        "Taking exception 13 [Secure Monitor Call] on CPU \(pe)", "...from EL1 to EL3", "...with ESR 0x0/0x0",
        "...with ELR 0x40000040", "...to EL3 PC 0x40103500 PSTATE 0x3cd",
      ]
    }
    let text =
      stamped([access + "0 value 0x0"], thread: 10) + stamped([access + "1 value 0x0"], thread: 11)
      + stamped(taken(0)) + stamped(levelChange(0), thread: 10) + stamped(taken(1))
      + stamped(levelChange(1), thread: 11)
      // Both called from the same place. PE 0 reads, and re-evaluates itself and PE 1.
      + exceptionReturn + "\n" + stamped([access + "0 value 0x0"] + pair(0) + pair(1), thread: 10)
      + stamped(levelChange(1), thread: 11)
    let result = try Imported(text)
    let at = try #require(result.events.firstIndex { $0.kind == .exceptionReturn })
    #expect(result.events[at].pe == 1)
    let reads = result.events.indices.filter { result.events[$0].kind == .sysregRead }
    #expect(reads.count == 3 && reads[2] - at == 1, "before what the other PE did")
  }

  @Test("With one PE everything is its")
  func onePE() throws {
    let result = try Imported(lines: pair(0) + [distributorWrite, exceptionReturn])
    #expect(result.events.last?.kind == .exceptionReturn)
    #expect(result.events.allSatisfy { $0.pe == 0 })
  }

  @Test("A return that nothing explains is given out without a PE")
  func unexplainedReturn() throws {
    let result = try Imported(lines: pair(0) + pair(1) + [exceptionReturn])
    #expect(result.events.last?.kind == .exceptionReturn)
    #expect(result.events.last?.pe == PE.none)
  }

  @Test(
    "A message about what the guest did wrong becomes a marker with its text and line",
    arguments: [
      "Invalid read at addr 0x0, size 8, region '(null)', reason: rejected",
      "gicv3_dist_read: invalid guest read at offset 000000000000000c size 4",
      "ITS MAPD: invalid size 17",
      "do_process_its_cmd: invalid command attributes: invalid dte for 0",
    ]
  )
  func guestError(message: String) throws {
    let result = try Imported(stamped(pair(0)) + message + "\n")
    let marker = result.events[2]
    #expect(marker.kind == .marker)
    #expect(marker.a & 0xFFFF == UInt64(MarkerKind.guestError.rawValue))
    #expect(marker.a >> 16 == UInt64(message.utf8.count))
    #expect(marker.b == 3)
    #expect(marker.time == 1000)
    let bytes = result.events.dropFirst(3).flatMap { event in
      [event.a, event.b].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(8 * $0)) } }
    }
    #expect(String(decoding: bytes.prefix(message.utf8.count), as: UTF8.self) == message)
    #expect(bytes.dropFirst(message.utf8.count).allSatisfy { $0 == 0 })
    #expect(result.statistics.skipped == 0)
  }

  @Test("A message that names a CPU is about that PE")
  func guestErrorPE() throws {
    let result = try Imported(stamped(pair(0)) + "gicv3: CPU 3 did something odd\n")
    #expect(result.events[2].pe == 3)
  }

  @Test(
    "Other text is counted",
    arguments: [
      "0x40000000:  58000000      ldr x0, #0x40000000", "IN: main", "Trace 0: 0x7f [00]", "", "----------------",
      "hello", "...", "PC=0000000040000000 X00=0000000000000000",
    ]
  )
  func otherText(line: String) throws {
    let result = try Imported(stamped(pair(0)) + line + "\n")
    #expect(result.events.count == 2)
    #expect(result.statistics.records == 3)
    if line != "..." {
      #expect(result.statistics.problems.map(\.kind) == ["text that is no trace event"])
      #expect(result.statistics.problems.first?.firstPosition == "line 3")
    }
  }

  @Test("QEMU 11 stamps text too: messages and exceptions are what they are without a stamp")
  func stampedText() throws {
    let messages = [
      "ITS MAPD: invalid size 31", "process_mapti: no valid DTE for devid 0x63", "PL011 data written to disabled UART",
      "gicv3_dist_read: invalid guest read at offset 000000000000000c size 4",
    ]
    let lines = ([pair(0)[0]] + messages + entry).map { "2026-11-29T17:32:13.888214Z \($0)\n" }
    let result = try Imported(lines.joined())
    #expect(result.events.filter { $0.kind == .marker }.map { Int($0.a >> 16) } == messages.map(\.utf8.count))
    #expect(result.events.last?.kind == .exceptionEntry)
    #expect(result.events.last?.pe == 1)
    #expect(result.statistics.skipped == 0)
  }
}
