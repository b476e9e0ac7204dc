import Analyzers
import Foundation
import InterruptTrace
import Replay
import Reports
import Testing
import TraceImporters

@testable import TimeTravel

@Suite("Time travel")
struct TimeTravellerTests {
  private func traveller(_ source: sending any EventSource) throws -> TimeTraveller {
    try TimeTraveller(source: source, path: "a.log", directory: NSTemporaryDirectory(), registerName: { _, _ in nil })
  }

  /// A bundled capture of a bare-metal program.
  private func bundled() throws -> TimeTraveller { try traveller(try openTrace(paths: [Self.path])) }

  private static let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Traces/gicv2-ipi-qemu10/trace.log").path

  @Test("The overview names the capture, what can be looked for, and every acknowledge in the density")
  func overview() async throws {
    let overview = try bundled().overview
    #expect(overview["trace"]?["path"] == "a.log")
    guard case .list(let searches)? = overview["searches"], case .list(let counts)? = overview["density"]?["counts"]
    else {
      Issue.record("no searches or density")
      return
    }
    #expect(searches.contains("acknowledge"))
    let sum = counts.reduce(UInt64(0)) { if case .number(let n) = $1 { $0 + n } else { $0 } }
    #expect(sum > 0)
  }

  @Test("A moment has the event, what followed, what changed and the state")
  func moment() async throws {
    let traveller = try bundled()
    let search = try #require(Search("acknowledge"))
    let acknowledge = try #require(await traveller.find(search, from: 0, forward: true))
    let moment = await traveller.moment(at: acknowledge)
    #expect(moment["event"] == .number(acknowledge))
    guard case .list(let transitions)? = moment["transitions"], case .list(let changes)? = moment["changes"] else {
      Issue.record("no transitions or changes")
      return
    }
    #expect(transitions.contains { $0["kind"] == "acknowledged" })
    #expect(
      changes.contains {
        if case .text(let path)? = $0["path"] { path.contains("active") || path.contains("state") } else { false }
      }
    )
    #expect(moment["state"]?["distributor"] != nil)
  }

  @Test("Steps go from record to record and end at both ends")
  func steps() async throws {
    let traveller = try bundled()
    #expect(await traveller.step(from: 0, forward: false) == nil)
    let end = try #require(await traveller.event(at: "end"))
    #expect(await traveller.step(from: end, forward: true) == nil)
    var (place, steps): (UInt64, Int) = (0, 0)
    while steps < 200, let next = await traveller.step(from: place, forward: true) {
      #expect(await traveller.step(from: next, forward: false) == place)
      place = next
      steps += 1
    }
    #expect(steps > 100)
  }

  @Test("Places are event numbers, times and the end; anything else is none")
  func places() async throws {
    let traveller = try bundled()
    #expect(await traveller.event(at: "#5") != nil)
    #expect(await traveller.event(at: "0s") != nil)
    #expect(await traveller.event(at: "yesterday") == nil)
    #expect(await traveller.event(at: "#99999999") == traveller.event(at: "end"))
  }

  @Test("A search is limited to an interrupt and a PE")
  func searches() async throws {
    let traveller = try bundled()
    #expect(Search("nonsense") == nil)
    let none = try #require(Search("acknowledge", intid: 999))
    #expect(await traveller.find(none, from: 0, forward: true) == nil)
    #expect(await traveller.find(none, from: 500, forward: false) == nil)
  }

  @Test("Why, at events in any order, is what following the capture from its start says", arguments: [nil, 0, 1])
  func why(pe: UInt32?) async throws {
    let traveller = try bundled()
    let end = try #require(await traveller.event(at: "end"))
    for place in [end, end / 3, 5, end / 3 + 1, end / 2] {
      let engine = ReplayEngine(source: try openTrace(paths: [Self.path]))
      let follower = InterruptFollower()
      try engine.run(until: .event(place), follower.consume)
      for intid in [0, 1, 27, 33] as [UInt32] {
        let expected = follower.ladders(intid: intid, pe: pe, peCount: engine.topology.peCount)
        #expect(await traveller.why(intid, pe: pe, at: place) == expected, "INTID \(intid) at #\(place)")
      }
    }
  }

  @Test("A moment says what is different from another one, earlier or later")
  func since() async throws {
    let traveller = try bundled()
    let end = try #require(await traveller.event(at: "end"))
    let there = await traveller.moment(at: end, since: 3)
    let back = await traveller.moment(at: 3, since: end)
    guard case .list(let forward)? = there["differences"], case .list(let backward)? = back["differences"] else {
      Issue.record("no differences")
      return
    }
    #expect(there["since"] == .number(3) && !forward.isEmpty && forward.count == backward.count)
    #expect(forward.first?["before"] == backward.first { $0["path"] == forward.first?["path"] }?["after"])
    #expect((await traveller.moment(at: 3))["since"] == .unknown)
  }

  @Test("A capture without events has no moments")
  func empty() async throws {
    let traveller = try traveller(EventArraySource([]))
    #expect(await traveller.moment(at: 3) == .unknown)
    #expect(await traveller.event(at: "end") == nil)
    #expect(await traveller.why(27, pe: nil, at: 0).isEmpty)
  }

  private func kernelTrace(_ name: String) throws -> TimeTraveller {
    let path = URL(fileURLWithPath: Self.path).deletingLastPathComponent().appendingPathComponent("../\(name)").path
    return try traveller(try openTrace(paths: [path]))
  }

  @Test("A hypervisor's trace shows its guests, and why an interrupt of one was delivered")
  func guests() async throws {
    let traveller = try kernelTrace("kvm-one-second/ftrace.txt.zst")
    let end = try #require(await traveller.event(at: "end"))
    let moment = await traveller.moment(at: end, since: 0)
    #expect(moment["state"]?["distributor"] == nil)
    guard case .list(let guests)? = moment["state"]?["guests"], case .list(let differences)? = moment["differences"]
    else {
      Issue.record("no guests")
      return
    }
    #expect(guests.first?["guest"] == .number(1) && guests.first?["vcpus"] != nil)
    #expect(!differences.isEmpty)
    let ladders = await traveller.why(27, pe: 0, domain: 1, at: end)
    #expect(ladders.count == 1 && ladders[0].domain == 1 && ladders[0].rungs[0].text.contains("attempts to inject it"))
  }

  @Test("What a traced kernel's CPUs run is what was entered and not left")
  func running() async throws {
    func event(_ kind: EventKind, _ a: UInt64, pe: UInt32 = 0) -> Event { Event(time: 10, kind: kind, pe: pe, a: a) }
    let events = [
      event(.schedSwitch, 0), event(.softirqEnter, 3), event(.handlerEnter, 24), event(.handlerExit, 24),
      event(.handlerEnter, 25), event(.ipiEnter, 1, pe: 1), event(.handlerExit, 25), event(.softirqExit, 3),
      event(.handlerEnter, 24), event(.handlerEnter, 24),
    ]
    let traveller = try traveller(EventArraySource(events, topology: Topology()))
    func running(_ index: UInt64) async -> [[String]] {
      guard case .list(let cpus)? = await traveller.moment(at: index)["running"] else { return [] }
      return cpus.map { cpu in
        guard case .list(let frames)? = cpu["running"] else { return [] }
        return frames.map { if case .text(let what)? = $0["what"] { what } else { "" } }
      }
    }
    #expect(await running(0) == [[]])
    #expect(await running(2) == [["softirq NET_RX", "irq 24"]])
    #expect(await running(3) == [["softirq NET_RX"]])
    #expect(await running(5) == [["softirq NET_RX", "irq 25"], ["IPI \(IPIReason(rawValue: 1).name ?? "")"]])
    #expect(await running(7).first == [])
    // The exit of the first is missing: only the second can be running.
    #expect(await running(9).first == ["irq 24"])
  }
}
