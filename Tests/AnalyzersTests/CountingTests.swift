import InterruptTrace
import Replay
import Testing

@testable import Analyzers

@Suite("Counting analyzers")
struct CountingTests {
  @Test("Acknowledges are counted by PE and INTID, in order")
  func acknowledges() {
    let results = analyse([
      Make.acknowledged(1, 8195, pe: 1), Make.acknowledged(2, 27, pe: 1), Make.acknowledged(3, 27, pe: 0),
      Make.acknowledged(4, 27, pe: 1), Make.spurious(5),
    ])
    #expect(
      results.acknowledges == [
        AcknowledgeCount(domain: 0, pe: 0, intid: 27, count: 1),
        AcknowledgeCount(domain: 0, pe: 1, intid: 27, count: 2),
        AcknowledgeCount(domain: 0, pe: 1, intid: 8195, count: 1),
      ]
    )
    #expect(results.busiest.map(\.intid) == [27, 8195])
    #expect(results.summary.acknowledgesByClass == [0, 3, 0, 1])
  }

  @Test("The summary counts each kind of transition")
  func summary() {
    let results = analyse([
      Make.acknowledged(1, 3), Make.ended(2, 3), Make.spurious(3), Make.make(.msi, 4),
      Make.make(.itsCommand, 5, a: 0xC),
      Make.make(.mismatchedEnd, 6, 9), Make.make(.itsFault, 7),
    ])
    #expect(results.summary.acknowledges == 1)
    #expect(results.summary.endOfInterrupts == 1)
    #expect(results.summary.mismatchedEnds == 1)
    #expect(results.summary.spuriousAcknowledges == 1)
    #expect(results.summary.msis == 1)
    #expect(results.summary.itsCommands == 1)
    #expect(results.summary.itsCommandsByOpcode[0xC] == 1)
    #expect(results.summary.itsFaults == 1)
  }

  @Test("Classes follow the INTID, extended ranges included")
  func classes() {
    let classes = [0, 15, 16, 31, 32, 1019, 1056, 1119, 4096, 5119, 8192, 1 << 23].map { InterruptClass(intid: $0) }
    #expect(classes == [.sgi, .sgi, .ppi, .ppi, .spi, .spi, .ppi, .ppi, .spi, .spi, .lpi, .lpi])
  }

  @Test("Gaps are listed with what was lost")
  func gaps() {
    let results = analyse([Make.gap(5, pe: 2, lost: 7), Make.gap(9)])
    #expect(results.gapCount == 2)
    #expect(results.lostEvents == 7)
    #expect(results.gaps == [Gap(event: 5, time: 5, pe: 2, lost: 7), Gap(event: 9, time: 9, pe: PE.none, lost: 0)])
  }

  @Test("Activity keeps every acknowledge as its spans double")
  func activity() {
    let times = (0..<5000).map { UInt64(1_000_000 + $0 * 7919) }
    let results = analyse(times.map { Make.acknowledged($0, 27) })
    let activity = results.activity
    #expect(activity.start == 1_000_000)
    #expect(activity.totals.reduce(0, +) == 5000)
    var expected = [UInt64](repeating: 0, count: activity.totals.count)
    for time in times { expected[Int((time - activity.start) / activity.width)] += 1 }
    #expect(activity.totals == expected)
  }

  @Test("Events are counted by kind")
  func kinds() {
    var counter = EventCounter()
    let events = [Event(time: 1, kind: .msi), Event(time: 2, kind: .gap), Event(time: 3, kind: .msi)]
    events.withUnsafeBufferPointer {
      counter.consume(ReplayBatch(events: $0, transitions: UnsafeBufferPointer(start: nil, count: 0)))
    }
    #expect(counter.kinds.map(\.kind) == [.msi, .gap])
    #expect(counter.kinds.map(\.count) == [2, 1])
  }
}

@Suite("Reasons of spurious acknowledges")
struct SpuriousTests {
  private func reason(_ transitions: [Transition]) -> SpuriousReason? {
    let rows = analyse(transitions + [Make.spurious(100, pe: 0)]).spurious
    return rows.count == 1 ? rows[0].reason : nil
  }

  @Test("Nothing was pending")
  func nothing() { #expect(reason([]) == .nothingPending) }

  @Test("The line fell first")
  func lineFell() {
    #expect(reason([Make.pending(1, 27), Make.cleared(2, 27)]) == .lineFell)
    #expect(analyse([Make.cleared(2, 27), Make.spurious(3)]).spurious.first?.intid == 27)
  }

  @Test("Software cleared the pending state")
  func cleared() { #expect(reason([Make.pending(1, 27), Make.cleared(2, 27, .register)]) == .clearedBySoftware) }

  @Test("What went away before the PE's last acknowledge explains nothing")
  func oldWithdrawal() {
    #expect(reason([Make.cleared(2, 27), Make.spurious(3, pe: 1), Make.acknowledged(3, 28)]) == nil)
    #expect(
      analyse([Make.cleared(2, 27), Make.spurious(3), Make.spurious(4)]).spurious.map(\.reason) == [
        .nothingPending, .lineFell,
      ]
    )
  }

  @Test("A handler that asks until nothing is left is told apart")
  func noneLeft() {
    #expect(reason([Make.pending(1, 27), Make.acknowledged(2, 27), Make.ended(3, 27, deactivates: true)]) == .noneLeft)
  }

  @Test("A level that falls after its own acknowledge explains nothing")
  func heldLevel() {
    let handled = [Make.pending(1, 27), Make.acknowledged(2, 27, staysPending: true), Make.cleared(3, 27)]
    #expect(reason(handled + [Make.ended(4, 27), Make.deactivated(4, 27)]) == .noneLeft)
  }

  @Test("A level that is still high at the end of its handler, and falls then, is one that fell first")
  func heldOverTheEnd() {
    let handled = [Make.pending(1, 27), Make.acknowledged(2, 27, staysPending: true), Make.ended(3, 27)]
    #expect(reason(handled + [Make.deactivated(3, 27, stillPending: true), Make.cleared(4, 27)]) == .lineFell)
  }

  @Test("Another PE took the SPI that this PE had been offered")
  func takenByOther() {
    let offered = Make.make(.highestPending, 1, 40, 0)
    #expect(reason([offered, Make.acknowledged(2, 40, pe: 1)]) == .takenByOtherPE)
    #expect(reason([Make.acknowledged(2, 40, pe: 1)]) == .nothingPending)
  }

  @Test(
    "The special INTID says whose interrupt it was",
    arguments: [(UInt64(1020), SpuriousReason.secureInterrupt), (1021, .nonSecureInterrupt), (1022, .otherGroup)])
  func specialINTIDs(value: UInt64, reason: SpuriousReason) {
    #expect(analyse([Make.spurious(1, value)]).spurious.map(\.reason) == [reason])
  }
}
