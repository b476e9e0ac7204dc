import Testing

@testable import InterruptTrace

@Suite struct TextEncodingTests {
  private let text = "a-1 [000] 1.0: x: é € 😀\r\nend"

  private func read(_ bytes: [UInt8], pieces: Int = .max) throws -> String {
    let file = ScratchFile(bytes)
    let input = try ByteInput.open(path: file.path)
    var read: [UInt8] = []
    while case let piece = input.nextPiece(atMost: pieces), !piece.isEmpty { read += piece }
    return String(decoding: read, as: UTF8.self)
  }

  private func utf16(big: Bool, mark: Bool) -> [UInt8] {
    ((mark ? [0xFEFF] : []) + Array(text.utf16)).flatMap {
      big ? [UInt8($0 >> 8), UInt8($0 & 0xFF)] : [UInt8($0 & 0xFF), UInt8($0 >> 8)]
    }
  }

  @Test(arguments: [1, 7, Int.max])
  func `UTF-16 of either order becomes UTF-8, with a mark and without`(pieces: Int) throws {
    for big in [false, true] {
      for mark in [false, true] {
        #expect(try read(utf16(big: big, mark: mark), pieces: pieces) == text)
        #expect(try read(Compressor.zstd(utf16(big: big, mark: mark)), pieces: pieces) == text)
      }
    }
  }

  @Test func `A mark before UTF-8 is left out`() throws {
    #expect(try read([0xEF, 0xBB, 0xBF] + Array(text.utf8)) == text)
    #expect(try read([0xEF, 0xBB]) == String(decoding: [0xEF, 0xBB] as [UInt8], as: UTF8.self))
  }

  @Test func `Half a pair of surrogates becomes a replacement character`() throws {
    #expect(try read([0xFF, 0xFE, 0x00, 0xD8, 0x41, 0x00]) == "\u{FFFD}A")
    #expect(try read([0xFF, 0xFE, 0x41, 0x00, 0x00, 0xDC]) == "A\u{FFFD}")
    #expect(try read([0xFF, 0xFE, 0x41, 0x00, 0x00, 0xD8]) == "A\u{FFFD}")
    #expect(try read([0xFF, 0xFE, 0x41, 0x00, 0x42]) == "A")
    #expect(try read([0xFF, 0xFE]) == "")
  }

  @Test func `A pair of surrogates may lie at the seam of two pieces`() throws {
    let long = String(repeating: "😀", count: 200_000)
    let bytes: [UInt8] = [0xFF, 0xFE] + long.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    #expect(try read(bytes) == long)
    // After an odd number of bytes in one piece.
    #expect(try read(Compressor.gzip(bytes)) == long)
  }

  @Test func `What atrace -z writes is decompressed`() throws {
    let stream = Compressor.zlib(Array(text.utf8))
    for head in ["TRACE:\n", "TRACE:\r\n", "capturing trace... done\nTRACE:\n"] {
      #expect(try read(Array(head.utf8) + stream) == text)
      #expect(try read(Array(head.utf8) + stream + [0x0A]) == text)
    }
    let cut = ScratchFile(Array("TRACE:\n".utf8) + stream.dropLast(3))
    let input = try ByteInput.open(path: cut.path)
    while !input.nextPiece().isEmpty {}
    #expect(input.damage != nil)
    // A line that looks like it, and is none.
    #expect(try read(Array("TRACE:\nhello world, and more".utf8)) == "TRACE:\nhello world, and more")
  }
}
