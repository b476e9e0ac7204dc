import CLZ4
import Testing

@testable import InterruptTrace

@Suite struct DamagedInputTests {
  @Test(arguments: Compressor.allCases)
  func `A cut input gives a prefix of its content and says that it is cut`(compressor: Compressor) throws {
    let content = traceLikeBytes(3000)
    let whole = compressor(content)
    let file = ScratchFile()
    for length in Compression.magicLength..<whole.count {
      file.bytes = Array(whole[..<length])
      let input = try ByteInput.open(path: file.path)
      let read = readAll(input)
      #expect(content.starts(with: read))
      let damage = try #require(input.damage)
      #expect(damage.reason == DecodeFailure.endsEarly)
      #expect(damage.position == "byte \(length) of the compressed file")
    }
  }

  @Test(arguments: [false, true])
  func `A cut LZ4 block gives what its bytes still say`(linked: Bool) throws {
    let content = traceLikeBytes(150_000)
    let whole = Compressor.lz4Frame(content, linked: linked)
    let file = ScratchFile()
    var longest = 0
    for length in stride(from: 1000, to: whole.count - 4, by: 997) {
      file.bytes = Array(whole[..<length])
      let read = readAll(try ByteInput.open(path: file.path))
      #expect(content.starts(with: read))
      #expect(read.count >= longest)
      // No worse than the average over the block, generously.
      #expect(read.count > (length - 1000) * content.count / whole.count / 2)
      longest = read.count
    }
    #expect(longest > content.count - 3000)
  }

  @Test(arguments: Compressor.allCases)
  func `A flipped bit never crashes, and is reported or harmless`(compressor: Compressor) throws {
    let content = traceLikeBytes(600)
    let whole = compressor(content)
    let file = ScratchFile()
    for bit in 0..<whole.count * 8 {
      var bytes = whole
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
      file.bytes = bytes
      let input = try ByteInput.open(path: file.path)
      let read = readAll(input)
      // A damaged magic makes it a plain file; a gzip header holds bits that mean nothing.
      if input.compression == compressor.rawValue, input.damage == nil { #expect(read == content) }
    }
  }

  @Test(arguments: Compressor.allCases)
  func `Other bytes after the compressed data are reported`(compressor: Compressor) throws {
    let content = traceLikeBytes(3000)
    let file = ScratchFile(compressor(content) + Array("no frame at all".utf8))
    let input = try ByteInput.open(path: file.path)
    #expect(readAll(input) == content)
    // liblzma does not tell other bytes from a corrupt second stream.
    let expected = compressor == .xz ? "xz: compressed data is corrupt" : DecodeFailure.trailingBytes
    #expect(input.damage?.reason == expected)
  }

  @Test func `Zero padding after a gzip member is not damage`() throws {
    let content = traceLikeBytes(3000)
    let file = ScratchFile(Compressor.gzip(content) + [UInt8](repeating: 0, count: 1000))
    let input = try ByteInput.open(path: file.path)
    #expect(readAll(input) == content)
    #expect(input.damage == nil)
  }

  @Test(arguments: Compressor.allCases)
  func `Noise behind a magic never crashes`(compressor: Compressor) throws {
    let magic = compressor([1, 2, 3])[..<Compression.magicLength]
    let file = ScratchFile()
    for seed in 1...200 {
      file.bytes = magic + traceLikeBytes(500, seed: UInt64(seed))
      let input = try ByteInput.open(path: file.path)
      _ = readAll(input)
      #expect(input.damage != nil)
    }
  }

  @Test func `An LZ4 block checksum is verified unless that is switched off`() throws {
    // Incompressible, so that the block is stored and only its checksum can tell.
    var state: UInt32 = 1
    let content = (0..<1000).map { _ in
      state = state &* 1_664_525 &+ 1_013_904_223
      return UInt8(state >> 24)
    }
    var bytes = Compressor.lz4Frame(content, blockChecksums: true, contentChecksum: false)
    bytes[500] ^= 1
    let file = ScratchFile(bytes)
    let input = try ByteInput.open(path: file.path)
    #expect(readAll(input) == [])
    #expect(input.damage?.reason == "LZ4: a block's checksum is wrong")
    let trusting = try ByteInput.open(path: file.path, verification: .none)
    #expect(readAll(trusting).count == content.count)
    #expect(trusting.damage == nil)
  }

  @Test func `XXH32 agrees with the published test vectors`() {
    // xxHash's own sanity check: bytes from a generator, seed 0.
    var generator: UInt32 = 2_654_435_761
    let bytes = (0..<101).map { _ in
      let byte = UInt8(truncatingIfNeeded: generator >> 24)
      generator = generator &* generator
      return byte
    }
    let expected: [Int: UInt32] = [0: 0x02CC_5D05, 1: 0xB85C_BEE5, 14: 0xE5AA_0AB4, 101: 0x1F1A_A412]
    for (count, value) in expected {
      #expect(bytes[..<count].withUnsafeBytes { XXH32.hash($0) } == value)
      var pieces = XXH32()
      for byte in bytes[..<count] { withUnsafeBytes(of: byte) { pieces.update($0) } }
      #expect(pieces.value == value)
    }
  }
}
