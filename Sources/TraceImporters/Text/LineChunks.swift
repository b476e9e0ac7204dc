import InterruptTrace

/// A text in pieces of whole lines, each followed by ``Digits/padding`` readable bytes.
///
/// Lines are used where the input has them. Only what stands at the seams of two pieces is copied: the last line of a
/// piece, which goes on in the next, and what is too close to a piece's end.
struct LineChunks: ~Copyable {
  /// Bytes of a line that are kept when it goes from piece to piece.
  static let lineLimit = 1 << 16

  private let input: ByteInput?
  private let memory: UnsafeRawBufferPointer
  private let pieceLength: Int
  private var memoryOffset = 0

  /// What is left of the current piece.
  private var piece = UnsafeRawBufferPointer(start: nil, count: 0)
  /// The lines at a seam, and the start of a line that has not ended yet.
  private let seam: UnsafeMutableRawPointer
  private var seamCount = 0
  /// The first bytes of the input, while they are looked at.
  private var head: UnsafeMutableRawBufferPointer?
  private var cutLine: String?
  /// Bytes of a last line without an end, which stays at the seam.
  private var lastCount = 0

  /// The lines of an input.
  init(_ input: ByteInput) {
    self.init(input: input, memory: UnsafeRawBufferPointer(start: nil, count: 0), pieceLength: 0)
  }

  /// The lines in memory, which must stay there; in pieces of `pieceLength` bytes.
  init(_ memory: UnsafeRawBufferPointer, pieceLength: Int = 1 << 18) {
    self.init(input: nil, memory: memory, pieceLength: max(1, pieceLength))
  }

  private init(input: ByteInput?, memory: UnsafeRawBufferPointer, pieceLength: Int) {
    self.input = input
    self.memory = memory
    self.pieceLength = pieceLength
    seam = .allocate(byteCount: Self.lineLimit + Digits.padding, alignment: 16)
    seam.initializeMemory(as: UInt8.self, repeating: 0, count: Self.lineLimit + Digits.padding)
  }

  deinit {
    seam.deallocate()
    head?.deallocate()
  }

  /// What messages call the input.
  var path: String { input?.path ?? "memory" }
  /// How the input is compressed.
  var compression: String { input?.compression ?? "none" }

  // MARK: Lines

  /// The first `length` bytes or what there is of them, as whole lines. To be called before ``next()``.
  mutating func first(_ length: Int) -> UnsafeRawBufferPointer {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: length + Digits.padding, alignment: 64)
    head = buffer
    var filled = 0
    while filled < length {
      fetch()
      if piece.isEmpty { break }
      let count = min(piece.count, length - filled)
      (buffer.baseAddress! + filled).copyMemory(from: piece.baseAddress!, byteCount: count)
      filled += count
      drop(count)
    }
    (buffer.baseAddress! + filled).initializeMemory(as: UInt8.self, repeating: 0, count: Digits.padding)
    let all = UnsafeRawBufferPointer(start: buffer.baseAddress, count: filled)
    let lines = Self.endOfLines(all)
    keep(UnsafeRawBufferPointer(rebasing: all[lines...]))
    return UnsafeRawBufferPointer(rebasing: all[..<lines])
  }

  /// The next lines, valid until the next call; empty at the end.
  mutating func next() -> UnsafeRawBufferPointer {
    head?.deallocate()
    head = nil
    while true {
      fetch()
      if piece.isEmpty { return finish() }
      if seamCount == 0, piece.count > Digits.padding {
        let lines = Self.endOfLines(UnsafeRawBufferPointer(rebasing: piece[..<(piece.count - Digits.padding)]))
        if lines > 0 { return take(lines) }
      }
      // The line that the last piece left open, or one that ends too close to this piece's end.
      if let end = piece.firstIndex(of: 0x0A) {
        keep(take(end + 1))
        let lines = UnsafeRawBufferPointer(start: seam, count: seamCount)
        seamCount = 0
        return lines
      }
      keep(take(piece.count))
    }
  }

  private mutating func fetch() {
    guard piece.isEmpty else { return }
    if let input {
      piece = input.nextPiece()
    } else {
      let end = min(memory.count, memoryOffset + pieceLength)
      piece = UnsafeRawBufferPointer(rebasing: memory[memoryOffset..<end])
      memoryOffset = end
    }
  }

  private mutating func take(_ count: Int) -> UnsafeRawBufferPointer {
    let taken = UnsafeRawBufferPointer(rebasing: piece[..<count])
    drop(count)
    return taken
  }

  private mutating func drop(_ count: Int) { piece = UnsafeRawBufferPointer(rebasing: piece[count...]) }

  /// Adds to the seam. Of a line that is too long its start and its end are kept.
  private mutating func keep(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress, !bytes.isEmpty else { return }
    let room = Self.lineLimit - seamCount - 1
    if bytes.count <= room {
      (seam + seamCount).copyMemory(from: start, byteCount: bytes.count)
      seamCount += bytes.count
    } else {
      (seam + seamCount).copyMemory(from: start, byteCount: room)
      seamCount += room
      if bytes.last == 0x0A {
        seam.storeBytes(of: 0x0A, toByteOffset: seamCount, as: UInt8.self)
        seamCount += 1
      }
    }
  }

  /// The input has ended; a line that has not is not used, as any of its numbers may be cut.
  private mutating func finish() -> UnsafeRawBufferPointer {
    if seamCount > 0 {
      lastCount = min(seamCount, Self.lineLimit - 1)
      seam.storeBytes(of: 0x0A, toByteOffset: lastCount, as: UInt8.self)
      // Where the user ended reading, the text is not damaged.
      if !InputStop.isRequested { cutLine = Excerpt.of(UnsafeRawPointer(seam), UnsafeRawPointer(seam) + seamCount) }
      seamCount = 0
    }
    return UnsafeRawBufferPointer(start: nil, count: 0)
  }

  /// The last line, without a line feed, when ``next()`` has come to the end: for importers that can tell whether it is
  /// whole. Nil if the text ends with a line feed, or if the input is damaged.
  var lastLine: UnsafeRawBufferPointer? {
    guard lastCount > 0, cutLine != nil, input?.damage == nil else { return nil }
    return UnsafeRawBufferPointer(start: seam, count: lastCount)
  }

  /// The last line is whole, or holds nothing.
  mutating func acceptLastLine() { cutLine = nil }

  /// Bytes up to the last line feed, with it.
  private static func endOfLines(_ bytes: UnsafeRawBufferPointer) -> Int {
    var end = bytes.count
    while end > 0, bytes[end - 1] != 0x0A { end -= 1 }
    return end
  }

  /// Adds what was read, and where the text was cut.
  func report(into statistics: inout ImportStatistics) {
    statistics.bytesRead = input?.bytesRead ?? UInt64(memoryOffset)
    if let input { statistics.bytesTotal = input.bytesTotal } else { statistics.bytesTotal = UInt64(memory.count) }
    if let damage = input?.damage {
      statistics.damage = damage
    } else if let cutLine {
      statistics.damage = ImportStatistics.Damage(
        reason: "the last line has no end: \(cutLine)", position: "after line \(statistics.records)")
    }
  }
}
