import Analyzers

extension ResultTables {
  static let its = ResultTable<(its: ITSCaches, pes: Int)>(
    "what an ITS looked up, and what caches would have made of it", json: "its"
  ) { c in
    c.domain { $0.its.domain }
    c.number("its", "index of the ITS") { $0.its.its }
    c.count("its_lpi", "walks for messages") { $0.its.msis }
    c.count("its_lpi_cmd", "walks for commands") { $0.its.commands }
    c.count("lpi_match", "messages whose LPI was pending already") { $0.its.lpiMatch }
    c.count("invalid", "walks that ended at an invalid entry") { $0.its.invalid }
    c.count("uncached_reads", "reads of guest memory without any cache") { $0.its.uncachedReads }
    c.fraction("uncached_reads_per_walk", "the same for each walk") { $0.its.uncachedReadsPerWalk }
    c.list("tables", itsTables) { LookedUp.tables(of: $0.its) }
    c.list("caches", shapes) { its in its.its.shapes.map { (its.its, $0) } }
    c.list("invalidations", causes) { $0.its.invalidations }
    c.object("kvm_translation_cache", software) { $0 }
    c.list("devices", devicesOfITS) { $0.its.devices }
    c.list("table_reads", tableReads) { $0.its.agreement }
  }.rows { report in report.results.its.map { ($0, report.trace.topology.peCount) } }

  private static let shapes = ResultTable<(its: ITSCaches, shape: ITSCaches.Shape)>(
    "what caches of one shape would have done"
  ) { c in
    c.text("name", "of the shape, see --its-cache") { $0.shape.shape.name }
    c.number("ways", "ways of each cache") { $0.shape.shape.ways }
    for table in ITSCacheTable.allCases {
      let miss = ["device": "its_did_miss", "event": "its_vid_miss", "collection": "its_col_miss"][table.name]
      c.number("\(table.name)_entries", "entries of the cache of the \(table.title) table; null for none") {
        $0.shape.shape.entries(of: table)
      }.omitted()
      c.count(miss ?? "\(table.name)_miss", "its misses") { $0.its.misses($0.shape, table) }.omitted()
    }
    c.count("lpi_hit", "hits of the LPI configuration cache") { row in
      row.shape.caches.first { $0.table == .lpi }.map { $0.references - $0.misses }
    }.omitted()
    c.fraction("reads_per_walk", "reads of guest memory that are left for each walk") { $0.its.readsPerWalk($0.shape) }
  }

  static let causes = ResultTable<ITSInvalidation>("what made entries of the caches invalid") { c in
    c.text("cause", "the ITS command, or what software did", shown: "invalidated by") { $0.cause.name }
    c.count("count", "how often", shown: "times") { $0.count }
    c.count("dropped", "entries that it dropped", shown: "entries") { $0.dropped }
    c.count("refetched", "those that were looked up again later", shown: "fetched again") { $0.refetched }
  }

  private static let software = ResultTable<(its: ITSCaches, pes: Int)>(
    "KVM's cache of translations, were the ITS KVM's"
  ) { c in
    c.count("references", "look-ups by messages") { $0.its.software.references }
    c.count("lru_entries", "entries up to Linux 6.9: 16 for each vCPU") { $0.its.softwareEntries(pes: $0.pes) }
    c.count("lru_misses", "misses with so many") {
      $0.its.software.misses(entries: $0.its.softwareEntries(pes: $0.pes))
    }
    c.count("unbounded_misses", "misses of the unbounded cache since") { $0.its.software.compulsory }
    c.pairs("miss_curve", "`[entries, misses]` at other sizes") {
      $0.its.software.points.map { ($0.entries, $0.misses) }
    }
    c.list("flushes", causes) { $0.its.softwareFlushes }
  }

  private static let devicesOfITS = ResultTable<ITSCaches.Device>("devices, the one with most messages first") { c in
    c.number("device_id", "the device") { $0.device }
    c.count("its_lpi", "its messages") { $0.msis }
    c.count("event_references", "its look-ups of the event table") { $0.references }
    c.count("event_compulsory_misses", "those that no cache answers") { $0.compulsory }
    c.numbers("event_misses_by_entries_log2", "its misses in an event cache of 1, 2, 4, … entries") { $0.misses }
  }

  private static let tableReads = ResultTable<ITSCaches.Agreement>(
    "the capture's own reads of tables against the walks"
  ) { c in
    c.text("table", "the table") { $0.table.name }
    c.count("shown", "reads that the capture shows") { $0.shown }
    c.count("walked", "reads that the walks have") { $0.walked }
    c.count("walks_agreed", "walks that read the table as often as the capture shows") { $0.agreed }
    c.count("walks_differed", "walks that do not") { $0.differed }
  }

  // MARK: The database's

  /// A table that an ITS looks up, or KVM's cache of translations.
  struct LookedUp: Sendable {
    var its: ITSCaches
    var name: String
    var byMSI: UInt64 = 0
    var byCommand: UInt64 = 0
    var curve: MissCurve

    static func tables(of its: ITSCaches) -> [LookedUp] {
      its.tables.map {
        LookedUp(its: its, name: $0.table.name, byMSI: $0.byMSI, byCommand: $0.byCommand, curve: $0.curve)
      }
    }

    @Sendable static func all(_ report: AnalysisReport) -> [LookedUp] {
      report.results.its.flatMap { its in tables(of: its) + [LookedUp(its: its, name: "kvm", curve: its.software)] }
        .filter { $0.curve.references > 0 }
    }
  }

  static let itsTables = ResultTable<LookedUp>("look-ups of an ITS's tables", sql: "its_tables") { c in
    c.domain { $0.its.domain }.only(.sql)
    c.number("its", "index of the ITS") { $0.its.its }.only(.sql)
    c.text("name", "device, event, collection, vpe, lpi; in SQL kvm for KVM's cache of translations") { $0.name }
      .key("table")
    c.count("look_ups", "look-ups") { $0.curve.references }.key("references")
    c.count("by_msi", "look-ups by messages") { $0.byMSI }.only(.json)
    c.count("by_command", "look-ups by commands") { $0.byCommand }.only(.json)
    c.count("different_entries", "entries that were looked up") { $0.curve.different }
    c.count("compulsory_misses", "misses of any cache") { $0.curve.compulsory }
    c.count("sufficient_entries", "entries from which on a cache has only those") { $0.curve.sufficient }
    c.pairs("miss_curve", "`[entries, misses]` of a fully associative cache, at every size where the misses change") {
      $0.curve.points.map { ($0.entries, $0.misses) }
    }
  }.rows(LookedUp.all)

  static let itsMisses = ResultTable<(table: LookedUp, entries: UInt64, misses: UInt64)>(
    "misses of a fully associative cache of that size, up to the next size of the table", sql: "its_misses"
  ) { c in
    c.domain { $0.table.its.domain }
    c.number("its", "index of the ITS") { $0.table.its.its }
    c.text("name", "as in its_tables") { $0.table.name }
    c.count("entries", "entries of the cache") { $0.entries }
    c.count("misses", "its misses") { $0.misses }
  }.rows { report in LookedUp.all(report).flatMap { table in table.curve.points.map { (table, $0.entries, $0.misses) } }
  }

  /// One cache of a shape.
  typealias ShapedCache = (
    its: ITSCaches, shape: ITSCacheShape, table: ITSCacheTable, references: UInt64, misses: UInt64
  )

  static let itsCaches = ResultTable<ShapedCache>(
    "what caches of real shapes, or of those asked for, would have done", sql: "its_caches"
  ) { c in
    c.domain { $0.its.domain }
    c.number("its", "index of the ITS") { $0.its.its }
    c.text("shape", "of the shape, see --its-cache") { $0.shape.name }
    c.number("ways", "ways of each cache") { $0.shape.ways }
    c.text("name", "the table") { $0.table.name }
    c.count("entries", "entries of its cache") { $0.shape.entries(of: $0.table) }
    c.count("look_ups", "look-ups") { $0.references }
    c.count("misses", "misses") { $0.misses }
  }.rows { report in
    report.results.its.flatMap { its in
      its.shapes.flatMap { shape in shape.caches.map { (its, shape.shape, $0.table, $0.references, $0.misses) } }
    }
  }

  static let itsInvalidations = ResultTable<(its: ITSCaches, cause: ITSInvalidation)>(
    "what made entries of the caches invalid", sql: "its_invalidations"
  ) { c in
    c.domain { $0.its.domain }
    c.number("its", "index of the ITS") { $0.its.its }
    c.columns(of: causes) { $0.cause }
  }.rows { report in report.results.its.flatMap { its in its.invalidations.map { (its, $0) } } }

  // MARK: For people

  /// Misses of fully associative caches of some sizes, in per cent.
  static func missShares(_ sizes: [UInt64]) -> ResultTable<(name: String, curve: MissCurve)> {
    ResultTable("misses of fully associative caches, in per cent of the look-ups") { c in
      c.text(shown: "table") { $0.name }
      c.count(shown: "look-ups") { $0.curve.references }
      c.count(shown: "entries") { $0.curve.different }
      for size in sizes {
        c.shown(size == sizes[0] ? "miss % at \(size)" : Units.count(size)) { row in
          share(row.curve.misses(entries: size), row.curve.references)
        }
      }
      c.shown("never less") { share($0.curve.compulsory, $0.curve.references) }.faint()
      c.count(shown: "from") { $0.curve.sufficient }.faint()
    }
  }

  private static func share(_ part: UInt64, _ whole: UInt64) -> String {
    whole == 0 ? "–" : Units.fixed(Double(part) / Double(whole) * 100, 1)
  }

  /// Misses of the caches that one ITS's shapes have; the row without a shape is that without caches.
  static func misses(of its: ITSCaches) -> ResultTable<ITSCaches.Shape?> {
    ResultTable("what caches of real shapes would have missed") { c in
      c.text(shown: "caches of two ways or as asked for") { $0.map(\.shape.name) ?? "none" }
      for table in ITSCacheTable.allCases where its.shapes.contains(where: { $0.shape.entries(of: table) != nil }) {
        c.number(shown: table == .collection ? "coll." : table.name) { $0?.shape.entries(of: table) }.faint()
        c.count(shown: "misses") { $0.flatMap { its.misses($0, table) } }
      }
      c.fraction(shown: "reads per walk") { $0.map(its.readsPerWalk) ?? its.uncachedReadsPerWalk }
    }
  }
}
