/// How a capture is compressed, as its first bytes say.
enum Compression: String {
  case none
  case lz4
  case gzip
  /// zlib's own format, as `atrace -z` writes it.
  case zlib
  case zstd
  case xz

  /// Bytes that ``recognise(_:)`` wants to see.
  static let magicLength = 6

  /// What the first bytes of an input say; fewer bytes than ``magicLength`` mean that the input has no more.
  static func recognise(_ bytes: UnsafeRawBufferPointer) -> Compression {
    if bytes.starts(with: [0x04, 0x22, 0x4D, 0x18]) { return .lz4 }
    if bytes.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) { return .zstd }
    if bytes.starts(with: [0x1F, 0x8B, 0x08]) { return .gzip }
    if bytes.starts(with: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]) { return .xz }
    return .none
  }

  /// Formats that are recognised in order to say what to do about them.
  static func adviceAgainst(_ bytes: UnsafeRawBufferPointer) -> String? {
    if bytes.starts(with: [0x02, 0x21, 0x4C, 0x18]) {
      return "a legacy LZ4 frame (lz4 -l); compress it again with plain lz4"
    }
    if bytes.starts(with: [0x42, 0x5A, 0x68]) { return "bzip2; compress it again with zstd, xz, gzip or lz4" }
    if bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]) { return "a zip archive; extract it first" }
    return nil
  }

  /// The bytes before the zlib data in the output of Android's `atrace -z`; nil for anything else: a line `TRACE:`, and
  /// perhaps one that says that the trace is being captured.
  static func atraceHeaderLength(_ stored: StoredBytes) -> Int? {
    let first: [UInt8] = Array("TRACE:".utf8)
    let before: [UInt8] = Array("captur".utf8)
    guard stored.available.starts(with: first) || stored.available.starts(with: before) else { return nil }
    _ = stored.ensure(atraceHeaderLimit)
    let bytes = stored.available.prefix(atraceHeaderLimit)
    var at = 0
    while at + first.count < bytes.count {
      if bytes[at...].starts(with: first), at == 0 || bytes[at - 1] == 0x0A {
        at += first.count
        if bytes[at] == 0x0D { at += 1 }
        // The data's first two bytes: deflate, a multiple of 31 (RFC 1950, 2.2).
        guard at + 2 < bytes.count, bytes[at] == 0x0A, bytes[at + 1] & 0xF == 8,
          (UInt(bytes[at + 1]) << 8 | UInt(bytes[at + 2])) % 31 == 0
        else { return nil }
        return at + 1
      }
      at += 1
    }
    return nil
  }

  private static let atraceHeaderLimit = 96

  /// The length of the skippable frame that starts here, its header included; nil if none does.
  ///
  /// LZ4 and zstd share the frame (magic 0x184D2A50 to 0x184D2A5F, then a 32-bit length).
  static func skippableFrameLength(_ bytes: UnsafeRawBufferPointer) -> UInt64? {
    guard bytes.count >= 8, bytes.loadLittle(UInt32.self, 0) & 0xFFFF_FFF0 == 0x184D_2A50 else { return nil }
    return 8 + UInt64(bytes.loadLittle(UInt32.self, 4))
  }
}

extension UnsafeRawBufferPointer {
  /// A little-endian integer at an offset; the caller has checked that it lies within.
  @inline(__always) func loadLittle<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type, _ offset: Int) -> T {
    T(littleEndian: loadUnaligned(fromByteOffset: offset, as: T.self))
  }
}
