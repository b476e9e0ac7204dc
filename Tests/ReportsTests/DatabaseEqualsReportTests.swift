import Foundation
import Testing

@testable import Analyzers
@testable import Reports

/// What SQL says of a capture is what the JSON report says.
@Suite("Database and JSON report")
struct DatabaseEqualsReportTests {
  static let captures = [
    "linux-gicv3-its", "nested-gicv3", "linux-gicv2", "random-gicv3", "stale-lpi-configuration", "gicv4",
    "kvm-one-second/trace.dat",
  ]

  private static func analysed(_ capture: String) throws -> (SQLiteDatabase, JSONValue, TemporaryFile) {
    let file = TemporaryFile(".db")
    let report = try BundledCapture.analyse(capture) { _ in [try SQLiteReport(path: file.path)] }
    // As a script sees it: written and read.
    let json = try #require(JSONValue(parsing: Array(report.json.text.utf8)))
    return (try SQLiteDatabase(reading: file.path), json, file)
  }

  /// The members of the objects of a list, as a row each; `domain` stands for 0 where it is left out.
  private static func rows(_ list: JSONValue?, _ keys: [String]) -> [[SQLiteValue]] {
    guard case .array(let objects)? = list else { return [] }
    return objects.map { object in
      keys.map { key in key == "domain" && object[key] == nil ? .integer(0) : SQLiteValue(object[key]) }
    }
  }

  private static let times = [
    "count", "min_ns", "mean_ns", "max_ns", "p50_ns", "p90_ns", "p99_ns", "p999_ns", "p9999_ns",
  ]

  /// Lists of the JSON report that are tables, with the members that are columns.
  private static let lists: [(path: [String], table: String, keys: [String])] = [
    (["latency"], "latency", ["class", "stage"] + times),
    (["virtual", "latency"], "virtual_latency", ["class", "stage"] + times),
    (
      ["virtual", "interrupts"], "virtual_interrupts",
      ["domain", "intid", "acknowledges", "physical_intid", "count", "min_ns", "mean_ns", "max_ns"]
    ),
    (["acknowledges"], "acknowledges", ["domain", "pe", "intid", "count"]),
    (["spurious"], "spurious", ["domain", "pe", "reason", "intid", "count"]),
    (["gaps"], "gaps", ["event", "time_ns", "pe", "lost"]),
    (
      ["findings"], "findings",
      [
        "kind", "severity", "certainty", "domain", "class", "intid", "device_id", "event_id", "pe", "count",
        "first_event", "last_event", "first_ns", "last_ns", "summary", "next",
      ]
    ),
    (
      ["lr", "banks"], "lr_banks",
      [
        "domain", "pe", "entries", "writes", "fills", "overwritten", "overflows", "ends_without_list_register",
        "maintenance",
      ]
    ),
  ]

  @Test("The same rows and numbers are in both", arguments: captures)
  func equal(capture: String) throws {
    let (database, json, file) = try Self.analysed(capture)
    defer { withExtendedLifetime(file) {} }
    try compareLists(database, json)
    try compareInterrupts(database, json)
    try compareListRegisters(database, json)
    try compareTranslations(database, json)
    try compareGuests(database, json)
    // What this suite is about is there.
    let key = ["nested-gicv3": "lr", "linux-gicv3-its": "its", "kvm-one-second/trace.dat": "kvm"][capture]
    if let key { #expect(json[key] != [] && json[key] != nil) }
  }

  /// Every list of the report is a table with the same rows.
  private func compareLists(_ database: SQLiteDatabase, _ json: JSONValue) throws {
    for (path, table, keys) in Self.lists {
      let list = path.reduce(Optional(json)) { $0?[$1] }
      let found = try database.rows("SELECT \(keys.joined(separator: ", ")) FROM \(table) ORDER BY rowid")
      #expect(found == Self.rows(list, keys), "\(table)")
    }
  }

  /// Counts of interrupts, and what each stage of their lives took.
  private func compareInterrupts(_ database: SQLiteDatabase, _ json: JSONValue) throws {
    for (name, query) in [
      ("acknowledges", "SELECT count(*) FROM interrupts WHERE acknowledged_ns IS NOT NULL"),
      ("msis", "SELECT count(*) FROM translations"),
      ("spurious_acknowledges", "SELECT coalesce(sum(count), 0) FROM spurious"),
    ] { #expect(try database.rows(query) == [[SQLiteValue(json["summary"]?[name])]], "\(name)") }
    #expect(
      try database.rows("SELECT count(*) FROM guest_interrupts WHERE acknowledged_ns IS NOT NULL")
        == [[json["virtual"]?["acknowledges"].map { SQLiteValue($0) } ?? .integer(0)]]
    )
    guard case .array(let latencies)? = json["latency"] else { return }
    for row in latencies {
      guard case .string(let name)? = row["class"], case .string(let stage)? = row["stage"],
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
  private func compareListRegisters(_ database: SQLiteDatabase, _ json: JSONValue) throws {
    guard case .array(let banks)? = json["lr"]?["banks"] else { return }
    for bank in banks {
      let bankIs = "domain = 0 AND pe = \(SQLiteValue(bank["pe"]).number)"
      for (key, column) in [
        ("in_use_ns", "time_ns"), ("in_use_enabled_ns", "enabled_ns"), ("entries_by_most", "entries"),
      ] {
        guard case .array(let numbers)? = bank[key] else { continue }
        let rows = try database.rows("SELECT \(column) FROM lr_use WHERE \(bankIs) ORDER BY in_use")
        #expect(Array(rows.map { $0[0] }.prefix(numbers.count)) == numbers.map { SQLiteValue($0) })
      }
      // The changes one by one add up to the same.
      guard case .array(let times)? = bank["in_use_ns"] else { continue }
      for (n, time) in times.enumerated().dropFirst() {
        let sum = "SELECT coalesce(sum(end_ns - start_ns), 0) FROM lr_occupancy WHERE \(bankIs) AND in_use = \(n)"
        #expect(try database.rows(sum) == [[SQLiteValue(time)]], "\(n) in use, \(bank)")
      }
    }
  }

  /// What an ITS looked up, and what caches would have missed.
  private func compareTranslations(_ database: SQLiteDatabase, _ json: JSONValue) throws {
    guard case .array(let list)? = json["its"] else { return }
    for its in list {
      let tables = try database.rows(
        """
        SELECT name, look_ups, different_entries, compulsory_misses, sufficient_entries FROM its_tables
        WHERE its = \(SQLiteValue(its["its"]).number) AND name <> 'kvm' ORDER BY rowid
        """
      )
      let keys = ["table", "references", "different_entries", "compulsory_misses", "sufficient_entries"]
      #expect(tables == Self.rows(its["tables"], keys).filter { $0[1] != .integer(0) })
      guard case .array(let shapes)? = its["caches"] else { continue }
      for shape in shapes {
        guard case .string(let name)? = shape["name"] else { continue }
        for (cache, key) in [("device", "its_did_miss"), ("event", "its_vid_miss"), ("collection", "its_col_miss")] {
          let misses = try database.rows("SELECT misses FROM its_caches WHERE shape = '\(name)' AND name = '\(cache)'")
          #expect(misses == (shape[key] == nil ? [] : [[SQLiteValue(shape[key])]]))
        }
      }
    }
  }

  /// A hypervisor's own trace: exits and delays.
  private func compareGuests(_ database: SQLiteDatabase, _ json: JSONValue) throws {
    guard case .array(let guests)? = json["kvm"], let guest = guests.first else { return }
    let exits = ["cause", "exits", "interrupt_related"] + Self.times
    #expect(
      try database.rows("SELECT \(exits.joined(separator: ", ")) FROM guest_exits ORDER BY rowid")
        == Self.rows(guest["exits"], exits)
    )
    guard case .array(let stages)? = guest["delays"] else { return }
    let injected = stages.first { $0["stage"] == "injection_to_entry" }
    #expect(
      try database.rows(
        """
        SELECT count(*), min(listed_ns - pending_ns), max(listed_ns - pending_ns) FROM guest_interrupts
        WHERE domain > 0 AND listed_ns IS NOT NULL AND pending_ns IS NOT NULL
        """
      ) == [["count", "min_ns", "max_ns"].map { SQLiteValue(injected?[$0]) }]
    )
    let delays = ["stage"] + Self.times
    #expect(
      try database.rows("SELECT \(delays.joined(separator: ", ")) FROM guest_delays ORDER BY rowid")
        == Self.rows(guest["delays"], delays)
    )
  }
}

extension SQLiteValue {
  fileprivate var number: Int64 {
    if case .integer(let value) = self { return value }
    return -1
  }
}
