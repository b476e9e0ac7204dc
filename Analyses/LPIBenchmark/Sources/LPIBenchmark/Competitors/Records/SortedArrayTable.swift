/// INTIDs and bits in two arrays, sorted by INTID; binary search, and insertion moves the rest.
struct SortedArrayTable: ~Copyable, LPIRecordTable {
  var intids: [UInt32]
  var values: [UInt64]

  /// An empty table.
  init(limit: UInt32) {
    intids = []
    values = []
  }

  @inline(__always)
  func lowerBound(_ intid: UInt32) -> Int {
    intids.withUnsafeBufferPointer { intids in
      var low = 0
      var size = intids.count
      while size > 0 {
        let half = size >> 1
        if intids[low &+ half] < intid {
          low &+= half &+ 1
          size &-= half &+ 1
        } else {
          size = half
        }
      }
      return low
    }
  }

  /// O(log n).
  func bits(_ intid: UInt32) -> UInt64 {
    let index = lowerBound(intid)
    return index < intids.count && intids[index] == intid ? values[index] : 0
  }

  /// O(n) if the INTID comes or goes.
  mutating func setBits(_ intid: UInt32, _ bits: UInt64) {
    let index = lowerBound(intid)
    if index < intids.count, intids[index] == intid {
      if bits != 0 {
        values[index] = bits
      } else {
        intids.remove(at: index)
        values.remove(at: index)
      }
    } else if bits != 0 {
      intids.insert(intid, at: index)
      values.insert(bits, at: index)
    }
  }

  /// By INTID.
  func forEach(_ body: (UInt32, UInt64) -> Bool) {
    for index in intids.indices where !body(intids[index], values[index]) { return }
  }

  /// Records.
  var count: Int { intids.count }
  /// Bytes allocated.
  var memoryInUse: Int { intids.capacity * 4 + values.capacity * 8 + 96 }

  /// An independent copy.
  borrowing func copy() -> SortedArrayTable {
    var duplicate = SortedArrayTable(limit: 0)
    duplicate.intids = intids
    duplicate.values = values
    return duplicate
  }
}
