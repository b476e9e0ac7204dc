import Glibc

/// INTID to record: one pointer per 256 INTIDs, in reserved address space of which only touched pages exist.
@frozen
@usableFromInline struct RecordDirectory: ~Copyable {
  /// One tagged pointer per 256 INTIDs. Not readable while ``readable`` is 0.
  @usableFromInline var pages: UnsafeMutablePointer<RecordPage>
  /// INTIDs below this can be looked up: 0 until the first record, then ``limit``.
  @usableFromInline var readable: UInt32
  /// INTIDs below this may exist.
  @usableFromInline let limit: UInt32
  /// Records.
  @usableFromInline var count: Int
  /// Bytes of record pages.
  @usableFromInline var pageMemory: Int
  /// Which of the directory's memory pages have been written, one bit each: 2^16 pointers are at most 128 of them.
  @usableFromInline var touched: (UInt64, UInt64)

  @inlinable init(intidBits: Int) {
    limit = LPILimits.intidLimit(bits: intidBits)
    pages = UnsafeMutablePointer(bitPattern: 8).unsafelyUnwrapped
    readable = 0
    count = 0
    pageMemory = 0
    touched = (0, 0)
  }

  @inlinable deinit {
    release()
  }

  @usableFromInline func release() {
    if readable == 0 { return }
    forEachTouched { index in
      pages[index].release()
      return true
    }
    munmap(pages, RecordDirectory.byteSize(limit))
  }

  static func byteSize(_ limit: UInt32) -> Int { Swift.max(4096, Int(limit >> 8) * 8) }

  @inlinable @inline(__always) func slot(_ intid: UInt32) -> UnsafeMutablePointer<UInt64>? {
    if intid >= readable { return nil }
    return pages[Int(truncatingIfNeeded: intid >> 8)].slot(UInt8(truncatingIfNeeded: intid))
  }

  /// The record's place, made if need be. The INTID is within limits.
  @inlinable @inline(__always) mutating func makeSlot(_ intid: UInt32) -> UnsafeMutablePointer<UInt64> {
    if let slot = slot(intid) { return slot }
    return insert(intid)
  }

  @usableFromInline mutating func insert(_ intid: UInt32) -> UnsafeMutablePointer<UInt64> {
    if readable == 0 { reserve() }
    let index = Int(intid >> 8)
    touch(index >> 9)
    count += 1
    return pages[index].insert(UInt8(truncatingIfNeeded: intid), &pageMemory)
  }

  @usableFromInline mutating func remove(_ intid: UInt32, at slot: UnsafeMutablePointer<UInt64>) {
    pages[Int(intid >> 8)].remove(UInt8(truncatingIfNeeded: intid), at: slot, &pageMemory)
    count -= 1
  }

  private mutating func reserve() {
    let size = RecordDirectory.byteSize(limit)
    let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
    guard let memory, memory != MAP_FAILED else { HeapBytes.outOfMemory(size) }
    pages = memory.bindMemory(to: RecordPage.self, capacity: size / 8)
    readable = limit
  }

  private mutating func touch(_ memoryPage: Int) {
    if memoryPage < 64 {
      touched.0 |= 1 << UInt64(memoryPage)
    } else {
      touched.1 |= 1 << UInt64(memoryPage & 63)
    }
  }

  /// Calls `body` with the index of each record page in written memory, ascending, until it returns false.
  @inlinable func forEachTouched(_ body: (Int) -> Bool) {
    let pageCount = Int(limit >> 8)
    for memoryPage in 0..<128 {
      let bits = memoryPage < 64 ? touched.0 : touched.1
      if bits >> UInt64(memoryPage & 63) & 1 == 0 { continue }
      let first = memoryPage &<< 9
      for index in first..<Swift.min(first &+ 512, pageCount) where !body(index) { return }
    }
  }

  @inlinable func forEach(_ body: (UInt32, UInt64) -> Bool) {
    forEachTouched { index in
      pages[index].forEach { low, bits in body(UInt32(truncatingIfNeeded: index &<< 8) | UInt32(low), bits) }
    }
  }

  /// Bytes allocated.
  @usableFromInline var memory: Int { pageMemory + mappedMemory }

  @usableFromInline var mappedMemory: Int { (touched.0.nonzeroBitCount + touched.1.nonzeroBitCount) * 4096 }

  @usableFromInline borrowing func copy() -> RecordDirectory {
    var duplicate = RecordDirectory(intidBits: limit.trailingZeroBitCount)
    if readable == 0 { return duplicate }
    duplicate.reserve()
    duplicate.count = count
    duplicate.pageMemory = pageMemory
    duplicate.touched = touched
    forEachTouched { index in
      if pages[index].tagged != 0 { duplicate.pages[index] = pages[index].copy() }
      return true
    }
    return duplicate
  }

  func brokenInvariant() -> String? {
    var records = 0
    var memory = 0
    var broken: String?
    forEachTouched { index in
      records += pages[index].count
      memory += pages[index].memory
      broken = pages[index].brokenInvariant()
      return broken == nil
    }
    if let broken { return broken }
    guard records == count else { return "\(records) records found, \(count) counted" }
    guard memory == pageMemory else { return "\(memory) page bytes found, \(pageMemory) counted" }
    return nil
  }
}
