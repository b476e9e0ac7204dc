import Foundation
import Replay
import Testing
import TraceImporters

@testable import Analyzers

/// What is found in the small logs under `Traces/cases`: each was once judged wrongly, or is of a fault that has to be found.
@Suite("Findings in small logs")
struct CaseFindingTests {
  private static let folder =
    URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Traces/cases").standardized

  /// The lines of `findings.txt`: a log's name, then severity, kind, INTID, PE and count of a finding, or `nothing`.
  private static let expected: [String: [String]] = {
    let text = (try? String(contentsOf: folder.appending(path: "findings.txt"), encoding: .utf8)) ?? ""
    return text.split(separator: "\n").reduce(into: [:]) { rows, line in
      let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
      rows[parts[0], default: []] += parts[1] == "nothing" ? [] : [parts[1]]
    }
  }()

  private func results(_ name: String) throws -> AnalysisResults {
    let engine = ReplayEngine(source: try openTrace(paths: [Self.folder.appending(path: name).path]))
    let analysis = Analysis()
    try engine.run(analysis.consume)
    return analysis.results
  }

  private func line(_ finding: Finding) -> String {
    let (intid, pe) = (finding.intid.map(String.init) ?? "-", finding.pe.map(String.init) ?? "-")
    return "\(finding.severity.name) \(finding.kind.name) \(intid) \(pe) \(finding.count)"
  }

  @Test("Every log has its expectation")
  func all() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).filter { $0.contains(".log") }
    #expect(Set(files) == Set(Self.expected.keys))
  }

  @Test("What is expected is found, and nothing beside it", arguments: Self.expected.keys.sorted())
  func findings(name: String) throws {
    #expect(try results(name).findings.map(line).sorted() == Self.expected[name]?.sorted())
  }

  /// The lines of `causes.txt`: a log's name, and what one of its findings says of the cause, or of the remedy.
  private static let causes: [(name: String, text: String)] = {
    let text = (try? String(contentsOf: folder.appending(path: "causes.txt"), encoding: .utf8)) ?? ""
    return text.split(separator: "\n").map { row in
      let parts = row.split(separator: ": ", maxSplits: 1).map(String.init)
      return (name: parts[0], text: parts[1])
    }
  }()

  @Test("The cause is named", arguments: Set(Self.causes.map(\.name)).sorted())
  func named(name: String) throws {
    let said = try results(name).findings.flatMap { [$0.summary, $0.advice] + $0.chain.map(\.text) }
    for cause in Self.causes where cause.name == name {
      #expect(said.contains { $0.contains(cause.text) }, "\(cause.text)")
    }
  }

  @Test("The capture begins behind the mapping of an MSI: that it was not translated is not known")
  func untaught() throws {
    #expect(try results("its-fault-before-taught.log").summary.itsFaults == 0)
  }

  @Test("Bao asks for maintenance for good: no list register is short")
  func askedForGood() throws {
    let banks = try results("hcr-npie-without-full-lrs.log").listRegisters.banks
    #expect(banks.map(\.entriesWithMoreWaiting) == [0])
  }

  @Test(
    "Xen switches vCPUs with the interface enabled: list registers that were read are not lost, and entries are found")
  func vCPUSwitch() throws {
    let banks = try results("xen-vcpu-switch-overwritten-context.log").listRegisters.banks
    #expect(banks.reduce(0) { $0 + $1.overwritten } == 0 && banks.contains { $0.entries > 0 })
  }

  @Test(
    "Why it was not delivered agrees with the finding",
    arguments: [
      ("sgi-to-nobody-why.log", 5, "sent 3 times, by PE 0, to no PE that exists"),
      ("hang-ends-the-log.log", 27, "PE 0, 0xf8, does not let priority 0xfe through"),
      ("spurious-1022-storm.log", 27, "gets 1022 each time"),
      ("target-beyond-cpus.log", 44, "its target 0x4 names no CPU interface that exists (there are 2)"),
      ("group-of-reset-not-known.log", 27, "Group 0 is disabled at the CPU interface of PE 0"),
      ("lpi-group-not-shown.log", 8192, "its configuration disables it"),
      ("vpe-not-resident.log", 8194, "vPE 0 is resident on no PE and has no doorbell"),
      ("vlpi-beyond-vpropbaser.log", 20_000, "vLPI 20000 of vPE 0 was not delivered: 1 MSI for it led to no interrupt"),
      ("kernel-irq-storm.log.xz", 61, "The kernel's irq 61 (mailbox-mu) was handled 174 times"),
    ] as [(String, UInt32, String)])
  func why(name: String, intid: UInt32, text: String) throws {
    let engine = ReplayEngine(source: try openTrace(paths: [Self.folder.appending(path: name).path]))
    let follower = InterruptFollower()
    try engine.run(follower.consume)
    #expect(follower.ladder(intid: intid).conclusion.contains(text))
  }
}
