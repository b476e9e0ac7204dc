/// The entries of a device whose events are far apart: packed pages of 256 events each.
///
/// A pointer, tagged by bit 0, to the number of pages, the bytes they cost, and the pages up to the highest one used.
@frozen
@usableFromInline struct EventDirectory: BitwiseCopyable {
  @usableFromInline var tagged: UInt

  @inlinable @inline(__always) init(tagged: UInt) {
    self.tagged = tagged
  }

  @inlinable @inline(__always)
  var header: UnsafeMutablePointer<Int> { UnsafeMutablePointer(bitPattern: tagged & ~1).unsafelyUnwrapped }

  @inlinable @inline(__always) var pageCount: Int { header[0] }

  @inlinable @inline(__always) var pages: UnsafeMutablePointer<RecordPage> {
    UnsafeMutableRawPointer(header + 2).assumingMemoryBound(to: RecordPage.self)
  }

  static func make() -> EventDirectory {
    let header = HeapBytes.allocate(16).bindMemory(to: Int.self, capacity: 2)
    header[0] = 0
    header[1] = 0
    return EventDirectory(tagged: UInt(bitPattern: header) | 1)
  }

  @usableFromInline @inline(never)
  func entry(_ event: UInt32) -> TranslationEntry {
    let index = Int(event >> 8)
    guard index < pageCount, let slot = pages[index].slot(UInt8(truncatingIfNeeded: event)) else {
      return TranslationEntry()
    }
    return TranslationEntry(bits: slot.pointee)
  }

  mutating func replace(_ event: UInt32, with entry: TranslationEntry) -> TranslationEntry {
    let index = Int(event >> 8)
    let low = UInt8(truncatingIfNeeded: event)
    if index >= pageCount { grow(to: index + 1) }
    if let slot = pages[index].slot(low) {
      defer { slot.pointee = entry.bits }
      return TranslationEntry(bits: slot.pointee)
    }
    pages[index].insert(low, &header[1]).pointee = entry.bits
    return TranslationEntry()
  }

  /// Removes an entry that is there.
  func remove(_ event: UInt32) {
    let index = Int(event >> 8)
    let low = UInt8(truncatingIfNeeded: event)
    guard index < pageCount, let slot = pages[index].slot(low) else { return }
    pages[index].remove(low, at: slot, &header[1])
  }

  private mutating func grow(to count: Int) {
    let old = pageCount
    let grown = Swift.min(256, Swift.max(count, old * 2))
    let header = HeapBytes.reallocate(self.header, 16 + grown * 8).bindMemory(to: Int.self, capacity: 2 + grown)
    header[0] = grown
    tagged = UInt(bitPattern: header) | 1
    (pages + old).update(repeating: RecordPage(tagged: 0), count: grown - old)
  }

  @inlinable func forEach(_ body: (UInt32, TranslationEntry) -> Bool) {
    for index in 0..<pageCount {
      let goesOn = pages[index].forEach { low, bits in
        body(UInt32(truncatingIfNeeded: index &<< 8) | UInt32(low), TranslationEntry(bits: bits))
      }
      if !goesOn { return }
    }
  }

  func release() {
    for index in 0..<pageCount { pages[index].release() }
    HeapBytes.release(header)
  }

  func copy() -> EventDirectory {
    let size = 16 + pageCount * 8
    let duplicate = EventDirectory(tagged: UInt(bitPattern: HeapBytes.allocate(size)) | 1)
    UnsafeMutableRawPointer(duplicate.header).copyMemory(from: header, byteCount: size)
    for index in 0..<pageCount { duplicate.pages[index] = pages[index].copy() }
    return duplicate
  }

  var memory: Int { HeapBytes.cost(16 + pageCount * 8) + header[1] }

  func brokenInvariant() -> String? {
    var memory = 0
    for index in 0..<pageCount {
      memory += pages[index].memory
      if let broken = pages[index].brokenInvariant() { return broken }
    }
    return memory == header[1] ? nil : "\(memory) bytes of event pages found, \(header[1]) counted"
  }
}
