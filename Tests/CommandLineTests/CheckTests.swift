import Foundation
import TestSupport
import Testing

@Suite("check")
struct CheckTests {
  /// Runs it on captures with these numbers of spurious acknowledges, and a baseline.
  private func check(
    _ budget: String, spurious: [Int] = [1], baseline: [Int] = [], more: [String] = []
  ) throws -> BuiltProgram.Result {
    try BuiltProgram.withDirectory { folder in
      func captures(_ counts: [Int], _ name: String) throws -> [String] {
        try counts.enumerated().map { i, count in
          let more = (1..<count).map {
            "10680@1795335152.001\(100 + $0):gicv3_icc_iar1_read GICv3 ICC_IAR1 read cpu 0x0 value 0x3ff\n"
          }
          let file = folder.appendingPathComponent("\(name)\(i).log")
          try Data((BuiltProgram.log + more.joined()).utf8).write(to: file)
          return file.path
        }
      }
      let file = folder.appendingPathComponent("budget.yml")
      try Data(budget.utf8).write(to: file)
      return try BuiltProgram.run(
        ["check", "--budget", file.path] + captures(spurious, "run")
          + captures(baseline, "before").flatMap { ["--baseline", $0] }
          + more.map { $0.replacingOccurrences(of: "DIR", with: folder.path) })
    }
  }

  @Test("A budget that is kept is silent; each crossing is a line and exit code 1")
  func limits() throws {
    let kept = try check("limits:\n  latency.p99: {most: 1s}\n  acknowledges: {least: 1}\nfindings:\n")
    #expect((kept.status, kept.output) == (0, ""))
    let crossed = try check("limits:\n  latency.p99: {most: 1us}\n  acknowledges: {least: 2}\n  spurious: {most: 0}\n")
    #expect(crossed.status == 1)
    let lines = crossed.output.split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines.first?.contains("latency.p99 is") == true && lines.first?.contains("more than 1.00 µs") == true)
  }

  @Test("A rise counts by its share and its floor together")
  func rise() throws {
    func status(_ percent: Int, _ floor: Int) throws -> Int32 {
      try check("limits: {spurious: {rise: {percent: \(percent), floor: \(floor)}}}", spurious: [30], baseline: [20])
        .status
    }
    #expect(try status(10, 5) == 1)
    #expect(try status(10, 10) == 0)
    #expect(try status(50, 5) == 0)
    #expect(try check("limits: {spurious: {rise: {percent: 1, floor: 1}}}").status == 2)
  }

  @Test("The median of repeats counts")
  func median() throws {
    let budget = "limits: {spurious: {most: 5}}"
    #expect(try check(budget, spurious: [2, 40, 3]).status == 0)
    let crossed = try check(budget, spurious: [2, 40, 30])
    #expect(crossed.status == 1)
    #expect(crossed.output.contains("spurious is 30 (median of 3), more than 5"))
  }

  @Test("Findings are allowed by kind, and metrics that must be there are missed")
  func findings() throws {
    let some = "Traces/faults/gicv3-storm-lpi.log.xz"
    func status(_ budget: String) throws -> BuiltProgram.Result {
      try BuiltProgram.run(["check", "--budget", "FILE", root + some], file: Data(budget.utf8), named: "b.yml")
    }
    let none = try status("findings: {}\n")
    #expect(none.status == 1 && none.output.contains("storm, allowed 0"))
    #expect(try check("present: [latency.LPI.p99]").output.contains("latency.LPI.p99 is missing"))
    #expect(try check("present: [acknowledges, latency.PPI.p99]").status == 0)
  }

  @Test("JUnit, SARIF and GitHub have every crossing")
  func forms() throws {
    try BuiltProgram.withDirectory { folder in
      let (junit, sarif) = (folder.path + "/j.xml", folder.path + "/s.sarif")
      let crossed = try check(
        "limits: {spurious: {most: 0}}", more: ["--junit", junit, "--sarif", sarif, "--github"])
      #expect(crossed.output.contains("\n::error file="))
      let xml = try text(junit)
      #expect(
        xml.contains("tests=\"1\" failures=\"1\"") && xml.contains("<failure message=\"spurious is 1, more than 0\"/>"))
      let document = try object(try String(contentsOfFile: sarif, encoding: .utf8))
      let run = try #require((document["runs"] as? [[String: Any]])?.first)
      #expect((run["results"] as? [[String: Any]])?.first?["ruleId"] as? String == "spurious")
    }
  }

  private func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

  @Test(
    "What is wrong in a budget is an error of usage with its line",
    arguments: [
      ("limits:\n  nothing: {most: 1}\n", "'nothing'"), ("limits:\n  spurious: {at_most: 1}\n", "'at_most'"),
      ("limits:\n  spurious: {most: 1us}\n", "'1us'"), ("findings: {no-kind: 1}\n", "'no-kind'"), ("a: [", "line"),
      ("limits:\n  spurious: {rise: {percent: 10}}\n", "write both"), ("", "empty"),
      ("present: acknowledges\n", "list"),
    ])
  func wrong(budget: String, said: String) throws {
    let result = try check(budget)
    #expect(result.status == 2)
    #expect(result.errors.contains(said), "\(result.errors)")
  }

  /// The package's folder.
  private var root: String {
    String(#filePath.dropLast("Tests/CommandLineTests/CheckTests.swift".count))
  }
}
