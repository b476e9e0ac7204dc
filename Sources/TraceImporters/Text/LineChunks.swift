import InterruptTrace

/// A text in pieces of whole lines, each followed by ``Digits/padding`` readable bytes.
///
/// Bytes in memory are used where they lie; only their last lines are copied, so that the padding is there.
struct LineChunks: ~Copyable {
  /// What messages call the text.
  var path = "-"
  private let bytes: UnsafeRawBufferPointer
  private var offset = 0
  private let tail: UnsafeMutableRawPointer
  private static let tailLimit = 1 << 16
  private var cutLine: String?

  init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
    tail = .allocate(byteCount: Self.tailLimit + Digits.padding, alignment: 16)
  }

  deinit { tail.deallocate() }

  /// The next lines: at least `minimum` bytes of them if there are that many. Empty at the end.
  mutating func next(atLeast minimum: Int) -> UnsafeRawBufferPointer {
    guard offset < bytes.count, let base = bytes.baseAddress else {
      return UnsafeRawBufferPointer(start: nil, count: 0)
    }
    let start = base + offset
    let left = bytes.count - offset
    // All lines that end early enough to leave the padding behind them.
    if left > Digits.padding {
      let whole = Self.lastLineEnd(start, start + (left - Digits.padding))
      if whole > start {
        offset += whole - start
        return UnsafeRawBufferPointer(start: start, count: whole - start)
      }
    }
    return lastLines(start, left)
  }

  private mutating func lastLines(_ start: UnsafeRawPointer, _ left: Int) -> UnsafeRawBufferPointer {
    offset = bytes.count
    let kept = min(left, Self.tailLimit)
    tail.copyMemory(from: start, byteCount: kept)
    (tail + kept).initializeMemory(as: UInt8.self, repeating: 0, count: Digits.padding)
    let end = Self.lastLineEnd(UnsafeRawPointer(tail), UnsafeRawPointer(tail) + kept)
    if end < tail + kept { cutLine = LogDecoder.excerpt(end, UnsafeRawPointer(tail) + kept) }
    return UnsafeRawBufferPointer(start: tail, count: end - UnsafeRawPointer(tail))
  }

  /// Behind the last line feed before `end`; `start` if there is none.
  private static func lastLineEnd(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) -> UnsafeRawPointer {
    var at = end
    while at > start, Digits.byte(at - 1) != 0x0A { at -= 1 }
    return at
  }

  /// The end of the last whole line within `limit` bytes, or `end`.
  static func wholeLines(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer, limit: Int) -> UnsafeRawPointer {
    end - start <= limit ? end : lastLineEnd(start, start + limit)
  }

  /// Adds what was read, and where the text was cut.
  func report(into statistics: inout ImportStatistics) {
    statistics.bytesRead = UInt64(offset)
    statistics.bytesTotal = UInt64(bytes.count)
    if let cutLine {
      statistics.damage = ImportStatistics.Damage(
        reason: "the last line has no end: \(cutLine)",
        position: "after line \(statistics.records)"
      )
    }
  }
}
