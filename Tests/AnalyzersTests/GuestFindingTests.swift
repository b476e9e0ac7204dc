import InterruptTrace
import Testing

@testable import Analyzers

/// Findings about guests' interrupts, of transitions made by hand.
@Suite("Findings in guests")
struct GuestFindingTests {
  private let ms: UInt64 = 1_000_000

  /// The findings of a capture from reset that lasts until `end`.
  private func analyse(_ transitions: [Transition], until end: UInt64) -> AnalysisResults {
    var all = [Make.make(.begin, 0, a: 1)] + transitions
    all.append(Make.make(.sgiSent, max(end, transitions.last?.time ?? 0), 1))
    for n in all.indices { all[n].event = UInt64(n) }
    return AnalyzersTests.analyse(all)
  }

  private func find(_ transitions: [Transition], until end: UInt64) -> [Finding] {
    analyse(transitions, until: end).findings
  }

  /// A value of `ICH_LR<n>_EL2`: state 1 pending, 2 active, 3 both.
  private func lr(_ intid: UInt64, state: UInt64 = 1, priority: UInt64 = 0xA0, physical: UInt64? = nil) -> UInt64 {
    intid | state << 62 | 1 << 60 | priority << 48 | (physical.map { 1 << 61 | $0 << 32 } ?? 0)
  }

  /// An exit at which list register 0 is taken back, and the entry after that loads it again.
  private func turn(_ time: UInt64, _ value: UInt64, pause: UInt64 = 1000) -> [Transition] {
    [
      Make.exited(time), Make.emptied(time, 0, value), Make.entered(time + pause), Make.filled(time + pause, 0, value),
    ]
  }

  // MARK: Stuck

  @Test("Acknowledged and never ended, while the guest runs on: stuck-active, and what waits behind it")
  func neverEnded() throws {
    let active = lr(40, state: 2)
    let life =
      [Make.entered(10), Make.filled(10, 0, lr(40)), Make.taken(20, 0, 40)] + turn(ms, active)
      + [
        Make.filled(ms + 2000, 1, lr(41)), Make.filled(ms + 2000, 2, lr(42, priority: 0x20)), Make.taken(2 * ms, 2, 42),
      ]
      + Make.completed(2 * ms + 10, 2, lr(42, state: 2, priority: 0x20)) + turn(3 * ms, active)
    let found = find(life, until: 4 * ms)
    #expect(found.map(\.kind) == [.stuckActive, .stuckPending])
    let stuck = try #require(found.first)
    #expect(stuck.isVirtual && stuck.intid == 40 && stuck.pe == 0 && stuck.severity == .error)
    #expect(stuck.chain.first?.event == stuck.firstEvent && stuck.certainty == .likely)
    #expect(found.last?.intid == 41 && found.last?.summary.contains("behind virtual SPI 40") == true)
  }

  @Test("A guest that does not run gets nothing done: no finding, however long that takes")
  func notRunning() {
    let life = [Make.entered(10), Make.filled(10, 0, lr(40)), Make.taken(20, 0, 40)]
    #expect(find(life + turn(1000, lr(40, state: 2), pause: 5000 * ms), until: 5001 * ms - 500_000).isEmpty)
    let gone = life + [Make.exited(1000), Make.emptied(1000, 0, lr(40, state: 2))]
    #expect(find(gone, until: 9000 * ms).isEmpty)
  }

  @Test("What the next entry does without went with its vCPU to another PE: no finding on this one")
  func moved() {
    let life = [
      Make.entered(10), Make.filled(10, 0, lr(40)), Make.taken(20, 0, 40), Make.exited(5 * ms),
      Make.emptied(5 * ms, 0, lr(40, state: 2)), Make.entered(6 * ms), Make.exited(7 * ms), Make.entered(8 * ms),
    ]
    #expect(find(life, until: 90 * ms).isEmpty)
  }

  @Test("Ended with EOImode set and never deactivated: missing-deactivate of the virtual interrupt")
  func neverDeactivated() {
    let life = [
      Make.entered(10), Make.filled(10, 0, lr(40)), Make.taken(20, 0, 40), Make.finished(30, 0, 40, deactivates: false),
    ]
    let found = find(life + turn(ms, lr(40, state: 2)), until: 3 * ms)
    #expect(found.map(\.kind) == [.missingDeactivate] && found.first?.isVirtual == true)
    #expect(find(life + [Make.released(40, 0, 40), Make.emptied(40, 0, lr(40, state: 2))], until: 3 * ms).isEmpty)
  }

  @Test("Listed, and held back by the guest's own mask or group: stuck-pending with what did it")
  func closed() throws {
    func life(_ control: UInt64, known: UInt64 = 0x3FF) -> [Transition] {
      [
        Make.entered(10), Make.make(.virtualControl, 15, .max, 0, a: control, b: known), Make.filled(20, 0, lr(40)),
      ]
    }
    let masked = try #require(find(life(0x380), until: 3 * ms).first)
    #expect(masked.kind == .stuckPending && masked.severity == .error && masked.isVirtual)
    #expect(masked.chain.contains { $0.text.contains("priority mask, 0x80") && $0.event == 2 })
    let off = try #require(find(life(0x1F0), until: 3 * ms).first)
    #expect(off.chain.contains { $0.text.contains("Group 1 disabled") })
    #expect(find(life(0x3F0), until: 3 * ms).isEmpty, "open")
    #expect(find(life(0, known: 0), until: 3 * ms).isEmpty, "unknown")
    #expect(find(life(0x380), until: ms / 2).isEmpty, "not for long")
  }

  @Test("Signalled to a guest that runs for a second and does not take it")
  func unserved() {
    let life = [Make.entered(10), Make.filled(20, 0, lr(40))]
    #expect(find(life, until: 1100 * ms).map(\.severity) == [.warning])
    #expect(find(life, until: 500 * ms).isEmpty)
  }

  // MARK: Too few list registers

  @Test("Taken out and left out while more wait than there are list registers: overflow-delay with the wait")
  func leftOut() throws {
    func life(back: UInt64, control: UInt64) -> [Transition] {
      [
        Make.entered(10), Make.filled(20, 0, lr(40)), Make.exited(1000), Make.emptied(1000, 0, lr(40)),
        Make.entered(2000, control: control), Make.filled(2001, 0, lr(41)), Make.taken(2010, 0, 41),
      ] + Make.completed(2020, 0, lr(41, state: 2)) + [
        Make.exited(3000), Make.entered(back), Make.filled(back + 1, 0, lr(40)), Make.taken(back + 10, 0, 40),
      ] + Make.completed(back + 20, 0, lr(40, state: 2)) + [Make.exited(back + 100)]
    }
    let results = analyse(life(back: 3 * ms, control: 0b11), until: 4 * ms)
    let found = try #require(results.findings.first)
    #expect(results.findings.count == 1 && found.kind == .overflowDelay && found.severity == .warning)
    #expect(found.intid == 40 && found.summary.contains("waited 2.9 ms"))
    #expect(found.chain.compactMap(\.event).count == 3)
    let wait = try #require(results.virtualWaits.first { $0.cause == .noListRegister })
    #expect(wait.count == 1 && wait.total == 3 * ms + 1 - 2000)
    #expect(find(life(back: 3 * ms, control: 0b1), until: 4 * ms).isEmpty, "there was room: another vCPU ran")
    #expect(find(life(back: ms, control: 0b11), until: 4 * ms).isEmpty, "below the threshold")
  }

  @Test("A physical interrupt that was acknowledged before an entry which did without it has waited; others may have")
  func late() throws {
    func life(physical: UInt64?) -> [Transition] {
      [Make.acknowledged(100, 27), Make.ended(110, 27), Make.entered(200, control: 0b11), Make.filled(201, 0, lr(41))]
        + [Make.exited(300), Make.emptied(300, 0, lr(41)), Make.entered(5 * ms), Make.filled(5 * ms, 0, lr(41))]
        + [Make.filled(5 * ms, 1, lr(27, physical: physical)), Make.taken(5 * ms + 1, 1, 27)]
        + Make.completed(5 * ms + 2, 1, lr(27, state: 2)) + [Make.deactivated(5 * ms + 2, 27)]
        + [Make.taken(5 * ms + 3, 0, 41)] + Make.completed(5 * ms + 4, 0, lr(41, state: 2)) + [Make.exited(5 * ms + 9)]
    }
    let known = try #require(find(life(physical: 27), until: 6 * ms).first)
    #expect(known.kind == .overflowDelay && known.severity == .warning && known.intid == 27)
    let possible = try #require(find(life(physical: nil), until: 6 * ms).first { $0.kind == .overflowDelay })
    #expect(possible.severity == .note && possible.summary.contains("may have waited up to"))
  }

  @Test("An end that hits no list register is a note, with where its list register was taken back")
  func unlistedEnd() throws {
    let life = [
      Make.entered(10), Make.filled(20, 0, lr(40)), Make.taken(30, 0, 40), Make.exited(40),
      Make.emptied(40, 0, lr(40, state: 2)), Make.entered(50, control: 0b111), Make.finished(60, 0xFF, 40),
      Make.finished(70, 0xFF, 8192), Make.exited(80),
    ]
    let found = try #require(find(life, until: 100).first)
    #expect(found.kind == .overflowDelay && found.severity == .note && found.intid == 40 && found.count == 1)
    #expect(found.chain.first?.event == 5)
  }

  // MARK: Waits

  @Test("What a virtual interrupt waits for: the guest to run, another one's end, the guest to take it")
  func waits() {
    let waits = analyse(
      [
        Make.entered(100), Make.filled(110, 0, lr(40)), Make.filled(110, 1, lr(41)), Make.taken(130, 0, 40),
        Make.exited(150), Make.emptied(151, 0, lr(40, state: 2)), Make.emptied(151, 1, lr(41)), Make.entered(200),
        Make.filled(200, 0, lr(40, state: 2)), Make.filled(200, 1, lr(41)),
      ] + Make.completed(230, 0, lr(40, state: 2)) + [Make.taken(240, 1, 41)],
      until: 300
    ).virtualWaits
    func total(_ cause: VirtualWaitCause) -> UInt64? { waits.first { $0.cause == cause }?.total }
    #expect(total(.acknowledge) == 20 + 20 + 10)
    #expect(total(.activePriority) == 20 + 30)
    #expect(total(.guestNotRunning) == 50)
    #expect(waits.allSatisfy { $0.interruptClass == .spi } && waits.count == 3)
  }
}
