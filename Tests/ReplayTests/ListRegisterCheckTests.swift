import Foundation
import HypervisorModel
import InterruptTrace
import Testing
import TraceImporters

@testable import Replay

/// The model of KVM's VGIC against list registers that were seen from below, in bundled recordings of the same runs.
@Suite struct ListRegisterCheckTests {
  private static func path(_ name: String) -> String {
    GoldenCapture.folder.appending(path: "kvm-list-registers/\(name)").path
  }

  private func agreement(
    _ name: String, _ knowledge: ListRegisterCheck.Knowledge
  ) throws -> (check: ListRegisterCheck, agreement: ListRegisterAgreement) {
    let inside = [Self.path("\(name)-inside.txt.zst")]
    let check = try ListRegisterCheck(outside: try openTrace(paths: [Self.path("\(name)-below.log.zst")]))
    try check.align(inside: try openTrace(paths: inside))
    let agreement = try check.compare(
      inside: try openTrace(paths: inside), topology: Topology(), options: HypervisorOptions(), knowledge: knowledge)
    return (check, agreement)
  }

  @Test(arguments: [("gicv3", UInt64(600)), ("gicv2", 2800)])
  func whatTheInsideDecidesIsRightForPPIsAndSPIs(name: String, decided: UInt64) throws {
    let (check, found) = try agreement(name, .insideOnly)
    #expect(check.listRegisters == 4)
    #expect(found.clockOffset != nil && found.clockJumps == 0)
    #expect(found.shown.decided > decided)
    #expect(found.shown.disagreed == 0)
    for (rule, score) in found.rules where rule.decides { #expect(score.wrong == 0, "\(rule.name)") }
  }

  @Test(arguments: ["gicv3", "gicv2"])
  func withInjectionsFromBelowAllRegistersAreRight(name: String) throws {
    let (_, found) = try agreement(name, .withInjections)
    #expect(found.shown.disagreed * 1000 <= found.shown.decided)
    #expect(found.whole.disagreed * 1000 <= found.whole.decided)
    #expect(found.abandoned < 10)
  }

  @Test func capturesOfDifferentRunsDoNotMatch() throws {
    let check = try ListRegisterCheck(outside: try openTrace(paths: [Self.path("gicv3-below.log.zst")]))
    try check.align(inside: try openTrace(paths: [Self.path("gicv2-inside.txt.zst")]))
    let found = try check.compare(
      inside: try openTrace(paths: [Self.path("gicv2-inside.txt.zst")]), topology: Topology(),
      options: HypervisorOptions(), knowledge: .insideOnly)
    #expect(found.clockOffset == nil && found.whole.decided == 0)
  }

  @Test func registersHoldSGIsWithTheirSourceAndNoLPIInPlaceOfOne() {
    #expect(ListRegisterValue(0x50A0_0000_0000_0001, .ich).holds(1))
    #expect(ListRegisterValue(0x50A0_0000_0000_0401, .ich).holds(1))
    #expect(!ListRegisterValue(0x50A0_0000_0000_2001, .ich).holds(1))
    #expect(ListRegisterValue(0x50A0_0000_0000_2001, .ich).holds(8193))
    #expect(ListRegisterValue(0x1800_0C05, .gich).holds(5))
  }

  // MARK: Alignment

  private func load(_ time: UInt64, pe: UInt32 = 0) -> RegisterLoad {
    RegisterLoad(from: time, to: time + 50_000, pe: pe, control: 1)
  }
  private func entry(_ time: UInt64, cpu: UInt32 = 0) -> EntryAlignment.Entry {
    EntryAlignment.Entry(time: time, cpu: cpu, event: time)
  }
  /// Times that repeat no distance.
  private let times = (0..<40 as Range<UInt64>).map { $0 * 1_000_000 + $0 * $0 * 7_000 }

  @Test func entriesAreFoundWhateverTheClocksDifferBy() {
    let alignment = EntryAlignment(
      entries: times.map { entry($0 + 30_000) }, loads: times.map { load($0 + 5_000_000_000) })
    #expect(alignment.loadOfEntry == Array(0..<40))
    #expect(alignment.abandoned == 0)
  }

  @Test func entryWithoutLoadHasNone() {
    var entries = times.map { entry($0 + 30_000) }
    entries.insert(entry(times[20] + 500_000), at: 21)
    let alignment = EntryAlignment(entries: entries, loads: times.map { load($0 + 5_000_000_000) })
    #expect(alignment.loadOfEntry[21] == nil)
    #expect(alignment.loadOfEntry[22] == 21)
  }

  @Test func loadWithoutEntryIsCounted() {
    var entries = times.map { entry($0 + 30_000) }
    entries.remove(at: 20)
    let alignment = EntryAlignment(entries: entries, loads: times.map { load($0 + 5_000_000_000) })
    #expect(alignment.abandoned == 1)
    #expect(alignment.loadOfEntry[20] == 21)
  }

  /// A recording from inside that covers a part of the run, and clocks one of which stood still within it.
  @Test func loadsBeforeAndBehindTheRecordingDoNotKeepItFromBeingFound() {
    var state: UInt64 = 1
    let times = (0..<8192 as Range<UInt64>).map { number in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return number * 1_000_000 + state >> 45
    }
    let entries = (3000..<6000).map { entry(times[$0] + 30_000 + ($0 < 4500 ? 0 : 7_000_000_000)) }
    let alignment = EntryAlignment(entries: entries, loads: times.map { load($0 + 5_000_000_000) })
    // Loads are aligned by the part: of one part some are before the stop, and some behind it.
    let right = alignment.loadOfEntry.enumerated().count { $0.element == $0.offset + 3000 }
    #expect(right > 3000 - 256 && alignment.jumps == 1)
  }

  @Test func recordingOfTheLastThirdIsFound() {
    var state: UInt64 = 1
    let times = (0..<6200 as Range<UInt64>).map { number in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return number * 1_000_000 + state >> 45
    }
    let entries = (4000..<6200).map { entry(times[$0] + 30_000) }
    let alignment = EntryAlignment(entries: entries, loads: times.map { load($0 + 5_000_000_000) })
    #expect(alignment.loadOfEntry.enumerated().allSatisfy { $0.element == $0.offset + 4000 })
  }

  /// A guest that idles is entered by its clock's tick, before the recording as in it.
  @Test func regularEntriesAreOfTheRunThatTheOthersAreOf() {
    var state: UInt64 = 1
    let run = (0..<2000 as Range<UInt64>).map { number in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return number < 120 ? number * 1_000_000 : number * 1_000_000 + state >> 45
    }
    let loads = (0..<256).map { load($0 * 1_000_000) } + run.map { load($0 + 5_000_000_000) }
    let alignment = EntryAlignment(entries: run.map { entry($0 + 30_000) }, loads: loads)
    #expect(alignment.loadOfEntry.enumerated().allSatisfy { $0.element == $0.offset + 256 } && alignment.jumps == 0)
  }

  @Test func loadsOfAnotherCPUAreNoMatch() {
    let alignment = EntryAlignment(
      entries: times.map { entry($0) }, loads: times.map { load($0 + 5_000_000_000, pe: 1) })
    #expect(alignment.offset == nil)
  }
}
