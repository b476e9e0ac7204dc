import Foundation
import TestSupport
import Testing

/// Nothing that is written harms a file (DESIGN, 8).
@Suite("Outputs")
struct OutputTests {
  private static let log = Data(BuiltProgram.log.utf8)

  /// Gives a directory with a capture in it.
  private func withCapture<T>(named name: String = "a.log", _ body: (URL, URL) throws -> T) throws -> T {
    try BuiltProgram.withDirectory { directory in
      let capture = directory.appending(path: name)
      try Self.log.write(to: capture)
      return try body(directory, capture)
    }
  }

  /// Gives a capture in the native layout, not compressed, alone in its directory.
  private func withCapture<T>(_ body: (URL) throws -> T) throws -> T {
    try withCapture { directory, capture in
      let native = directory.appending(path: "a.pcap")
      #expect(try BuiltProgram.run(["convert", capture.path, "-o", native.path]).status == 0)
      try FileManager.default.removeItem(at: capture)
      return try body(native)
    }
  }

  private func names(in directory: URL) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
  }

  @Test(
    "An output that is the capture is refused with 2, under whatever name, and the capture stays",
    arguments: [
      ["analyze", "--html"], ["analyze", "--sqlite"], ["analyze", "--perfetto"], ["verify", "--json"],
      ["analyze", "--interrupts"], ["analyze", "--findings"], ["convert", "-o"], ["state", "--json"],
    ]
  )
  func capture(command: [String]) throws {
    try withCapture(named: "in.csv") { directory, capture in
      let (symbolic, hard) = (directory.appending(path: "s.csv"), directory.appending(path: "h.csv"))
      try FileManager.default.createSymbolicLink(at: symbolic, withDestinationURL: capture)
      try FileManager.default.linkItem(at: capture, to: hard)
      for output in [capture.path, symbolic.path, hard.path, directory.path + "/./in.csv"] {
        let option = command[1] == "--json" ? ["--json=" + output] : [command[1], output]
        let result = try BuiltProgram.run([command[0], capture.path] + option)
        #expect(result.status == 2, "\(command) \(output)")
        #expect(result.errors.contains("capture itself"))
        #expect(result.output.isEmpty)
        #expect(try Data(contentsOf: capture) == Self.log)
      }
      #expect(try names(in: directory) == ["h.csv", "in.csv", "s.csv"])
    }
  }

  @Test("Neither is another capture replaced by a report, nor one in another format by a native file")
  func otherCapture() throws {
    try withCapture { directory, capture in
      for name in ["b.html", "b.pcap"] {
        let other = directory.appending(path: name)
        try Self.log.write(to: other)
        let arguments = name == "b.html" ? ["analyze", capture.path, "--html"] : ["convert", capture.path, "-o"]
        let result = try BuiltProgram.run(arguments + [other.path])
        #expect(result.status == 2 && result.errors.contains("never overwritten"))
        #expect(try Data(contentsOf: other) == Self.log)
      }
      let standard = try shell("exec \"$0\" events \"$1\" >> \"$1\"", [capture.path])
      #expect(standard.status == 2 && standard.errors.contains("capture itself"))
      #expect(try Data(contentsOf: capture) == Self.log)
    }
  }

  @Test("What gicscope wrote may be written again, with every output at once")
  func again() throws {
    try withCapture { directory, capture in
      let options = [
        "--html", "a.html", "--sqlite", "a.db", "--perfetto", "a.pftrace", "--interrupts", "a.csv", "--findings",
        "f.csv",
      ].map { $0.hasPrefix("--") ? $0 : directory.appending(path: $0).path }
      for _ in 0..<2 {
        let result = try BuiltProgram.run(["analyze", capture.path, "--json=" + directory.path + "/a.json"] + options)
        #expect(result.status == 0, "\(result.errors)")
        for name in ["a.pcap.lz4", "a.pcap", "e.csv", "e.jsonl", "t.pftrace"] {
          let converted = try BuiltProgram.run(["convert", capture.path, "-o", directory.appending(path: name).path])
          #expect(converted.status == 0, "\(converted.errors)")
        }
      }
      #expect(
        try names(in: directory) == [
          "a.csv", "a.db", "a.html", "a.json", "a.log", "a.pcap", "a.pcap.lz4", "a.pftrace", "e.csv", "e.jsonl",
          "f.csv",
          "t.pftrace",
        ])
    }
  }

  @Test("Two outputs in one file, a device, a folder and standard output's own file are refused before the work")
  func refused() throws {
    try withCapture { directory, capture in
      let output = directory.appending(path: "x").path
      for (options, reason) in [
        (["--html", output, "--perfetto", directory.path + "/./x"], "--html"),
        (["--html", "/dev/null"], "device"), (["--sqlite", "/dev/null"], "device"),
        (["--html", "/dev/full"], "device"),
        (["--html", directory.path], "folder"), (["--sqlite", "-"], "standard output"),
        (["--json=" + directory.path + "/no/x.json"], "cannot be written"),
      ] {
        let result = try BuiltProgram.run(["analyze", capture.path] + options)
        #expect(result.status == (reason.hasPrefix("can") ? 3 : 2), "\(options)")
        #expect(result.errors.contains(reason), "\(result.errors)")
        #expect(result.output.isEmpty)
      }
      let same = try shell("exec \"$0\" analyze \"$1\" --html \"$2\" > \"$2\"", [capture.path, output])
      #expect(same.status == 2 && same.errors.contains("redirected"))
      var status = stat()
      #expect(stat("/dev/null", &status) == 0 && status.st_mode & S_IFMT == S_IFCHR)
    }
  }

  @Test("--sqlite replaces only a database of gicscope's")
  func database() throws {
    try withCapture { directory, capture in
      let (own, text, foreign) = (
        directory.appending(path: "own.db"), directory.appending(path: "t.db"), directory.appending(path: "f.db")
      )
      try Data("my notes\n".utf8).write(to: text)
      #expect(try BuiltProgram.run(["analyze", capture.path, "--sqlite", own.path]).status == 0)
      #expect(try BuiltProgram.run(["analyze", capture.path, "--sqlite", own.path]).status == 0)
      var other = try Data(contentsOf: own)
      // The application's number.
      other.replaceSubrange(68..<72, with: [0, 0, 0, 1])
      try other.write(to: foreign)
      for (file, content) in [(text, Data("my notes\n".utf8)), (foreign, other)] {
        let result = try BuiltProgram.run(["analyze", capture.path, "--sqlite", file.path])
        #expect(result.status == 2 && result.errors.contains("not a gicscope database"))
        #expect(try Data(contentsOf: file) == content)
      }
    }
  }

  @Test("A replaced file keeps its permissions")
  func permissions() throws {
    try withCapture { directory, capture in
      let output = directory.appending(path: "x.html")
      try Data("old".utf8).write(to: output)
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: output.path)
      #expect(try BuiltProgram.run(["analyze", capture.path, "--html", output.path]).status == 0)
      let mode = try FileManager.default.attributesOfItem(atPath: output.path)[.posixPermissions] as? Int
      #expect(mode == 0o600)
    }
  }

  @Test("After an error the old file is as it was, and nothing else is left")
  func error() throws {
    try withCapture { directory, capture in
      let output = directory.appending(path: "x.csv")
      try Data("old".utf8).write(to: output)
      try Data((BuiltProgram.log + "10680@1795335152.001000:gicv3_icc_pmr_write GICv3 ICC_PMR write cpu zzz\n").utf8)
        .write(to: capture)
      #expect(try BuiltProgram.run(["convert", "--strict", capture.path, "-o", output.path]).status == 4)
      #expect(try Data(contentsOf: output) == Data("old".utf8))
      #expect(try names(in: directory) == ["a.log", "x.csv"])
    }
  }

  @Test("SIGINT and SIGTERM leave nothing behind", arguments: [SIGINT, SIGTERM])
  func signal(number: Int32) throws {
    let native = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Traces/hostile/invall-storm-n-lpis.pcap.lz4").standardized
    try BuiltProgram.withDirectory { directory in
      let (process, input) = (Process(), Pipe())
      process.executableURL = URL(filePath: BuiltProgram.path)
      process.arguments = ["convert", "-", "-o", directory.path + "/x.pcap.lz4"]
      process.standardInput = input
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      // The program inherits what the tests' threads block, and what whoever runs the tests ignores, as `nohup` does.
      Foundation.signal(number, SIG_DFL)
      var (none, blocked) = (sigset_t(), sigset_t())
      pthread_sigmask(SIG_SETMASK, &none, &blocked)
      try process.run()
      pthread_sigmask(SIG_SETMASK, &blocked, nil)
      // It recognises the capture, opens its output and waits for more; the pipe stays open.
      input.fileHandleForWriting.write(try Data(contentsOf: native))
      for _ in 0..<3000 where try names(in: directory).isEmpty && process.isRunning { usleep(10_000) }
      let partial = try names(in: directory)
      #expect(partial.count == 1 && partial[0].hasSuffix(".partial"))
      kill(process.processIdentifier, number)
      for _ in 0..<3000 where process.isRunning { usleep(10_000) }
      if process.isRunning { kill(process.processIdentifier, SIGKILL) }
      process.waitUntilExit()
      #expect(process.terminationReason == .uncaughtSignal && process.terminationStatus == number)
      #expect(try names(in: directory) == [])
    }
  }

  @Test("A closed standard descriptor never becomes an output file", arguments: ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
  func closed(descriptors: String) throws {
    try withCapture { directory, capture in
      let output = directory.appending(path: "x.html")
      let result = try shell(
        "\"$0\" analyze \"$1\" --html \"$2\" --perfetto \"$2.pftrace\" \(descriptors)", [capture.path, output.path])
      #expect(result.status == (descriptors.contains(" >&-") || descriptors.hasPrefix(">&-") ? 3 : 0))
      let page = String(decoding: try Data(contentsOf: output), as: UTF8.self)
      #expect(page.lowercased().hasPrefix("<!doctype html>") && page.hasSuffix("</html>\n"))
    }
  }

  @Test(
    "Every command ends alike when nobody reads its output: quietly, with 0, its files written",
    arguments: [
      ["info", "FILE"], ["analyze", "FILE", "--html", "OUT"], ["analyze", "FILE", "--json"], ["verify", "FILE"],
      ["state", "FILE"], ["why", "FILE", "--irq", "27"], ["events", "FILE"], ["whatif", "FILE"], ["registers"],
      ["convert", "FILE", "-o", "-"], ["generate", "stress-4x16x32/immediate", "-o", "-", "-q"],
      ["diff", "FILE", "FILE"],
      ["--help"],
    ]
  )
  func closedPipe(arguments: [String]) throws {
    try withCapture { directory, capture in
      let output = directory.appending(path: "x.html")
      let (process, pipe, errors) = (Process(), Pipe(), Pipe())
      try pipe.fileHandleForReading.close()
      process.executableURL = URL(filePath: BuiltProgram.path)
      process.arguments = arguments.map { $0 == "FILE" ? capture.path : $0 == "OUT" ? output.path : $0 }
      process.standardOutput = pipe.fileHandleForWriting
      process.standardError = errors
      try process.run()
      let message = errors.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      #expect(process.terminationReason == .exit && process.terminationStatus == 0)
      #expect(String(decoding: message, as: UTF8.self) == "")
      if arguments.contains("OUT") { #expect(FileManager.default.fileExists(atPath: output.path)) }
    }
  }

  /// Runs a line of shell in which `$0` is gicscope.
  private func shell(_ line: String, _ arguments: [String]) throws -> (status: Int32, errors: String) {
    let (process, errors) = (Process(), Pipe())
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", line, BuiltProgram.path] + arguments
    process.standardOutput = FileHandle.nullDevice
    process.standardError = errors
    try process.run()
    let message = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, message)
  }
}
