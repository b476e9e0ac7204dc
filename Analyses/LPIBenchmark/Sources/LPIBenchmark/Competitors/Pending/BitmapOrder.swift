import Glibc

/// A pending bitmap per PE over the whole INTID space and one byte of priority per INTID, searched from end to end: the
/// GICv2-era VGIC, grown to LPIs. Only the words between the lowest and highest ever used are searched.
struct BitmapOrder: ~Copyable, PendingOrder {
  struct Map: BitwiseCopyable {
    var words: UnsafeMutablePointer<UInt64>?
    var low = 0
    var high = 0
    var count = 0
  }

  var maps: PETable<Map>
  /// The level of each INTID that is pending somewhere.
  let levels: UnsafeMutablePointer<UInt8>
  let limit: Int

  /// Nothing pending.
  init(limit: UInt32) {
    self.limit = Int(limit)
    maps = PETable(empty: Map())
    levels = BitmapOrder.zeroed(Int(limit))
  }

  deinit {
    for pe in 0..<maps.count {
      if let words = maps.base[pe].words { munmap(words, max(limit / 8, 4096)) }
    }
    munmap(levels, limit)
  }

  static func zeroed(_ size: Int) -> UnsafeMutablePointer<UInt8> {
    let memory = mmap(nil, max(size, 4096), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
    guard let memory, memory != MAP_FAILED else { fatalError("no address space for a bitmap") }
    return memory.bindMemory(to: UInt8.self, capacity: size)
  }

  static func words(_ limit: Int) -> UnsafeMutablePointer<UInt64> {
    UnsafeMutableRawPointer(zeroed(limit / 8)).bindMemory(to: UInt64.self, capacity: limit / 64)
  }

  /// One bit.
  mutating func insert(_ key: UInt32, pe: UInt32) -> Bool {
    let intid = Int(key & 0xFF_FFFF)
    let limit = self.limit
    let map = maps.make(pe)
    let word = intid >> 6
    let words: UnsafeMutablePointer<UInt64>
    if let there = map.pointee.words {
      words = there
    } else {
      words = BitmapOrder.words(limit)
      map.pointee.words = words
      map.pointee.low = word
      map.pointee.high = word
    }
    let bit = UInt64(1) << UInt64(intid & 63)
    if words[word] & bit != 0 { return false }
    words[word] |= bit
    levels[intid] = UInt8(truncatingIfNeeded: key >> 24)
    map.pointee.low = min(map.pointee.low, word)
    map.pointee.high = max(map.pointee.high, word)
    map.pointee.count += 1
    return true
  }

  /// One bit.
  mutating func remove(_ key: UInt32, pe: UInt32) -> Bool {
    guard contains(key, pe: pe), let map = maps.at(pe), let words = map.pointee.words else { return false }
    let intid = Int(key & 0xFF_FFFF)
    words[intid >> 6] &= ~(1 << UInt64(intid & 63))
    map.pointee.count -= 1
    return true
  }

  /// Searches the bitmap.
  func first(pe: UInt32) -> UInt32 {
    guard let map = maps.at(pe), map.pointee.count > 0, let words = map.pointee.words else { return .max }
    var best = UInt32.max
    for word in map.pointee.low...map.pointee.high where words[word] != 0 {
      var bits = words[word]
      while bits != 0 {
        let intid = word &* 64 &+ bits.trailingZeroBitCount
        best = min(best, UInt32(levels[intid]) << 24 | UInt32(truncatingIfNeeded: intid))
        bits &= bits &- 1
      }
    }
    return best
  }

  /// One bit.
  func contains(_ key: UInt32, pe: UInt32) -> Bool {
    let intid = Int(key & 0xFF_FFFF)
    guard let words = maps.at(pe)?.pointee.words, intid < limit else { return false }
    return words[intid >> 6] >> UInt64(intid & 63) & 1 != 0
  }

  /// O(1).
  func count(pe: UInt32) -> Int { maps.at(pe)?.pointee.count ?? 0 }

  /// Collects and sorts.
  func forEach(pe: UInt32, _ body: (UInt32) -> Bool) {
    guard let map = maps.at(pe), map.pointee.count > 0, let words = map.pointee.words else { return }
    var keys: [UInt32] = []
    for word in map.pointee.low...map.pointee.high {
      var bits = words[word]
      while bits != 0 {
        let intid = word * 64 + bits.trailingZeroBitCount
        keys.append(UInt32(levels[intid]) << 24 | UInt32(intid))
        bits &= bits - 1
      }
    }
    for key in keys.sorted() where !body(key) { return }
  }

  /// Bytes of the parts of the bitmaps in use, and of the priorities.
  var memoryInUse: Int {
    var sum = maps.memoryInUse + limit
    for pe in 0..<maps.count where maps.base[pe].words != nil {
      sum += (maps.base[pe].high - maps.base[pe].low + 1) * 8
    }
    return sum
  }

  /// All but the table of PEs.
  var mappedMemory: Int { memoryInUse - maps.memoryInUse }

  /// An independent copy.
  borrowing func copy() -> BitmapOrder {
    var duplicate = BitmapOrder(limit: UInt32(limit))
    for pe in 0..<maps.count {
      forEach(pe: UInt32(pe)) { duplicate.insert($0, pe: UInt32(pe)) || true }
    }
    return duplicate
  }
}
