/// A sorted array of keys per PE, the lowest last: what a Swift programmer writes first.
struct SortedArrayOrder: ~Copyable, PendingOrder {
  var queues: [[UInt32]]

  /// Nothing pending.
  init(limit: UInt32) {
    queues = []
  }

  /// Index of the first key that is not above `key`.
  func index(_ key: UInt32, _ pe: Int) -> Int {
    var low = 0
    var high = queues[pe].count
    while low < high {
      let middle = (low &+ high) >> 1
      if queues[pe][middle] > key { low = middle &+ 1 } else { high = middle }
    }
    return low
  }

  /// O(n).
  mutating func insert(_ key: UInt32, pe: UInt32) -> Bool {
    while queues.count <= Int(pe) { queues.append([]) }
    let index = index(key, Int(pe))
    if index < queues[Int(pe)].count, queues[Int(pe)][index] == key { return false }
    queues[Int(pe)].insert(key, at: index)
    return true
  }

  /// O(n).
  mutating func remove(_ key: UInt32, pe: UInt32) -> Bool {
    guard Int(pe) < queues.count else { return false }
    let index = index(key, Int(pe))
    guard index < queues[Int(pe)].count, queues[Int(pe)][index] == key else { return false }
    queues[Int(pe)].remove(at: index)
    return true
  }

  /// O(1).
  func first(pe: UInt32) -> UInt32 { Int(pe) < queues.count ? queues[Int(pe)].last ?? .max : .max }

  /// O(1).
  mutating func removeFirst(_ first: UInt32, pe: UInt32) { queues[Int(pe)].removeLast() }

  /// O(log n).
  func contains(_ key: UInt32, pe: UInt32) -> Bool {
    guard Int(pe) < queues.count else { return false }
    let index = index(key, Int(pe))
    return index < queues[Int(pe)].count && queues[Int(pe)][index] == key
  }

  /// O(1).
  func count(pe: UInt32) -> Int { Int(pe) < queues.count ? queues[Int(pe)].count : 0 }

  /// Ascending.
  func forEach(pe: UInt32, _ body: (UInt32) -> Bool) {
    guard Int(pe) < queues.count else { return }
    for key in queues[Int(pe)].reversed() where !body(key) { return }
  }

  /// Bytes allocated.
  var memoryInUse: Int { queues.reduce(queues.capacity * 8 + 48) { $0 + ($1.capacity > 0 ? $1.capacity * 4 + 48 : 0) } }

  /// A copy on write.
  borrowing func copy() -> SortedArrayOrder {
    var duplicate = SortedArrayOrder(limit: 0)
    duplicate.queues = queues
    return duplicate
  }
}
