import HashTreeCollections

/// Swift's `Dictionary`.
struct DictionaryTable: ~Copyable, LPIRecordTable {
  var values: [UInt32: UInt64]

  /// An empty table.
  init(limit: UInt32) {
    values = [:]
  }

  /// O(1), with SipHash.
  func bits(_ intid: UInt32) -> UInt64 { values[intid] ?? 0 }

  /// O(1) amortised.
  mutating func setBits(_ intid: UInt32, _ bits: UInt64) { values[intid] = bits == 0 ? nil : bits }

  /// Sorts the INTIDs first.
  func forEach(_ body: (UInt32, UInt64) -> Bool) {
    for intid in values.keys.sorted() where !body(intid, values[intid] ?? 0) { return }
  }

  /// Records.
  var count: Int { values.count }
  /// Bytes allocated: keys and values at a load of at most three quarters.
  var memoryInUse: Int { values.capacity * 4 / 3 * 12 + 64 }

  /// A copy on write.
  borrowing func copy() -> DictionaryTable {
    var duplicate = DictionaryTable(limit: 0)
    duplicate.values = values
    return duplicate
  }
}

/// swift-collections' `TreeDictionary`: a compressed hash-array mapped prefix tree, whose copies share what did not change.
struct TreeDictionaryTable: ~Copyable, LPIRecordTable {
  var values: TreeDictionary<UInt32, UInt64>

  /// An empty table.
  init(limit: UInt32) {
    values = [:]
  }

  /// O(1) expected.
  func bits(_ intid: UInt32) -> UInt64 { values[intid] ?? 0 }

  /// O(1) expected.
  mutating func setBits(_ intid: UInt32, _ bits: UInt64) { values[intid] = bits == 0 ? nil : bits }

  /// Sorts the INTIDs first.
  func forEach(_ body: (UInt32, UInt64) -> Bool) {
    for intid in values.keys.sorted() where !body(intid, values[intid] ?? 0) { return }
  }

  /// Records.
  var count: Int { values.count }
  /// Not known from inside: an estimate of 32 bytes per record.
  var memoryInUse: Int { values.count * 32 }

  /// Shares everything.
  borrowing func copy() -> TreeDictionaryTable {
    var duplicate = TreeDictionaryTable(limit: 0)
    duplicate.values = values
    return duplicate
  }
}
