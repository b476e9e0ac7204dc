import Foundation
import GICModel
import InterruptTrace
import LPIStore
import TraceImporters
import Testing

@testable import Replay

@Suite("Timeline")
struct TimelineTests {
  private static let captures = [
    "its-and-preemption/trace.log.xz", "gicv2-ipi-qemu10/trace.log", "random-gicv3-qemu10/trace.log.xz",
    "two-security-states/trace.log.zst",
  ]

  private static func path(_ name: String) -> String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Traces").appendingPathComponent(name).path
  }

  private func timeline(_ name: String, options: ReplayOptions = ReplayOptions()) throws -> ReplayTimeline {
    try ReplayTimeline(source: try openTrace(paths: [Self.path(name)]), options: options, interval: 1000)
  }

  @Test("A move to any place gives the state that straight replay has there", arguments: captures)
  func seek(name: String) throws {
    let timeline = try timeline(name)
    var random = SystemRandomNumberGenerator()
    for _ in 0..<5 {
      let index = timeline.record(of: UInt64.random(in: 0..<timeline.count, using: &random))
      timeline.move(to: index)
      let engine = ReplayEngine(source: try openTrace(paths: [Self.path(name)]))
      try engine.run(until: .event(index))
      #expect(timeline.controller.state() == engine.controller.state(), "event #\(index)")
      #expect(timeline.position == engine.events)
    }
  }

  @Test(
    "A move gives each guest's state, and what follows there, as straight replay does",
    arguments: [
      "kvm-one-second/ftrace.txt.zst", "kvm-cases/ipi-send-cpu-inside.txt.zst", "kvm-cases/shown-fills-inside.txt.zst",
    ])
  func guests(name: String) throws {
    let timeline = try ReplayTimeline(source: try openTrace(paths: [Self.path(name)]), interval: 100)
    #expect(timeline.checkpointCount > 1 || timeline.count < 100)
    for step in [9, 3, 7, 1, 5, 10] as [UInt64] {
      let index = timeline.record(of: timeline.count * step / 10)
      let transitions = timeline.transitions(of: index)
      let engine = ReplayEngine(source: try openTrace(paths: [Self.path(name)]))
      var followed: [Transition] = []
      try engine.run(until: .event(index)) { followed = $0.transitions.filter { $0.event == index } }
      #expect(transitions.map { "\($0)" } == followed.map { "\($0)" })
      for domain in timeline.guests {
        #expect(timeline.guestState(domain: domain) == engine.guestState(domain: domain), "event #\(index)")
      }
    }
    #expect(!timeline.guests.isEmpty)
  }

  @Test("A copy of a controller goes on as the original does, and neither changes the other", arguments: captures)
  func copy(name: String) throws {
    let timeline = try timeline(name)
    let middle = timeline.count / 2
    for store in [nil, LPIStoreKind(ReferenceLPIStore.self)] {
      var options = ControllerOptions()
      options.lpiStore = store
      var original = Controller(topology: try openTrace(paths: [Self.path(name)]).topology, options: options)
      var first = TransitionBuffer()
      var second = TransitionBuffer()
      original.apply(timeline.events(0..<middle), firstIndex: 0, into: &first)
      var copy = original.copy()
      let before = copy.state()
      let rest = timeline.events(middle..<timeline.count)
      first.removeAll()
      original.apply(rest, firstIndex: middle, into: &first)
      #expect(copy.state() == before)
      copy.apply(rest, firstIndex: middle, into: &second)
      #expect(copy.state() == original.state())
      #expect(copy.predictions == original.predictions)
      #expect(UnsafeRawBufferPointer(first.transitions).elementsEqual(UnsafeRawBufferPointer(second.transitions)))
      #expect(copy.checkInvariants() == nil)
    }
  }

  @Test("Steps forward and back by acknowledges visit the same events")
  func acknowledges() throws {
    let timeline = try timeline("its-and-preemption/trace.log.xz")
    var expected: [UInt64] = []
    let engine = ReplayEngine(source: try openTrace(paths: [Self.path("its-and-preemption/trace.log.xz")]))
    try engine.run { batch in
      for transition in batch.transitions where transition.kind == .acknowledged { expected.append(transition.event) }
    }
    var forward: [UInt64] = []
    var place: UInt64 = 0
    while let next = timeline.next(after: place, { $0.kind == .acknowledged }) {
      forward.append(next)
      place = next
    }
    #expect(forward == expected)
    var back: [UInt64] = [place]
    while let previous = timeline.previous(before: place, { $0.kind == .acknowledged }) {
      back.append(previous)
      place = previous
    }
    #expect(back.reversed() == expected)
  }

  @Test("What followed from an event is what straight replay says")
  func transitions() throws {
    let timeline = try timeline("gicv2-ipi-qemu10/trace.log")
    var expected: [UInt64: Int] = [:]
    let engine = ReplayEngine(source: try openTrace(paths: [Self.path("gicv2-ipi-qemu10/trace.log")]))
    try engine.run { batch in for transition in batch.transitions { expected[transition.event, default: 0] += 1 } }
    for index in stride(from: timeline.count, to: 0, by: -37) {
      let found = timeline.transitions(of: index - 1)
      #expect(found.filter { $0.event == index - 1 }.count == expected[index - 1] ?? 0)
    }
  }

  @Test("The event at a time is the last that is not later")
  func times() throws {
    let events = (0..<1000).map { Event(time: UInt64($0 / 3) * 10, kind: .softirqEnter) }
    let timeline = try ReplayTimeline(source: EventArraySource(events))
    #expect(timeline.event(at: 0) == 2)
    #expect(timeline.event(at: 9) == 2)
    #expect(timeline.event(at: 10) == 5)
    #expect(timeline.event(at: .max) == 999)
  }

  @Test("A capture without events is a timeline of nothing")
  func empty() throws {
    let timeline = try ReplayTimeline(source: EventArraySource([]))
    timeline.move(to: 17)
    #expect(timeline.count == 0 && timeline.position == 0)
    #expect(timeline.event(at: 5) == nil)
    #expect(timeline.next(after: 0) { _ in true } == nil && timeline.previous(before: 0) { _ in true } == nil)
  }

  @Test("However long the capture, the copies that are kept are limited")
  func bounded() throws {
    let events = (0..<60_000).map { Event(time: UInt64($0), kind: .softirqEnter) }
    let timeline = try ReplayTimeline(source: EventArraySource(events, batchLimit: 100), interval: 100)
    #expect(timeline.checkpointCount <= ReplayTimeline.checkpointLimit + 1)
    timeline.move(to: 59_999)
    #expect(timeline.position == 60_000)
  }

  @Test("A directory that takes no file is named, with a remedy")
  func directory() throws {
    #expect {
      _ = try ReplayTimeline(source: EventArraySource([]), directory: "/nonexistent")
    } throws: { error in
      guard case TraceError.unreadable(let path, let reason)? = error as? TraceError else { return false }
      return path == "/nonexistent" && reason.contains("TMPDIR")
    }
  }
}
