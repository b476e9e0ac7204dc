import Foundation
import InterruptTrace
import Testing

@testable import Analyzers
@testable import Reports

/// The rows that are written while a capture is read add up to what the JSON report says.
@Suite("Database and JSON report")
struct DatabaseSumsTests {
  static let captures = [
    "linux-gicv3-its", "nested-gicv3", "linux-gicv2", "random-gicv3", "stale-lpi-configuration", "gicv4",
    "kvm-one-second/trace.dat",
  ]

  private static func analysed(_ capture: String) throws -> (SQLiteDatabase, ValueTree, TemporaryFile) {
    let file = TemporaryFile(".db")
    let report = try BundledCapture.analyse(capture) { _ in [try SQLiteReport(path: file.path)] }
    // As a script sees it: written and read.
    let json = try #require(ValueTree(parsing: Array(report.json.jsonText.utf8)))
    return (try SQLiteDatabase(reading: file.path), json, file)
  }

  @Test("Rows add up to the report's counts and percentiles", arguments: captures)
  func equal(capture: String) throws {
    let (database, json, file) = try Self.analysed(capture)
    defer { withExtendedLifetime(file) {} }
    try compareInterrupts(database, json)
    try compareListRegisters(database, json)
    try compareGuests(database, json)
    // What this suite is about is there.
    let key = ["nested-gicv3": "lr", "kvm-one-second/trace.dat": "kvm"][capture]
    if let key { #expect(json[key] != [] && json[key] != nil) }
  }

  /// Counts of interrupts, and what each stage of their lives took.
  private func compareInterrupts(_ database: SQLiteDatabase, _ json: ValueTree) throws {
    for (name, query) in [
      ("acknowledges", "SELECT count(*) FROM interrupts WHERE acknowledged_ns IS NOT NULL"),
      ("msis", "SELECT count(*) FROM translations"),
      ("spurious_acknowledges", "SELECT coalesce(sum(count), 0) FROM spurious"),
    ] { #expect(try database.rows(query) == [[SQLiteValue(json["summary"]?[name])]], "\(name)") }
    #expect(
      try database.rows("SELECT count(*) FROM guest_interrupts WHERE acknowledged_ns IS NOT NULL")
        == [[json["virtual"]?["acknowledges"].map { SQLiteValue($0) } ?? .integer(0)]]
    )
    guard case .list(let latencies)? = json["latency"] else { return }
    for row in latencies {
      guard case .text(let name)? = row["class"], case .text(let stage)? = row["stage"],
        case .number(let count)? = row["count"]
      else { continue }
      let spans =
        "FROM stages s JOIN interrupts i ON i.id = s.interrupt WHERE i.class = '\(name)' AND s.stage = '\(stage)'"
      let extremes = try database.rows("SELECT count(*), min(s.duration_ns), max(s.duration_ns) \(spans)")
      #expect(extremes == [[.number(count), SQLiteValue(row["min_ns"]), SQLiteValue(row["max_ns"])]])
      for (key, percent) in [("p50_ns", 50.0), ("p90_ns", 90), ("p99_ns", 99), ("p999_ns", 99.9)] {
        let rank = max(1, Int((Double(count) * percent / 100 - 1e-9).rounded(.up)))
        let exact = try database.rows("SELECT s.duration_ns \(spans) ORDER BY 1 LIMIT 1 OFFSET \(rank - 1)")
        guard case .integer(let value) = exact[0][0], case .number(let told)? = row[key] else {
          Issue.record("\(key) of \(row)")
          continue
        }
        // The report's percentiles have three digits.
        #expect(abs(Int64(told) - value) <= value / 1000 + 1, "\(name) \(stage) \(key): \(told), \(value)")
      }
    }
  }

  /// List registers in use.
  private func compareListRegisters(_ database: SQLiteDatabase, _ json: ValueTree) throws {
    guard case .list(let banks)? = json["lr"]?["banks"] else { return }
    for bank in banks {
      let bankIs = "domain = 0 AND pe = \(SQLiteValue(bank["pe"]).number)"
      // The changes one by one add up to the same.
      guard case .list(let times)? = bank["in_use_ns"] else { continue }
      for (n, time) in times.enumerated().dropFirst() {
        let sum = "SELECT coalesce(sum(end_ns - start_ns), 0) FROM lr_occupancy WHERE \(bankIs) AND in_use = \(n)"
        #expect(try database.rows(sum) == [[SQLiteValue(time)]], "\(n) in use, \(bank)")
      }
    }
  }

  /// A hypervisor's own trace: what guests' interrupts waited for their entry.
  private func compareGuests(_ database: SQLiteDatabase, _ json: ValueTree) throws {
    guard case .list(let guests)? = json["kvm"], let guest = guests.first else { return }
    guard case .list(let stages)? = guest["delays"] else { return }
    let injected = stages.first { $0["stage"] == "injection_to_entry" }
    #expect(
      try database.rows(
        """
        SELECT count(*), min(listed_ns - pending_ns), max(listed_ns - pending_ns) FROM guest_interrupts
        WHERE domain > 0 AND listed_ns IS NOT NULL AND pending_ns IS NOT NULL
        """
      ) == [["count", "min_ns", "max_ns"].map { SQLiteValue(injected?[$0]) }]
    )
  }
}

extension SQLiteValue {
  fileprivate var number: Int64 {
    if case .integer(let value) = self { return value }
    return -1
  }
}
