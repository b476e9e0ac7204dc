import Foundation
import TestSupport
import Testing

@Suite("--index")
struct IndexOptionTests {
  /// Gives a native capture, and runs with a cache of their own; `FILE` in the arguments stands for the capture's path.
  private func withCapture(
    _ body: (_ folder: URL, _ run: ([String]) throws -> BuiltProgram.Result) throws -> Void
  ) throws {
    try BuiltProgram.withDirectory { folder in
      let (log, capture) = (folder.appending(path: "a.log"), folder.appending(path: "a.pcap.lz4"))
      try Data(BuiltProgram.log.utf8).write(to: log)
      let converted = try BuiltProgram.run(["convert", "-q", log.path, "-o", capture.path])
      #expect(converted.status == 0, "\(converted.errors)")
      try body(folder) { arguments in
        try BuiltProgram.run(
          arguments.map { $0 == "FILE" ? capture.path : $0 },
          environment: ["XDG_CACHE_HOME": folder.appending(path: "cache").path])
      }
    }
  }

  private static func indexes(_ folder: URL) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(
      at: folder.appending(path: "cache/gicscope"), includingPropertiesForKeys: nil)
  }

  @Test(
    "The first run and later ones print what a run without it prints",
    arguments: [
      ["state", "--at", "#7"], ["state", "--at", "end"], ["state", "--at", "0.9ms", "--diff", "end"],
      ["state", "--at", "#99"], ["events", "--from", "#9"], ["events", "--from", "300us", "--to", "#8"],
      ["events", "--from", "#5", "--irq", "27", "--jsonl"], ["events"], ["events", "--from", "9s"],
    ])
  func same(arguments: [String]) throws {
    try withCapture { _, run in
      let straight = try run([arguments[0], "FILE"] + arguments.dropFirst())
      for _ in 0..<2 {
        let result = try run([arguments[0], "FILE", "--index"] + arguments.dropFirst())
        #expect(result.output == straight.output && result.status == straight.status)
        #expect(result.errors == straight.errors)
      }
    }
  }

  @Test("An index is made once, for its owner alone, and again when the capture is another")
  func stale() throws {
    try withCapture { folder, run in
      _ = try run(["state", "FILE", "--index"])
      let index = try #require(try Self.indexes(folder).first)
      func made() throws -> [FileAttributeKey: Any] { try FileManager.default.attributesOfItem(atPath: index.path) }
      let first = try made()
      #expect(first[.posixPermissions] as? Int == 0o600)
      _ = try run(["events", "FILE", "--index", "--from", "#3"])
      #expect(try made()[.systemFileNumber] as? Int == first[.systemFileNumber] as? Int)
      let capture = folder.appending(path: "a.pcap.lz4")
      let log = folder.appending(path: "b.log")
      let shorter = BuiltProgram.log.split(separator: "\n").prefix(9).joined(separator: "\n") + "\n"
      try Data(shorter.utf8).write(to: log)
      let copy = folder.appending(path: "b.pcap.lz4")
      _ = try BuiltProgram.run(["convert", "-q", log.path, "-o", copy.path])
      // The same file, with other bytes.
      try Data(contentsOf: copy).write(to: capture, options: [])
      let result = try run(["state", "FILE", "--index"])
      #expect(result.output == (try run(["state", "FILE"]).output))
      #expect(try Self.indexes(folder).count == 1)
    }
  }

  @Test("What is no native capture in a file is read from its start, with a remark")
  func others() throws {
    try withCapture { folder, run in
      let log = folder.appending(path: "a.log").path
      let result = try run(["state", log, "--index"])
      #expect(result.output == (try run(["state", log]).output) && result.status == 0)
      #expect(result.errors.contains("--index is for native captures in files"))
    }
  }
}
