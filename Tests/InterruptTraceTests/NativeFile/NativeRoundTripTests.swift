import Glibc
import Testing

@testable import InterruptTrace

@Suite struct NativeRoundTripTests {
  /// Around one block, and across several: 6553 records fill the first block exactly.
  static let counts = [0, 1, 6552, 6553, 6554, 13_100, 40_000]

  @Test(arguments: counts)
  func `What is written is what is read`(count: Int) throws {
    let events = SampleTrace.events(count)
    for compression in [NativeTraceWriter.Compression.lz4(), .lz4(level: 9), .none] {
      let file = try SampleTrace.file(events, compression: compression)
      let reader = try NativeTraceReader(path: file.path, verification: .all)
      #expect(reader.topology.entry(.formatVersion)?.value == NativeFormat.version)
      for entry in SampleTrace.topology.entries {
        #expect(reader.topology.entry(entry.key, index: entry.index, domain: entry.domain) == entry)
      }
      #expect(try SampleTrace.readAll(reader) == events)
      #expect(reader.statistics.records == UInt64(events.count + SampleTrace.topology.entries.count + 1))
      #expect(reader.statistics.bytesRead == reader.statistics.bytesTotal)
      #expect(reader.statistics.damage == nil)
      #expect(reader.statistics.problems.isEmpty)
    }
  }

  @Test(arguments: [1, 7, 4096])
  func `The size of a batch does not matter`(capacity: Int) throws {
    let events = SampleTrace.events(10_000)
    let file = try SampleTrace.file(events)
    #expect(try SampleTrace.readAll(NativeTraceReader(path: file.path), batchCapacity: capacity) == events)
  }

  @Test func `Appending one by one or many at a time gives the same file`() throws {
    let events = SampleTrace.events(20_000)
    let single = try SampleTrace.file(events)
    let many = ScratchFile()
    let writer = try NativeTraceWriter(path: many.path, topology: SampleTrace.topology)
    try events.withUnsafeBufferPointer { try writer.append(contentsOf: $0) }
    try writer.finish()
    #expect(many.bytes == single.bytes)
  }

  @Test(arguments: Compressor.allCases)
  func `The layout is read whatever compressed it`(compressor: Compressor) throws {
    let events = SampleTrace.events(20_000)
    let plain = try SampleTrace.file(events, compression: .none)
    let file = ScratchFile(compressor(plain.bytes))
    let reader = try NativeTraceReader(path: file.path)
    #expect(reader.format == TraceFormat(name: "native", compression: compressor.rawValue))
    #expect(try SampleTrace.readAll(reader) == events)
  }

  @Test func `A time that pcap cannot hold becomes the last that it can`() throws {
    let file = try SampleTrace.file([Event(time: .max, kind: .gap)])
    let last = (UInt64(UInt32.max) * 1_000_000_000 + 999_999_999) - SampleTrace.epoch
    #expect(try SampleTrace.readAll(NativeTraceReader(path: file.path)).map(\.time) == [last])
  }

  @Test func `Without an epoch times count from 1970`() throws {
    let file = try SampleTrace.file([Event(time: 17, kind: .gap)], topology: Topology())
    let reader = try NativeTraceReader(path: file.path)
    #expect(reader.topology[.epoch] == 0)
    #expect(try SampleTrace.readAll(reader).map(\.time) == [17])
  }

  @Test func `The benchmark's numbers are of the whole file`() throws {
    let file = try SampleTrace.file(SampleTrace.events(20_000))
    let result = try NativeBenchmark(path: file.path)
    #expect(result.records == 20_007)
    #expect(result.decompressedBytes == 24 + 40 * 20_007)
    #expect(result.decompressSeconds > 0)
  }
}
