import InterruptTrace
import Testing

@testable import Replay

/// Events at 10, 20, 30 … ns.
private func ticks(_ count: Int) -> [Event] {
  (0..<count).map { Event(time: UInt64($0 + 1) * 10, kind: .lineLevel, pe: 0, a: 32, b: UInt64($0 & 1)) }
}

/// What a consumer saw: the numbers of the events, and where batches begin.
private func replayed(
  _ events: [Event], options: ReplayOptions = ReplayOptions(), batchLimit: Int = .max, until stop: ReplayPosition = .end
) throws -> [UInt64] {
  let engine = ReplayEngine(source: EventArraySource(events, batchLimit: batchLimit), options: options)
  var seen: [UInt64] = []
  try engine.run(until: stop) { batch in
    var numbers = EventNumbering(firstIndex: batch.firstIndex)
    for event in batch.events {
      let number = numbers.take(event)
      if event.kind != .continuation { #expect(event == events[Int(number)]) }
      seen.append(number)
    }
  }
  return seen
}

@Suite("Replay engine")
struct ReplayEngineTests {
  @Test("Every event comes once and in order", arguments: [true, false], [1, 3, 7, 100])
  func everyEventOnce(threaded: Bool, batchLimit: Int) throws {
    var options = ReplayOptions()
    options.isThreaded = threaded
    #expect(try replayed(ticks(50), options: options, batchLimit: batchLimit) == Array(0..<50))
  }

  @Test("A record and its continuations are never split", arguments: 1...9)
  func groupsStayWhole(batchLimit: Int) throws {
    var events: [Event] = []
    for i in 0..<20 {
      let time = UInt64(i) * 10 + 10
      events.append(Event(time: time, kind: .itsCommand, a: UInt64(i)))
      events.append(Event(time: time, kind: .continuation))
      events.append(Event(time: time, kind: .marker, a: 40 << 16))
      for _ in 0..<(i % 4) { events.append(Event(time: time, kind: .continuation)) }
      if i % 3 == 0 { events.append(Event(time: time, kind: .lineLevel)) }
    }
    let engine = ReplayEngine(source: EventArraySource(events, batchLimit: batchLimit))
    var seen: [Event] = []
    try engine.run { batch in
      #expect(batch.events[0].kind != .continuation)
      seen += Array(batch.events)
    }
    #expect(seen == events)
  }

  @Test("Stray continuations without end are passed on in parts")
  func endlessContinuations() throws {
    let events = [Event(time: 1, kind: .marker)] + Array(repeating: Event(time: 1, kind: .continuation), count: 20_000)
    #expect(try replayed(events, batchLimit: 1000).count == events.count)
  }

  @Test("A window limits what is reported, by number, both ends included")
  func windowByNumber() throws {
    var options = ReplayOptions()
    options.window = ReplayWindow(from: .event(5), to: .event(7))
    #expect(try replayed(ticks(20), options: options, batchLimit: 3) == [5, 6, 7])
  }

  @Test("A window limits what is reported, by time, both ends included")
  func windowByTime() throws {
    var options = ReplayOptions()
    options.window = ReplayWindow(from: .time(55), to: .time(80))
    #expect(try replayed(ticks(20), options: options, batchLimit: 3) == [5, 6, 7])
  }

  @Test("An empty window reports nothing")
  func emptyWindow() throws {
    var options = ReplayOptions()
    options.window = ReplayWindow(from: .event(7), to: .event(5))
    #expect(try replayed(ticks(20), options: options) == [])
    options.window = ReplayWindow(from: .end)
    #expect(try replayed(ticks(20), options: options) == [])
  }

  @Test("What precedes a window can be delivered, marked as not reported")
  func unreportedBatches() throws {
    var options = ReplayOptions()
    options.window = ReplayWindow(from: .event(5), to: .event(7))
    options.deliversUnreported = true
    let engine = ReplayEngine(source: EventArraySource(ticks(20)), options: options)
    var parts: [(UInt64, Int, Bool)] = []
    try engine.run { parts.append(($0.firstIndex, $0.events.count, $0.isReported)) }
    #expect(parts.map(\.0) == [0, 5])
    #expect(parts.map(\.1) == [5, 3])
    #expect(parts.map(\.2) == [false, true])
  }

  @Test("A replay stops behind the named event and its continuations, and runs on", arguments: [true, false])
  func stopAndGoOn(threaded: Bool) throws {
    var events = ticks(10)
    events[4].kind = .itsCommand
    events[5] = Event(time: 50, kind: .continuation)
    var options = ReplayOptions()
    options.isThreaded = threaded
    let engine = ReplayEngine(source: EventArraySource(events), options: options)
    try engine.run(until: .event(4))
    #expect(engine.events == 5)
    #expect(!engine.isAtEnd)
    try engine.run(until: .time(75))
    #expect(engine.events == 6)
    try engine.run()
    #expect(engine.events == 9)
    #expect(engine.isAtEnd)
  }

  @Test("The span of time leaves out topology records")
  func spanOfTime() throws {
    let events = [Event(time: 0, kind: .topology)] + ticks(3) + [Event(time: 0, kind: .topology)]
    let engine = ReplayEngine(source: EventArraySource(events))
    try engine.run()
    #expect(engine.firstTime == 10)
    #expect(engine.lastTime == 30)
  }

  @Test("An error of the source comes after what was read before it", arguments: [true, false])
  func sourceErrorComesLast(threaded: Bool) throws {
    var options = ReplayOptions()
    options.isThreaded = threaded
    let engine = ReplayEngine(source: FailingSource(), options: options)
    var seen = 0
    #expect(throws: TraceError.unreadable(path: "x", reason: "broken")) {
      try engine.run { seen += $0.events.count }
    }
    #expect(seen == 30)
    #expect(engine.statistics.records == 30)
  }

  @Test("An error of the consumer ends the replay")
  func consumerErrorEnds() throws {
    struct Stop: Error {}
    let engine = ReplayEngine(source: EventArraySource(ticks(100), batchLimit: 1))
    #expect(throws: Stop.self) { try engine.run { _ in throw Stop() } }
    #expect(engine.events == 1)
  }

  @Test("The user's topology wins over the capture's")
  func userTopologyWins() {
    var source = Topology()
    source.set(.peCount, to: 4, source: .register)
    var options = ReplayOptions()
    options.topology.set(.peCount, to: 8, source: .user)
    let engine = ReplayEngine(source: EventArraySource([], topology: source), options: options)
    #expect(engine.topology.peCount == 8)
  }
}

/// Three batches of ten events, then an error.
private final class FailingSource: EventSource {
  let format = TraceFormat(name: "test")
  let topology = Topology()
  var statistics = ImportStatistics()

  func read(into batch: inout EventBatch) throws(TraceError) -> Int {
    if statistics.records == 30 { throw .unreadable(path: "x", reason: "broken") }
    for i in 0..<10 { batch.slots[i] = Event(time: UInt64(i), kind: .lineLevel) }
    batch.count = 10
    statistics.records += 10
    return 10
  }
}
