import Foundation
import InterruptTrace
import Replay
import Testing
import TraceImporters

@testable import Analyzers

/// What a kernel's own tracing says of its interrupts.
@Suite("A kernel's own interrupts")
struct KernelInterruptTests {
  private static let folder =
    URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Traces/kernel").standardized

  private func results(_ source: any EventSource, filter: TransitionFilter = TransitionFilter()) throws
    -> KernelActivity
  {
    let analysis = Analysis(filter: filter)
    try ReplayEngine(source: source).run(analysis.consume)
    return analysis.results.kernel
  }

  private func results(text lines: String) throws -> KernelActivity {
    let file = FileManager.default.temporaryDirectory.appending(path: "gicscope-kernel-\(UUID().uuidString).txt")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(lines.utf8).write(to: file)
    return try results(openTrace(paths: [file.path]))
  }

  private func handlers() throws -> KernelActivity {
    try results(openTrace(paths: [Self.folder.appending(path: "handlers.txt").path]))
  }

  @Test("Handlers by interrupt, name and CPU: the handlers of a shared line run for one interrupt")
  func handlersByLine() throws {
    let rows = try handlers().handlers
    #expect(rows.map(\.irq) == [2, 11, 40] && rows.map(\.pe) == [3, 1, 0])
    let (ipi, timer, shared) = (rows[0], rows[1], rows[2])
    #expect(ipi.names == ["IPI"] && ipi.runs == 3 && ipi.durations.max == 3000 && ipi.durations.min == 3000)
    #expect(timer.runs == 4 && timer.durations.percentile(50) == 20_000 && timer.durations.max == 300_000)
    #expect(timer.between.count == 3 && timer.between.percentile(50) == 1_000_000)
    #expect(shared.names == ["mmc1", "mmc0"] && shared.runs == 12 && shared.interrupts == 6 && shared.unhandled == 6)
    #expect(shared.unhandledInterrupts == 0)
    #expect(shared.actions.map(\.unhandled) == [0, 6])
    #expect(shared.actions.map { $0.durations.percentile(50) } == [7000, 2000])
    #expect(shared.between.count == 5)
  }

  @Test("IPIs by reason and target, softirqs by vector: raise to entry, and in the handler")
  func ipisAndSoftirqs() throws {
    let found = try handlers()
    let ipi = try #require(found.ipis.first)
    #expect(found.ipis.count == 1 && ipi.reason == "Rescheduling interrupts" && ipi.pe == 3)
    #expect(ipi.raised == 3 && ipi.entered == 3 && ipi.merged == 0)
    #expect([ipi.raiseToEntry.min, ipi.raiseToEntry.percentile(50), ipi.raiseToEntry.max] == [5000, 15_000, 25_000])
    #expect(ipi.handler.min == 2000 && ipi.handler.max == 2000)
    let softirq = try #require(found.softirqs.first)
    #expect(found.softirqs.count == 1 && softirq.name == "TIMER" && softirq.pe == 1)
    #expect(softirq.raiseToEntry.max == 10_000 && softirq.run.max == 30_000)
  }

  @Test("Of the time from raise to entry, that in an idle state is counted where cpu_idle shows it")
  func idle() throws {
    func ipis(_ changed: (String) -> String = { $0 }) throws -> [KernelActivity.IPI] {
      let path = Self.folder.appending(path: "../kernel-forms/no-task-column.txt").path
      return try results(text: changed(String(contentsOfFile: path, encoding: .utf8))).ipis
    }
    let ipi = try #require(ipis().first { $0.pe == 7 })
    #expect(ipi.raiseToEntry.total == 63_000 && ipi.idle == 46_000)
    // The CPU slept already as the IPI was raised.
    let asleep = try ipis { $0.replacing("154.892162: cpu_idle", with: "154.892100: cpu_idle") }
    #expect(asleep.first?.idle == 60_000)
    // It is still in the state as its handler starts.
    let dozing = try ipis { $0.replacing("cpu_idle: state=4294967295", with: "cpu_other: state=4294967295") }
    #expect(dozing.first?.idle == 49_000)
    let unseen = try ipis { $0.replacing("cpu_idle:", with: "cpu_other:") }
    #expect(unseen.first?.raiseToEntry.total == 63_000 && unseen.first?.idle == nil)
  }

  @Test("Time of a CPU in hard interrupts counts an IPI in its handler once")
  func times() throws {
    let found = try handlers()
    #expect(found.pes.map(\.pe) == [0, 1, 3])
    #expect(found.pes.map(\.hardirq) == [54_000, 360_000, 9000] && found.pes.map(\.softirq) == [0, 30_000, 0])
    #expect(abs(found.pes[1].share - 390_000 / 5_010_000) < 1e-9)
    #expect(found.tasks.map(\.thread) == [0] && found.tasks[0].hardirq == 423_000 && found.tasks[0].interrupts == 19)
  }

  @Test("A softirq's time is its own without the interrupts in between; its run is from entry to exit")
  func nested() throws {
    let found = try results(
      text: """
         a-7 [000] ..s1. 1.000000: softirq_entry: vec=3 [action=NET_RX]
         a-7 [000] d.H1. 1.000010: irq_handler_entry: irq=9 name=eth0
         a-7 [000] d.H1. 1.000014: irq_handler_exit: irq=9 ret=handled
         a-7 [000] ..s1. 1.000030: softirq_exit: vec=3 [action=NET_RX]

        """)
    #expect(found.softirqs[0].run.max == 30_000)
    #expect(found.pes[0].softirq == 26_000 && found.pes[0].hardirq == 4000)
    #expect(found.tasks.map(\.name) == ["a"] && found.tasks[0].softirq == 26_000)
  }

  @Test("An exit without its entry is no run, and an entry without its exit has no duration")
  func oneSided() throws {
    let found = try results(
      text: """
         a-7 [000] d.h1. 1.000000: irq_handler_exit: irq=9 ret=handled
         a-7 [000] d.h1. 1.000010: irq_handler_entry: irq=9 name=eth0
         a-7 [000] d.h1. 1.000020: irq_handler_entry: irq=9 name=eth0
         a-7 [000] d.h1. 1.000023: irq_handler_exit: irq=9 ret=handled

        """)
    #expect(found.exitsWithoutEntry == 1)
    #expect(found.handlers[0].runs == 2 && found.handlers[0].durations.count == 1 && found.pes[0].hardirq == 3000)
  }

  @Test("What spans a gap is not measured")
  func gaps() throws {
    let found = try results(
      text: """
         a-7 [000] d.h1. 1.000000: softirq_raise: vec=1 [action=TIMER]
         a-7 [000] d.h1. 1.000010: irq_handler_entry: irq=9 name=eth0
        CPU:0 [LOST 4 EVENTS]
         a-7 [000] d.h1. 1.000020: irq_handler_exit: irq=9 ret=handled
         a-7 [000] ..s1. 1.000030: softirq_entry: vec=1 [action=TIMER]

        """)
    #expect(found.handlers[0].durations.count == 0 && found.softirqs[0].raiseToEntry.count == 0)
    #expect(found.softirqs[0].entered == 1 && found.exitsWithoutEntry == 1)
  }

  @Test("Raised again before it is entered, an IPI is one interrupt that waits from the first raise on")
  func merged() throws {
    let found = try results(
      text: """
         a-7 [000] d.... 1.000000: ipi_raise: target_mask=00000000,00000006 (Rescheduling interrupts)
         a-7 [000] d.... 1.000005: ipi_raise: target_mask=00000000,00000002 (Rescheduling interrupts)
         b-8 [001] d.h1. 1.000009: ipi_entry: (Rescheduling interrupts)
         b-8 [001] d.h1. 1.000010: ipi_exit: (Rescheduling interrupts)

        """)
    #expect(
      found.ipis.map(\.pe) == [1, 2] && found.ipis.map(\.raised) == [2, 1] && found.ipis.map(\.merged) == [1, 0])
    #expect(found.ipis.map(\.entered) == [1, 0])
    #expect(found.ipis[0].raiseToEntry.count == 1 && found.ipis[0].raiseToEntry.max == 9000)
  }

  @Test("An interrupt is unhandled if no handler of its line handled it")
  func unhandled() throws {
    func run(_ name: String, _ result: String, at time: Int) -> String {
      " a-7 [000] d.h1. 1.00\(1000 + time): irq_handler_entry: irq=9 name=\(name)\n"
        + " a-7 [000] d.h1. 1.00\(1001 + time): irq_handler_exit: irq=9 ret=\(result)\n"
    }
    let found = try results(
      text: run("a", "unhandled", at: 0) + run("b", "handled", at: 2) + run("a", "unhandled", at: 10)
        + run("b", "unhandled", at: 12) + run("a", "handled", at: 20) + run("b", "unhandled", at: 22)
        + run("a", "unhandled", at: 30))
    #expect(found.handlers[0].interrupts == 4 && found.handlers[0].unhandledInterrupts == 2)
    #expect(found.handlers[0].unhandled == 5)
  }

  @Test(
    "Interrupts that no handler handles are a finding, where they are many of their line's",
    arguments: [(15, 1, false), (16, 1, true), (16, 9, true), (16, 11, false)])
  func unhandledFinding(unhandled: Int, each: Int, isFound: Bool) throws {
    let results =
      Array(repeating: "unhandled", count: unhandled)
      + Array(repeating: "handled", count: unhandled * (each - 1))
    let text = results.enumerated().map { number, result in
      " a-7 [000] d.h1. 1.\(100_000 + number * 100): irq_handler_entry: irq=9 name=eth0\n"
        + " a-7 [000] d.h1. 1.\(100_001 + number * 100): irq_handler_exit: irq=9 ret=\(result)\n"
    }.joined()
    let file = FileManager.default.temporaryDirectory.appending(path: "gicscope-kernel-\(UUID().uuidString).txt")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(text.utf8).write(to: file)
    let analysis = Analysis()
    try ReplayEngine(source: openTrace(paths: [file.path])).run(analysis.consume)
    let found = analysis.results.findings.filter { $0.kind == .unhandled }
    #expect(found.map(\.count) == (isFound ? [UInt64(unhandled)] : []))
    #expect(found.allSatisfy { $0.summary.contains("irq 9 (eth0)") && $0.firstEvent < $0.lastEvent })
  }

  @Test("A shared line's other handlers are no finding")
  func sharedLineIsHandled() throws {
    let analysis = Analysis()
    try ReplayEngine(source: openTrace(paths: [Self.folder.appending(path: "handlers.txt").path])).run(analysis.consume)
    #expect(analysis.results.findings.allSatisfy { $0.kind != .unhandled })
  }

  @Test("Without a thread's column nobody is said to be interrupted")
  func noThread() throws {
    let events = [
      Event(time: 10, kind: .handlerEnter, pe: 0, a: 4), Event(time: 30, kind: .handlerExit, pe: 0, a: 4, b: 1),
    ]
    let found = try results(EventArraySource(events))
    #expect(found.tasks.isEmpty && found.handlers[0].durations.max == 20 && found.handlers[0].names.isEmpty)
  }

  @Test("A filter by PE leaves out the others; by INTID all that is not known to be it")
  func filtered() throws {
    let path = Self.folder.appending(path: "handlers.txt").path
    let onPE = try results(openTrace(paths: [path]), filter: TransitionFilter(pes: NumberSet("3")))
    #expect(onPE.handlers.map(\.irq) == [2] && onPE.ipis.count == 1 && onPE.softirqs.isEmpty && onPE.pes.count == 1)
    let byINTID = try results(openTrace(paths: [path]), filter: TransitionFilter(intids: NumberSet("40")))
    #expect(byINTID.handlers.isEmpty && byINTID.ipis.isEmpty)
  }

  @Test("Percentiles of durations are exact as long as there is room for their variety")
  func exactPercentiles() {
    let budget = DurationBudget()
    var samples = DurationSamples()
    var generator = SystemRandomNumberGenerator()
    let values = (0..<20_000).map { _ in UInt64.random(in: 0..<1 << UInt64.random(in: 1..<40, using: &generator)) }
    for value in values { samples.add(value, budget) }
    let sorted = values.sorted()
    let found = samples.distribution
    for percent in [0.001, 1, 50, 90, 99, 99.9, 100] {
      let rank = max(1, Int((percent * 200).rounded(.up)))
      #expect(found.percentile(percent) == sorted[rank - 1])
    }
    #expect(found.max == sorted.last && found.min == sorted.first && found.total == values.reduce(0, +))
  }

  @Test("why counts the interrupts of a shared line, not the runs of its handlers")
  func sharedLine() throws {
    let engine = ReplayEngine(source: try openTrace(paths: [Self.folder.appending(path: "handlers.txt").path]))
    let follower = InterruptFollower()
    try engine.run(follower.consume)
    #expect(follower.ladder(intid: 40).conclusion.contains("irq 40 (mmc1, mmc0) was handled 6 times"))
  }

  @Test("Beyond the budget percentiles are at most 0.8 % too high, and memory stays bounded")
  func coarsePercentiles() {
    let budget = DurationBudget(limit: 1000)
    var samples = DurationSamples()
    let values = (0..<50_000).map { UInt64($0) * 7919 % 1_000_003 }
    for value in values { samples.add(value, budget) }
    let exact = values.sorted()[values.count / 2 - 1]
    let found = samples.distribution.percentile(50)
    #expect(found >= exact && Double(found) <= Double(exact) * 1.008 + 1)
    #expect(budget.used < 3000)
  }
}
