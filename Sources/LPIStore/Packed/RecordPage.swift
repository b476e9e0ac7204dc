/// 256 consecutive INTIDs' records, only those that exist, in INTID order: a tagged pointer.
///
/// Up to six records are kept with their low INTID bytes (*sparse*, tag 0), more behind a 256-bit presence map whose
/// population count gives a record's place (*dense*, tag 1). So a lone LPI costs 32 bytes and one of many 9. A dense page
/// that holds all 256 (*full*, tag 3) needs no count: the INTID is the place.
///
/// | | sparse | dense |
/// |---|---|---|
/// | 0 | capacity u8, count u8, six INTID bytes, ascending | presence map, 4 × u64 |
/// | 8 | records | |
/// | 32 | | records before each map word, 4 × u8; capacity u16; count u16 |
/// | 40 | | records |
///
/// Zero is the page without records.
@frozen
@usableFromInline struct RecordPage: BitwiseCopyable {
  @usableFromInline var tagged: UInt

  @inlinable @inline(__always) init(tagged: UInt) {
    self.tagged = tagged
  }

  @usableFromInline static var sparseLimit: Int { @inlinable @inline(__always) get { 6 } }
  @usableFromInline static var denseHeader: Int { @inlinable @inline(__always) get { 40 } }

  @inlinable @inline(__always) var isSparse: Bool { tagged & 1 == 0 }

  @inlinable @inline(__always) var base: UnsafeMutableRawPointer {
    UnsafeMutableRawPointer(bitPattern: tagged & ~3).unsafelyUnwrapped
  }

  @usableFromInline static var fullTag: UInt { @inlinable @inline(__always) get { 3 } }

  /// Where the record of an INTID is; nil if there is none.
  @inlinable @inline(__always) func slot(_ low: UInt8) -> UnsafeMutablePointer<UInt64>? {
    if tagged & 2 != 0 {
      return (base + (RecordPage.denseHeader &+ Int(low) &<< 3)).assumingMemoryBound(to: UInt64.self)
    }
    if tagged & 1 != 0 { return RecordPage.denseSlot(base, low) }
    return tagged == 0 ? nil : RecordPage.sparseSlot(base, low)
  }

  @inlinable @inline(__always)
  static func denseSlot(_ page: UnsafeMutableRawPointer, _ low: UInt8) -> UnsafeMutablePointer<UInt64>? {
    let word = Int(low >> 6)
    // The record's bit on top and those before it below, so that one shift serves the test and the count.
    let map = page.load(fromByteOffset: word &<< 3, as: UInt64.self) &<< UInt64(~low & 63)
    if Int64(bitPattern: map) >= 0 { return nil }
    let before = Int(page.load(fromByteOffset: 32 &+ word, as: UInt8.self))
    let rank = before &+ map.nonzeroBitCount &- 1
    return (page + (denseHeader &+ rank &<< 3)).assumingMemoryBound(to: UInt64.self)
  }

  /// Compares all six INTID bytes at once: the lowest zero byte of the difference is exact.
  @inlinable @inline(__always)
  static func sparseSlot(_ page: UnsafeMutableRawPointer, _ low: UInt8) -> UnsafeMutablePointer<UInt64>? {
    let header = page.load(as: UInt64.self)
    let difference = (header >> 16) ^ (UInt64(low) &* 0x0101_0101_0101)
    let zero = (difference &- 0x0101_0101_0101) & ~difference & 0x8080_8080_8080
    let index = zero.trailingZeroBitCount >> 3
    if index >= Int(truncatingIfNeeded: header >> 8) & 0xFF { return nil }
    return (page + (8 &+ index &<< 3)).assumingMemoryBound(to: UInt64.self)
  }

  @usableFromInline var count: Int {
    if tagged == 0 { return 0 }
    return isSparse
      ? Int(base.load(fromByteOffset: 1, as: UInt8.self)) : Int(base.load(fromByteOffset: 38, as: UInt16.self))
  }

  @usableFromInline var capacity: Int {
    if tagged == 0 { return 0 }
    return isSparse ? Int(base.load(as: UInt8.self)) : Int(base.load(fromByteOffset: 36, as: UInt16.self))
  }

  static func byteSize(isSparse: Bool, capacity: Int) -> Int {
    (isSparse ? 8 : denseHeader) + capacity * 8
  }

  /// What the page costs.
  @usableFromInline var memory: Int {
    tagged == 0 ? 0 : HeapBytes.cost(RecordPage.byteSize(isSparse: isSparse, capacity: capacity))
  }

  var records: UnsafeMutablePointer<UInt64> {
    (base + (isSparse ? 8 : RecordPage.denseHeader)).assumingMemoryBound(to: UInt64.self)
  }

  @usableFromInline func release() {
    if tagged != 0 { HeapBytes.release(base) }
  }

  @usableFromInline func copy() -> RecordPage {
    if tagged == 0 { return self }
    let size = RecordPage.byteSize(isSparse: isSparse, capacity: capacity)
    let duplicate = HeapBytes.allocate(size)
    duplicate.copyMemory(from: base, byteCount: size)
    return RecordPage(tagged: UInt(bitPattern: duplicate) | tagged & 3)
  }

  /// Calls `body` with each INTID byte and its record, ascending, until it returns false. Returns false if it did.
  @inlinable func forEach(_ body: (UInt8, UInt64) -> Bool) -> Bool {
    if tagged == 0 { return true }
    if isSparse {
      for index in 0..<count {
        let low = base.load(fromByteOffset: 2 &+ index, as: UInt8.self)
        if !body(low, base.load(fromByteOffset: 8 &+ index &* 8, as: UInt64.self)) { return false }
      }
      return true
    }
    var offset = RecordPage.denseHeader
    for word in 0..<4 {
      var map = base.load(fromByteOffset: word &* 8, as: UInt64.self)
      while map != 0 {
        let low = UInt8(truncatingIfNeeded: word &* 64 &+ map.trailingZeroBitCount)
        map &= map &- 1
        if !body(low, base.load(fromByteOffset: offset, as: UInt64.self)) { return false }
        offset &+= 8
      }
    }
    return true
  }
}
