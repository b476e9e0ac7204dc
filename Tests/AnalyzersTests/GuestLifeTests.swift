import InterruptTrace
import Replay
import Testing

@testable import Analyzers

@Suite("Lives of guests' interrupts")
struct GuestLifeTests {
  private func lives(_ transitions: [Transition]) throws -> [InterruptLife] {
    var lives: [InterruptLife] = []
    let analysis = Analysis { lives += $0 }
    try transitions.withUnsafeBufferPointer {
      try analysis.consume(ReplayBatch(events: UnsafeBufferPointer(start: nil, count: 0), transitions: $0))
    }
    try analysis.closeLives()
    return lives
  }

  private func lr(_ intid: UInt64, state: UInt64 = 1) -> UInt64 { intid | state << 62 }

  // MARK: From below

  @Test("From the list register over the guest's acknowledge and end to the deactivation")
  func listed() throws {
    let all = try lives([
      Make.filled(100, 2, lr(40)), Make.taken(130, 2, 40), Make.finished(150, 2, 40, deactivates: false),
      Make.released(170, 2, 40), Make.emptied(170, 2, lr(40, state: 2)),
    ])
    #expect(all.count == 1)
    #expect(all[0].isVirtual && all[0].domain == 0 && all[0].listRegister == 2)
    #expect(all[0].shown == [.listed, .acknowledge, .end, .deactivation])
    #expect(
      (all[0].listedTime, all[0].acknowledgeTime, all[0].endTime, all[0].deactivationTime) == (100, 130, 150, 170))
    #expect(all[0].guestSpan?.length == 50 && all[0].outcome == .ended && all[0].certainty == .derived)
  }

  @Test("Taken out at an exit and loaded again it is one life; after its end it is another")
  func loadedAgain() throws {
    let all = try lives(
      [Make.filled(100, 0, lr(40)), Make.emptied(110, 0, lr(40)), Make.filled(120, 1, lr(40)), Make.taken(130, 1, 40)]
        + Make.completed(140, 1, lr(40, state: 2)) + [Make.filled(150, 0, lr(40))]
    )
    #expect(all.map(\.outcome) == [.ended, .pendingAtEnd])
    #expect(all.map(\.listedTime) == [100, 150])
  }

  @Test("Directly injected: from becoming pending for the vPE to the guest's end; withdrawn ones say so")
  func direct() throws {
    let msi = UInt64(PendingCause.msi.rawValue)
    let all = try lives([
      Make.make(.virtualPending, 100, 8192, a: msi, b: 0x10 << 32 | 3), Make.taken(120, 0xFF, 8192),
      Make.finished(150, 0xFF, 8192), Make.make(.virtualPending, 200, 8192, a: msi, b: 0x10 << 32 | 3),
      Make.make(.virtualPendingCleared, 230, 8192, a: msi),
    ])
    #expect(all.map(\.outcome) == [.ended, .withdrawn])
    #expect(all[0].guestSpan?.length == 50 && all[0].deviceID == 0x10 && all[0].eventID == 3)
    #expect(all[1].endTime == 230 && all[1].guestSpan == nil)
  }

  @Test("Across a gap a life has no length")
  func gap() throws {
    let all = try lives(
      [Make.filled(100, 0, lr(40)), Make.gap(105), Make.taken(130, 0, 40)] + Make.completed(140, 0, lr(40, state: 2)))
    #expect(all.count == 1 && all[0].spansGap && all[0].guestSpan == nil)
  }

  // MARK: From a hypervisor's own tracing

  private func guest(_ kind: TransitionKind, _ time: UInt64, _ intid: UInt32 = 40, vcpu: UInt32 = 0) -> Transition {
    Transition(
      time: time, event: time, kind: kind, provenance: kind == .pending ? .derived : .inferred, domain: 1, pe: vcpu,
      intid: intid)
  }

  private func closed(_ body: (inout GuestLives) -> Void) throws -> [InterruptLife] {
    var lives = GuestLives()
    body(&lives)
    var found: [InterruptLife] = []
    try lives.handOut { found += $0 }
    lives.closeAll()
    try lives.handOut { found += $0 }
    return found
  }

  @Test("What is in no list register at the next entry had ended by the exit between: assumed")
  func absent() throws {
    let all = try closed {
      $0.take(guest(.pending, 10))
      $0.take(guest(.lrFilled, 20))
      $0.entered(domain: 1, vcpu: 0, time: 20, event: 20)
      $0.left(domain: 1, vcpu: 0, time: 35, event: 35)
      $0.entered(domain: 1, vcpu: 0, time: 50, event: 50)
    }
    #expect(all.count == 1)
    #expect((all[0].pendingTime, all[0].listedTime, all[0].deactivationTime) == (10, 20, 35))
    #expect(all[0].shown == [.pending, .listed, .deactivation])
    #expect(all[0].outcome == .ended && all[0].certainty == .assumed && all[0].guestSpan?.length == 25)
  }

  @Test("What a rule tells of at the exit has ended then: inferred")
  func emptied() throws {
    let all = try closed {
      $0.take(guest(.pending, 10))
      $0.take(guest(.lrFilled, 20))
      $0.entered(domain: 1, vcpu: 0, time: 20, event: 20)
      $0.take(guest(.lrEmptied, 35))
      $0.entered(domain: 1, vcpu: 0, time: 50, event: 50)
    }
    #expect(all.count == 1 && all[0].certainty == .inferred && all[0].deactivationTime == 35)
  }

  @Test(
    "Loaded again at the next entry, or left out for want of a list register, it goes on; injected again it is another")
  func goesOn() throws {
    let all = try closed {
      $0.take(guest(.lrFilled, 20))
      $0.entered(domain: 1, vcpu: 0, time: 20, event: 20)
      $0.left(domain: 1, vcpu: 0, time: 35, event: 35)
      $0.take(guest(.lrFilled, 50))
      $0.entered(domain: 1, vcpu: 0, time: 50, event: 50)
      $0.left(domain: 1, vcpu: 0, time: 60, event: 60)
      $0.take(guest(.lrOverflow, 70))
      $0.entered(domain: 1, vcpu: 0, time: 70, event: 70)
      $0.left(domain: 1, vcpu: 0, time: 80, event: 80)
      $0.take(guest(.pending, 85))
      $0.take(guest(.lrFilled, 90))
      $0.entered(domain: 1, vcpu: 0, time: 90, event: 90)
    }
    #expect(all.map(\.outcome) == [.ended, .listedAtEnd])
    #expect((all[0].listedTime, all[0].deactivationTime) == (20, 80))
    #expect((all[1].pendingTime, all[1].listedTime) == (85, 90))
  }

  @Test("What a rule tells of after the exit had ended by it: inferred; loaded again it is another")
  func settled() throws {
    let all = try closed {
      $0.take(guest(.pending, 10))
      $0.take(guest(.lrFilled, 20))
      $0.entered(domain: 1, vcpu: 0, time: 20, event: 20)
      $0.left(domain: 1, vcpu: 0, time: 35, event: 35)
      $0.take(guest(.guestOutcome, 40))
      $0.take(guest(.lrFilled, 50))
      $0.entered(domain: 1, vcpu: 0, time: 50, event: 50)
    }
    #expect(all.map(\.outcome) == [.ended, .listedAtEnd])
    #expect(all[0].certainty == .inferred && all[0].deactivationTime == 35)
    #expect(all[1].shown == .listed && all[1].listedTime == 50)
  }

  @Test("A line that falls before the entry withdraws it; edges that come meanwhile are merged")
  func withdrawn() throws {
    let all = try closed {
      $0.take(guest(.pending, 10))
      $0.take(guest(.merged, 12))
      $0.take(guest(.pendingCleared, 15))
      $0.take(guest(.pending, 20, 41))
    }
    #expect(all.map(\.outcome) == [.withdrawn, .pendingAtEnd])
    #expect(all[0].merged == 1 && all[0].endTime == 15)
  }

  @Test("The filter keeps only what it lets through")
  func filtered() throws {
    var lives = GuestLives(filter: TransitionFilter(intids: NumberSet("41")))
    lives.take(guest(.pending, 10, 40))
    lives.take(guest(.pending, 10, 41))
    lives.closeAll()
    var found: [UInt32] = []
    try lives.handOut { found += $0.map(\.intid) }
    #expect(found == [41])
  }
}
