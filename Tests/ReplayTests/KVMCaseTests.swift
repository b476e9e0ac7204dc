import Foundation
import HypervisorModel
import InterruptTrace
import Testing
import TraceImporters

@testable import Replay

/// What is decided is right: parts of recordings of real hosts, each with the list registers that were seen from below.
@Suite("KVM cases")
struct KVMCaseTests {
  private static func path(_ name: String) -> String {
    GoldenCapture.folder.appending(path: "kvm-cases/\(name)").path
  }

  private func agreement(
    _ name: String, policy: ListRegisterPolicy = .kvmLegacy, _ knowledge: ListRegisterCheck.Knowledge = .insideOnly
  ) throws -> ListRegisterAgreement {
    let inside = [Self.path("\(name)-inside.txt.zst")]
    let check = try ListRegisterCheck(outside: try openTrace(paths: [Self.path("\(name)-below.log.zst")]))
    try check.align(inside: try openTrace(paths: inside))
    var options = HypervisorOptions()
    options.policy = policy
    return try check.compare(
      inside: try openTrace(paths: inside), topology: Topology(), options: options, knowledge: knowledge)
  }

  /// Linux from 6.4 on traces an IPI where it is sent and where it is raised. One that is sent and not raised is none
  /// that a CPU has yet to take.
  @Test("An IPI's sender takes no injection back")
  func ipiSendCPU() throws {
    let found = try agreement("ipi-send-cpu")
    #expect(found.shown.disagreed == 0)
    #expect(found.classes[RegisterClass.spi.rawValue].guessedWrong <= 1)
  }

  @Test("Shown fills decide every entry, in all classes")
  func shownFills() throws {
    let found = try agreement("shown-fills")
    #expect(found.whole.agreed == 13 && found.whole.disagreed == 0)
    #expect(found.whole.guessedRight + found.whole.guessedWrong + found.whole.notShown == 0)
  }

  @Test("An SPI whose route no event shows is not decided")
  func unknownRoute() throws {
    let found = try agreement("spi-route-unknown")
    #expect(found.shown.decided == 0)
    #expect(found.classes[RegisterClass.spi.rawValue].guessedWrong > 0)
  }

  /// The true difference of the clocks is known from list registers that probes showed in the same run.
  @Test("Entries that probes delay are aligned with their loads")
  func delayedEntries() throws {
    let found = try agreement("probes-delay-entries")
    let offset = try #require(found.clockOffset)
    // A log's times count from its epoch.
    let below = try openTrace(paths: [Self.path("probes-delay-entries-below.log.zst")])
    let epoch = try #require(below.topology[.epoch])
    #expect(abs(Int64(epoch) + offset - 1_795_972_192_960_600_000) < 100_000)
    #expect(found.clockJumps == 0)
    #expect(found.shown.disagreed == 0)
  }

  /// Interrupts that were evicted while they were active, and ended where no list register held them (IHI 0069H, 12.4.5).
  @Test("Ends that EOIcount counts are carried over")
  func endsOutsideTheListRegisters() throws {
    let found = try agreement("eoicount", policy: .kvmOverflow, .withInjections)
    #expect(found.reasons.isEmpty, "\(found.reasons.map(\.text))")
    #expect(found.rules.keys.sorted { $0.rawValue < $1.rawValue } == [.registersShown])
    #expect(found.rules[.registersShown]?.wrong == 0)
  }

  @Test("Rules that decide are right in every case", arguments: ["probes-delay-entries", "shown-fills"])
  func rules(name: String) throws {
    for (rule, score) in try agreement(name).rules where rule.decides { #expect(score.wrong == 0, "\(rule.name)") }
  }

  /// A probe's own output names threads; which vCPUs they run, the host's trace says.
  @Test("Merged list registers belong to their threads' vCPUs")
  func mergedListRegisters() throws {
    let source = MergedSource(
      try openTrace(paths: [Self.path("merged-list-registers-host.txt.zst")]),
      try openTrace(paths: [Self.path("merged-list-registers-probes.txt.zst")]),
      MergedSource.Relation(clock: ClockOffset(offset: 0)))
    var threads: [UInt32: Set<UInt32>] = [:]
    var batch = EventBatch()
    while try source.read(into: &batch) > 0 {
      for event in batch.events where event.kind == .lrWrite || event.kind == .lrRead {
        #expect(event.domain == 1)
        threads[UInt32(truncatingIfNeeded: event.a >> 32), default: []].insert(event.pe)
      }
    }
    #expect(threads == [440: [0], 441: [1]])
  }

  @Test("Lines of a tracer with the host's clock need no offset")
  func mergedListRegisterClock() throws {
    let clock = try ClockOffset.find(
      CaptureSignals(openTrace(paths: [Self.path("merged-list-registers-host.txt.zst")])),
      CaptureSignals(openTrace(paths: [Self.path("merged-list-registers-probes.txt.zst")])), guest: 0)
    #expect(clock?.offset == 0 && clock?.basis == .listRegisters && clock?.matched == 9)
  }

  @Test("Captures that cannot be compared say what is missing")
  func mismatches() throws {
    let inside = Self.path("shown-fills-inside.txt.zst")
    let below = Self.path("shown-fills-below.log.zst")
    func mismatch(_ inside: String, _ below: String) throws -> ListRegisterAgreement.Mismatch? {
      let check = try ListRegisterCheck(outside: try openTrace(paths: [below]))
      try check.align(inside: try openTrace(paths: [inside]))
      return try check.compare(
        inside: try openTrace(paths: [inside]), topology: Topology(), options: .init(), knowledge: .insideOnly
      ).mismatch
    }
    #expect(try mismatch(inside, below) == nil)
    #expect(try mismatch(inside, inside) == .noLoads)
    #expect(try mismatch(below, below) == .noEntries)
    #expect(try mismatch(Self.path("ipi-send-cpu-inside.txt.zst"), below) == .noOffset)
  }

  /// Every event of the guest lies between an entry and an exit of its vCPU, by one difference of the clocks.
  @Test("A guest's clock is found by the runs of its vCPUs")
  func guestClock() throws {
    let host = try CaptureSignals(openTrace(paths: [Self.path("guest-clock-host.txt.zst")]))
    let guest = try CaptureSignals(openTrace(paths: [Self.path("guest-clock-guest.txt.zst")]))
    let clock = try #require(ClockOffset.find(host, guest, guest: 1))
    #expect((872_318_465_000...872_318_565_000).contains(clock.offset) && clock.drift == 0)
    let bound = try #require(clock.bound)
    #expect(bound < 250_000 && clock.matched == clock.compared)
  }
}
