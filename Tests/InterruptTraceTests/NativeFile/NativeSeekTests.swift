import CLZ4
import Testing

@testable import InterruptTrace

@Suite struct NativeSeekTests {
  let events = SampleTrace.events(40_000)
  let leading = SampleTrace.topology.entries.count + 1

  /// The layouts that a seek may meet: ours, bare, and those of other tools that need reading from the start.
  private func files() throws -> [ScratchFile] {
    let plain = try SampleTrace.file(events, compression: .none)
    return [
      try SampleTrace.file(events), plain,
      ScratchFile(Compressor.lz4Frame(plain.bytes, linked: true)),
      ScratchFile(Compressor.lz4Frame(plain.bytes, blockSize: LZ4F_max256KB, blockChecksums: true)),
      ScratchFile(
        Compressor.lz4Frame(Array(plain.bytes[..<500_000]), blockSize: LZ4F_max256KB, blockChecksums: true)
          + Compressor.lz4Frame(Array(plain.bytes[500_000...]), blockSize: LZ4F_max256KB, blockChecksums: true)
      ),
    ]
  }

  private func head(_ index: Int) -> Int {
    var index = index
    while index > 0, events[index].kind == .continuation { index -= 1 }
    return index
  }

  @Test func `After a seek come the record and what follows it, never a continuation without its first`() throws {
    for file in try files() {
      let reader = try NativeTraceReader(path: file.path)
      #expect(reader.canSeek)
      #expect(reader.firstEventRecord == UInt64(leading))
      var batch = EventBatch(capacity: 100)
      for index in [20_000, 0, 39_999, 6545, 6546, 6547, 13_099, 13_100, 39_950, 1, 12_345] {
        let at = head(index)
        #expect(reader.seek(toRecord: UInt64(index + leading)) == UInt64(at + leading))
        let count = try reader.read(into: &batch)
        #expect(count == min(100, events.count - at))
        #expect(batch.firstIndex == UInt64(at))
        #expect(batch.events.elementsEqual(events[at..<at + count]))
      }
    }
  }

  @Test func `Reading goes on to the end after a seek`() throws {
    for file in try files() {
      let reader = try NativeTraceReader(path: file.path)
      let at = head(25_000)
      _ = reader.seek(toRecord: UInt64(25_000 + leading))
      var batch = EventBatch()
      var read: [Event] = []
      while try reader.read(into: &batch) > 0 { read += batch.events }
      #expect(read.elementsEqual(events[at...]))
      #expect(reader.statistics.damage == nil)
    }
  }

  @Test func `A record that is not there cannot be sought`() throws {
    for file in try files() {
      let reader = try NativeTraceReader(path: file.path)
      for number in [UInt64(events.count + leading), 1 << 40, .max] {
        #expect(reader.seek(toRecord: number) == nil)
        var batch = EventBatch()
        #expect(try reader.read(into: &batch) == 0)
      }
      #expect(reader.seek(toRecord: 0) == UInt64(leading))
    }
  }

  @Test func `A time is found by bisection`() throws {
    for file in try files() {
      let reader = try NativeTraceReader(path: file.path)
      let times = events.map(\.time)
      for time in [
        0, 1, times[5], times[6545], times[6546], times[6547], times[20_000], times[20_000] + 1, times.last!,
      ] {
        let expected = try #require(events.firstIndex { $0.time >= time && $0.kind != .continuation })
        #expect(reader.firstRecord(atOrAfter: time) == UInt64(expected + leading))
      }
      #expect(reader.firstRecord(atOrAfter: times.last! + 1) == nil)
    }
  }

  @Test func `What a general compressor wrote cannot be sought in`() throws {
    let file = ScratchFile(Compressor.zstd(try SampleTrace.file(events, compression: .none).bytes))
    let reader = try NativeTraceReader(path: file.path)
    #expect(!reader.canSeek)
    #expect(reader.seek(toRecord: 100) == nil)
    #expect(reader.firstRecord(atOrAfter: 0) == nil)
  }

  @Test func `A seek into records of uneven lengths still finds the record`() throws {
    let plain = try SampleTrace.file(events, compression: .none).bytes
    // One record of 64 bytes: everything behind it is a whole stride off, and looks right.
    let at = 24 + 40 * 100
    let odd = Array(plain[at..<at + 8]) + little(64 as UInt32) + little(64 as UInt32) + [UInt8](repeating: 0, count: 64)
    let file = ScratchFile(Array(plain[..<at]) + odd + Array(plain[at...]))
    let reader = try NativeTraceReader(path: file.path)
    _ = try SampleTrace.readAll(reader)
    let index = 20_000
    let record = UInt64(head(index) + leading + 1)
    #expect(reader.seek(toRecord: UInt64(index + leading + 1)) == record)
    var batch = EventBatch(capacity: 1)
    #expect(try reader.read(into: &batch) == 1)
    #expect(batch.events[0] == events[head(index)])
  }

  @Test func `A continuation without a first is left where it is`() throws {
    let orphans = (0..<5000).map { Event(time: UInt64($0), kind: .continuation) }
    let file = try SampleTrace.file(orphans)
    let reader = try NativeTraceReader(path: file.path)
    #expect(reader.seek(toRecord: 4900) == 4900)
  }

  @Test func `A continuation behind bytes that are no record is left where it is`() throws {
    var some = Array(events[..<300])
    for i in 140..<160 { some[i] = Event(time: some[139].time, kind: .continuation, a: UInt64(i)) }
    let file = try SampleTrace.file(some, compression: .none)
    var bytes = file.bytes
    // Far enough from where the search for the first record begins for it to look good there.
    let lost = 24 + 40 * (leading + 120)
    bytes.replaceSubrange(lost + 8..<lost + 16, with: [UInt8](repeating: 0xFF, count: 8))
    file.bytes = bytes
    let reader = try NativeTraceReader(path: file.path)
    #expect(reader.seek(toRecord: UInt64(leading + 150)) == UInt64(leading + 150))
    var batch = EventBatch(capacity: 10)
    #expect(try reader.read(into: &batch) == 10)
    #expect(batch.events.elementsEqual(some[150..<160]))
  }
}
