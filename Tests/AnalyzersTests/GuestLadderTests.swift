import Foundation
import HypervisorModel
import InterruptTrace
import Replay
import Testing
import TraceImporters

@testable import Analyzers

@Suite("The way of a guest's interrupt")
struct GuestLadderTests {
  private func replayed(_ name: String) throws -> (GuestLadder, ReplayEngine) {
    let traces = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Traces").standardized
    let engine = ReplayEngine(source: try openTrace(paths: [traces.appending(path: "kvm-cases/\(name)").path]))
    let ladder = GuestLadder(domain: 1, intid: 41)
    try engine.run { ladder.consume($0) }
    return (ladder, engine)
  }

  @Test("Source, route, list and list register each have their event; what no event shows is unknown")
  func ladder() throws {
    let (follower, engine) = try replayed("ipi-send-cpu-inside.txt.zst")
    let found = follower.ladders(pe: nil, engine.guestInterrupts(domain: 1, intid: 41))
    #expect(found.count == 1 && found[0].pe == 1 && found[0].domain == 1)
    let rungs = Dictionary(uniqueKeysWithValues: found[0].rungs.map { ($0.name, $0) })
    for name in ["source", "routed", "pending", "listed"] { #expect(rungs[name]?.state == .holds, "\(name)") }
    for name in ["source", "pending", "listed"] { #expect(rungs[name]?.event != nil, "\(name)") }
    #expect(rungs["source"]?.text == "a guest wrote its pending bit")
    #expect(rungs["listed"]?.text.contains("vCPU 1") == true)
    // No event shows whether it is enabled.
    #expect(rungs["enabled"]?.state == .unknown && rungs["enabled"]?.text.contains("priority 0x40") == true)
  }

  @Test("An interrupt that nothing raised says so")
  func nothing() throws {
    let (_, engine) = try replayed("ipi-send-cpu-inside.txt.zst")
    let none = GuestLadder(domain: 1, intid: 99)
    let found = none.ladders(pe: nil, engine.guestInterrupts(domain: 1, intid: 99))
    #expect(found[0].firstBroken?.name == "source")
    #expect(found[0].conclusion == "SPI 99 was not delivered: nothing raised it.")
  }

  @Test("An exit has the number of its event: continuations before it have none")
  func exitNumber() {
    let ladder = GuestLadder(domain: 1, intid: 41)
    var events = [
      Event(time: 10, kind: .guestEnter, pe: 0), Event(time: 11, kind: .marker, a: 20 << 16),
      Event(time: 11, kind: .continuation), Event(time: 11, kind: .continuation),
      Event(time: 12, kind: .guestExit, pe: 0),
    ]
    for at in events.indices { events[at].domain = 1 }
    let filled = [Transition(time: 10, event: 100, kind: .lrFilled, domain: 1, pe: 0, intid: 41)]
    events.withUnsafeBufferPointer { events in
      filled.withUnsafeBufferPointer {
        ladder.consume(ReplayBatch(events: events, transitions: $0, firstIndex: 100))
      }
    }
    let rung = ladder.ladders(pe: nil, [])[0].rungs.first { $0.name == "taken-back" }
    #expect(rung?.event == 102)
  }

  @Test("A guest's state has its vCPUs' lists and what is known of each interrupt")
  func state() throws {
    let (_, engine) = try replayed("shown-fills-inside.txt.zst")
    guard case .object(let members)? = engine.guestState(domain: 1) else {
      Issue.record("no state")
      return
    }
    #expect(members.map(\.name) == ["guest", "controller", "start_shown", "vcpus", "interrupts"])
    let spi = try #require(engine.guestInterrupts(domain: 1, intid: 81).first)
    #expect(spi.isEnabled == true && spi.priority == 0xA0 && spi.isEdge == false && spi.target == 1)
    #expect(engine.guestState(domain: 9) == nil)
  }
}
