import Foundation
import TestSupport
import Testing

/// The script that `gicscope record --script` prints, run by sh.
@Suite("Recording by a script")
struct RecordScriptTests {
  /// Runs the script of a host; `uname` and `id` answer as they would there.
  private func run(_ host: FakeHost, _ arguments: String) throws -> (status: Int32, output: String) {
    let tracing = host.root.appending(path: "sys/kernel/tracing").path
    let script = try host.record(["--script"]).output
      .replacingOccurrences(of: "tracing='/sys/kernel/tracing'", with: "tracing='\(tracing)'")
    let file = host.directory.appending(path: "record.sh")
    try Data(script.utf8).write(to: file)
    for (name, answer) in [("uname", "6.1.0-50-cloud-arm64"), ("id", "0")] {
      let program = host.root.appending(path: "bin/\(name)")
      try Data("#!/bin/sh\necho \(answer)\n".utf8).write(to: program)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program.path)
    }
    let (process, pipe) = (Process(), Pipe())
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", "exec sh '\(file.path)' -o '\(host.output.path)' \(arguments)"]
    process.environment = ProcessInfo.processInfo.environment.merging([
      "PATH": host.root.appending(path: "bin").path + ":/usr/bin:/bin", "FAKE_ROOT": host.root.path,
    ]) { $1 }
    process.standardOutput = pipe
    process.standardError = pipe
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, output)
  }

  @Test("It leaves the same folder as gicscope itself, and no probe")
  func whole() throws {
    try FakeHost.with(.whole) { host in
      let result = try run(host, "-- true")
      #expect(result.status == 0, "\(result.output)")
      #expect(
        try host.outputNames == ["interrupts.txt", "irqs.txt", "recording.json", "trace-cmd.log", "trace.dat"])
      #expect(result.output.contains("not shown: commands of guests' ITSes"))
      #expect(try host.probesSet > 15)
      let recording = try #require(object(try host.text("recording/recording.json"))["recording"] as? [String: Any])
      #expect(recording["end"] as? String == "the command ended")
      #expect(recording["clock"] as? String == "mono")
    }
  }

  @Test("A tracer that fails is reported")
  func failures() throws {
    try FakeHost.with(.early) { host in
      let result = try run(host, "-- true")
      #expect(result.status == 3 && result.output.contains("no events"))
    }
    try FakeHost.with(.full) { host in
      let result = try run(host, "-- true")
      #expect(result.status == 1 && result.output.contains("No space left on device"))
    }
  }

  @Test("It runs only on the kernel that it was made for")
  func release() throws {
    try FakeHost.with(.whole) { host in
      let release = host.root.appending(path: "proc/sys/kernel/osrelease")
      try Data("6.2.0\n".utf8).write(to: release)
      let result = try run(host, "-- true")
      #expect(result.status == 3 && result.output.contains("made for Linux 6.2.0; plan again for 6.1.0-50-cloud-arm64"))
    }
  }
}
