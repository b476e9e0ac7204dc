extension RecordPage {
  /// Makes room for a record that does not exist yet, and returns where; it is zero. What the page costs more is added to
  /// `memory`.
  @usableFromInline
  mutating func insert(_ low: UInt8, _ memory: inout Int) -> UnsafeMutablePointer<UInt64> {
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
    let count = self.count
    if count == capacity { resize(isSparse: false, capacity: RecordPage.grown(capacity), &memory) }
    let page = base
    let word = Int(low >> 6)
    let bit = UInt64(1) << UInt64(low & 63)
    let maps = page.assumingMemoryBound(to: UInt64.self)
    let before = (page + 32).assumingMemoryBound(to: UInt8.self)
    let rank = Int(before[word]) + (maps[word] & (bit - 1)).nonzeroBitCount
    maps[word] |= bit
    for later in (word + 1)..<4 { before[later] &+= 1 }
    let slot = records + rank
    (slot + 1).update(from: slot, count: count - rank)
    slot.pointee = 0
    page.storeBytes(of: UInt16(count + 1), toByteOffset: 38, as: UInt16.self)
    if count == 255 { tagged |= RecordPage.fullTag }
    return slot
  }

  /// Takes out the record of an INTID that has one. What the page costs less is taken from `memory`.
  @usableFromInline
  mutating func remove(_ low: UInt8, at slot: UnsafeMutablePointer<UInt64>, _ memory: inout Int) {
    let left = count - 1
    let rank = slot - records
    slot.update(from: slot + 1, count: left - rank)
    if isSparse {
      let lows = (base + 2).assumingMemoryBound(to: UInt8.self)
      (lows + rank).update(from: lows + rank + 1, count: left - rank)
      base.storeBytes(of: UInt8(left), toByteOffset: 1, as: UInt8.self)
    } else {
      let word = Int(low >> 6)
      base.assumingMemoryBound(to: UInt64.self)[word] &= ~(1 << UInt64(low & 63))
      let before = (base + 32).assumingMemoryBound(to: UInt8.self)
      for later in (word + 1)..<4 { before[later] &-= 1 }
      base.storeBytes(of: UInt16(left), toByteOffset: 38, as: UInt16.self)
      tagged &= ~2
    }
    shrink(left, &memory)
  }

  /// Gives memory back, late enough that a record that comes and goes does not resize the page each time.
  @inline(__always)
  private mutating func shrink(_ count: Int, _ memory: inout Int) {
    if isSparse {
      if count == 0 {
        memory -= self.memory
        release()
        tagged = 0
      } else if count + 4 <= capacity {
        resize(isSparse: true, capacity: 2, &memory)
      }
    } else if count <= 4 {
      makeSparse(&memory)
    } else if count + Swift.max(8, count / 2) < capacity {
      resize(isSparse: false, capacity: RecordPage.grown(count), &memory)
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
