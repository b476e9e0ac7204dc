import Testing

@testable import InterruptTrace

@Suite struct NativeTopologyTests {
  /// A bare file with these records, whose times are the epoch plus theirs.
  private func file(_ events: [Event], epoch: UInt64 = 0) -> ScratchFile {
    var bytes = NativeFormat.header
    for event in events {
      var record = [UInt8](repeating: 0, count: 40)
      record.withUnsafeMutableBytes { RecordCoding.write(event, epoch: epoch, to: $0.baseAddress!) }
      bytes += record
    }
    return ScratchFile(bytes)
  }

  private func entry(_ key: Topology.Key, _ value: UInt64) -> Event {
    Topology.Entry(key: key, source: .header, value: value).event
  }

  @Test(arguments: [(2 << 16, "2.0"), (7 << 16 | 3, "7.3")])
  func `A newer major version is refused`(version: UInt64, name: String) throws {
    let file = file([entry(.formatVersion, version), entry(.epoch, 0), Event(time: 1, kind: .gap)])
    #expect(throws: TraceError.tooNew(path: file.path, version: name)) { try openPcap(path: file.path) }
    #expect(throws: TraceError.tooNew(path: file.path, version: name)) { try PcapTraceReader(path: file.path) }
  }

  @Test func `A newer minor version is read`() throws {
    let file = file([entry(.formatVersion, 1 << 16 | 9), entry(.epoch, 0), Event(time: 1, kind: .gap)])
    #expect(try SampleTrace.readAll(openPcap(path: file.path)) == [Event(time: 1, kind: .gap)])
  }

  @Test func `Unknown kinds are skipped with their continuations, and counted`() throws {
    let unknown = EventKind(rawValue: 200)
    let command = [Event(time: 2, kind: .itsCommand, a: 1), Event(time: 2, kind: .continuation, a: 2)]
    let more = Event(time: 3, kind: .continuation, a: 3)
    let events =
      [entry(.epoch, 0), Event(time: 1, kind: unknown), more] + command + [Event(time: 3, kind: unknown), more, more]
      + command
    let file = file(events)
    for source in [try openPcap(path: file.path), try PcapTraceReader(path: file.path)] {
      #expect(try SampleTrace.readAll(source, batchCapacity: 3) == command + command)
      #expect(source.statistics.skipped == 5)
      #expect(source.statistics.records == 10)
      #expect(source.statistics.problems.isEmpty)
    }
  }

  @Test func `Topology after the first event is an event`() throws {
    let late = entry(.peCount, 8)
    let file = file([entry(.epoch, 0), Event(time: 1, kind: .gap), late])
    let reader = try NativeTraceReader(path: file.path)
    #expect(reader.topology[.peCount] == nil)
    #expect(try SampleTrace.readAll(reader) == [Event(time: 1, kind: .gap), late])
  }

  @Test func `Without an epoch record times count from the first event`() throws {
    let file = file([Event(time: 0, kind: .gap), Event(time: 5, kind: .gap)], epoch: 1_000_000_007)
    for source in [try openPcap(path: file.path), try PcapTraceReader(path: file.path)] {
      #expect(source.topology.entry(.epoch) == .init(key: .epoch, source: .inferred, value: 1_000_000_007))
      #expect(try SampleTrace.readAll(source).map(\.time) == [0, 5])
    }
  }

  @Test func `A record from before the epoch is a problem, and at time 0`() throws {
    let file = file([entry(.epoch, 100), Event(time: 150, kind: .gap), Event(time: 40, kind: .gap)])
    for source in [try openPcap(path: file.path), try PcapTraceReader(path: file.path)] {
      #expect(try SampleTrace.readAll(source).map(\.time) == [50, 0])
      #expect(source.statistics.problems.map(\.kind) == ["record from before the epoch"])
      #expect(source.statistics.problems.map(\.firstPosition) == ["record 3"])
    }
  }

  @Test func `A malformed topology record is a problem`() throws {
    var bad = entry(.peCount, 8)
    bad.flags = EventFlags(rawValue: 77)
    let file = file([entry(.epoch, 0), bad, entry(.peCount, 2)])
    let reader = try NativeTraceReader(path: file.path)
    #expect(reader.topology[.peCount] == 2)
    #expect(reader.statistics.problems.map(\.kind) == ["malformed topology record"])
  }

  @Test func `With strict the first problem stops reading`() throws {
    let file = file([entry(.epoch, 100), Event(time: 40, kind: .gap)])
    var batch = EventBatch()
    let source = try openPcap(path: file.path, strict: true)
    #expect(
      throws: TraceError.strict(
        path: file.path, position: "record 2", reason: "record from before the epoch: 40 ns is before 100 ns")
    ) { try source.read(into: &batch) }
  }
}
