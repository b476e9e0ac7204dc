import Foundation
import TestSupport
import Testing

@Suite("Options")
struct OptionTests {
  @Test("- is standard input")
  func standardInput() throws {
    let result = try BuiltProgram.run(["info", "--json", "-"], input: BuiltProgram.log)
    #expect(result.status == 0)
    let trace = try object(result.output)["trace"] as? [String: Any]
    #expect(trace?["path"] as? String == "-")
    #expect(trace?["records"] as? Int == 12)
  }

  @Test("--json alone writes JSON to standard output, and does not take the capture for its file")
  func jsonAlone() throws {
    let result = try BuiltProgram.run(onLog: ["verify", "--json", "FILE"])
    #expect(result.status == 0)
    #expect(try object(result.output)["command"] as? String == "verify")
  }

  @Test("--json with a file writes JSON there and text to standard output", arguments: [true, false])
  func jsonFile(joined: Bool) throws {
    try BuiltProgram.withDirectory { directory in
      let capture = directory.appendingPathComponent("a.log")
      let report = directory.appendingPathComponent("report.json")
      try Data(BuiltProgram.log.utf8).write(to: capture)
      let option = joined ? ["--json=\(report.path)"] : ["--json", report.path]
      let result = try BuiltProgram.run(["analyze"] + option + [capture.path])
      #expect(result.status == 0)
      #expect(result.output.contains("Interrupts"))
      let document = try object(String(contentsOf: report, encoding: .utf8))
      #expect(document["schema"] as? Int == 1)
      #expect((document["summary"] as? [String: Any])?["acknowledges"] as? Int == 1)
      #expect((document["summary"] as? [String: Any])?["spurious_acknowledges"] as? Int == 1)
    }
  }

  @Test("No escape sequence is written where there is no terminal")
  func noColour() throws {
    #expect(!(try BuiltProgram.run(onLog: ["analyze", "FILE"]).output.contains("\u{1B}")))
  }

  @Test("A window limits what is reported")
  func window() throws {
    let result = try BuiltProgram.run(onLog: ["analyze", "--json", "--from", "#11", "FILE"])
    let summary = try object(result.output)["summary"] as? [String: Any]
    #expect(summary?["acknowledges"] as? Int == 0)
    #expect(summary?["spurious_acknowledges"] as? Int == 1)
  }

  @Test("Filters limit what is reported", arguments: [("27", 1), ("1-26,28", 0)])
  func filter(irq: String, count: Int) throws {
    let result = try BuiltProgram.run(onLog: ["analyze", "--json", "--irq", irq, "FILE"])
    #expect((try object(result.output)["summary"] as? [String: Any])?["acknowledges"] as? Int == count)
  }

  @Test("Events can be selected and counted")
  func events() throws {
    let lines = try BuiltProgram.run(onLog: ["events", "--kind", "sysregRead", "--format", "jsonl", "FILE"]).output
      .split(separator: "\n")
    #expect(lines.count == 2)
    #expect(try object(String(lines[0]))["register"] as? String == "ICC_IAR1_EL1")
    #expect(try BuiltProgram.run(onLog: ["events", "-l", "3", "FILE"]).output.split(separator: "\n").count == 3)
    let concerned = try BuiltProgram.run(onLog: ["events", "--irq", "27", "FILE"]).output
    #expect(concerned.contains("lineLevel"))
    #expect(concerned.contains("GICR_ISENABLER0"))
    #expect(!concerned.contains("ICC_PMR_EL1"))
  }

  @Test("State can be asked for at a place, and compared with a later one")
  func state() throws {
    let before = try BuiltProgram.run(onLog: ["state", "--at", "#8", "--irq", "27", "--json", "FILE"])
    #expect(before.status == 0)
    #expect((try object(before.output)["at"] as? [String: Any])?["event"] as? Int == 8)
    let difference = try BuiltProgram.run(onLog: ["state", "--at", "#8", "--diff", "end", "FILE"])
    #expect(difference.status == 0)
    #expect(difference.output.contains("active"))
  }

  @Test(
    "A topology file wins over the capture",
    arguments: ["pe_count = 6  # six\n", #"{"pe_count": 6, "affinity": [0, "0.0.0.1"]}"#])
  func topology(content: String) throws {
    try BuiltProgram.withDirectory { directory in
      let capture = directory.appendingPathComponent("a.log")
      let topology = directory.appendingPathComponent("topology")
      try Data(BuiltProgram.log.utf8).write(to: capture)
      try Data(content.utf8).write(to: topology)
      let result = try BuiltProgram.run(["info", "--json", "--topology", topology.path, capture.path])
      #expect(result.status == 0, "\(result.errors)")
      let facts = try object(result.output)["topology"] as? [[String: Any]]
      let count = facts?.first { $0["name"] as? String == "pe_count" }
      #expect(count?["value"] as? Int == 6)
      #expect(count?["source"] as? String == "user")
    }
  }

  @Test(
    "What is wrong with a topology file is located",
    arguments: [
      ("pe_count\n", "line 1"), ("# x\nbogus=1\n", "line 2: unknown key 'bogus'"), ("pe_count=x\n", "'x'"),
      ("{\"pe_count\": {}}", "not a JSON"),
    ]
  )
  func badTopology(content: String, message: String) throws {
    try BuiltProgram.withDirectory { directory in
      let topology = directory.appendingPathComponent("topology")
      try Data(content.utf8).write(to: topology)
      let result = try BuiltProgram.run(["info", "--topology", topology.path, "-"], input: BuiltProgram.log)
      #expect(result.status == 2)
      #expect(result.errors.contains(message), "\(result.errors)")
    }
  }

  @Test("The register map can be searched")
  func registers() throws {
    let result = try BuiltProgram.run(["registers", "isenabler"])
    #expect(result.output.contains("GICD_ISENABLER"))
    #expect(!result.output.contains("GICD_CTLR"))
  }

  @Test("Benchmarks give figures")
  func bench() throws {
    let result = try BuiltProgram.run(onLog: ["bench", "replay", "--json", "-r", "1", "FILE"])
    let stages = try object(result.output)["stages"] as? [[String: Any]]
    #expect(stages?.first?["name"] as? String == "decode")
    #expect(stages?.allSatisfy { $0["count"] as? Int == 12 } == true)
  }

  @Test("A converted file holds the same events and verifies the same", arguments: ["a.pcap.lz4", "a.pcap"])
  func convertNative(name: String) throws {
    try BuiltProgram.withDirectory { directory in
      let capture = directory.appendingPathComponent("a.log")
      let native = directory.appendingPathComponent(name)
      try Data(BuiltProgram.log.utf8).write(to: capture)
      #expect(try BuiltProgram.run(["convert", capture.path, "-o", native.path]).status == 0)
      for command in ["events", "state"] {
        let before = try BuiltProgram.run([command, capture.path])
        let after = try BuiltProgram.run([command, native.path])
        #expect(after.status == 0)
        #expect(before.output == after.output)
      }
      let verified = try [capture, native].map { file in
        try object(BuiltProgram.run(["verify", "--json", file.path]).output)["verify"] as? NSDictionary
      }
      #expect(verified[0] == verified[1])
    }
  }

  @Test("A window that begins in the middle of a run does not begin at reset")
  func convertWindow() throws {
    try BuiltProgram.withDirectory { directory in
      let native = directory.appendingPathComponent("window.pcap.lz4").path
      let capture = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Traces/linux-gicv2/trace.log.gz").standardized.path
      let window = ["--from", "#16001", "--to", "#32000"]
      #expect(try BuiltProgram.run(["convert", capture, "-o", native] + window).status == 0)
      let verified = try BuiltProgram.run(["verify", "--json", native])
      #expect(verified.status == 0)
      let counts = try object(verified.output)["verify"] as? [String: Any]
      #expect(counts?["disagreed"] as? Int == 0 && counts?["agreed"] as? Int ?? 0 > 10_000)
    }
  }

  @Test("Events convert to CSV")
  func convert() throws {
    try BuiltProgram.withDirectory { directory in
      let capture = directory.appendingPathComponent("a.log")
      let output = directory.appendingPathComponent("a.csv")
      try Data(BuiltProgram.log.utf8).write(to: capture)
      #expect(try BuiltProgram.run(["convert", capture.path, "-o", output.path]).status == 0)
      let lines = try String(contentsOf: output, encoding: .utf8).split(separator: "\n")
      #expect(lines.count == 13)
      #expect(lines[0].hasPrefix("event,time_ns,"))
    }
  }
}
