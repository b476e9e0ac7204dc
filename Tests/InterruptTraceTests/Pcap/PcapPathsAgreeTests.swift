import CPcap
import Glibc
import Testing

@testable import InterruptTrace

@Suite struct PcapPathsAgreeTests {
  @Test func `The fast path and libpcap read the same records`() throws {
    let events = SampleTrace.events(50_000)
    for compression in [NativeTraceWriter.Compression.lz4(), .none] {
      let file = try SampleTrace.file(events, compression: compression)
      let fast = try openPcap(path: file.path)
      let slow = try PcapTraceReader(path: file.path)
      #expect(fast is NativeTraceReader)
      #expect(fast.topology == slow.topology)
      let fastEvents = try SampleTrace.readAll(fast)
      let slowEvents = try SampleTrace.readAll(slow)
      #expect(fastEvents == events)
      #expect(slowEvents == events)
      #expect(fast.statistics.records == slow.statistics.records)
      #expect(slow.format == TraceFormat(name: "pcap", compression: fast.format.compression))
    }
  }

  @Test func `They agree on seconds and nanoseconds that use all 32 bits`() throws {
    let file = try SampleTrace.file([Event(time: 5, kind: .gap)], compression: .none)
    var bytes = file.bytes
    bytes.replaceSubrange((bytes.count - 40)..<(bytes.count - 32), with: [UInt8](repeating: 0xFF, count: 8))
    file.bytes = bytes
    let fast = try SampleTrace.readAll(NativeTraceReader(path: file.path))
    let slow = try SampleTrace.readAll(PcapTraceReader(path: file.path))
    #expect(fast == slow)
    #expect(fast.map(\.time) == [UInt64(UInt32.max) * 1_000_000_001 - SampleTrace.epoch])
  }

  @Test func `They agree on damaged files too`() throws {
    let file = try SampleTrace.file(SampleTrace.events(30), compression: .none)
    let whole = file.bytes
    for step in 0..<whole.count * 2 {
      var bytes = whole
      if step < whole.count { bytes.removeLast(step) } else { bytes[step - whole.count] ^= 0x41 }
      file.bytes = bytes
      let fast = Result { try NativeTraceReader(path: file.path) }
      let slow = Result { try PcapTraceReader(path: file.path) }
      guard case .success(let fast) = fast, case .success(let slow) = slow else { continue }
      #expect(fast.topology == slow.topology)
      #expect(try SampleTrace.readAll(fast, batchCapacity: 64) == SampleTrace.readAll(slow, batchCapacity: 64))
      #expect((fast.statistics.damage == nil) == (slow.statistics.damage == nil))
      #expect(fast.statistics.skipped == slow.statistics.skipped)
      #expect(fast.statistics.problems.map(\.kind) == slow.statistics.problems.map(\.kind))
    }
  }
}

@Suite struct PcapDialectTests {
  /// A pcap with packets of 1, 2, 3 … bytes, one per half second.
  private func pcap(magic: UInt32, linkType: UInt32, swapped: Bool, count: Int, fraction: UInt32) -> [UInt8] {
    func word(_ value: UInt32) -> [UInt8] { swapped ? big(value) : little(value) }
    func half(_ value: UInt16) -> [UInt8] { swapped ? big(value) : little(value) }
    var bytes = word(magic) + half(2) + half(4) + word(0) + word(0) + word(65535) + word(linkType)
    for i in 0..<count {
      let length = UInt32(i + 1)
      bytes += word(1000 + UInt32(i) / 2) + word(i % 2 == 0 ? 0 : fraction) + word(length) + word(length + 100)
      bytes += [UInt8](repeating: 0x55, count: Int(length))
    }
    return bytes
  }

  @Test func `Packets of any pcap dialect become events with time and length`() throws {
    for swapped in [false, true] {
      for (magic, fraction) in [(0xA1B2_C3D4, 500_000), (0xA1B2_3C4D, 500_000_000)] as [(UInt32, UInt32)] {
        let bytes = pcap(magic: magic, linkType: 1, swapped: swapped, count: 5, fraction: fraction)
        for content in [bytes, Compressor.gzip(bytes), Compressor.zstd(bytes)] {
          let file = ScratchFile(content)
          let source = try openPcap(path: file.path)
          #expect(source.format.name == "pcap")
          #expect(source.topology[.epoch] == 1000 * 1_000_000_000)
          let events = try SampleTrace.readAll(source, batchCapacity: 2)
          #expect(events.map(\.kind) == Array(repeating: .packet, count: 5))
          #expect(events.map(\.time) == [0, 1, 2, 3, 4].map { $0 * 500_000_000 })
          #expect(events.map(\.a) == [101, 102, 103, 104, 105])
        }
      }
    }
  }

  @Test func `A byte-swapped or microsecond file of ours is read by libpcap`() throws {
    let payload: [UInt8] = [5, 0, 0, 0, 1, 0, 0, 0] + little(33 as UInt64) + little(1 as UInt64)
    var bytes =
      big(0xA1B2_C3D4 as UInt32) + [0, 2, 0, 4] + big(0 as UInt64) + big(65535 as UInt32) + big(147 as UInt32)
    bytes += big(7 as UInt32) + big(3 as UInt32) + big(24 as UInt32) + big(24 as UInt32) + payload
    let file = ScratchFile(bytes)
    let source = try openPcap(path: file.path)
    #expect(source is PcapTraceReader)
    #expect(try SampleTrace.readAll(source) == [Event(time: 0, kind: .lineLevel, pe: 1, a: 33, b: 1)])
    #expect(source.topology[.epoch] == 7_000_003_000)
  }

  /// A pcapng file with one interface (nanoseconds) and packets of a payload.
  private func pcapng(linkType: UInt16, payload: [UInt8], times: [UInt64]) -> [UInt8] {
    func block(_ type: UInt32, _ body: [UInt8]) -> [UInt8] {
      let padded = body + [UInt8](repeating: 0, count: -body.count & 3)
      let length = little(UInt32(padded.count + 12))
      return little(type) + length + padded + length
    }
    var bytes = block(0x0A0D_0D0A, little(0x1A2B_3C4D as UInt32) + [1, 0, 0, 0] + little(UInt64.max))
    bytes += block(
      1, little(linkType) + [0, 0] + little(262_144 as UInt32) + [9, 0, 1, 0, 9, 0, 0, 0] + [0, 0, 0, 0])
    for time in times {
      let lengths = little(UInt32(payload.count)) + little(UInt32(payload.count))
      let stamp = little(UInt32(time >> 32)) + little(UInt32(truncatingIfNeeded: time))
      bytes += block(6, little(0 as UInt32) + stamp + lengths + payload)
    }
    return bytes
  }

  @Test func `A pcapng of our records gives the same events`() throws {
    let payload: [UInt8] = [5, 0, 2, 0, 1, 0, 0, 0] + little(33 as UInt64) + little(1 as UInt64)
    let bytes = pcapng(linkType: 147, payload: payload, times: [1_700_000_000_000_000_005, 1_700_000_000_000_000_007])
    let file = ScratchFile(bytes)
    let source = try openPcap(path: file.path)
    #expect(source.format == TraceFormat(name: "pcapng"))
    let event = Event(time: 0, kind: .lineLevel, domain: 2, pe: 1, a: 33, b: 1)
    var later = event
    later.time = 2
    #expect(try SampleTrace.readAll(source) == [event, later])
  }

  @Test func `A pcapng of packets cut anywhere gives the packets before the cut`() throws {
    let bytes = pcapng(linkType: 1, payload: [UInt8](repeating: 1, count: 60), times: [5, 6, 7, 8])
    let file = ScratchFile()
    let start = bytes.count - 4 * 92
    for length in start..<bytes.count {
      file.bytes = Array(bytes[..<length])
      let source = try openPcap(path: file.path)
      #expect(try SampleTrace.readAll(source).count == (length - start) / 92)
      #expect((source.statistics.damage == nil) == ((length - start) % 92 == 0))
    }
  }

  @Test func `What is no pcap is refused with a reason`() throws {
    let file = ScratchFile(Array("not a pcap at all".utf8))
    #expect(throws: TraceError.unrecognised(path: file.path, reason: "unknown file format")) {
      try openPcap(path: file.path)
    }
    #expect(!PcapContent.recognises([]))
    #expect(PcapContent.recognises([0x0A, 0x0D, 0x0D, 0x0A]))
    #expect(PcapContent.recognises([0xA1, 0xB2, 0x3C, 0x4D, 9]))
  }
}
