import Foundation
import InterruptTrace
import Testing
import TraceImporters

@testable import Replay

@Suite("Numbers of events")
struct EventNumberTests {
  /// Captures of ITSes, whose commands take two records.
  private static let captures = ["its-and-preemption/trace.log.xz", "gicv4/trace.log.zst"]

  private static func path(_ name: String) -> String { GoldenCapture.folder.appending(path: name).path }

  @Test("Continuation records are no events: numbers have no holes", arguments: captures)
  func dense(capture: String) throws {
    let engine = ReplayEngine(source: try openTrace(paths: [Self.path(capture)]))
    var (next, records): (UInt64, UInt64) = (0, 0)
    try engine.run { batch in
      #expect(batch.firstIndex == next)
      #expect(batch.events.first?.kind != .continuation)
      next += UInt64(batch.events.count { $0.kind != .continuation })
      records += UInt64(batch.events.count)
      #expect(batch.transitions.allSatisfy { $0.event >= batch.firstIndex && $0.event < next })
    }
    #expect(engine.events == next)
    #expect(records > next)
  }

  @Test("A transition has the number of the event that it followed from", arguments: captures)
  func transitions(capture: String) throws {
    let timeline = try ReplayTimeline(source: try openTrace(paths: [Self.path(capture)]))
    let engine = ReplayEngine(source: try openTrace(paths: [Self.path(capture)]))
    var commands = 0
    try engine.run { batch in
      for t in batch.transitions where t.kind == .mapping {
        commands += 1
        #expect(timeline.group(at: t.event).first?.kind == .itsCommand)
        #expect(timeline.group(at: t.event).count == 2)
      }
    }
    #expect(commands > 4)
    #expect(timeline.count == engine.events)
    #expect(timeline.group(at: timeline.count).isEmpty)
  }

  @Test("A window by numbers begins and ends with these events", arguments: captures)
  func window(capture: String) throws {
    var options = ReplayOptions()
    options.window = ReplayWindow(from: .event(101), to: .event(3000))
    let engine = ReplayEngine(source: try openTrace(paths: [Self.path(capture)]), options: options)
    let timeline = try ReplayTimeline(source: try openTrace(paths: [Self.path(capture)]))
    var records: [Event] = []
    try engine.run { records += Array($0.events) }
    #expect(records == Array(timeline.events(101..<3001)))
  }
}
