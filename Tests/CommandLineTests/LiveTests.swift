import Foundation
import TestSupport
import Testing

/// Reports that grow while a capture is written.
@Suite("Live")
struct LiveTests {
  /// Lines of ftrace: a handler that comes over and over.
  private static func text(_ handlers: Int) -> String {
    (0..<handlers).map { index in
      let time = 10_000_000 + index * 10
      func line(_ event: String, _ after: Int) -> String {
        let (seconds, rest) = (time + after).quotientAndRemainder(dividingBy: 1_000_000)
        let micros = String(repeating: "0", count: 6 - "\(rest)".count) + "\(rest)"
        return "          <idle>-0     [000] d.h1.    \(seconds).\(micros): \(event)\n"
      }
      return line("irq_handler_entry: irq=13 name=arch_timer", 0) + line("irq_handler_exit: irq=13 ret=handled", 5)
    }.joined()
  }

  @Test(
    "SIGTERM and SIGINT end the reading of a pipe, and the whole report follows", arguments: [SIGTERM, SIGINT],
    [[], ["--live"]])
  func signal(number: Int32, options: [String]) throws {
    let (process, input, output, errors) = (Process(), Pipe(), Pipe(), Pipe())
    process.executableURL = URL(filePath: BuiltProgram.path)
    process.arguments = ["analyze", "-"] + options
    process.standardInput = input
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    // More than a pipe holds: when it is written, most of it was read.
    input.fileHandleForWriting.write(Data(Self.text(4000).utf8))
    kill(process.processIdentifier, number)
    let report = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == 0)
    #expect(report.contains("arch_timer"))
    #expect(!report.contains("\u{1B}[H"))
    let remarks = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    #expect(remarks.contains("a signal ended reading"))
    try input.fileHandleForWriting.close()
  }

  @Test("A live capture's report is that of the same capture in a file")
  func same() throws {
    let text = Self.text(3000)
    func report(_ arguments: [String]) throws -> NSDictionary {
      let result = try BuiltProgram.run(["analyze", "-", "--json"] + arguments, input: text)
      #expect(result.status == 0)
      var members = try object(result.output)
      // The command line and the time differ.
      members["provenance"] = nil
      return members as NSDictionary
    }
    #expect(try report(["--live"]) == report([]))
  }

  @Test("On a terminal the report is drawn in place")
  func terminal() throws {
    try BuiltProgram.withDirectory { directory in
      let file = directory.appending(path: "trace.txt")
      try Data(Self.text(3000).utf8).write(to: file)
      let (process, output) = (Process(), Pipe())
      process.executableURL = URL(filePath: "/usr/bin/script")
      process.arguments = [
        "-qec", "stty rows 10 cols 60; '\(BuiltProgram.path)' analyze --live '\(file.path)'", "/dev/null",
      ]
      process.standardInput = FileHandle.nullDevice
      process.standardOutput = output
      try process.run()
      let shown = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      let first = try #require(shown.range(of: "\u{1B}[Hlive "))
      let last = try #require(shown.range(of: "\u{1B}[H\u{1B}[J"))
      let drawn = shown[first.lowerBound..<last.lowerBound].components(separatedBy: "\u{1B}[H").dropFirst()
      #expect(drawn.allSatisfy { $0.split(separator: "\r\n").count <= 10 })
      #expect(shown[last.upperBound...].contains("arch_timer"))
    }
  }

  @Test(
    "A pipe that is read on a terminal is drawn, unless there is to be no progress", .timeLimit(.minutes(5)),
    arguments: [true, false])
  func pipe(isDrawn: Bool) throws {
    try BuiltProgram.withDirectory { directory in
      let pipe = directory.appending(path: "trace_pipe")
      #expect(mkfifo(pipe.path, 0o600) == 0)
      let (process, output) = (Process(), Pipe())
      process.executableURL = URL(filePath: "/usr/bin/script")
      process.arguments = [
        "-qec",
        "export TERM=xterm; stty rows 10 cols 80; cat '\(pipe.path)' | '\(BuiltProgram.path)' analyze - "
          + (isDrawn ? "" : "--no-progress"), "/dev/null",
      ]
      process.standardInput = FileHandle.nullDevice
      process.standardOutput = output
      try process.run()
      let writer = try FileHandle(forWritingTo: pipe)
      try writer.write(contentsOf: Data(Self.text(3000).utf8))
      var shown = ""
      while isDrawn, !shown.contains("\u{1B}[Hlive ") {
        let piece = output.fileHandleForReading.availableData
        try #require(!piece.isEmpty)
        shown += String(decoding: piece, as: UTF8.self)
      }
      try writer.close()
      shown += String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      #expect(shown.contains("\u{1B}[H") == isDrawn && shown.contains("arch_timer"))
    }
  }

  @Test("Where nothing comes, the report is drawn again, and says so; Ctrl-C ends that too", .timeLimit(.minutes(5)))
  func idle() throws {
    try BuiltProgram.withDirectory { directory in
      let pipe = directory.appending(path: "trace_pipe")
      #expect(mkfifo(pipe.path, 0o600) == 0)
      let (process, input, output) = (Process(), Pipe(), Pipe())
      process.executableURL = URL(filePath: "/usr/bin/script")
      process.arguments = [
        "-qec", "stty rows 10 cols 80; '\(BuiltProgram.path)' analyze --live '\(pipe.path)'", "/dev/null",
      ]
      process.standardInput = input
      process.standardOutput = output
      try process.run()
      let writer = try FileHandle(forWritingTo: pipe)
      try writer.write(contentsOf: Data(Self.text(3000).utf8))
      var shown = ""
      while !shown.contains("nothing new for") {
        let piece = output.fileHandleForReading.availableData
        try #require(!piece.isEmpty)
        shown += String(decoding: piece, as: UTF8.self)
      }
      input.fileHandleForWriting.write(Data([3]))
      let rest = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      #expect(rest.contains("arch_timer"))
      #expect(rest.contains("a signal ended reading"))
      try writer.close()
    }
  }

  @Test("record --live traces in an instance of its own, reports, and takes everything back")
  func record() throws {
    try FakeHost.with(.whole) { host in
      try host.addInstance(Self.text(200))
      let result = try host.run(["record", "--root", host.root.path, "--live"])
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.output.contains("arch_timer"))
      #expect(try host.probesSet > 15)
      #expect(try host.probes.isEmpty)
      let instance = "root/sys/kernel/tracing/instances/gicscope/"
      #expect(try host.text(instance + "trace_clock") == "mono")
      #expect(try host.text(instance + "events/gicscope/enable") == "1")
      #expect(try host.text(instance + "events/enable") == "0")
      #expect(try host.text(instance + "tracing_on") == "0")
      #expect(try host.run(["record", "--live", "-o", "a"]).status == 2)
    }
  }
}
