/// A set-associative cache with least-recently-used replacement in each set, and its count of misses.
///
/// To look up what was looked up last changes nothing: nobody needs to.
struct SetAssociativeCache: ~Copyable {
  private static var empty: UInt64 { .max }

  /// Tags, the most recently used of each set first.
  private let tags: UnsafeMutablePointer<UInt64>
  private let sets: Int
  private let ways: Int
  private(set) var misses: UInt64 = 0

  /// An empty cache. `entries` is `ways` times a power of two; 0 for one that is not simulated.
  init(entries: Int, ways: Int) {
    sets = entries / ways
    self.ways = ways
    tags = .allocate(capacity: max(entries, 1))
    tags.initialize(repeating: Self.empty, count: max(entries, 1))
  }

  deinit { tags.deallocate() }

  var isSimulated: Bool { sets > 0 }

  @inline(__always) private func set(_ index: UInt64) -> UnsafeMutablePointer<UInt64> {
    tags + Int(truncatingIfNeeded: index & UInt64(sets - 1)) * ways
  }

  /// Looks an entry up in the set that `index` names, and caches it if it is valid. O(ways).
  mutating func reference(_ key: UInt64, index: UInt64, isValid: Bool, isCounted: Bool) {
    let set = set(index)
    var way = 0
    while way < ways, set[way] != key { way += 1 }
    if isCounted, way == ways || !isValid { misses += 1 }
    guard isValid else { return }
    if way == ways {
      // A free way is filled before anything is evicted.
      way = 0
      while way < ways - 1, set[way] != Self.empty { way += 1 }
    }
    while way > 0 {
      set[way] = set[way - 1]
      way -= 1
    }
    set[0] = key
  }

  /// Makes an entry invalid.
  func drop(_ key: UInt64, index: UInt64) {
    let set = set(index)
    for way in 0..<ways where set[way] == key { set[way] = Self.empty }
  }

  /// Makes every entry invalid.
  func dropAll() { tags.update(repeating: Self.empty, count: max(sets * ways, 1)) }
}
