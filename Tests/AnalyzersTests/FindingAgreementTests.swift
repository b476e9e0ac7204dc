import Foundation
import InterruptTrace
import Replay
import Testing
import TraceImporters

@testable import Analyzers

/// `why` and the findings come from the same conditions: at the place of a finding, `why` says the same.
@Suite("Findings and why agree")
struct FindingAgreementTests {
  private static let traces =
    URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Traces").standardized

  /// Every bundled log that is small enough to be replayed once for each of its findings.
  private static let captures: [String] = {
    let files = FileManager.default.enumerator(atPath: traces.path)?.compactMap { $0 as? String } ?? []
    return files.filter { name in
      guard [".log", ".log.xz", ".log.zst", ".log.lz4", ".log.gz"].contains(where: name.hasSuffix) else { return false }
      let size = (try? FileManager.default.attributesOfItem(atPath: traces.appending(path: name).path)[.size]) as? Int
      return (size ?? 0) < (name.hasSuffix(".log") ? 400_000 : 60_000)
    }.sorted()
  }()

  private func engine(_ name: String) throws -> ReplayEngine {
    ReplayEngine(source: try openTrace(paths: [Self.traces.appending(path: name).path]))
  }

  /// What a finding says of an interrupt's state; the others tell of what happened on the way to it.
  private static let kindsOfState: Set<FindingKind> = [.stuckPending, .stuckActive, .missingDeactivate, .misrouted]

  @Test("At the place of each finding, why says the same and denies nothing", arguments: captures)
  func agree(name: String) throws {
    let analysis = Analysis()
    let whole = try engine(name)
    try whole.run(analysis.consume)
    let last = whole.events &- 1
    for finding in analysis.results.findings {
      // Waits for a list register are about the guest's own interrupt of that number.
      guard let intid = finding.intid, !finding.isVirtual || INTID.isLPI(intid) && finding.kind != .overflowDelay else {
        continue
      }
      let said = try conclusion(name, finding, intid)
      let denials = [
        "nothing raised it", "nothing has raised it", "shows nothing that raised", "no MSI for it in", "No event shows",
      ]
      #expect(!denials.contains(where: said.contains), "\(finding.summary) — \(said)")
      // What is there at the end is there now.
      guard Self.kindsOfState.contains(finding.kind), finding.lastEvent == last else { continue }
      let isSaid = said == finding.summary + "." || finding.chain.contains { said.contains($0.text) }
      #expect(isSaid || Self.isOfSending(finding), "\(finding.summary) — \(said)")
    }
  }

  private func conclusion(_ name: String, _ finding: Finding, _ intid: UInt32) throws -> String {
    let replay = try engine(name)
    if finding.domain == Domain.physical {
      let follower = InterruptFollower()
      try replay.run(until: .event(finding.lastEvent), follower.consume)
      return follower.ladder(intid: intid, pe: finding.pe).conclusion
    }
    let follower = GuestLadder(domain: finding.domain, intid: intid)
    try replay.run(until: .event(finding.lastEvent), follower.consume)
    return follower.ladders(pe: finding.pe, replay.guestInterrupts(domain: finding.domain, intid: intid))[0].conclusion
  }

  /// SGIs that reached nobody: the finding is about the sender, `why` about a receiver.
  private static func isOfSending(_ finding: Finding) -> Bool {
    finding.kind == .misrouted && finding.intid.map { INTID.isSGI($0) } ?? false
  }

  @Test("Of what a kernel's own trace does not show, why says so")
  func kernel() throws {
    let replay = try engine("kvm-one-second/ftrace.txt.zst")
    let follower = InterruptFollower()
    try replay.run(follower.consume)
    #expect(
      follower.ladder(intid: 999).conclusion == "This capture shows no controller, and nothing about SPI 999.")
  }
}
