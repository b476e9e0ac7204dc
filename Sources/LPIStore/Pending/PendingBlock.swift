/// The pending bits of 4096 INTIDs: of 64 words only those that were ever needed, packed.
///
/// Word 0 says which words have a place, word 1 which of these are not zero, then the words in order. Room is for 5, 13,
/// 29, or 64 words.
@frozen
@usableFromInline
struct PendingBlock: BitwiseCopyable {
  @usableFromInline let base: UnsafeMutablePointer<UInt64>

  @inlinable @inline(__always)
  init(_ base: UnsafeMutablePointer<UInt64>) {
    self.base = base
  }

  @inlinable @inline(__always)
  var placed: UInt64 { base[0] }

  @inlinable @inline(__always)
  var occupied: UInt64 { base[1] }

  @inlinable @inline(__always)
  func rank(_ word: Int) -> Int { (base[0] & (1 &<< UInt64(word) &- 1)).nonzeroBitCount }

  /// Room that a block with this many placed words has.
  static func capacity(_ placed: Int) -> Int { placed <= 5 ? 5 : placed <= 13 ? 13 : placed <= 29 ? 29 : 64 }

  static func byteSize(_ capacity: Int) -> Int { 16 + capacity * 8 }

  static func make(_ memory: inout Int) -> PendingBlock {
    let size = byteSize(capacity(0))
    let base = HeapBytes.allocate(size).bindMemory(to: UInt64.self, capacity: size / 8)
    base[0] = 0
    base[1] = 0
    memory += HeapBytes.cost(size)
    return PendingBlock(base)
  }

  /// Whether a key's word has a place.
  func has(_ key: UInt32) -> Bool { placed &>> UInt64(key >> 6 & 63) & 1 != 0 }

  /// Adds a key whose word has a place. Returns false if it is there.
  @inline(__always)
  func insertInPlace(_ key: UInt32) -> Bool {
    let word = Int(key >> 6) & 63
    let place = base + (2 &+ rank(word))
    let bit = UInt64(1) &<< UInt64(key & 63)
    let bits = place.pointee
    if bits & bit != 0 { return false }
    place.pointee = bits | bit
    base[1] |= 1 &<< UInt64(word)
    return true
  }

  /// Gives a key's word, which has none, a place. The block may move: the old pointer is dead.
  @inline(never)
  func makePlace(_ key: UInt32, _ memory: inout Int) -> PendingBlock {
    let count = placed.nonzeroBitCount
    var block = self
    if count == PendingBlock.capacity(count) {
      let old = PendingBlock.byteSize(count)
      let new = PendingBlock.byteSize(PendingBlock.capacity(count + 1))
      block = PendingBlock(HeapBytes.reallocate(base, new).bindMemory(to: UInt64.self, capacity: new / 8))
      memory += HeapBytes.cost(new) - HeapBytes.cost(old)
    }
    let word = Int(key >> 6) & 63
    let rank = block.rank(word)
    let place = block.base + (2 &+ rank)
    (place + 1).update(from: place, count: count &- rank)
    place.pointee = 0
    block.base[0] |= 1 &<< UInt64(word)
    return block
  }

  func contains(_ key: UInt32) -> Bool {
    let word = Int(key >> 6) & 63
    if placed &>> UInt64(word) & 1 == 0 { return false }
    return base[2 &+ rank(word)] &>> UInt64(key & 63) & 1 != 0
  }

  /// Takes out a key. Returns false if it is not there.
  func remove(_ key: UInt32) -> Bool {
    let word = Int(key >> 6) & 63
    if occupied &>> UInt64(word) & 1 == 0 { return false }
    let place = base + (2 &+ rank(word))
    let bit = UInt64(1) &<< UInt64(key & 63)
    if place.pointee & bit == 0 { return false }
    place.pointee &= ~bit
    if place.pointee == 0 { base[1] &= ~(1 &<< UInt64(word)) }
    return true
  }

  /// Takes out the lowest of at least one INTID, and returns its low 12 bits.
  @inline(__always)
  func takeFirst() -> Int {
    let word = occupied.trailingZeroBitCount
    let place = base + (2 &+ rank(word))
    let bits = place.pointee
    let left = bits & (bits &- 1)
    place.pointee = left
    if left == 0 { base[1] = occupied & (occupied &- 1) }
    return word &<< 6 | bits.trailingZeroBitCount
  }

  /// Calls `body` with the low 12 bits of each INTID, ascending, until it returns false. Returns false if it did.
  @inlinable
  func forEach(_ body: (UInt32) -> Bool) -> Bool {
    var words = occupied
    while words != 0 {
      let word = words.trailingZeroBitCount
      words &= words &- 1
      var bits = base[2 &+ rank(word)]
      while bits != 0 {
        if !body(UInt32(truncatingIfNeeded: word &<< 6 | bits.trailingZeroBitCount)) { return false }
        bits &= bits &- 1
      }
    }
    return true
  }

  func release(_ memory: inout Int) {
    memory -= self.memory
    HeapBytes.release(base)
  }

  func copy() -> PendingBlock {
    let size = PendingBlock.byteSize(PendingBlock.capacity(placed.nonzeroBitCount))
    let duplicate = HeapBytes.allocate(size)
    duplicate.copyMemory(from: base, byteCount: size)
    return PendingBlock(duplicate.bindMemory(to: UInt64.self, capacity: size / 8))
  }

  var memory: Int { HeapBytes.cost(PendingBlock.byteSize(PendingBlock.capacity(placed.nonzeroBitCount))) }

  func brokenInvariant() -> String? {
    if occupied == 0 { return "an empty pending block is allocated" }
    if occupied & ~placed != 0 { return "a pending word is occupied without a place" }
    for word in 0..<64 where placed >> UInt64(word) & 1 != 0 {
      if (base[2 + rank(word)] != 0) != (occupied >> UInt64(word) & 1 != 0) {
        return "a pending block's occupied words are wrong"
      }
    }
    return nil
  }
}
