import Foundation
import TestSupport
import Testing

@Suite("Exit codes")
struct ExitCodeTests {
  @Test(
    "Usage errors exit with 2 and say what is wrong",
    arguments: [
      (["bogus"], "bogus"), (["analyze"], "file"), (["analyze", "--bogus", "FILE"], "--bogus"),
      (["analyze", "--from", "yesterday", "FILE"], "yesterday"), (["analyze", "--pe", "x", "FILE"], "--pe"),
      (["analyze", "--fail-on", "speed>1", "FILE"], "speed>1"), (["state", "--at", "x", "FILE"], "--at"),
      (["state", "--at", "#5", "--diff", "#3", "FILE"], "--diff"), (["events", "--kind", "x", "FILE"], "unknown kind"),
      (["convert", "FILE", "-o", "/tmp/x.unknown"], "x.unknown"), (["registers", "NOTHING"], "NOTHING"),
      (["analyze", "--topology", "/nonexistent", "FILE"], "/nonexistent"),
    ]
  )
  func usage(arguments: [String], message: String) throws {
    let result = try BuiltProgram.run(onLog: arguments)
    #expect(result.status == 2)
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(result.output.isEmpty)
  }

  @Test("Help and version exit with 0", arguments: [["--help"], ["analyze", "--help"], ["--version"], []])
  func help(arguments: [String]) throws {
    let result = try BuiltProgram.run(arguments)
    #expect(result.status == 0)
    #expect(!result.output.isEmpty)
    #expect(result.errors.isEmpty)
  }

  @Test(
    "A capture that is not there, or not a capture, exits with 3 and is named",
    arguments: ["info", "analyze", "verify", "state", "events"])
  func unreadable(command: String) throws {
    let missing = try BuiltProgram.run([command, "/nonexistent/capture.log"])
    #expect(missing.status == 3)
    #expect(missing.errors.contains("/nonexistent/capture.log"))
    let other = try BuiltProgram.run([command, "FILE"], file: Data("hello world\n".utf8))
    #expect(other.status == 3)
    #expect(other.errors.contains("capture.log"))
    #expect(other.output.isEmpty)
  }

  @Test("Everything in order exits with 0, and nothing is on standard error")
  func done() throws {
    for arguments in [
      ["info", "FILE"], ["analyze", "FILE"], ["verify", "FILE"], ["state", "FILE"], ["events", "FILE"],
      ["analyze", "--fail-on", "spurious>1", "FILE"],
    ] {
      let result = try BuiltProgram.run(onLog: arguments)
      #expect(result.status == 0, "\(arguments): \(result.errors)")
      #expect(result.errors.isEmpty)
      #expect(!result.output.isEmpty)
    }
  }

  @Test("A condition of --fail-on that holds exits with 1, after the report")
  func failOn() throws {
    let result = try BuiltProgram.run(onLog: [
      "analyze", "--fail-on", "spurious>0", "--fail-on", "latency.max>1us", "FILE",
    ])
    #expect(result.status == 1)
    #expect(result.errors.contains("gicscope: failed: spurious > 0 (1)\n"))
    #expect(result.errors.contains("gicscope: failed: latency.max > 1.00 µs (50.0 µs)\n"))
    #expect(result.output.contains("Latency"))
  }

  @Test("verify exits with 1 if a prediction disagreed")
  func disagreed() throws {
    let log = BuiltProgram.log.replacingOccurrences(
      of: "10680@1795335152.000900:gicv3_icc_iar1_read GICv3 ICC_IAR1 read cpu 0x0 value 0x3ff",
      with: "10680@1795335152.000900:gicv3_icc_pmr_read GICv3 ICC_PMR read cpu 0x0 value 0x80")
    let result = try BuiltProgram.run(["verify", "FILE"], file: Data(log.utf8))
    #expect(result.status == 1)
    #expect(result.output.contains("ICC_PMR_EL1"))
    #expect(result.output.contains("expected 0xf0, seen 0x80"))
  }

  @Test("A malformed line is counted; with --strict it exits with 4 and is located")
  func strict() throws {
    let log = BuiltProgram.log + "10680@1795335152.001000:gicv3_icc_pmr_write GICv3 ICC_PMR write cpu zzz\n"
    let lenient = try BuiltProgram.run(["info", "FILE"], file: Data(log.utf8))
    #expect(lenient.status == 0)
    #expect(lenient.output.contains("line 13"))
    let strict = try BuiltProgram.run(["info", "--strict", "FILE"], file: Data(log.utf8))
    #expect(strict.status == 4)
    #expect(strict.errors.contains("line 13"))
  }

  @Test("A CTF trace of packets without a size, which has no end, exits with 3 before it takes all memory")
  func endlessPackets() throws {
    let seed = try Data(
      contentsOf: URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Fuzz/Seeds/FuzzCTF/lttng"))
    let split = try #require(seed.firstIndex(of: 0))
    try BuiltProgram.withDirectory { directory in
      try seed[..<split].write(to: directory.appendingPathComponent("metadata"))
      var stream = Data(seed[(split + 1)...])
      // The sizes of the content and of the packet.
      stream.replaceSubrange(24..<40, with: Data(count: 16))
      try stream.write(to: directory.appendingPathComponent("channel_0"))
      let result = try BuiltProgram.run(["info", directory.path])
      #expect(result.status == 3)
      #expect(result.errors.contains("more memory than a trace needs"))
    }
  }

  @Test("A truncated capture exits with 4, after the report of what is whole, and says where it ends")
  func truncated() throws {
    try BuiltProgram.withDirectory { directory in
      let capture = directory.appendingPathComponent("a.log")
      let native = directory.appendingPathComponent("a.pcap.lz4")
      try Data(BuiltProgram.log.utf8).write(to: capture)
      #expect(try BuiltProgram.run(["convert", capture.path, "-o", native.path]).status == 0)
      let whole = try Data(contentsOf: native)
      try whole.prefix(whole.count - 6).write(to: native)
      for command in ["info", "analyze", "verify", "state", "events"] {
        let result = try BuiltProgram.run([command, native.path])
        #expect(result.status == 4, "\(command)")
        #expect(!result.output.isEmpty)
        #expect(result.errors.contains("a.pcap.lz4"))
      }
    }
  }

  @Test("verify --against exits with 4 if either capture is truncated, and names it")
  func truncatedAgainst() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Traces/kvm-list-registers").standardized
    let inside = folder.appending(path: "gicv3-inside.txt.zst")
    let outside = folder.appending(path: "gicv3-below.log.zst")
    try BuiltProgram.withDirectory { directory in
      for whole in [inside, outside] {
        let cut = directory.appendingPathComponent("cut-\(whole.lastPathComponent)")
        let bytes = try Data(contentsOf: whole)
        try bytes.prefix(bytes.count * 3 / 4).write(to: cut)
        let result = try BuiltProgram.run([
          "verify", (whole == inside ? cut : inside).path, "--against", (whole == outside ? cut : outside).path,
        ])
        #expect(result.status == 4)
        #expect(result.output.contains("loads of list registers"))
        #expect(result.errors.contains("cut-\(whole.lastPathComponent)") && result.errors.contains("analysed up to"))
      }
    }
  }

  @Test("Standard output that nobody reads any more is no error")
  func brokenPipe() throws {
    let process = Process()
    let pipe = Pipe()
    let errors = Pipe()
    try BuiltProgram.withDirectory { directory in
      let file = directory.appendingPathComponent("long.log")
      let line = "10680@1795335152.000600:gicv3_icc_pmr_write GICv3 ICC_PMR write cpu 0x0 value 0xf0\n"
      try Data(String(repeating: line, count: 20_000).utf8).write(to: file)
      process.executableURL = URL(fileURLWithPath: "/bin/sh")
      process.arguments = ["-c", "{ \"$0\" events \"$1\"; echo $? >&2; } | head -1", BuiltProgram.path, file.path]
      process.standardOutput = pipe
      process.standardError = errors
      try process.run()
      process.waitUntilExit()
    }
    #expect(String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self) == "0\n")
  }
}
