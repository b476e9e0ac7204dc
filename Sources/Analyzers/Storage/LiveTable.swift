/// A hash table from 64-bit keys to plain values that holds what is live now: its memory follows the number of
/// entries, not the key space, and entries come and go without allocation.
///
/// Open addressing with linear probing; removal moves later entries back, so there are no tombstones. Every operation
/// is O(1) on average; pointers to values are valid until the next insertion or removal.
///
/// A table has a limit. What finds no room gets a value that nobody keeps, and is counted in ``unkept``: whoever uses the
/// table says how many those were.
///
/// The key `.max` is not told
/// apart from `.max - 1`. Types of values are not private: unoptimized builds of Swift 6.3 can not link tables of those.
struct LiveTable<Value: BitwiseCopyable>: ~Copyable {
  private static var free: UInt64 { .max }

  private var keys: UnsafeMutablePointer<UInt64>
  private var values: UnsafeMutablePointer<Value>
  private var mask: Int
  private(set) var count = 0

  /// Most entries.
  let limit: Int
  /// Insertions that found no room.
  private(set) var unkept: UInt64 = 0
  /// Whether another entry finds no room.
  var isFull: Bool { count >= limit }

  /// What new values start as. It lies behind the values and not in the table itself, which stays small however large a
  /// value is; behind it lies the value that nobody keeps.
  var empty: Value { (values + mask + 1).pointee }
  private static var extra: Int { 2 }

  /// An empty table of at most `limit` entries; new values start as `empty`.
  init(_ empty: Value, limit: Int = 1 << 16) {
    self.limit = limit
    mask = 15
    keys = .allocate(capacity: 16)
    keys.initialize(repeating: Self.free, count: 16)
    values = .allocate(capacity: 16 + Self.extra)
    values.initialize(repeating: empty, count: 16 + Self.extra)
  }

  /// The same entries at the same places. O(capacity).
  init(copying other: borrowing LiveTable) {
    mask = other.mask
    count = other.count
    limit = other.limit
    unkept = other.unkept
    keys = .allocate(capacity: mask + 1)
    keys.initialize(from: other.keys, count: mask + 1)
    values = .allocate(capacity: mask + 1 + Self.extra)
    values.initialize(from: other.values, count: mask + 1 + Self.extra)
  }

  deinit {
    keys.deallocate()
    values.deallocate()
  }

  /// The place of `key`'s value, or nil.
  @inline(__always) func find(_ key: UInt64) -> UnsafeMutablePointer<Value>? {
    let at = place(of: min(key, .max - 1))
    return keys[at] == Self.free ? nil : values + at
  }

  /// The place of `key`'s value, which is `empty` if the key was not there.
  @inline(__always) mutating func insert(_ key: UInt64) -> UnsafeMutablePointer<Value> {
    insertIfRoom(key) ?? unkeptValue()
  }

  /// The same; nil, and counted, if it was not there and finds no room.
  @inline(__always) mutating func insertIfRoom(_ key: UInt64) -> UnsafeMutablePointer<Value>? {
    let key = min(key, .max - 1)
    var at = place(of: key)
    if keys[at] == key { return values + at }
    if count >= limit {
      unkept &+= 1
      return nil
    }
    if (count &+ 1) &* 2 > mask {
      grow()
      at = place(of: key)
    }
    keys[at] = key
    values[at] = empty
    count &+= 1
    return values + at
  }

  @inline(never) private func unkeptValue() -> UnsafeMutablePointer<Value> {
    let value = values + mask + Self.extra
    value.pointee = empty
    return value
  }

  /// Removes `key`, if it is there.
  @inline(__always) mutating func remove(_ key: UInt64) {
    if let value = find(key) { remove(at: value) }
  }

  /// Removes the entry whose value lies there.
  @inline(__always) mutating func remove(at value: UnsafeMutablePointer<Value>) {
    var hole = value - values
    if hole > mask { return }
    var next = (hole &+ 1) & mask
    while keys[next] != Self.free {
      // An entry may move back into the hole unless its home lies behind the hole.
      if (next &- home(keys[next])) & mask >= (next &- hole) & mask {
        keys[hole] = keys[next]
        values[hole] = values[next]
        hole = next
      }
      next = (next &+ 1) & mask
    }
    keys[hole] = Self.free
    count &-= 1
  }

  /// Bytes of its keys and values.
  var footprint: Int { (mask + 1) * (MemoryLayout<UInt64>.stride + MemoryLayout<Value>.stride) }

  /// Every entry, in the order of the keys. O(n log n).
  func sorted() -> [(key: UInt64, value: Value)] {
    var result: [(key: UInt64, value: Value)] = []
    result.reserveCapacity(count)
    for at in 0...mask where keys[at] != Self.free { result.append((keys[at], values[at])) }
    result.sort { $0.key < $1.key }
    return result
  }

  /// Visits every entry, in no particular order.
  func forEach(_ body: (UInt64, UnsafeMutablePointer<Value>) -> Void) {
    for at in 0...mask where keys[at] != Self.free { body(keys[at], values + at) }
  }

  @inline(__always) private func home(_ key: UInt64) -> Int {
    // Fibonacci hashing: the upper half of the product is the well-mixed one. Eight neighbours stay together, as their keys
    // fit one cache line: INTIDs, EventIDs and PEs come in runs.
    let line = ((key &>> 3) &* 0x9E37_79B9_7F4A_7C15) &>> 32
    return Int(truncatingIfNeeded: line &<< 3 | key & 7) & mask
  }

  /// Where the key is, or else the free place where it would go.
  @inline(__always) private func place(of key: UInt64) -> Int {
    var at = home(key)
    while keys[at] != key, keys[at] != Self.free { at = (at &+ 1) & mask }
    return at
  }

  private mutating func grow() {
    let (oldKeys, oldValues, oldSize) = (keys, values, mask + 1)
    mask = oldSize * 2 - 1
    keys = .allocate(capacity: mask + 1)
    keys.initialize(repeating: Self.free, count: mask + 1)
    values = .allocate(capacity: mask + 1 + Self.extra)
    values.initialize(repeating: oldValues[oldSize], count: mask + 1 + Self.extra)
    for i in 0..<oldSize where oldKeys[i] != Self.free {
      let at = place(of: oldKeys[i])
      keys[at] = oldKeys[i]
      values[at] = oldValues[i]
    }
    oldKeys.deallocate()
    oldValues.deallocate()
  }
}

extension LiveTable<UInt64> {
  /// The entries of counts in the order of the keys; of more than `rows` those with the greatest, and the sum of all others,
  /// those that found no room included.
  func busiest(_ rows: Int) -> (entries: [(key: UInt64, value: UInt64)], rest: UInt64) {
    let all = sorted()
    guard all.count > rows else { return (all, unkept) }
    let ranked = all.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    let rest = ranked[rows...].reduce(unkept) { $0 + $1.value }
    return (ranked[..<rows].sorted { $0.key < $1.key }, rest)
  }
}
