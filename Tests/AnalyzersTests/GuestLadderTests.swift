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
