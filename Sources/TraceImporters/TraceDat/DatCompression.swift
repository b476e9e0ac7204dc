import CZlib
import CZstd

/// How sections and data of a trace.dat of version 7 are compressed.
enum DatCompression: Equatable {
  case none
  case zlib
  case zstd

  /// By the name in the header; nil if it is not known.
  init?(name: String) {
    switch name {
    case "", "none": self = .none
    case "zlib": self = .zlib
    case "zstd": self = .zstd
    default: return nil
    }
  }

  /// Bytes of a section at most: trace-cmd writes some megabytes.
  static let limit = 1 << 26

  /// Decompresses to a new buffer, which the caller frees; nil if the data do not give exactly `size` bytes.
  func decompress(_ data: UnsafeRawBufferPointer, size: Int) -> UnsafeMutableRawBufferPointer? {
    // No compressor makes more than some ten thousand bytes of one: a larger claim is damage.
    guard size <= Self.limit, size <= (data.count + 1) << 15, let from = data.baseAddress else { return nil }
    let target = UnsafeMutableRawBufferPointer.allocate(byteCount: size + Digits.padding, alignment: 16)
    let written: Int
    switch self {
    case .none: written = -1
    case .zstd:
      let result = ZSTD_decompress(target.baseAddress, size, from, data.count)
      written = ZSTD_isError(result) == 0 ? result : -1
    case .zlib:
      var length = uLong(size)
      let status = uncompress(
        target.baseAddress!.assumingMemoryBound(to: UInt8.self), &length, from.assumingMemoryBound(to: UInt8.self),
        uLong(data.count))
      written = status == Z_OK ? Int(length) : -1
    }
    guard written == size else {
      target.deallocate()
      return nil
    }
    UnsafeMutableRawBufferPointer(rebasing: target[size...]).initializeMemory(as: UInt8.self, repeating: 0)
    return UnsafeMutableRawBufferPointer(rebasing: target[..<size])
  }
}
