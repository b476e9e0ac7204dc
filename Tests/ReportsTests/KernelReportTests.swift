import Foundation
import GICModel
import Testing

@testable import Analyzers
@testable import Reports

/// A kernel's own interrupts, and guests' exits, in every form of a report.
@Suite("Reports of a kernel's interrupts")
struct KernelReportTests {
  @Test("JSON has handlers, IPIs, softirqs and PEs under their keys")
  func json() throws {
    let kernel = try #require(BundledCapture.analyse("kernel/handlers.txt").json["kernel"])
    let shared = try #require(kernel["handlers"]?.elements.last)
    #expect(shared["domain"]?.number == 0 && shared["irq"]?.number == 40 && shared["pe"]?.number == 0)
    #expect(shared["names"]?.elements.compactMap(\.string) == ["mmc1", "mmc0"])
    #expect(shared["runs"]?.number == 12 && shared["unhandled"]?.number == 6 && shared["interrupts"]?.number == 6)
    #expect(shared["total_ns"]?.number == 54_000 && shared["p50_ns"]?.number == 2000)
    #expect(shared["p99_ns"]?.number == 7000 && shared["max_ns"]?.number == 7000)
    #expect(shared["actions"]?.elements.compactMap { $0["unhandled"]?.number } == [0, 6])
    let ipi = try #require(kernel["ipis"]?.elements.first)
    #expect(ipi["reason"]?.string == "Rescheduling interrupts" && ipi["pe"]?.number == 3)
    #expect(ipi["raised"]?.number == 3 && ipi["entered"]?.number == 3)
    #expect(ipi["raise_to_entry"]?["p50_ns"]?.number == 15_000 && ipi["handler"]?["max_ns"]?.number == 2000)
    #expect(kernel["softirqs"]?.elements.first?["name"]?.string == "TIMER")
    #expect(kernel["pes"]?.elements.compactMap { $0["hardirq_ns"]?.number } == [54_000, 360_000, 9000])
  }

  @Test("The terminal's report and the page name handlers, IPIs, softirqs and who was interrupted")
  func forPeople() throws {
    let report = try BundledCapture.analyse("kernel/handlers.txt")
    let text = report.text(TextStyle(isColoured: false))
    for words in ["mmc1 (shared)", "arch_timer", "Rescheduling interrupts", "TIMER", "<idle>", "Time in interrupts"] {
      #expect(text.contains(words), "\(words)")
    }
    #expect(!text.contains("No interrupt was acknowledged"))
    var page = ""
    let html = HTMLReport { page += $0 }
    try html.finish(report)
    for words in ["mmc1 (shared)", "Rescheduling interrupts", "TIMER"] { #expect(page.contains(words), "\(words)") }
  }

  @Test("The database has the same rows")
  func database() throws {
    let file = TemporaryFile(".db")
    _ = try BundledCapture.analyse("kernel/handlers.txt") { _ in [try SQLiteReport(path: file.path)] }
    let database = try SQLiteDatabase(reading: file.path)
    #expect(
      try database.rows("SELECT irq, names, runs, unhandled, max_ns FROM kernel_handlers ORDER BY irq")
        == [
          [.integer(2), .text("IPI"), .integer(3), .integer(0), .integer(3000)],
          [.integer(11), .text("arch_timer"), .integer(4), .integer(0), .integer(300_000)],
          [.integer(40), .text("mmc1, mmc0"), .integer(12), .integer(6), .integer(7000)],
        ])
    #expect(
      try database.rows("SELECT raise_to_entry_p50_ns, handler_max_ns FROM kernel_ipis")
        == [[.integer(15_000), .integer(2000)]])
    #expect(try database.rows("SELECT sum(hardirq_ns) FROM kernel_pes") == [[.integer(423_000)]])
    #expect(try database.rows("SELECT name, hardirq_ns FROM kernel_tasks") == [[.text("<idle>"), .integer(423_000)]])
  }

  @Test("Handlers, IPIs and softirqs are compared, those of all PEs together")
  func compared() throws {
    let json = try BundledCapture.analyse("kernel/handlers.txt").json
    let side = try DiffSide(path: "a", json)
    let keys = side.latencies.map { "\($0.key.interruptClass) \($0.key.intid.map(String.init) ?? "") \($0.key.stage)" }
    #expect(
      Set(keys).isSuperset(of: [
        "IRQ 40 handler", "IRQ 11 handler", "Rescheduling interrupts  ipi_raise_to_entry", "TIMER  softirq_run",
      ]))
    let report = DiffReport(before: side, after: side)
    #expect(!report.isDifferent && report.comparedINTIDs == 3 && report.classes.count == 4)
    #expect(side.counts.contains { $0 == ("handler_runs", 19) })
    #expect(
      DiffWording.headline(report).map(\.text) == [
        "no duration of a handler, IPI or softirq changed beyond noise, and the findings are the same"
      ])
  }

  @Test("Where neither side has latencies, nothing is said of them")
  func nothingToCompare() throws {
    let side = try DiffSide(path: "a", BundledCapture.analyse("kernel/kvm-no-entries.txt").json)
    let lines = DiffWording.headline(DiffReport(before: side, after: side))
    #expect(lines.map(\.text).allSatisfy { !$0.contains("changed") })
  }

  @Test(
    "Conditions about a kernel's interrupts",
    arguments: [
      ("kernel.handler.max>299us", true), ("kernel.handler.max>300us", false), ("kernel.handler.count==19", true),
      ("kernel.ipi_raise_to_entry.p50>14us", true), ("kernel.softirq_run.p99.9<=30us", true),
      ("handler_runs==19", true), ("unhandled_interrupts>0", false), ("ipis_raised!=3", false),
    ] as [(String, Bool)])
  func conditions(text: String, holds: Bool) throws {
    let report = try BundledCapture.analyse("kernel/handlers.txt")
    #expect(try (Threshold(text).crossing(report) != nil) == holds)
  }

  @Test("A guest whose entries were not recorded is shown, and that they were not")
  func noEntries() throws {
    let report = try BundledCapture.analyse("kernel/kvm-no-entries.txt")
    let text = report.text(TextStyle(isColoured: false))
    #expect(
      text.contains("were not recorded") && text.contains("asleep in WFI") && text.contains("4 lines set by user"))
    #expect(report.json["kvm"]?.elements.first?["lines"]?.elements.first?["raised"]?.number == 2)
  }

  /// `state`, `why` and `serve` print it too.
  @Test("The page has guests' interrupts as their hypervisor keeps them")
  func guestState() throws {
    let report = try BundledCapture.analyse("kvm-cases/ipi-send-cpu-inside.txt")
    let state = try #require(report.guestStates.first)
    var page = ""
    try HTMLReport { page += $0 }.finish(report)
    #expect(page.contains(state.text(TextStyle(isColoured: false)).escapedForHTML))
    let intids = state["interrupts"]?.elements.compactMap { $0["intid"] }
    #expect(intids == [.number(40), .number(41), .number(42)])
  }

  @Test("Nothing is said of list registers where the capture shows no interrupt of the guest")
  func noListRegisters() throws {
    let report = try BundledCapture.analyse("kernel/kvm-no-progress.txt")
    #expect(!report.text(TextStyle(isColoured: false)).contains("list registers used"))
    #expect(report.json["kvm"]?.elements.first?["exits"]?.elements.compactMap { $0["exits"]?.number } == [3])
  }
}
