import Glibc

extension RecordPage {
  /// Makes room for a record that does not exist yet, and returns where; it is zero. What the page costs more is added to
  /// `memory`.
  @usableFromInline mutating func insert(_ low: UInt8, _ memory: inout Int) -> UnsafeMutablePointer<UInt64> {
    if tagged == 0 {
      let page = HeapBytes.allocate(RecordPage.byteSize(isSparse: true, capacity: 2))
      page.storeBytes(of: 2, as: UInt64.self)
      tagged = UInt(bitPattern: page)
      memory += self.memory
    }
    if isSparse {
      if count < RecordPage.sparseLimit { return insertSparse(low, &memory) }
      makeDense(capacity: 10, &memory)
    }
    return insertDense(low, &memory)
  }

  private mutating func insertSparse(_ low: UInt8, _ memory: inout Int) -> UnsafeMutablePointer<UInt64> {
    let count = self.count
    if count == capacity { resize(isSparse: true, capacity: capacity + 2, &memory) }
    let lows = (base + 2).assumingMemoryBound(to: UInt8.self)
    let records = self.records
    var index = count
    while index > 0, lows[index - 1] > low {
      lows[index] = lows[index - 1]
      records[index] = records[index - 1]
      index -= 1
    }
    lows[index] = low
    records[index] = 0
    base.storeBytes(of: UInt8(count + 1), toByteOffset: 1, as: UInt8.self)
    return records + index
  }

  private mutating func insertDense(_ low: UInt8, _ memory: inout Int) -> UnsafeMutablePointer<UInt64> {
    // Capacity and count in one load.
    let sizes = base.load(fromByteOffset: 36, as: UInt32.self)
    let count = Int(sizes >> 16)
    if count == Int(sizes & 0xFFFF) { resize(isSparse: false, capacity: RecordPage.grown(count), &memory) }
    let page = base
    let word = Int(low >> 6)
    let bit = UInt64(1) &<< UInt64(low & 63)
    let maps = page.assumingMemoryBound(to: UInt64.self)
    let before = (page + 32).assumingMemoryBound(to: UInt8.self)
    let rank = Int(before[word]) &+ (maps[word] & (bit &- 1)).nonzeroBitCount
    maps[word] |= bit
    addBefore(word, 1)
    let slot = (page + RecordPage.denseHeader).assumingMemoryBound(to: UInt64.self) + rank
    memmove(slot + 1, slot, (count &- rank) &* 8)
    slot.pointee = 0
    page.storeBytes(of: UInt16(truncatingIfNeeded: count &+ 1), toByteOffset: 38, as: UInt16.self)
    if count == 255 { tagged |= RecordPage.fullTag }
    return slot
  }

  /// Adds one, or all bits set for one less, to the counts of the map words after one: four bytes at once. None of them
  /// passes a byte's limits, as 192 records at most lie before a word.
  @inline(__always) private func addBefore(_ word: Int, _ change: UInt32) {
    let counts = base.load(fromByteOffset: 32, as: UInt32.self)
    let ones: UInt32 = 0x0101_0100 &<< UInt32(truncatingIfNeeded: word &* 8)
    base.storeBytes(of: counts &+ ones &* change, toByteOffset: 32, as: UInt32.self)
  }

  /// Takes out the record of an INTID that has one. What the page costs less is taken from `memory`.
  @usableFromInline mutating func remove(_ low: UInt8, at slot: UnsafeMutablePointer<UInt64>, _ memory: inout Int) {
    if isSparse { return removeSparse(at: slot, &memory) }
    let page = base
    let left = Int(page.load(fromByteOffset: 38, as: UInt16.self)) &- 1
    let rank = slot - (page + RecordPage.denseHeader).assumingMemoryBound(to: UInt64.self)
    memmove(slot, slot + 1, (left &- rank) &* 8)
    let word = Int(low >> 6)
    page.assumingMemoryBound(to: UInt64.self)[word] &= ~(1 &<< UInt64(low & 63))
    addBefore(word, .max)
    page.storeBytes(of: UInt16(truncatingIfNeeded: left), toByteOffset: 38, as: UInt16.self)
    tagged &= ~2
    // Memory goes back late enough that a record that comes and goes does not resize the page each time.
    if left <= 4 {
      makeSparse(&memory)
    } else if left &+ Swift.max(8, left / 2) < Int(page.load(fromByteOffset: 36, as: UInt16.self)) {
      resize(isSparse: false, capacity: RecordPage.grown(left), &memory)
    }
  }

  private mutating func removeSparse(at slot: UnsafeMutablePointer<UInt64>, _ memory: inout Int) {
    let left = count - 1
    let rank = slot - records
    slot.update(from: slot + 1, count: left - rank)
    let lows = (base + 2).assumingMemoryBound(to: UInt8.self)
    (lows + rank).update(from: lows + rank + 1, count: left - rank)
    base.storeBytes(of: UInt8(left), toByteOffset: 1, as: UInt8.self)
    if left == 0 {
      memory -= self.memory
      release()
      tagged = 0
    } else if left + 4 <= capacity {
      resize(isSparse: true, capacity: 2, &memory)
    }
  }

  /// The next capacity: an eighth more, even, so that the allocator's rounding wastes nothing.
  private static func grown(_ capacity: Int) -> Int {
    Swift.min(256, (capacity + Swift.max(2, capacity / 8) + 1) & ~1)
  }

  private mutating func resize(isSparse: Bool, capacity: Int, _ memory: inout Int) {
    memory -= self.memory
    let page = HeapBytes.reallocate(base, RecordPage.byteSize(isSparse: isSparse, capacity: capacity))
    if isSparse {
      page.storeBytes(of: UInt8(capacity), as: UInt8.self)
    } else {
      page.storeBytes(of: UInt16(capacity), toByteOffset: 36, as: UInt16.self)
    }
    tagged = UInt(bitPattern: page) | (isSparse ? 0 : 1)
    memory += self.memory
  }

  private mutating func makeDense(capacity: Int, _ memory: inout Int) {
    memory -= self.memory
    let page = HeapBytes.allocate(RecordPage.byteSize(isSparse: false, capacity: capacity))
    let maps = page.assumingMemoryBound(to: UInt64.self)
    for word in 0..<5 { maps[word] = 0 }
    let lows = (base + 2).assumingMemoryBound(to: UInt8.self)
    let before = (page + 32).assumingMemoryBound(to: UInt8.self)
    let count = self.count
    for index in 0..<count {
      let word = Int(lows[index] >> 6)
      maps[word] |= 1 << UInt64(lows[index] & 63)
      for later in (word + 1)..<4 { before[later] += 1 }
    }
    (page + RecordPage.denseHeader).copyMemory(from: records, byteCount: count * 8)
    page.storeBytes(of: UInt16(capacity), toByteOffset: 36, as: UInt16.self)
    page.storeBytes(of: UInt16(count), toByteOffset: 38, as: UInt16.self)
    release()
    tagged = UInt(bitPattern: page) | 1
    memory += self.memory
  }

  private mutating func makeSparse(_ memory: inout Int) {
    memory -= self.memory
    let capacity = RecordPage.sparseLimit
    let page = HeapBytes.allocate(RecordPage.byteSize(isSparse: true, capacity: capacity))
    page.storeBytes(of: UInt64(capacity | count << 8), as: UInt64.self)
    var index = 0
    _ = forEach { low, bits in
      page.storeBytes(of: low, toByteOffset: 2 + index, as: UInt8.self)
      page.storeBytes(of: bits, toByteOffset: 8 + index * 8, as: UInt64.self)
      index += 1
      return true
    }
    release()
    tagged = UInt(bitPattern: page)
    memory += self.memory
  }

  func brokenInvariant() -> String? {
    if tagged == 0 { return nil }
    guard count > 0 else { return "a page without records is allocated" }
    guard count <= capacity else { return "a page holds \(count) records in room for \(capacity)" }
    if isSparse {
      guard count <= RecordPage.sparseLimit else { return "a sparse page holds \(count) records" }
      for index in 1..<Swift.max(count, 1) where lowByte(index - 1) >= lowByte(index) {
        return "a sparse page's INTIDs are not ascending"
      }
    } else {
      var before = 0
      for word in 0..<4 {
        guard Int(base.load(fromByteOffset: 32 + word, as: UInt8.self)) == before else {
          return "a dense page's count before word \(word) is not \(before)"
        }
        before += base.load(fromByteOffset: word * 8, as: UInt64.self).nonzeroBitCount
      }
      guard (tagged & 2 != 0) == (count == 256) else { return "a page of \(count) records has the wrong tag" }
      guard before == count else { return "a dense page's map has \(before) bits for \(count) records" }
    }
    return nil
  }

  private func lowByte(_ index: Int) -> UInt8 { base.load(fromByteOffset: 2 + index, as: UInt8.self) }
}
