import InterruptTrace

/// Which LPIs of each pending table the capture has confirmed the configuration of, since the controller last had reason to
/// read it again: what INVALL and VINVALL concern, found without a look at everything that is pending.
///
/// An LPI that is not pending any more may still be listed, one that is pending and confirmed always is.
struct ConfirmedLPIs {
  fileprivate struct List {
    var intids: [UInt32] = []
    /// From this length on repetitions are looked for.
    var limit = 64
  }

  private var lists: [UInt32: List] = [:]

  /// Writes or reads them.
  mutating func archive(_ archive: inout StateArchive) {
    var tables = Array(lists.keys)
    archive.array(&tables)
    for table in tables {
      var list = lists[table] ?? List()
      archive.array(&list.intids)
      archive.value(&list.limit)
      lists[table] = list
    }
  }

  /// An LPI that is pending in a table was confirmed, or came there confirmed.
  mutating func add(_ intid: UInt32, table: UInt32) {
    lists[table, default: List()].add(intid)
  }

  /// All that is pending in one table moved to another.
  mutating func move(from: UInt32, to: UInt32) {
    guard let moved = lists.removeValue(forKey: from) else { return }
    let stays = lists.removeValue(forKey: to) ?? List()
    var longer = moved.intids.count > stays.intids.count ? moved : stays
    let shorter = moved.intids.count > stays.intids.count ? stays : moved
    for intid in shorter.intids { longer.add(intid) }
    lists[to] = longer
  }

  /// Those of a table, which are listed no more.
  mutating func take(table: UInt32) -> [UInt32] { lists.removeValue(forKey: table)?.intids ?? [] }
}

extension ConfirmedLPIs.List {
  fileprivate mutating func add(_ intid: UInt32) {
    if intids.last == intid { return }
    intids.append(intid)
    guard intids.count >= limit else { return }
    intids = Set(intids).sorted()
    limit = max(intids.count * 2, 64)
  }
}
