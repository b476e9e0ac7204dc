import InterruptTrace
import Replay
import Testing

@testable import Analyzers

/// What register accesses show of faults.
@Suite("Findings from register accesses")
struct AccessFindingTests {
  @Test("Refused writes of one array of registers are one finding; in RD_base they name the SGI frame")
  func refused() throws {
    var c = Accesses()
    for n in 0..<8 as Range<UInt32> { c.write(.gicr, 0x400 + 4 * n, 0xA0A0_A0A0, refused: true) }
    c.write(.gicd, 0x30, 1, refused: true)
    let found = c.findings.of(.ignoredWrite)
    #expect(found.map(\.count) == [8, 1] && found.map(\.severity) == [.warning, .note])
    #expect(found[0].chain.contains { $0.text.contains("SGI_base + 0x400") })
  }

  @Test("Registers of SGIs and PPIs in the Distributor have no effect with affinity routing, and only then")
  func banked() {
    var c = Accesses()
    c.open()
    c.write(.gicd, 0x100, 4)
    #expect(c.findings.of(.ignoredWrite).map(\.severity) == [.note])
    var v2 = Accesses(.v2)
    v2.write(.gicd, 0, 1)
    v2.write(.gicd, 0x100, 4)
    #expect(v2.findings.of(.ignoredWrite).isEmpty)
  }

  @Test("GICD_SGIR with affinity routing reaches nobody, and why agrees")
  func sgir() throws {
    var c = Accesses()
    c.open()
    for _ in 0..<3 { c.write(.gicd, 0xF00, 0x2_0002) }
    let finding = try #require(c.findings.of(.misrouted).first)
    #expect(finding.count == 3 && finding.intid == 2 && finding.severity == .warning)
    #expect(c.why(2, pe: 1).conclusion.contains("GICD_SGIR, which has no effect while affinity routing is on"))
  }

  @Test("Opcodes that are no command: one finding with the slot")
  func unknownCommand() throws {
    var c = Accesses()
    c.enableITS()
    for slot in 3...5 as ClosedRange<UInt64> {
      c.add(Event(time: 0, kind: .itsProcess, a: slot, b: 0))
      c.command(0)
    }
    let finding = try #require(c.findings.of(.commandError).first)
    #expect(finding.count == 3 && finding.summary.contains("opcode 0x0 at slot 3"))
  }

  @Test("A write offset beyond the queue is the cause that nothing is read")
  func beyondQueue() throws {
    var c = Accesses()
    c.enableITS()
    c.write(.gits, 0x88, 0x1_0020, size: 8)
    for _ in 0..<3 {
      c.wait(1_000_000)
      c.read(.gits, 0x90, 0, size: 8)
    }
    let finding = try #require(c.findings.of(.commandError).first)
    #expect(finding.summary == "GITS_CWRITER 0x10020 lies beyond the queue of 0x10000 bytes: the ITS reads no commands")
  }

  @Test("Exceptions over and over without a read of the acknowledge register")
  func exceptions() {
    var c = Accesses()
    c.open()
    for _ in 0..<100 { c.add(Event(time: 0, kind: .exceptionEntry, pe: 0, a: 5)) }
    #expect(c.findings.of(.storm).map(\.count) == [100])
    var taken = Accesses()
    taken.open()
    for _ in 0..<100 {
      taken.add(Event(time: 0, kind: .exceptionEntry, pe: 0, a: 5))
      taken.read(.ICC_IAR1_EL1, 1023)
    }
    #expect(taken.findings.of(.storm).isEmpty)
  }

  @Test("A group that is shown and was never enabled keeps an interrupt back")
  func groupShown() throws {
    var c = Accesses()
    c.write(.gicd, 0, 0x13)
    c.write(.gicr, 0x14, 0)
    c.write(.gicr, 0x1_0418, 0xA0A0_A0A0)
    c.write(.gicr, 0x1_0100, 1 << 27)
    c.write(.ICC_PMR_EL1, 0xF8)
    c.write(.ICC_IGRPEN1_EL1, 1)
    c.line(27, true, pe: 0)
    c.highest(27, group: 0)
    c.requests([])
    c.wait(40_000_000)
    c.requests([])
    let finding = try #require(c.findings.of(.stuckPending).first)
    #expect(finding.summary.contains("Group 0 is disabled at the CPU interface of PE 0"))
    #expect(c.why(27, pe: 0).conclusion == finding.summary + ".")
  }

  @Test("A line that falls only after the end costs an acknowledge of nothing each time")
  func lateFall() throws {
    var c = Accesses()
    c.open()
    c.write(.gicd, 0x6000 + 8 * 40, 0, size: 8)
    c.write(.gicd, 0x84, 0xFFFF_FFFF)
    c.write(.gicd, 0x104, 1 << 8)
    for _ in 0..<20 {
      c.line(40, true)
      c.read(.ICC_IAR1_EL1, 40)
      c.write(.ICC_EOIR1_EL1, 40)
      c.line(40, false)
      c.read(.ICC_IAR1_EL1, 1023)
    }
    let finding = try #require(c.findings.of(.spuriousAcknowledge).first { $0.intid == 40 })
    #expect(finding.severity == .note && finding.count == 20)
  }

  @Test("What the state before a reset says of the set-up after it is withdrawn once the reset is recognised")
  func reset() {
    func run(isReset: Bool) -> [String] {
      var c = Accesses(.v2)
      c.write(.gicd, 0, 1)
      c.write(.gicc, 4, 0xF0)
      c.write(.gicc, 0, 1)
      c.write(.gicd, 0x104, 1 << 8)
      c.line(40, true)
      c.read(.gicc, 0xC, 40)
      c.write(.gicc, 0x10, 40)
      c.write(.gicd, 0, 0)
      c.write(.gicd, 0xC08, 2 << 16)
      c.write(.gicd, 0xC08, 0)
      c.read(.gicc, 0, isReset ? 0 : 1)
      return c.findings.filter { $0.kind == .misuse }.map(\.summary)
    }
    #expect(run(isReset: true) == [])
    let finding = "the trigger of SPI 40 was changed while it was enabled (trigger-changed-while-enabled)"
    #expect(run(isReset: false) == [finding])
  }

  @Test("A trigger that is written while its interrupt is enabled may be the one that it had before the capture began")
  func triggerBefore() {
    func run(atReset: Bool, writes: [UInt64]) -> Int {
      var c = Accesses(.v2, atReset: atReset)
      c.write(.gicd, 0x104, 1 << 8)
      for value in writes { c.write(.gicd, 0xC08, value << 16) }
      return c.findings.count { $0.kind == .misuse }
    }
    #expect(run(atReset: true, writes: [2]) == 1)
    #expect(run(atReset: false, writes: [2]) == 0)
    #expect(run(atReset: false, writes: [2, 0]) == 1)
  }

  @Test("next is a command that can be pasted")
  func next() {
    var options = AnalysisOptions()
    options.captureName = "it's a log"
    let analysis = Analysis(options: options)
    var c = Accesses()
    c.write(.ICC_EOIR1_EL1, 1023)
    let engine = ReplayEngine(source: EventArraySource(c.events))
    try! engine.run(analysis.consume)
    #expect(analysis.results.findings.first?.next == "gicscope events 'it'\\''s a log' --from '#0' --to '#0' --pe 0")
  }
}
