import Foundation
import HypervisorModel
import InterruptTrace
import Replay
import Testing
import TraceImporters

@testable import Analyzers

@Suite("The way of a guest's interrupt")
struct GuestLadderTests {
  private func replayed(_ name: String, intid: UInt32 = 41) throws -> (GuestLadder, ReplayEngine) {
    let traces = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Traces").standardized
    let engine = ReplayEngine(source: try openTrace(paths: [traces.appending(path: "kvm-cases/\(name)").path]))
    let ladder = GuestLadder(domain: 1, intid: intid)
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

  @Test("Of what no event shows, nothing is said")
  func nothing() throws {
    let (_, engine) = try replayed("ipi-send-cpu-inside.txt.zst")
    let none = GuestLadder(domain: 1, intid: 99)
    let found = none.ladders(pe: nil, engine.guestInterrupts(domain: 1, intid: 99))
    #expect(found[0].firstBroken == nil && found[0].rungs.first?.state == .unknown)
    #expect(found[0].conclusion == "This capture shows nothing about SPI 99 for guest 1.")
  }

  private func conclusion(_ events: [Event], _ state: GuestInterruptState? = nil) -> DeliveryLadder {
    let ladder = GuestLadder(domain: 1, intid: 41)
    var events = events
    for at in events.indices { events[at].domain = 1 }
    events.withUnsafeBufferPointer { events in
      let raised = [Transition(time: 10, event: 1, kind: .pending, domain: 1, pe: PE.none, intid: 41)]
      raised.withUnsafeBufferPointer {
        ladder.consume(
          ReplayBatch(events: events, transitions: state == nil ? .init(rebasing: $0[..<0]) : $0, firstIndex: 0))
      }
    }
    return ladder.ladders(pe: nil, state.map { [$0] } ?? [])[0]
  }

  @Test("Attempts to inject are counted; whether they led to a delivery is not said")
  func attempts() throws {
    let (ladder, engine) = try replayed("../kvm-one-second/ftrace.txt.zst", intid: 27)
    let timer = try #require(ladder.ladders(pe: nil, engine.guestInterrupts(domain: 1, intid: 27)).first)
    #expect(timer.rungs.first?.text.contains("attempts to inject it") == true)
    let inject = { (level: Bool) in
      Event(time: 10, kind: .inject, pe: PE.none, a: 41, b: level ? 1 : 0)
    }
    let found = conclusion([inject(true), inject(false), inject(true)])
    #expect(found.firstBroken == nil)
    #expect(
      found.conclusion
        == "SPI 41 for its vCPU: 3 attempts to inject it, 2 of which raise it; whether it was delivered is not shown.")
  }

  @Test("An interrupt waits for its vCPU's entry only where none is shown after it was raised")
  func entry() {
    var state = GuestInterruptState(intid: 41, rule: .shown)
    let events = [Event(time: 9, kind: .guestExit, pe: 2), Event(time: 10, kind: .marker)]
    #expect(conclusion(events, state).conclusion == "SPI 41 was raised; which vCPU it goes to is not known.")
    #expect(conclusion(events, state).firstBroken == nil)
    state.target = 2
    #expect(conclusion(events, state).conclusion == "SPI 41 waits for vCPU 2 to enter its guest.")
    let entered = events + [Event(time: 11, kind: .guestEnter, pe: 2)]
    #expect(
      conclusion(entered, state).conclusion == "SPI 41 was raised; no event shows that vCPU 2 was given it.")
    #expect(conclusion(entered, state).firstBroken == nil)
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
