import Glibc
import Testing

@testable import InterruptTrace

@Suite struct NativeWriterTests {
  private func names(like path: String) -> [String] {
    let name = String(path.split(separator: "/").last!)
    var result: [String] = []
    let directory = opendir("/tmp")!
    defer { closedir(directory) }
    while let entry = readdir(directory) {
      let found = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if found.hasPrefix(name) { result.append(found) }
    }
    return result
  }

  @Test func `A file is not touched before it is whole`() throws {
    let file = ScratchFile([1, 2, 3])
    let writer = try NativeTraceWriter(path: file.path, topology: Topology())
    for event in SampleTrace.events(20_000) { try writer.append(event) }
    #expect(file.bytes == [1, 2, 3])
    #expect(names(like: file.path).count == 2)
    try writer.finish()
    #expect(NativeFormat.recognises(try ByteInput.open(path: file.path).peek(40)))
    #expect(names(like: file.path).count == 1)
  }

  @Test func `A writer that is dropped leaves nothing behind`() throws {
    let file = ScratchFile([1, 2, 3])
    do {
      let writer = try NativeTraceWriter(path: file.path, topology: Topology())
      try writer.append(Event(time: 0, kind: .gap))
    }
    #expect(file.bytes == [1, 2, 3])
    #expect(names(like: file.path).count == 1)
  }

  @Test func `A symbolic link stays a link`() throws {
    let file = ScratchFile()
    let link = file.path + ".link"
    #expect(symlink(file.path, link) == 0)
    defer { unlink(link) }
    let writer = try NativeTraceWriter(path: link, topology: Topology())
    try writer.finish()
    var status = stat()
    #expect(lstat(link, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
    #expect(file.bytes.count > 0)
  }

  @Test func `A device is written to, not replaced`() throws {
    let writer = try NativeTraceWriter(path: "/dev/null", topology: Topology())
    for event in SampleTrace.events(20_000) { try writer.append(event) }
    try writer.finish()
    var status = stat()
    #expect(stat("/dev/null", &status) == 0 && status.st_mode & S_IFMT == S_IFCHR)
    #expect(writer.bytesWritten > 0)
  }

  @Test func `A descriptor is written to and stays open`() throws {
    let file = ScratchFile()
    let descriptor = open(file.path, O_WRONLY)
    defer { close(descriptor) }
    let events = SampleTrace.events(10)
    let writer = try NativeTraceWriter(descriptor: descriptor, name: "pipe", topology: SampleTrace.topology)
    for event in events { try writer.append(event) }
    try writer.finish()
    #expect(fcntl(descriptor, F_GETFD) != -1)
    #expect(try SampleTrace.readAll(NativeTraceReader(path: file.path)) == events)
  }

  @Test func `A full disk is an error, and the file does not get its name`() throws {
    let writer = try NativeTraceWriter(path: "/dev/full", topology: Topology(), compression: .none)
    for event in SampleTrace.events(6000) { try writer.append(event) }
    #expect(throws: OutputError(path: "/dev/full", reason: "No space left on device")) { try writer.finish() }
    #expect(throws: OutputError.self) { try NativeTraceWriter(path: "/nowhere/at/all", topology: Topology()) }
  }
}
