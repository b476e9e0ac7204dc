import Glibc
import Testing

@testable import InterruptTrace

@Suite struct RandomAccessInputTests {
  /// Bytes that do not compress away, with a run of zeros among them.
  private func content(_ count: Int) -> [UInt8] {
    (0..<count).map { (100_000..<200_000).contains($0) ? 0 : UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) }
  }

  private func load(_ input: RandomAccessInput, _ place: Int, _ count: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0xEE, count: count)
    let got = bytes.withUnsafeMutableBytes { input.load(at: place, into: $0) }
    return Array(bytes[..<got])
  }

  @Test(arguments: [0, 300_000, RandomAccessInput.memoryLimit + 70_000])
  func `Plain, in memory or in a temporary file, the bytes at a place are the same`(count: Int) throws {
    let bytes = content(count)
    for file in [ScratchFile(bytes), ScratchFile(Compressor.zstd(bytes))] {
      let input = try RandomAccessInput(try ByteInput.open(path: file.path))
      #expect(input.count == count && input.damage == nil)
      for place in [0, 99_990, 199_000, count - 5, count, count + 7] where place >= 0 {
        #expect(load(input, place, 4000) == Array(bytes.dropFirst(place).prefix(4000)))
      }
    }
  }

  @Test func `A file that shrinks gives fewer bytes and no signal`() throws {
    let file = ScratchFile(content(300_000))
    let input = try RandomAccessInput(try ByteInput.open(path: file.path))
    #expect(truncate(file.path, 8192) == 0)
    #expect(load(input, 4096, 8192).count == 4096)
    #expect(load(input, 200_000, 16) == [])
    #expect(input.count == 300_000)
  }

  @Test func `What decompresses to more than any capture does is cut`() throws {
    let frame = Compressor.zstd([UInt8](repeating: 0, count: 1 << 20))
    let file = ScratchFile((0..<8).flatMap { _ in frame })
    let input = try RandomAccessInput(try ByteInput.open(path: file.path), freeLength: 1 << 21)
    #expect(input.count <= 1 << 21)
    #expect(input.damage?.reason.contains("decompresses to more than") == true)
  }

  @Test func `A pipe can be read again from a copy`() throws {
    let path = "/tmp/gicscope-test-fifo-\(getpid())"
    #expect(mkfifo(path, 0o600) == 0)
    defer { unlink(path) }
    let bytes = content(150_000)
    let writer = PipeWriter(path, bytes)
    let input = try ReopenableInput(path)
    writer.join()
    for _ in 0..<2 {
      let copy = try ByteInput.open(path: input.path)
      var read: [UInt8] = []
      while case let piece = copy.nextPiece(), !piece.isEmpty { read += piece }
      #expect(read == bytes)
    }
    #expect(input.name == path && input.path != path)
    #expect(input.named(.unreadable(path: input.path, reason: "x")) == .unreadable(path: path, reason: "x"))
  }

  @Test func `A file is opened where it is`() throws {
    let file = ScratchFile([1, 2, 3])
    #expect(try ReopenableInput(file.path).path == file.path)
    #expect(try ReopenableInput("/nowhere/at/all").path == "/nowhere/at/all")
  }
}

/// A thread that writes to a named pipe.
private final class PipeWriter {
  private var thread = pthread_t()

  private final class Job {
    let path: String
    let bytes: [UInt8]
    init(_ path: String, _ bytes: [UInt8]) {
      self.path = path
      self.bytes = bytes
    }
  }

  init(_ path: String, _ bytes: [UInt8]) {
    let job = Unmanaged.passRetained(Job(path, bytes))
    pthread_create(
      &thread, nil,
      { argument in
        let job = Unmanaged<Job>.fromOpaque(argument!).takeRetainedValue()
        let descriptor = open(job.path, O_WRONLY)
        var sent = 0
        while sent < job.bytes.count {
          let count = job.bytes.withUnsafeBytes { write(descriptor, $0.baseAddress! + sent, $0.count - sent) }
          if count <= 0 { break }
          sent += count
        }
        close(descriptor)
        return nil
      }, job.toOpaque())
  }

  func join() { pthread_join(thread, nil) }
}
