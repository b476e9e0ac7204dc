import Foundation
import InterruptTrace
import Replay
import Testing

@testable import Analyzers
@testable import Reports

@Suite("Database of results")
struct SQLiteTests {
  private func database(
    of capture: String, transitions: Bool = false, window: ReplayWindow = ReplayWindow()
  ) throws -> (SQLiteDatabase, AnalysisReport, TemporaryFile) {
    let file = TemporaryFile(".db")
    let report = try BundledCapture.analyse(capture, window: window) { _ in
      [try SQLiteReport(path: file.path, withTransitions: transitions)]
    }
    return (try SQLiteDatabase(reading: file.path), report, file)
  }

  @Test("Spans grouped by class and stage are the JSON report's latencies", arguments: BundledCapture.small)
  func latencies(capture: String) throws {
    let (database, report, file) = try database(of: capture)
    defer { withExtendedLifetime(file) {} }
    let rows = try database.rows(
      """
      SELECT i.class, s.stage, count(*), min(s.duration_ns), max(s.duration_ns), round(avg(s.duration_ns))
      FROM stages s JOIN interrupts i ON i.id = s.interrupt GROUP BY i.class, s.stage
      """
    )
    #expect(rows.count == report.results.latency.count)
    for row in report.results.latency {
      let d = row.distribution
      let found = rows.first { $0[0] == .text(row.interruptClass.name) && $0[1] == .text(row.stage.name) }
      #expect(found?[2...4] == [.number(d.count), .number(d.min), .number(d.max)][...])
      #expect(found?[5] == .real(Double(d.mean)))
    }
  }

  @Test("Interrupts grouped by PE and INTID are the acknowledges", arguments: BundledCapture.small)
  func acknowledges(capture: String) throws {
    let (database, report, file) = try database(of: capture)
    defer { withExtendedLifetime(file) {} }
    let rows = try database.rows(
      """
      SELECT domain, pe, intid, count(*) FROM interrupts WHERE acknowledged_ns IS NOT NULL
      GROUP BY domain, pe, intid ORDER BY domain, pe, intid
      """
    )
    #expect(
      rows
        == report.results.acknowledges.map {
          [.number($0.domain), .number($0.pe), .number($0.intid), .number($0.count)]
        }
    )
  }

  @Test("The summary, the translations and the predictions are those of the JSON report")
  func summary() throws {
    let (database, report, file) = try database(of: "its-and-preemption")
    defer { withExtendedLifetime(file) {} }
    let s = report.results.summary
    func value(_ name: String) throws -> [[SQLiteValue]] {
      try database.rows("SELECT value FROM summary WHERE name = '\(name)'")
    }
    #expect(try value("acknowledges") == [[.number(s.acknowledges)]])
    #expect(try value("by_class.LPI") == [[.number(s.acknowledgesByClass[3])]])
    #expect(try database.rows("SELECT count(*) FROM translations") == [[.number(s.msis)]])
    #expect(try database.rows("SELECT count(*) FROM translations WHERE intid IS NOT NULL") != [[.integer(0)]])
    #expect(try database.rows("SELECT sum(agreed) FROM predictions") == [[.number(report.predictions.totals.agreed)]])
    #expect(try database.rows("SELECT events FROM trace") == [[.number(report.trace.events)]])
    #expect(try database.rows("PRAGMA user_version") == [[.integer(1)]])
  }

  @Test("A window's database holds the window")
  func window() throws {
    let (database, report, file) = try database(
      of: "its-and-preemption", window: ReplayWindow(from: .event(3000), to: .event(5000)))
    defer { withExtendedLifetime(file) {} }
    #expect(
      try database.rows("SELECT count(*) FROM stages WHERE stage = 'acknowledge_to_eoi'")
        == [[.number(report.results.latency(of: .acknowledgeToEOI).count)]]
    )
  }

  @Test("Transitions are there on request only, all of them")
  func transitions() throws {
    let (with, report, file) = try database(of: "gicv2-ipi-qemu10", transitions: true)
    let (without, _, other) = try database(of: "gicv2-ipi-qemu10")
    defer { withExtendedLifetime((file, other)) {} }
    #expect(
      try with.rows("SELECT count(*) FROM transitions WHERE kind = 'acknowledged'")
        == [[.number(report.results.summary.acknowledges)]]
    )
    #expect(throws: OutputError.self) { try without.rows("SELECT count(*) FROM transitions") }
  }

  @Test("A row for each change of the number of list registers in use")
  func listRegisters() throws {
    let file = TemporaryFile(".db")
    let report = try SQLiteReport(path: file.path)
    let list = [
      Transition(time: 10, event: 1, kind: .lrFilled, pe: 2, intid: 27, a: 0),
      Transition(time: 20, event: 2, kind: .lrFilled, pe: 2, intid: 28, a: 3),
      Transition(time: 25, event: 3, kind: .lrOverwritten, pe: 2, intid: 28, a: 3),
      Transition(time: 25, event: 3, kind: .lrFilled, pe: 2, intid: 29, a: 3),
      Transition(time: 40, event: 4, kind: .lrEmptied, pe: 2, intid: 27, a: 0),
    ]
    try list.withUnsafeBufferPointer {
      try report.consume(ReplayBatch(events: UnsafeBufferPointer(start: nil, count: 0), transitions: $0))
    }
    let trace = TraceSummary(
      path: "", format: TraceFormat(name: ""), events: 4, firstTime: 10, lastTime: 50, gaps: 0,
      statistics: ImportStatistics(), topology: Topology())
    try report.finish(AnalysisReport(trace: trace, results: AnalysisResults(), predictions: []))
    let rows = try SQLiteDatabase(reading: file.path)
      .rows("SELECT pe, start_ns, end_ns, in_use FROM lr_occupancy ORDER BY start_ns")
    #expect(rows == [[2, 10, 20, 1], [2, 20, 40, 2], [2, 40, 50, 1]].map { $0.map { .integer($0) } })
  }

  // MARK: Analyses

  static let questions = ((try? FileManager.default.contentsOfDirectory(atPath: analyses.path)) ?? [])
    .filter { $0.hasSuffix(".sql") }.sorted()
  private static let analyses = BundledCapture.root.appending(path: "Analyses")
  private static func database(_ capture: String) -> Result<TemporaryFile, any Error> {
    Result {
      let file = TemporaryFile(".db")
      _ = try BundledCapture.analyse(capture) { _ in [try SQLiteReport(path: file.path)] }
      return file
    }
  }
  private static let shared = database("its-and-preemption")
  private static let nested = database("nested-gicv3")
  private static let kvm = database("kvm-one-second/trace.dat")

  @Test("Every ready-made question has an answer", arguments: questions)
  func question(file: String) throws {
    let text = try String(contentsOf: Self.analyses.appending(path: file), encoding: .utf8)
    #expect(text.hasPrefix("-- "))
    let rows = try [Self.shared, Self.nested, Self.kvm].map { try SQLiteDatabase(reading: $0.get().path).rows(text) }
    // What a capture has none of.
    let empty = ["disagreements.sql": 0, "lr-occupancy.sql": 0, "guest-exits.sql": 1, "latency-by-class.sql": 2]
    if let capture = empty[file] { #expect(rows[capture].isEmpty) }
    let full = [
      "latency-by-class.sql": 0, "worst-interrupts.sql": 0, "slowest-devices.sql": 0, "latency-over-time.sql": 0,
      "pe-balance.sql": 0, "preemption.sql": 0, "storms.sql": 0, "its-cache-misses.sql": 0, "lr-occupancy.sql": 1,
      "virtual-latency.sql": 1, "guest-exits.sql": 2,
    ]
    if let capture = full[file] { #expect(!rows[capture].isEmpty) }
  }

  @Test("Every table says what it holds")
  func tables() throws {
    let tables = try SQLiteDatabase(reading: Self.shared.get().path)
      .rows("SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
    #expect(tables.count > 20)
    for table in tables {
      guard case .text(let sql) = table[1] else { continue }
      #expect(sql.split(separator: "\n")[0].contains("( -- "), "\(sql)")
    }
  }

  @Test("There are questions") func questionsExist() { #expect(Self.questions.count >= 12) }

  @Test("A preempting interrupt has a higher priority than the preempted one")
  func preemption() throws {
    let text = try String(contentsOf: Self.analyses.appending(path: "preemption.sql"), encoding: .utf8)
    let rows = try SQLiteDatabase(reading: Self.shared.get().path).rows(text)
    for row in rows {
      guard case .integer(let inner) = row[3], case .integer(let outer) = row[5] else {
        Issue.record("no priorities: \(row)")
        continue
      }
      #expect(inner < outer)
    }
  }

  @Test("A file that cannot be made is reported with its name")
  func unwritable() {
    #expect(throws: OutputError(path: "/proc/none/x.db", reason: "No such file or directory")) {
      try SQLiteReport(path: "/proc/none/x.db")
    }
  }
}
