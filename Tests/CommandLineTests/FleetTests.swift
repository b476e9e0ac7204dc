import Foundation
import TestSupport
import Testing

@Suite("fleet")
struct FleetTests {
  /// Captures in a folder: `6.1/a.log` and so on; each has one more line of its own than the one before.
  private static func captures(_ count: Int, in folder: URL) throws {
    for i in 0..<count {
      let own = folder.appendingPathComponent(i % 2 == 0 ? "6.1" : "6.12")
      try FileManager.default.createDirectory(at: own, withIntermediateDirectories: true)
      let spurious = (0..<i).map {
        "10680@1795335152.001\(100 + $0):gicv3_icc_iar1_read GICv3 ICC_IAR1 read cpu 0x0 value 0x3ff\n"
      }
      try Data((BuiltProgram.log + spurious.joined()).utf8).write(
        to: own.appendingPathComponent("\(String(format: "%03d", i)).log"))
    }
  }

  private func rows(_ text: String) throws -> [[String: Any]] {
    try text.split(separator: "\n").map { try object(String($0)) }
  }

  @Test("One row for each capture, in the order of their names, whatever their number of workers")
  func order() throws {
    try BuiltProgram.withDirectory { folder in
      try Self.captures(9, in: folder)
      let one = try BuiltProgram.run(["fleet", folder.path, "--jobs", "1"])
      #expect(one.status == 0)
      #expect(try BuiltProgram.run(["fleet", folder.path, "--jobs", "4"]).output == one.output)
      let rows = try rows(one.output)
      #expect(rows.count == 9)
      let names = rows.compactMap { $0["capture"] as? String }
      #expect(names == names.sorted())
      #expect(rows[0]["spurious_acknowledges"] as? Int == 1)
      let reversed = names.reversed().joined(separator: "\n")
      let listed = try BuiltProgram.run(["fleet", "--paths-from", "-"], input: reversed)
      #expect(listed.output == one.output)
      #expect(try BuiltProgram.run(["fleet", folder.path + "/6*/*.log"]).output == one.output)
    }
  }

  @Test("The rows of a kind are those of analyze")
  func sameRows() throws {
    try BuiltProgram.withDirectory { folder in
      let capture = folder.appendingPathComponent("a.log").path
      try Data(BuiltProgram.log.utf8).write(to: URL(fileURLWithPath: capture))
      let report = try object(try BuiltProgram.run(["analyze", capture, "--json"]).output)
      let latency = try rows(try BuiltProgram.run(["fleet", capture, "--rows", "latency"]).output)
      let expected = try #require(report["latency"] as? [[String: Any]])
      #expect(latency.count == expected.count && !latency.isEmpty)
      for (row, same) in zip(latency, expected) {
        for (key, value) in same { #expect(row[key] as? NSObject == value as? NSObject, "\(key)") }
      }
      let lines = folder.appendingPathComponent("lives.jsonl").path
      _ = try BuiltProgram.run(["analyze", capture, "--interrupts", lines])
      let lives = try rows(try String(contentsOfFile: lines, encoding: .utf8))
      let interrupts = try rows(try BuiltProgram.run(["fleet", capture, "--rows", "interrupts"]).output)
      #expect(interrupts.count == lives.count && !lives.isEmpty)
      for (row, same) in zip(interrupts, lives) {
        for (key, value) in same where key != "device_id" && key != "event_id" {
          #expect(row[key] as? NSObject == value as? NSObject, "\(key)")
        }
      }
    }
  }

  @Test(
    "A capture that is damaged or cannot be read has a row with the error in every table", arguments: FleetTests.kinds)
  func errors(kind: String) throws {
    try BuiltProgram.withDirectory { folder in
      let good = folder.appendingPathComponent("good.log").path
      let cut = folder.appendingPathComponent("cut.pcap.lz4").path
      let whole = folder.appendingPathComponent("whole.pcap.lz4").path
      try Data(BuiltProgram.log.utf8).write(to: URL(fileURLWithPath: good))
      _ = try BuiltProgram.run(["generate", "linux-60/immediate", "-o", whole, "--quiet"])
      let bytes = try Data(contentsOf: URL(fileURLWithPath: whole))
      try bytes.prefix(bytes.count / 2).write(to: URL(fileURLWithPath: cut))
      let result = try BuiltProgram.run(["fleet", good, cut, folder.path + "/none.log", "--rows", kind])
      #expect(result.status == 0)
      let rows = try rows(result.output)
      for name in ["cut.pcap.lz4", "none.log"] {
        let own = rows.filter { ($0["capture"] as? String)?.hasSuffix("/" + name) == true }
        #expect(!own.isEmpty && own.allSatisfy { $0["error"] is String }, "\(name)")
      }
      #expect(rows.allSatisfy { ($0["capture"] as? String) != good || $0["error"] is NSNull })
      // Every row has every column, in one order.
      let described = try object(try BuiltProgram.run(["fleet", "--columns", "--rows", kind]).output)
      let columns = try #require(described[kind] as? [[String: Any]]).compactMap { $0["name"] as? String }
      #expect(rows.allSatisfy { Set($0.keys) == Set(columns) })
    }
  }

  static let kinds = ["summary", "interrupts", "findings", "latency", "guests", "list-registers", "its-caches"]

  @Test("A side file's labels win over the name's, and those over what holds for all")
  func labels() throws {
    try BuiltProgram.withDirectory { folder in
      try Self.captures(2, in: folder)
      let side = folder.appendingPathComponent("labels.jsonl").path
      try Data("{\"capture\":\"\(folder.path)/6.1/000.log\",\"kernel\":\"6.1-rc1\"}\n".utf8).write(
        to: URL(fileURLWithPath: side))
      let result = try BuiltProgram.run([
        "fleet", folder.path, "--label", "kernel=none", "--label", "host=h", "--label-pattern", "{kernel}/{run}.log",
        "--labels-from", side,
      ])
      let rows = try rows(result.output)
      #expect(rows.map { $0["label_kernel"] as? String } == ["6.1-rc1", "6.12"])
      #expect(rows.map { $0["label_run"] as? String } == ["000", "001"])
      #expect(rows.map { $0["host"] as? String } == ["h", "h"])
    }
  }

  @Test(
    "What cannot be meant is an error of usage",
    arguments: [
      ["fleet"], ["fleet", "-"], ["fleet", "a", "--rows", "latency", "--rows", "summary"], ["fleet", "/no/such/*.log"],
      ["fleet", "a", "--label", "kernel"], ["fleet", "a", "--label", "Kernel=1"],
      ["fleet", "a", "--label-pattern", "no/part"], ["fleet", "a", "--jobs", "0"],
    ])
  func usage(arguments: [String]) throws { #expect(try BuiltProgram.run(arguments).status == 2) }

  // MARK: Folders of rows

  /// The files of a folder of rows.
  private func content(_ folder: URL) throws -> [String: Data] {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    return try Dictionary(
      uniqueKeysWithValues: names.map { ($0, try Data(contentsOf: folder.appendingPathComponent($0))) })
  }

  private static func size(_ path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
  }

  private func arguments(_ captures: URL, _ out: URL) -> [String] {
    ["fleet", captures.path, "--out", out.path, "--jobs", "2", "--quiet"] + Self.kinds.flatMap { ["--rows", $0] }
  }

  @Test("Killed at any moment and taken up again, the rows are those of a run that nobody killed")
  func killed() throws {
    try BuiltProgram.withDirectory { folder in
      let captures = folder.appendingPathComponent("captures")
      try Self.captures(150, in: captures)
      let (whole, killed) = (folder.appendingPathComponent("whole"), folder.appendingPathComponent("killed"))
      #expect(try BuiltProgram.run(arguments(captures, whole)).status == 0)
      var (kills, length) = (0, 0)
      let journal = killed.appendingPathComponent("journal").path
      while kills < 10 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: BuiltProgram.path)
        process.arguments = arguments(captures, killed)
        try process.run()
        // Once a few captures more are done, and a little later: at any moment.
        let wanted = length + Int.random(in: 1..<600)
        while process.isRunning, Self.size(journal) < wanted { usleep(500) }
        usleep(UInt32.random(in: 0..<5000))
        if !process.isRunning { break }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        (kills, length) = (kills + 1, Self.size(journal))
      }
      #expect(kills > 2)
      #expect(try BuiltProgram.run(arguments(captures, killed)).status == 0)
      #expect(try content(killed) == content(whole))
      // Once more: nothing is left to do.
      #expect(try BuiltProgram.run(arguments(captures, killed)).status == 0)
      #expect(try content(killed) == content(whole))
    }
  }

  @Test("A row that is half written is cut off, and so are rows without their line in the journal")
  func torn() throws {
    try BuiltProgram.withDirectory { folder in
      let captures = folder.appendingPathComponent("captures")
      try Self.captures(6, in: captures)
      let out = folder.appendingPathComponent("out")
      #expect(try BuiltProgram.run(arguments(captures, out)).status == 0)
      let whole = try content(out)
      let (journal, rows) = (try #require(whole["journal"]), try #require(whole["latency.jsonl"]))
      for (lost, more) in [(0, "{\"capture\":\"a"), (7, ""), (journal.count / 2, "{}\n"), (journal.count, "")] {
        try journal.dropLast(lost).write(to: out.appendingPathComponent("journal"))
        try (rows + Data(more.utf8)).write(to: out.appendingPathComponent("latency.jsonl"))
        if lost == journal.count {
          for name in whole.keys { try? FileManager.default.removeItem(at: out.appendingPathComponent(name)) }
        }
        #expect(try BuiltProgram.run(arguments(captures, out)).status == 0)
        #expect(try content(out) == whole)
      }
      // Killed before the first row, or before the title was whole.
      for title in ["gicscope fleet journal 1\n", "gicscope", ""] {
        try FileManager.default.removeItem(at: out)
        try FileManager.default.createDirectory(at: out, withIntermediateDirectories: true)
        try Data(title.utf8).write(to: out.appendingPathComponent("journal"))
        #expect(try BuiltProgram.run(arguments(captures, out)).status == 0)
        #expect(try content(out) == whole)
      }
      // Rows that are lost though the journal has them.
      try rows.prefix(rows.count / 2).write(to: out.appendingPathComponent("latency.jsonl"))
      #expect(try BuiltProgram.run(arguments(captures, out)).status == 0)
      #expect(try content(out) == whole)
    }
  }

  @Test("New captures are added; other kinds of rows and captures that have changed are refused")
  func later() throws {
    try BuiltProgram.withDirectory { folder in
      let captures = folder.appendingPathComponent("captures")
      try Self.captures(4, in: captures)
      let out = folder.appendingPathComponent("out")
      #expect(try BuiltProgram.run(arguments(captures, out)).status == 0)
      let before = try #require(try content(out)["summary.jsonl"])
      try Data(BuiltProgram.log.utf8).write(to: captures.appendingPathComponent("6.1/001-new.log"))
      #expect(try BuiltProgram.run(arguments(captures, out)).status == 0)
      let after = try #require(try content(out)["summary.jsonl"])
      #expect(after.starts(with: before))
      #expect(try rows(String(decoding: after, as: UTF8.self)).count == 5)
      let other = try BuiltProgram.run(["fleet", captures.path, "--out", out.path])
      #expect(other.status == 2 && other.errors.contains("choose another folder"))
      try Data((BuiltProgram.log + "\n").utf8).write(to: captures.appendingPathComponent("6.1/000.log"))
      let changed = try BuiltProgram.run(arguments(captures, out))
      #expect(changed.status == 2 && changed.errors.contains("000.log: it has changed"))
    }
  }

  @Test("A worker that is ended costs the capture that it analyses, and no other")
  func worker() throws {
    try BuiltProgram.withDirectory { folder in
      try Self.captures(5, in: folder)
      let pipe = folder.path + "/6.1/001.log"
      #expect(mkfifo(pipe, 0o600) == 0)
      let (process, output) = (Process(), Pipe())
      process.executableURL = URL(fileURLWithPath: BuiltProgram.path)
      process.arguments = ["fleet", folder.path + "/6.1/*", folder.path + "/6.12", "--jobs", "1", "--quiet"]
      process.standardOutput = output
      try process.run()
      // A pipe can be opened for writing only when somebody reads it: the worker has begun with that capture.
      var writer: Int32 = -1
      while writer < 0, process.isRunning {
        usleep(1000)
        writer = open(pipe, O_WRONLY | O_NONBLOCK | O_CLOEXEC)
      }
      let parent = process.processIdentifier
      let children = try String(contentsOfFile: "/proc/\(parent)/task/\(parent)/children", encoding: .utf8)
      kill(try #require(Int32(children.trimmingCharacters(in: .whitespaces))), SIGKILL)
      let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      close(writer)
      #expect(process.terminationStatus == 0)
      let rows = try rows(text)
      #expect(rows.count == 6)
      let failed = rows.filter { $0["error"] is String }
      #expect(failed.count == 1)
      #expect((failed.first?["error"] as? String)?.contains("signal 9") == true)
    }
  }
}
