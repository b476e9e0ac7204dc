import InterruptTrace

/// The bytes of a trace.dat's tables: what was loaded of the file stays in memory until all tables are read.
///
/// However often the file refers to its sections, no more than a stated number of bytes is loaded and decompressed.
final class DatTables {
  let input: RandomAccessInput
  /// Bytes that were loaded or decompressed.
  private var spent = 0
  private var loaded: [UnsafeMutableRawBufferPointer] = []
  /// The bytes around the last number that was read.
  private let window = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
  private var windowStart = 0
  private var windowCount = 0

  /// Bytes at most: the formats of a kernel's events have some megabytes, the names of a million threads 32.
  static let budget = 256 << 20

  init(_ input: RandomAccessInput) { self.input = input }

  deinit {
    window.deallocate()
    release()
  }

  /// All tables are read: nothing of what was loaded is needed any longer.
  func release() {
    for bytes in loaded { bytes.deallocate() }
    loaded.removeAll()
  }

  /// A reader of the file from a place on.
  func reader(at place: Int, isBigEndian: Bool) -> DatTableReader {
    DatTableReader(tables: self, at: place, isBigEndian: isBigEndian)
  }

  /// Counts bytes that are about to be held.
  func spend(_ count: Int, at place: Int) throws(DatError) {
    guard count <= Self.budget - spent else {
      throw DatError(position: place, reason: "the tables have more than \(Self.budget >> 20) MiB")
    }
    spent += count
  }

  /// Bytes of the file, which must be there. A number's are valid until the next is read, others until all tables are read.
  func bytes(at place: Int, count: Int, _ what: String) throws(DatError) -> UnsafeRawBufferPointer {
    if count <= 8 {
      if place < windowStart || place + count > windowStart + windowCount {
        windowStart = place
        windowCount = input.load(at: place, into: window)
      }
      guard place + count <= windowStart + windowCount else { throw shrunk(place) }
      return UnsafeRawBufferPointer(rebasing: window[(place - windowStart)..<(place - windowStart + count)])
    }
    try spend(count, at: place)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 16)
    loaded.append(buffer)
    guard input.load(at: place, into: buffer) == count else { throw shrunk(place) }
    return UnsafeRawBufferPointer(buffer)
  }

  private func shrunk(_ place: Int) -> DatError {
    DatError(position: place, reason: "the file became shorter while it was read")
  }
}

/// Reads a trace.dat's tables in the file from left to right.
struct DatTableReader: DatReading {
  let tables: DatTables
  var at: Int
  let isBigEndian: Bool
  /// Characters of a name at most.
  private static let stringLimit = 4096

  mutating func take(_ count: UInt64, _ what: String) throws(DatError) -> UnsafeRawBufferPointer {
    let start = at
    try skip(count, what)
    return try tables.bytes(at: start, count: Int(count), what)
  }

  mutating func skip(_ count: UInt64, _ what: String) throws(DatError) {
    let end = tables.input.count
    guard at <= end, count <= UInt64(end - at) else {
      throw DatError(position: at, reason: "\(what) of \(count) bytes goes beyond the end")
    }
    at += Int(count)
  }

  mutating func string(_ what: String) throws(DatError) -> String {
    var text: [UInt8] = []
    let start = at
    while text.count < Self.stringLimit, at < tables.input.count {
      let byte = try u8(what)
      if byte == 0 { return String(decoding: text, as: UTF8.self) }
      text.append(byte)
    }
    throw DatError(position: start, reason: "\(what) has no end")
  }
}
