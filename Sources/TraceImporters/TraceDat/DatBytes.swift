import InterruptTrace

/// Why a trace.dat cannot be read on, and where.
struct DatError: Error, Equatable {
  /// The byte of the file, or of a decompressed section.
  var position: Int
  /// What is wrong there.
  var reason: String

  /// The reason, with what to do if it does not say that itself.
  var reasonWithRemedy: String {
    reason.contains(";") ? reason : reason + "; copy the file again, or import its text (trace-cmd report)"
  }
}

/// Reads a part of a trace.dat from left to right; nothing beyond its end is touched.
protocol DatReading {
  /// Where the next read starts.
  var at: Int { get set }
  /// Numbers are stored with the highest byte first.
  var isBigEndian: Bool { get }
  /// The next `count` bytes.
  mutating func take(_ count: UInt64, _ what: String) throws(DatError) -> UnsafeRawBufferPointer
  /// Moves behind the next `count` bytes.
  mutating func skip(_ count: UInt64, _ what: String) throws(DatError)
  /// Text up to a zero byte, which is passed.
  mutating func string(_ what: String) throws(DatError) -> String
}

extension DatReading {
  mutating func u8(_ what: String) throws(DatError) -> UInt8 { try take(1, what)[0] }

  mutating func u16(_ what: String) throws(DatError) -> UInt16 {
    let value = try take(2, what).loadUnaligned(as: UInt16.self)
    return isBigEndian ? UInt16(bigEndian: value) : UInt16(littleEndian: value)
  }

  mutating func u32(_ what: String) throws(DatError) -> UInt32 {
    let value = try take(4, what).loadUnaligned(as: UInt32.self)
    return isBigEndian ? UInt32(bigEndian: value) : UInt32(littleEndian: value)
  }

  mutating func u64(_ what: String) throws(DatError) -> UInt64 {
    let value = try take(8, what).loadUnaligned(as: UInt64.self)
    return isBigEndian ? UInt64(bigEndian: value) : UInt64(littleEndian: value)
  }
}

/// A part that is in memory.
struct DatBytes: DatReading {
  let bytes: UnsafeRawBufferPointer
  var at: Int
  let isBigEndian: Bool

  init(_ bytes: UnsafeRawBufferPointer, at: Int = 0, isBigEndian: Bool) {
    self.bytes = bytes
    self.at = at
    self.isBigEndian = isBigEndian
  }

  /// Whether everything was read.
  var isAtEnd: Bool { at >= bytes.count }

  mutating func take(_ count: UInt64, _ what: String) throws(DatError) -> UnsafeRawBufferPointer {
    let start = at
    try skip(count, what)
    return UnsafeRawBufferPointer(rebasing: bytes[start..<at])
  }

  mutating func skip(_ count: UInt64, _ what: String) throws(DatError) {
    guard at <= bytes.count, count <= UInt64(bytes.count - at) else {
      throw DatError(position: at, reason: "\(what) of \(count) bytes goes beyond the end")
    }
    at += Int(count)
  }

  mutating func string(_ what: String) throws(DatError) -> String {
    guard at <= bytes.count, let end = bytes[at...].firstIndex(of: 0) else {
      throw DatError(position: at, reason: "\(what) has no end")
    }
    defer { at = end + 1 }
    return String(decoding: bytes[at..<end], as: UTF8.self)
  }
}
