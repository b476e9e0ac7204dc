import Analyzers

extension AnalysisReport {
  /// `"its"`: for each ITS what it looked up and what caches would have made of it. Counts are look-ups or entries.
  var itsJSON: JSONValue { .array(results.its.map(its)) }

  private func its(_ its: ITSCaches) -> JSONValue {
    .object(
      domain(its.domain) + [
        .init("its", .number(UInt64(its.its))), .init("its_lpi", .number(its.msis)),
        .init("its_lpi_cmd", .number(its.commands)), .init("lpi_match", .number(its.lpiMatch)),
        .init("invalid", .number(its.invalid)), .init("uncached_reads", .number(its.uncachedReads)),
        .init("uncached_reads_per_walk", .fraction(its.uncachedReadsPerWalk)),
        .init("tables", .array(its.tables.map(table))), .init("caches", .array(its.shapes.map { shape($0, its) })),
        .init("invalidations", .array(its.invalidations.map(invalidation))),
        .init("kvm_translation_cache", software(its)), .init("devices", .array(its.devices.map(device))),
        .init("table_reads", .array(its.agreement.map(agreement))),
      ]
    )
  }

  private func table(_ row: ITSCaches.Table) -> JSONValue {
    [
      "table": .string(row.table.name), "references": .number(row.curve.references), "by_msi": .number(row.byMSI),
      "by_command": .number(row.byCommand), "different_entries": .number(row.curve.different),
      "compulsory_misses": .number(row.curve.compulsory), "sufficient_entries": .number(row.curve.sufficient),
      "miss_curve": curve(row.curve),
    ]
  }

  /// `[entries, misses]` at every size where the misses change.
  private func curve(_ curve: MissCurve) -> JSONValue {
    .array(curve.points.map { [.number($0.entries), .number($0.misses)] })
  }

  private func shape(_ shape: ITSCaches.Shape, _ its: ITSCaches) -> JSONValue {
    let names: [ITSCacheTable: String] = [.device: "its_did_miss", .event: "its_vid_miss", .collection: "its_col_miss"]
    var members: [JSONValue.Member] = [
      .init("name", .string(shape.shape.name)), .init("ways", .number(UInt64(shape.shape.ways))),
    ]
    for cache in shape.caches {
      members.append(
        .init("\(cache.table.name)_entries", .optional(shape.shape.entries(of: cache.table).map(UInt64.init))))
      members.append(.init(names[cache.table] ?? "\(cache.table.name)_miss", .number(cache.misses)))
      if cache.table == .lpi { members.append(.init("lpi_hit", .number(cache.references - cache.misses))) }
    }
    return .object(members + [.init("reads_per_walk", .fraction(its.readsPerWalk(shape)))])
  }

  private func invalidation(_ row: ITSInvalidation) -> JSONValue {
    [
      "cause": .string(row.cause.name), "count": .number(row.count), "dropped": .number(row.dropped),
      "refetched": .number(row.refetched),
    ]
  }

  private func software(_ its: ITSCaches) -> JSONValue {
    let entries = its.softwareEntries(pes: trace.topology.peCount)
    return [
      "references": .number(its.software.references), "lru_entries": .number(entries),
      "lru_misses": .number(its.software.misses(entries: entries)),
      "unbounded_misses": .number(its.software.compulsory), "miss_curve": curve(its.software),
      "flushes": .array(its.softwareFlushes.map(invalidation)),
    ]
  }

  private func device(_ row: ITSCaches.Device) -> JSONValue {
    [
      "device_id": .number(UInt64(row.device)), "its_lpi": .number(row.msis),
      "event_references": .number(row.references), "event_compulsory_misses": .number(row.compulsory),
      "event_misses_by_entries_log2": .array(row.misses.map(JSONValue.number)),
    ]
  }

  private func agreement(_ row: ITSCaches.Agreement) -> JSONValue {
    [
      "table": .string(row.table.name), "shown": .number(row.shown), "walked": .number(row.walked),
      "walks_agreed": .number(row.agreed), "walks_differed": .number(row.differed),
    ]
  }
}
