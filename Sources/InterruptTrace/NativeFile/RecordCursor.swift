/// Walks the records of a pcap stream whose pieces end anywhere.
///
/// Where a whole record lies in one piece it is used in place; one that straddles two pieces is put together in a
/// buffer of 40 bytes.
struct RecordCursor: ~Copyable {
  private let input: ByteInput
  /// The unread rest of the piece.
  private(set) var place: UnsafeRawPointer
  private(set) var remaining = 0
  private let carry: UnsafeMutableRawPointer
  private var carryCount = 0
  private var toSkip: UInt64 = 0
  private let nothing: UnsafeMutableRawPointer

  init(_ input: ByteInput) {
    self.input = input
    carry = .allocate(byteCount: NativeFormat.recordStride, alignment: 8)
    nothing = .allocate(byteCount: 1, alignment: 1)
    place = UnsafeRawPointer(nothing)
  }

  deinit {
    carry.deallocate()
    nothing.deallocate()
  }

  /// Whole strides that lie in place; 0 while a record is being put together.
  @inline(__always) var stridesInPlace: Int {
    carryCount == 0 && toSkip == 0 ? remaining / NativeFormat.recordStride : 0
  }

  /// Forgets where it is; the input has been moved.
  mutating func reset() {
    place = UnsafeRawPointer(nothing)
    remaining = 0
    carryCount = 0
    toSkip = 0
  }

  /// Makes the next record's header and as many bytes as a whole record has lie in one piece. Nil if the input has
  /// fewer left.
  mutating func front() -> UnsafeRawPointer? {
    if carryCount == 0, toSkip == 0, remaining >= NativeFormat.recordStride { return place }
    while carryCount < NativeFormat.recordStride {
      if remaining == 0, !nextPiece() { return nil }
      if toSkip > 0 {
        passSkipped()
        continue
      }
      if carryCount == 0, remaining >= NativeFormat.recordStride { return place }
      let taken = min(NativeFormat.recordStride - carryCount, remaining)
      (carry + carryCount).copyMemory(from: place, byteCount: taken)
      carryCount += taken
      advanceInPlace(taken)
    }
    return UnsafeRawPointer(carry)
  }

  /// Moves past `count` bytes of what ``front()`` gave, or past more than it gave.
  mutating func advance(_ count: UInt64) {
    var count = count
    if carryCount > 0 {
      let taken = Int(min(count, UInt64(carryCount)))
      carryCount -= taken
      // The ranges may overlap: `copyMemory` allows that.
      carry.copyMemory(from: carry + taken, byteCount: carryCount)
      count -= UInt64(taken)
    }
    let step = Int(min(count, UInt64(remaining)))
    advanceInPlace(step)
    toSkip += count - UInt64(step)
  }

  /// Moves past `count` bytes like ``advance(_:)``; false if the input ends before them.
  mutating func skip(_ count: UInt64) -> Bool {
    advance(count)
    while toSkip > 0, remaining > 0 || nextPiece() { passSkipped() }
    return toSkip == 0
  }

  private mutating func passSkipped() {
    let step = Int(min(toSkip, UInt64(remaining)))
    advanceInPlace(step)
    toSkip -= UInt64(step)
  }

  /// Moves past `count` bytes of the piece.
  @inline(__always) mutating func advanceInPlace(_ count: Int) {
    place += count
    remaining -= count
  }

  /// What is left when ``front()`` gives nil: bytes of the record that the input ends in, and how many of them, or 0.
  var leftover: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: carry, count: carryCount) }

  /// Whether the input ends inside a long record that is being skipped.
  var endsInSkip: Bool { toSkip > 0 }

  private mutating func nextPiece() -> Bool {
    let piece = input.nextPiece()
    guard let base = piece.baseAddress, piece.count > 0 else { return false }
    place = base
    remaining = piece.count
    return true
  }
}
