import CLZ4
import Glibc
import Testing

@testable import InterruptTrace

/// Reads an input to its end in pieces of a size.
func readAll(_ input: ByteInput, pieces: Int = 1 << 16) -> [UInt8] {
  var result: [UInt8] = []
  let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: pieces, alignment: 1)
  defer { buffer.deallocate() }
  while case let count = input.read(into: buffer), count > 0 { result += buffer[..<count] }
  return result
}

@Suite struct ByteInputTests {
  let content = traceLikeBytes(700_000)

  @Test(arguments: Compressor.allCases)
  func `A compression is recognised by content and undone`(compressor: Compressor) throws {
    let file = ScratchFile(compressor(content))
    let input = try ByteInput.open(path: file.path)
    #expect(input.compression == compressor.rawValue)
    #expect(input.bytesTotal == UInt64(file.bytes.count))
    #expect(readAll(input) == content)
    #expect(input.bytesRead == input.bytesTotal)
    #expect(input.damage == nil)
  }

  @Test func `Anything else is taken as it stands`() throws {
    let file = ScratchFile(content)
    let input = try ByteInput.open(path: file.path)
    #expect(input.compression == "none")
    #expect(readAll(input, pieces: 1000) == content)
    #expect(input.damage == nil)
  }

  @Test func `An empty file is plain and at its end`() throws {
    let file = ScratchFile()
    let input = try ByteInput.open(path: file.path)
    #expect(input.compression == "none")
    #expect(input.peek(10) == [])
    #expect(readAll(input) == [])
    #expect(input.damage == nil)
  }

  @Test(arguments: Compressor.allCases)
  func `Frames and members that follow each other are one content`(compressor: Compressor) throws {
    let parts = [Array(content[..<100_000]), [], Array(content[100_000..<100_001]), Array(content[100_001...])]
    let file = ScratchFile(parts.flatMap { compressor($0) })
    let input = try ByteInput.open(path: file.path)
    #expect(readAll(input) == content)
    #expect(input.damage == nil)
  }

  @Test(arguments: [Compressor.lz4, .zstd])
  func `Skippable frames are skipped before, between and after`(compressor: Compressor) throws {
    let skippable: [UInt8] = [0x53, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 9, 9, 9]
    let half = content.count / 2
    let bytes =
      skippable + skippable + compressor(Array(content[..<half])) + skippable + compressor(Array(content[half...]))
      + skippable
    let file = ScratchFile(bytes)
    let input = try ByteInput.open(path: file.path)
    #expect(input.compression == compressor.rawValue)
    #expect(readAll(input) == content)
    #expect(input.damage == nil)
  }

  @Test func `Every shape of LZ4 frame is read`() throws {
    for linked in [false, true] {
      for blockSize in [LZ4F_max64KB, LZ4F_max256KB, LZ4F_max1MB, LZ4F_max4MB] {
        for flags in 0..<8 {
          let file = ScratchFile(
            Compressor.lz4Frame(
              content, linked: linked, blockSize: blockSize, blockChecksums: flags & 1 != 0,
              contentChecksum: flags & 2 != 0, contentSize: flags & 4 != 0)
          )
          let input = try ByteInput.open(path: file.path, verification: .all)
          #expect(readAll(input) == content)
          #expect(input.damage == nil)
        }
      }
    }
  }

  @Test func `What is peeked at is still to be read`() throws {
    for bytes in [content] + Compressor.allCases.map({ $0(content) }) {
      let file = ScratchFile(bytes)
      let input = try ByteInput.open(path: file.path)
      #expect(input.peek(16) == Array(content[..<16]))
      #expect(input.peek(600_000) == Array(content[..<600_000]))
      #expect(input.peek(3) == Array(content[..<3]))
      #expect(readAll(input, pieces: 999) == content)
    }
  }

  @Test func `A pipe is read like a file`() throws {
    let skippable: [UInt8] = [0x50, 0x2A, 0x4D, 0x18, 1, 0, 0, 0, 9]
    for bytes in [content, skippable + Compressor.lz4(content), skippable + Compressor.zstd(content)] {
      var ends: [Int32] = [0, 0]
      #expect(pipe(&ends) == 0)
      let writer = ends[1]
      var thread = pthread_t()
      let job = Unmanaged.passRetained(PipeJob(descriptor: writer, bytes: bytes))
      pthread_create(&thread, nil, { Unmanaged<PipeJob>.fromOpaque($0!).takeRetainedValue().run() }, job.toOpaque())
      let stored = StoredBytes(descriptor: ends[0], closesDescriptor: true)
      let input = try ByteInput(path: "-", stored: stored, verification: .all)
      #expect(input.bytesTotal == nil)
      #expect(readAll(input) == content)
      #expect(input.damage == nil)
      pthread_join(thread, nil)
    }
  }

  @Test func `A file that is not there cannot be read`() throws {
    #expect(throws: TraceError.unreadable(path: "/nowhere/at/all", reason: "No such file or directory")) {
      try ByteInput.open(path: "/nowhere/at/all")
    }
    #expect(throws: TraceError.unreadable(path: "/tmp", reason: "Is a directory")) { try ByteInput.open(path: "/tmp") }
  }

  @Test(arguments: ["BZh9", "PK\u{3}\u{4}", "\u{2}!L\u{18}"])
  func `A format that is not read is named`(magic: String) throws {
    let file = ScratchFile(Array(magic.utf8) + [0, 0, 0, 0])
    #expect(throws: TraceError.self) { try ByteInput.open(path: file.path) }
  }
}

private final class PipeJob {
  let descriptor: Int32
  let bytes: [UInt8]

  init(descriptor: Int32, bytes: [UInt8]) {
    self.descriptor = descriptor
    self.bytes = bytes
  }

  func run() -> UnsafeMutableRawPointer? {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress! + sent, $0.count - sent) }
      if count <= 0 { break }
      sent += count
    }
    close(descriptor)
    return nil
  }
}
