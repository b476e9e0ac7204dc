import CLZ4
import Testing

@testable import InterruptTrace

/// The bytes of the file, written out: what other programs rely on.
@Suite struct NativeLayoutTests {
  @Test func `The pcap header is nanosecond, little-endian, USER0`() {
    #expect(
      NativeFormat.header == little(0xA1B2_3C4D as UInt32) + [2, 0, 4, 0] + [UInt8](repeating: 0, count: 8)
        + little(262_144 as UInt32) + little(147 as UInt32)
    )
  }

  @Test func `A record is 40 bytes, its payload the event's fields`() throws {
    var topology = Topology()
    topology.set(.epoch, to: 3_000_000_005, source: .deviceTree)
    let event = Event(
      time: 1_999_999_999, kind: .mmioWrite, flags: [.secure, .securityShown], domain: 0x1234, pe: 0x89AB_CDEF,
      a: 0x0102_0304_0506_0708, b: 0xF1F2_F3F4_F5F6_F7F8)
    let bytes = try SampleTrace.file([event], topology: topology, compression: .none).bytes
    let topologyTime = little(3 as UInt32) + little(5 as UInt32)
    let lengths = little(24 as UInt32) + little(24 as UInt32)
    // Kind 225, flags the source, domain 0, PE none; key and index, value.
    let version =
      topologyTime + lengths + [225, 3, 0, 0, 255, 255, 255, 255] + little(1 as UInt64) + little(1 << 16 as UInt64)
    let epoch =
      topologyTime + lengths + [225, 2, 0, 0, 255, 255, 255, 255] + little(2 as UInt64)
      + little(3_000_000_005 as UInt64)
    let record =
      little(5 as UInt32) + little(4 as UInt32) + lengths + [2, 0x0C, 0x34, 0x12, 0xEF, 0xCD, 0xAB, 0x89]
      + little(event.a) + little(event.b)
    #expect(bytes == NativeFormat.header + version + epoch + record)
  }

  @Test func `An event in memory is its time and the payload's bytes`() {
    // The decoder's hot loop moves the payload as it is.
    #expect(MemoryLayout<Event>.size == 32 && MemoryLayout<Event>.stride == 32)
    #expect(MemoryLayout<Event>.offset(of: \.time) == 0)
    #expect(MemoryLayout<Event>.offset(of: \.kind) == 8)
    #expect(MemoryLayout<Event>.offset(of: \.flags) == 9)
    #expect(MemoryLayout<Event>.offset(of: \.domain) == 10)
    #expect(MemoryLayout<Event>.offset(of: \.pe) == 12)
    #expect(MemoryLayout<Event>.offset(of: \.a) == 16)
    #expect(MemoryLayout<Event>.offset(of: \.b) == 24)
  }

  @Test func `The file is one LZ4 frame of full independent blocks with both checksums and nothing after it`() throws {
    let bytes = try SampleTrace.file(SampleTrace.events(30_000)).bytes
    let header = try bytes.withUnsafeBytes { try LZ4FrameHeader($0) }
    #expect(header.hasIndependentBlocks && header.hasBlockChecksums && header.hasContentChecksum)
    #expect(header.blockSize == 256 << 10)
    #expect(header.contentSize == nil)
    var at = header.length
    var sizes: [Int] = []
    var block = [CChar](repeating: 0, count: header.blockSize)
    while case let word = bytes.withUnsafeBytes({ $0.loadLittle(UInt32.self, at) }), word != 0 {
      let size = Int(word & 0x7FFF_FFFF)
      sizes.append(
        bytes.withUnsafeBytes {
          Int(LZ4_decompress_safe($0.baseAddress! + at + 4, &block, Int32(size), Int32(block.count)))
        }
      )
      at += 4 + size + 4
    }
    #expect(at + 8 == bytes.count)
    #expect(sizes.dropLast().allSatisfy { $0 == 256 << 10 })
    #expect(sizes.reduce(0, +) == 24 + 40 * 30_007)
  }
}
