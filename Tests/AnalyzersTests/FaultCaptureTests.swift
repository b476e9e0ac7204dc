import Foundation
import Replay
import Testing
import TraceImporters

@testable import Analyzers

/// Captures with one fault each, and captures without any.
@Suite("Findings in real captures")
struct FaultCaptureTests {
  private static let traces =
    URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Traces").standardized

  private typealias Expected = [(name: String, findings: Set<String>)]

  private static let marked = expected("faults")
  private static let unmarked = expected("faults/unmarked")

  /// What `expected.txt` of a folder wants of each capture, as lines of severity, kind, INTID and PE.
  private static func expected(_ folder: String) -> Expected {
    let text = (try? String(contentsOf: traces.appending(path: "\(folder)/expected.txt"), encoding: .utf8)) ?? ""
    var names: [String] = []
    var findings: [String: Set<String>] = [:]
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      if findings[words[0]] == nil { names.append(words[0]) }
      findings[words[0], default: []].formUnion(words[1] == "nothing" ? [] : [words[1...].joined(separator: " ")])
    }
    return names.map { ($0, findings[$0] ?? []) }
  }

  private func findings(_ path: String) throws -> [Finding] {
    var options = ReplayOptions()
    options.deliversUnreported = true
    let engine = ReplayEngine(source: try openTrace(paths: [Self.traces.appending(path: path).path]), options: options)
    let analysis = Analysis()
    try engine.run(analysis.consume)
    return analysis.results.findings
  }

  private func line(_ finding: Finding) -> String {
    let intid = finding.intid.map(String.init) ?? "-"
    let pe = finding.pe.map(String.init) ?? "-"
    return "\(finding.severity.name) \(finding.kind.name) \(intid) \(pe)"
  }

  @Test("Each fault is found, and only it and what it led to", arguments: Self.marked.map(\.name))
  func fault(name: String) throws {
    let expected = try #require(Self.marked.first { $0.name == name }).findings
    let found = try findings("faults/\(name).log.xz").filter { $0.severity != .note }
    #expect(Set(found.map(line)) == expected)
    for finding in found {
      #expect(!finding.chain.isEmpty && !finding.next.isEmpty)
      #expect(finding.chain.contains { $0.event != nil }, "\(finding.summary) has no evidence")
    }
  }

  @Test("A log that ends with what the fault leaves shows it, as far as it can", arguments: Self.unmarked.map(\.name))
  func logEnds(name: String) throws {
    let expected = try #require(Self.unmarked.first { $0.name == name }).findings
    #expect(Set(try findings("faults/unmarked/\(name).log.xz").map(line)) == expected)
  }

  @Test(
    "A log that ends where the fault keeps an interrupt back shows it too",
    arguments: [
      ("gicv3-mask-closed", 43), ("gicv3-group-off-distributor", 42), ("gicv3-group-off-interface", 43),
      ("gicv3-route-nobody", 44), ("gicv3-route-asleep", 44), ("gicv3-sgi-disabled", 2), ("gicv3-pe-not-started", 44),
      ("gicv2-mask-closed", 43), ("gicv2-distributor-off", 42), ("gicv2-interface-off", 43),
    ] as [(String, UInt32)])
  func end(name: String, intid: UInt32) throws {
    let whole = try findings("faults/\(name).log.xz").first { $0.intid == intid && $0.severity != .note }
    let fault = try #require(whole)
    let path = Self.traces.appending(path: "faults/\(name).log.xz").path
    // Right behind it, and before the read that the program marks the end with, 8 ms later.
    for last in [fault.firstEvent + 2, max(fault.firstEvent + 2, fault.lastEvent - 1)] {
      let engine = ReplayEngine(source: try openTrace(paths: [path]))
      let analysis = Analysis()
      try engine.run(until: .event(last), analysis.consume)
      #expect(analysis.results.findings.contains { $0.intid == intid }, "the log ends at #\(last)")
    }
  }

  @Test(
    "Healthy captures have no errors and no warnings",
    arguments: [
      "linux-gicv3-its/trace.log.zst", "linux-gicv2/trace.log.gz", "middle-of-a-run/trace.log.lz4",
      "its-and-preemption/trace.log.xz", "two-security-states/trace.log.zst", "timer-gicv3-qemu10/trace.log",
      "gicv2-ipi-qemu10/trace.log",
    ]
  )
  func healthy(path: String) throws {
    #expect(try findings(path).filter { $0.severity != .note }.map(\.summary) == [])
  }

  @Test("An LPI configuration that changes without INV, and a disabled LPI that is discarded, are told from their like")
  func staleConfiguration() throws {
    let found = try findings("stale-lpi-configuration/trace.log.xz")
    #expect(found.map(line) == ["warning stale-lpi-configuration 8225 0", "warning discarded-pending 8227 0"])
    let healthy = try findings("its-and-preemption/trace.log.xz")
    #expect(healthy.allSatisfy { $0.kind == .discardedPending && $0.severity == .note })
  }
}
