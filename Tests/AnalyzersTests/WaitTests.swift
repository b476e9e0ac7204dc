import InterruptTrace
import Testing

@testable import Analyzers

@Suite("What pending interrupts wait for")
struct WaitTests {
  private func pending(_ time: UInt64, _ intid: UInt32, pe: UInt32 = 0, priority: UInt32 = 0xA0) -> Transition {
    var t = Make.pending(time, intid, pe: pe)
    t.priority = priority
    return t
  }

  private func acknowledged(_ time: UInt64, _ intid: UInt32, pe: UInt32 = 0, running: UInt64 = 0xA0) -> Transition {
    Make.make(.acknowledged, time, intid, pe, b: running << 8)
  }

  private func ended(_ time: UInt64, _ intid: UInt32, pe: UInt32 = 0, running: UInt64 = 0xFF) -> Transition {
    Make.make(.endOfInterrupt, time, intid, pe, a: 1, b: running)
  }

  private func total(_ results: AnalysisResults, _ cause: WaitCause) -> UInt64 {
    results.waits.filter { $0.cause == cause }.reduce(0) { $0 + $1.total }
  }

  @Test("Another interrupt in service is charged until it ends, the PE from there on")
  func activePriority() {
    let results = analyse([
      pending(100, 40), acknowledged(110, 40), pending(120, 41), ended(150, 40), acknowledged(170, 41),
    ])
    #expect(total(results, .activePriority) == 30)
    #expect(total(results, .acknowledge) == 10 + 20)
  }

  @Test("An interrupt of a higher priority than the one in service does not wait for it (4.8)")
  func preemption() {
    let results = analyse([
      pending(100, 40), acknowledged(100, 40), pending(120, 41, priority: 0x80), acknowledged(125, 41, running: 0x80),
      pending(126, 42), ended(130, 41, running: 0xA0), ended(140, 40), acknowledged(141, 42),
    ])
    #expect(total(results, .acknowledge) == 5 + 1)
    #expect(total(results, .activePriority) == 14)
  }

  @Test("Priority mask, sleep, groups and enable are charged in the manual's order")
  func conditions() {
    let results = analyse([
      Make.make(.priorityMask, 10, .max, 0, a: 0xA0), Make.make(.sleep, 10, .max, 0, a: 1),
      Make.make(.groupEnables, 10, .max, PE.none, a: 0, b: 4), Make.make(.disabled, 10, 40, 0), pending(100, 40),
      Make.make(.enabled, 101, 40, 0), Make.make(.groupEnables, 103, .max, PE.none, a: 4, b: 4),
      Make.make(.sleep, 107, .max, 0, a: 0), Make.make(.priorityMask, 115, .max, 0, a: 0xF0), acknowledged(131, 40),
    ])
    let expected: [(WaitCause, UInt64)] = [
      (.disabled, 1), (.groupsDisabled, 2), (.asleep, 4), (.priorityMask, 8), (.acknowledge, 16),
    ]
    for (cause, time) in expected { #expect(total(results, cause) == time, "\(cause)") }
  }

  @Test("What an LPI waited for goes with it to another PE (MOVI)")
  func moved() {
    var move = Make.make(.retargeted, 130, 8192, 1, a: 0, b: 1)
    move.pe = 1
    let results = analyse([
      Make.make(.sleep, 10, .max, 0, a: 1), Make.msi(100, 8192, device: 7), move, acknowledged(135, 8192, pe: 1),
    ])
    #expect(total(results, .asleep) == 30)
    #expect(total(results, .acknowledge) == 5)
  }

  @Test("A PE with very many pending interrupts: those that fit no list are left out, nothing else is")
  func longLists() {
    let many = (0..<100).map { pending(100, UInt32(40 + $0)) } + (0..<100).map { acknowledged(200, UInt32(40 + $0)) }
    let results = analyse(many)
    #expect(results.waits.reduce(0) { $0 + $1.count } == 16)
    #expect(results.only(.spi, .pendingToAcknowledge) == nil)
    #expect(results.distribution(.spi, .pendingToAcknowledge)?.count == 100)
  }

  @Test("The worst cases are the longest, with the events of their life; the window cuts them off")
  func worst() throws {
    let lives = (1...30).flatMap { n -> [Transition] in
      let start = UInt64(n) * 1000
      return [pending(start, 40), acknowledged(start + 10, 40), ended(start + 10 + UInt64((n * 7) % 31), 40)]
    }
    let results = analyse(lives, from: 2000)
    let expected = (2...30).map { 10 + ($0 * 7) % 31 }.sorted(by: >).prefix(10).map(UInt64.init)
    #expect(results.worst.map(\.duration) == expected)
    let first = try #require(results.worst.first)
    #expect(first.life.acknowledgeEvent == first.life.pendingEvent + 10)
    #expect(first.life.endEvent == first.life.endTime)
    #expect(first.waits?[.acknowledge] == 10)
  }
}
