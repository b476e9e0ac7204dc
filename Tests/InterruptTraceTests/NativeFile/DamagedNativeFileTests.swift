import Testing

@testable import InterruptTrace

@Suite struct DamagedNativeFileTests {
  /// Reads what there is; nil if the file is not recognised at all.
  private func read(_ file: ScratchFile) throws -> (events: [Event], statistics: ImportStatistics)? {
    do {
      let source = try openPcap(path: file.path)
      return (try SampleTrace.readAll(source, batchCapacity: 64), source.statistics)
    } catch let error as TraceError {
      guard case .unrecognised = error else { throw error }
      return nil
    }
  }

  @Test func `A bare file cut anywhere gives every whole record before the cut`() throws {
    let events = SampleTrace.events(40)
    let file = try SampleTrace.file(events, compression: .none)
    let whole = file.bytes
    let leading = whole.count / 40 - events.count
    for length in 40..<whole.count {
      file.bytes = Array(whole[..<length])
      let (read, statistics) = try #require(try read(file))
      let records = (length - 24) / 40
      #expect(read.elementsEqual(events.prefix(max(records - leading, 0))))
      if (length - 24) % 40 == 0 {
        #expect(statistics.damage == nil)
      } else {
        #expect(statistics.damage?.reason == "the file ends inside a record")
        #expect(statistics.damage?.position == "after record \(records), byte \(length) of the file")
      }
    }
  }

  @Test func `A compressed file cut anywhere gives a run of whole records and says where`() throws {
    let events = SampleTrace.events(200)
    let file = try SampleTrace.file(events)
    let whole = file.bytes
    var most = 0
    for length in 7..<whole.count {
      file.bytes = Array(whole[..<length])
      guard let (read, statistics) = try read(file) else { continue }
      #expect(events.starts(with: read))
      #expect(read.count >= most)
      most = read.count
      let damage = try #require(statistics.damage)
      #expect(damage.reason == "compressed data ends early")
      #expect(damage.position == "after record \(statistics.records), byte \(length) of the compressed file")
      // The data ends 12 bytes before the file does: checksum, end mark, content's checksum.
      if length >= whole.count - 12 { #expect(read == events) }
    }
  }

  @Test func `A file cut in its third block gives the blocks before and what is left of that one`() throws {
    let events = SampleTrace.events(30_000)
    let file = try SampleTrace.file(events)
    let whole = file.bytes
    let header = try whole.withUnsafeBytes { try LZ4FrameHeader($0) }
    var blocks = BlockIndex()
    let stored = try ByteInput.open(path: file.path).stored
    let third = Int(blocks.offset(ofBlock: 2, in: stored, header: header)!)
    let fourth = Int(blocks.offset(ofBlock: 3, in: stored, header: header)!)
    file.bytes = Array(whole[..<((third + fourth) / 2)])
    let (read, statistics) = try #require(try read(file))
    #expect(events.starts(with: read))
    // About half of the third block; its records are about equally compressible.
    #expect(abs(read.count - 6553 * 5 / 2) < 1000)
    #expect(statistics.damage != nil)
  }

  @Test func `A damaged block is not delivered, the blocks before it are`() throws {
    let events = SampleTrace.events(30_000)
    let file = try SampleTrace.file(events)
    var bytes = file.bytes
    bytes[bytes.count / 2] ^= 0x10
    file.bytes = bytes
    let (read, statistics) = try #require(try read(file))
    #expect(events.starts(with: read))
    #expect(statistics.records == ((2 * 256) << 10 - 24) / 40)
    #expect(statistics.damage?.reason == "LZ4: a block's checksum is wrong")
  }

  @Test func `A flipped bit is reported, or it is in the content's checksum that nothing needs`() throws {
    let events = SampleTrace.events(60)
    let file = try SampleTrace.file(events)
    let whole = file.bytes
    for bit in 0..<whole.count * 8 {
      var bytes = whole
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
      file.bytes = bytes
      guard let (read, statistics) = try read(file) else { continue }
      let isHarmless = bit / 8 >= whole.count - 4
      #expect(statistics.damage != nil || isHarmless, "bit \(bit) of \(whole.count * 8)")
      if isHarmless { #expect(read == events) }
    }
  }

  @Test func `A flipped bit of a bare file never crashes`() throws {
    let file = try SampleTrace.file(SampleTrace.events(20), compression: .none)
    let whole = file.bytes
    for bit in 0..<whole.count * 8 {
      var bytes = whole
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
      file.bytes = bytes
      do { _ = try read(file) } catch TraceError.tooNew {}
    }
  }

  @Test func `Records of other lengths are problems, the ones around them are read`() throws {
    let plain = try SampleTrace.file(SampleTrace.events(3), compression: .none).bytes
    let good = Array(plain[(plain.count - 40)...])
    let time = Array(good[..<8])
    for length in [0, 1, 8, 23, 25, 39, 40, 41, 64, 300, 262_144] {
      let odd = time + little(UInt32(length)) + little(UInt32(length)) + [UInt8](repeating: 7, count: length)
      for tail in 0..<3 {
        let bytes = plain + odd + odd + Array(repeating: good, count: tail).flatMap { $0 } + odd
        let file = ScratchFile(bytes)
        for source in [try openPcap(path: file.path), try PcapTraceReader(path: file.path)] {
          #expect(try SampleTrace.readAll(source).count == 3 + tail)
          #expect(source.statistics.problems.map(\.kind) == ["record of wrong length"])
          #expect(source.statistics.problems.map(\.count) == [3])
          #expect(source.statistics.damage == nil)
        }
      }
    }
  }

  @Test func `A length that no record has means that the place is lost`() throws {
    let plain = try SampleTrace.file(SampleTrace.events(3), compression: .none).bytes
    let file = ScratchFile(plain + [UInt8](repeating: 0xFF, count: 80))
    for source in [try openPcap(path: file.path), try PcapTraceReader(path: file.path)] {
      #expect(try SampleTrace.readAll(source).count == 3)
      #expect(source.statistics.damage != nil)
    }
  }
}
