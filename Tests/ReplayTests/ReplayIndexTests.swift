import Foundation
import GICModel
import InterruptTrace
import TestSupport
import Testing
import TraceImporters

@testable import Replay

@Suite("Index of a capture")
struct ReplayIndexTests {
  /// Writes a capture in the native layout and its index, both removed afterwards.
  private func with(
    _ events: [Event], _ topology: Topology, key: String = "key",
    _ body: (_ capture: String, _ index: String) throws -> Void
  ) throws {
    try BuiltProgram.withDirectory { folder in
      let (capture, index) = (folder.appending(path: "a.pcap").path, folder.appending(path: "a.index").path)
      let writer = try NativeTraceWriter(path: capture, topology: topology, compression: .none)
      for event in events { try writer.append(event) }
      try writer.finish()
      let source = try NativeTraceReader(path: capture)
      // A checkpoint comes at the end of a batch.
      var options = ReplayOptions()
      options.batchCapacity = 100
      #expect(try ReplayIndex.write(to: index, key: key, of: source, options: options))
      try body(capture, index)
    }
  }

  private func events(of name: String) throws -> ([Event], Topology) {
    let source = try openTrace(paths: [StateArchiveTests.path(name)])
    var all: [Event] = []
    var batch = EventBatch(capacity: 1024)
    while try source.read(into: &batch) > 0 { all += Array(batch.events) }
    return (all, source.topology)
  }

  private func resumed(
    _ capture: String, _ index: ReplayIndex, _ checkpoint: ReplayCheckpoint, _ window: ReplayWindow = .init()
  ) throws -> ReplayEngine {
    let source = try NativeTraceReader(path: capture)
    #expect(source.resume(atRecord: checkpoint.records, isEnd: checkpoint.isEnd))
    var options = ReplayOptions()
    options.window = window
    let engine = ReplayEngine(source: source, options: options)
    #expect(engine.resume(from: checkpoint, in: index))
    return engine
  }

  @Test(
    "A replay from a checkpoint gives what straight replay gives",
    arguments: [
      "its-and-preemption/trace.log.xz", "gicv2-ipi-qemu10/trace.log", "kvm-one-second/ftrace.txt.zst",
    ])
  func same(name: String) throws {
    let (events, topology) = try events(of: name)
    let count = UInt64(events.count { $0.kind != .continuation })
    try with(events, topology) { capture, path in
      let index = try #require(ReplayIndex(path: path, key: "key"))
      #expect(index.checkpoints.count > 3)
      let middle = events[events.count / 2].time
      for place in [.event(0), .event(count / 3), .event(count - 1), .time(middle), .time(0), .end] as [ReplayPosition]
      {
        let straight = ReplayEngine(source: try NativeTraceReader(path: capture))
        try straight.run(until: place)
        guard let checkpoint = index.last(notBehind: place) else { continue }
        let engine = try resumed(capture, index, checkpoint)
        try engine.run(until: place)
        #expect(engine.events == straight.events && engine.firstTime == straight.firstTime, "\(place)")
        #expect(engine.lastTime == straight.lastTime && engine.topology == straight.topology)
        #expect(engine.controller.state() == straight.controller.state(), "\(place)")
        #expect(engine.guests.map { "\($0)" } == straight.guests.map { "\($0)" })
        #expect(engine.statistics.damage == nil && engine.statistics.problems.isEmpty)
      }
      let all = ReplayEngine(source: try NativeTraceReader(path: capture))
      try all.run()
      let end = try #require(index.checkpoints.last)
      let engine = try resumed(capture, index, end)
      try engine.run()
      #expect(engine.statistics.records == all.statistics.records && engine.events == all.events)
    }
  }

  /// What a replay reports, as bytes.
  private func reported(_ engine: ReplayEngine) throws -> (events: [UInt8], transitions: [UInt8]) {
    var (events, transitions) = ([UInt8](), [UInt8]())
    try engine.run { batch in
      events += UnsafeRawBufferPointer(batch.events)
      transitions += UnsafeRawBufferPointer(batch.transitions)
    }
    return (events, transitions)
  }

  @Test("A window that is reported from a checkpoint on has the events and predictions of straight replay")
  func window() throws {
    let (events, topology) = try events(of: "its-and-preemption/trace.log.xz")
    try with(events, topology) { capture, path in
      let index = try #require(ReplayIndex(path: path, key: "key"))
      for from in [.event(5000), .time(events[events.count - 100].time), .event(7)] as [ReplayPosition] {
        let window = ReplayWindow(from: from, to: .event(UInt64(events.count)))
        var options = ReplayOptions()
        options.window = window
        let straight = ReplayEngine(source: try NativeTraceReader(path: capture), options: options)
        let expected = try self.reported(straight)
        guard let checkpoint = index.last(before: from) else { continue }
        let engine = try resumed(capture, index, checkpoint, window)
        let found = try self.reported(engine)
        let isSame = found.events == expected.events && found.transitions == expected.transitions
        #expect(isSame, "from \(from)")
        #expect(engine.predictions == straight.predictions && engine.reportedEvents == straight.reportedEvents)
      }
    }
  }

  @Test("Where time stamps step back, a time is the first that straight replay comes to")
  func stepsBack() throws {
    let events = (0..<4000).map { Event(time: UInt64($0 % 1000) * 10 + UInt64($0 / 2000), kind: .softirqEnter) }
    try with(events, Topology()) { capture, path in
      let index = try #require(ReplayIndex(path: path, key: "key"))
      for time in [0, 5, 5000, 9990, 9991, 20_000] as [UInt64] {
        var options = ReplayOptions()
        options.window = ReplayWindow(from: .time(time))
        let straight = ReplayEngine(source: try NativeTraceReader(path: capture), options: options)
        try straight.run()
        let first = straight.events - straight.reportedEvents
        #expect(index.last(before: .time(time)).map { $0.events <= first } ?? true)
        let reached = ReplayEngine(source: try NativeTraceReader(path: capture))
        try reached.run(until: .time(time))
        #expect(index.last(notBehind: .time(time)).map { $0.events <= reached.events } ?? true)
      }
    }
  }

  @Test("An index of another key, damaged, or that others may write is none")
  func stale() throws {
    let events = (0..<1000).map { Event(time: UInt64($0), kind: .softirqEnter) }
    try with(events, Topology()) { _, path in
      func opens(_ key: String = "key") -> Bool {
        if let index = ReplayIndex(path: path, key: key) { return !index.checkpoints.isEmpty }
        return false
      }
      #expect(opens() && !opens("other key"))
      chmod(path, 0o666)
      #expect(!opens())
      chmod(path, 0o600)
      let whole = try Data(contentsOf: URL(filePath: path))
      for damage in [whole.dropLast(), whole.prefix(10), Data(), whole + Data([0])] {
        try damage.write(to: URL(filePath: path))
        #expect(!opens())
      }
      try whole.write(to: URL(filePath: path))
      #expect(opens())
    }
  }

  @Test("A damaged state is not gone on from")
  func damagedState() throws {
    let events = (0..<1000).map { Event(time: UInt64($0), kind: .softirqEnter) }
    try with(events, Topology()) { capture, path in
      var bytes = try Data(contentsOf: URL(filePath: path))
      let whole = try #require(ReplayIndex(path: path, key: "key"))
      let last = try #require(whole.checkpoints.last)
      bytes[Int(last.offset) + 5] ^= 1
      try bytes.write(to: URL(filePath: path))
      let index = try #require(ReplayIndex(path: path, key: "key"))
      #expect(!ReplayEngine(source: try NativeTraceReader(path: capture)).resume(from: last, in: index))
    }
  }

  @Test("A capture of which records are skipped has no index")
  func skipped() throws {
    try BuiltProgram.withDirectory { folder in
      let (capture, index) = (folder.appending(path: "a.pcap").path, folder.appending(path: "a.index").path)
      let writer = try NativeTraceWriter(path: capture, topology: Topology(), compression: .none)
      for number in 0..<100 {
        try writer.append(Event(time: UInt64(number), kind: number == 50 ? EventKind(rawValue: 250) : .softirqEnter))
      }
      try writer.finish()
      let source = try NativeTraceReader(path: capture)
      #expect(try !ReplayIndex.write(to: index, key: "key", of: source, options: ReplayOptions()))
      #expect(!FileManager.default.fileExists(atPath: index))
    }
  }
}
