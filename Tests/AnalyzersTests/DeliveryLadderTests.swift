import Foundation
import InterruptTrace
import Replay
import Testing
import TraceImporters

@testable import Analyzers
@testable import Reports

@Suite("Why an interrupt is not delivered")
struct DeliveryLadderTests {
  private let open = [
    Make.make(.begin, 0, a: 1), Make.make(.groupEnables, 1, .max, PE.none, a: 0b100, b: 0b111),
    Make.make(.sleep, 2, .max, 0, a: 0), Make.make(.groupEnables, 3, .max, 0, a: 0b100, b: 0b111),
    Make.make(.priorityMask, 4, .max, 0, a: 0xF0), Make.make(.enabled, 5, 40, 0),
    Make.make(.groupChanged, 6, 40, 0, a: 2),
  ]

  private func ladder(_ transitions: [Transition], _ intid: UInt32 = 40) -> DeliveryLadder {
    let follower = InterruptFollower()
    (open + transitions).withUnsafeBufferPointer {
      follower.consume(ReplayBatch(events: UnsafeBufferPointer(start: nil, count: 0), transitions: $0))
    }
    return follower.ladder(intid: intid)
  }

  private var pending: Transition {
    var t = Make.pending(10, 40)
    t.priority = 0xA0
    return t
  }

  @Test("The first condition that does not hold, and the event that set it")
  func firstBroken() {
    #expect(ladder([pending]).firstBroken?.name == "acknowledged")
    let disabled = ladder([pending, Make.make(.disabled, 12, 40, 0)])
    #expect(disabled.firstBroken?.name == "enabled" && disabled.firstBroken?.event == 12)
    let masked = ladder([pending, Make.make(.priorityMask, 12, .max, 0, a: 0x80)])
    #expect(masked.firstBroken?.name == "priority-mask" && masked.conclusion.contains("mask"))
    let group = ladder([pending, Make.make(.groupEnables, 12, .max, PE.none, a: 0, b: 0b111)])
    #expect(group.firstBroken?.name == "group-distributor")
    let asleep = ladder([pending, Make.make(.sleep, 12, .max, 0, a: 1)])
    #expect(asleep.firstBroken?.name == "routed")
  }

  @Test("Behind another that runs")
  func behind() {
    var other = Make.acknowledged(8, 42)
    other.priority = 0x80
    let found = ladder([other, pending])
    #expect(found.firstBroken?.name == "running-priority" && found.firstBroken?.event == 8)
    #expect(found.conclusion == "SPI 40 waits behind SPI 42, which PE 0 acknowledged and has not ended.")
  }

  @Test("Delivered and ended; running; active")
  func delivered() {
    let taken = [pending, Make.acknowledged(20, 40)]
    #expect(ladder(taken).conclusion.contains("has not been ended"))
    #expect(ladder(taken + [Make.ended(30, 40)]).conclusion.contains("has not been deactivated"))
    let done = ladder(taken + [Make.ended(30, 40, deactivates: true), Make.deactivated(30, 40)])
    #expect(done.conclusion == "SPI 40 was delivered, and nothing of it is left to deliver.")
  }

  @Test("An LPI that nothing is mapped to")
  func unmapped() {
    let found = ladder([], 8200)
    #expect(found.firstBroken?.name == "source" && found.rungs.contains { $0.name == "mapped" && $0.state == .broken })
  }

  @Test("What a capture does not show is unknown, not broken")
  func unknown() {
    let follower = InterruptFollower()
    let found = follower.ladder(intid: 40)
    #expect(
      found.rungs.filter { $0.name.hasPrefix("group") || $0.name == "priority-mask" }.allSatisfy {
        $0.state == .unknown
      }
    )
  }

  @Test("A virtual interrupt's list register stands beside it")
  func listed() {
    let found = ladder([Make.make(.lrFilled, 20, 40, 1, a: 2, b: 1 << 62 | 40)])
    #expect(found.rungs.last?.name == "listed" && found.rungs.last?.text.contains("list register 2 of PE 1") == true)
  }

  @Test("The text fits 100 columns")
  func width() {
    let found = ladder([pending, Make.make(.priorityMask, 12, .max, 0, a: 0x80)])
    #expect(found.text(TextStyle(isColoured: false)).split(separator: "\n").allSatisfy { $0.count <= 100 })
  }

  @Test(
    "A timeline's followers know at any event what following the capture from its start tells",
    arguments: ["its-and-preemption/trace.log.xz", "random-gicv3-qemu10/trace.log.xz"])
  func followers(name: String) throws {
    let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Traces/\(name)").path
    let analysis = Analysis()
    let timeline = try ReplayTimeline(
      source: try openTrace(paths: [path]), interval: 100, follower: { analysis.follower }, consume: analysis.consume)
    #expect(timeline.checkpointCount >= 2)
    let engine = ReplayEngine(source: try openTrace(paths: [path]))
    let straight = InterruptFollower()
    for part in 1...10 as ClosedRange<UInt64> {
      let place = timeline.record(of: timeline.count * part / 10 - 1)
      try engine.run(until: .event(place), straight.consume)
      let follower = try #require(timeline.follower(at: place) as? InterruptFollower)
      #expect(timeline.position == engine.events)
      for intid in Array(0..<64) + Array(8192..<8256) as [UInt32] {
        let expected = straight.ladders(intid: intid, pe: nil, peCount: 4)
        #expect(follower.ladders(intid: intid, pe: nil, peCount: 4) == expected, "INTID \(intid) at #\(place)")
      }
    }
  }

  @Test("A copy knows what the original knows, and neither changes the other")
  func copies() throws {
    let original = InterruptFollower()
    func follow(_ follower: InterruptFollower, _ transitions: [Transition]) {
      transitions.withUnsafeBufferPointer {
        follower.consume(ReplayBatch(events: UnsafeBufferPointer(start: nil, count: 0), transitions: $0))
      }
    }
    follow(original, open + [pending, Make.make(.lrFilled, 12, 40, 1, a: 2, b: 1 << 62 | 40)])
    let before = original.ladder(intid: 40)
    #expect(before.rungs.contains { $0.name == "listed" && $0.event == 12 })
    let copy = try #require(original.copy() as? InterruptFollower)
    #expect(copy.ladder(intid: 40) == before)
    follow(original, [Make.acknowledged(20, 40), Make.make(.lrEmptied, 21, 40, 1, a: 2)])
    #expect(original.ladder(intid: 40) != before && copy.ladder(intid: 40) == before)
    follow(copy, [Make.make(.disabled, 20, 40, 0)])
    #expect(copy.ladder(intid: 40).firstBroken?.name == "enabled")
    #expect(original.ladder(intid: 40).firstBroken?.name != "enabled")
  }
}
