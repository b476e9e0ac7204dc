import CLZ4
import CLZMA
import CZlib
import CZstd

/// Whole-buffer compressors of the formats that `ByteInput` reads, by the libraries themselves.
enum Compressor: String, CaseIterable, Sendable {
  case lz4
  case gzip
  case zstd
  case xz

  func callAsFunction(_ bytes: [UInt8]) -> [UInt8] {
    switch self {
    case .lz4: Self.lz4Frame(bytes)
    case .gzip: Self.gzipMember(bytes)
    case .zstd: Self.zstdFrame(bytes)
    case .xz: Self.xzStream(bytes)
    }
  }

  /// An LZ4 frame with the options that matter to a reader.
  static func lz4Frame(
    _ bytes: [UInt8], linked: Bool = false, blockSize: LZ4F_blockSizeID_t = LZ4F_max64KB, blockChecksums: Bool = false,
    contentChecksum: Bool = true, contentSize: Bool = false
  ) -> [UInt8] {
    var preferences = LZ4F_preferences_t()
    preferences.frameInfo.blockMode = linked ? LZ4F_blockLinked : LZ4F_blockIndependent
    preferences.frameInfo.blockSizeID = blockSize
    preferences.frameInfo.blockChecksumFlag = blockChecksums ? LZ4F_blockChecksumEnabled : LZ4F_noBlockChecksum
    preferences.frameInfo.contentChecksumFlag =
      contentChecksum ? LZ4F_contentChecksumEnabled : LZ4F_noContentChecksum
    preferences.frameInfo.contentSize = contentSize ? UInt64(bytes.count) : 0
    // LZ4F_compressFrame would reduce the block size to the content's and make a single block independent.
    var context: OpaquePointer?
    LZ4F_createCompressionContext(&context, UInt32(LZ4F_VERSION))
    defer { LZ4F_freeCompressionContext(context) }
    var result = [UInt8](repeating: 0, count: LZ4F_compressBound(bytes.count, &preferences) + 64)
    var count = LZ4F_compressBegin(context, &result, result.count, &preferences)
    result.withUnsafeMutableBytes { output in
      count += LZ4F_compressUpdate(context, output.baseAddress! + count, output.count - count, bytes, bytes.count, nil)
      count += LZ4F_compressEnd(context, output.baseAddress! + count, output.count - count, nil)
    }
    return Array(result[..<count])
  }

  /// A stream in zlib's own format.
  static func zlib(_ bytes: [UInt8]) -> [UInt8] { deflated(bytes, windowBits: 15) }

  private static func gzipMember(_ bytes: [UInt8]) -> [UInt8] { deflated(bytes, windowBits: 31) }

  private static func deflated(_ bytes: [UInt8], windowBits: Int32) -> [UInt8] {
    var input = bytes
    var result = [UInt8](repeating: 0, count: bytes.count + bytes.count / 100 + 128)
    var stream = z_stream()
    deflateInit2_(
      &stream, 6, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    input.withUnsafeMutableBufferPointer { input in
      result.withUnsafeMutableBufferPointer { output in
        stream.next_in = input.baseAddress
        stream.avail_in = UInt32(input.count)
        stream.next_out = output.baseAddress
        stream.avail_out = UInt32(output.count)
        deflate(&stream, Z_FINISH)
      }
    }
    let count = Int(stream.total_out)
    deflateEnd(&stream)
    return Array(result[..<count])
  }

  private static func zstdFrame(_ bytes: [UInt8]) -> [UInt8] {
    let context = ZSTD_createCCtx()
    defer { ZSTD_freeCCtx(context) }
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
    var result = [UInt8](repeating: 0, count: ZSTD_compressBound(bytes.count))
    let count = ZSTD_compress2(context, &result, result.count, bytes, bytes.count)
    return Array(result[..<count])
  }

  private static func xzStream(_ bytes: [UInt8]) -> [UInt8] {
    var result = [UInt8](repeating: 0, count: lzma_stream_buffer_bound(bytes.count))
    var count = 0
    _ = lzma_easy_buffer_encode(6, LZMA_CHECK_CRC64, nil, bytes, bytes.count, &result, &count, result.count)
    return Array(result[..<count])
  }
}

/// Bytes that compress about as well as a trace: 40-byte records whose fields mostly repeat.
func traceLikeBytes(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
  var state = seed
  func random() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state >> 33
  }
  var result: [UInt8] = []
  while result.count < count {
    let short = UInt8(truncatingIfNeeded: random())
    result += Array(repeating: short & 7, count: Int(random() % 30)) + [short, UInt8(truncatingIfNeeded: random())]
  }
  return Array(result[..<count])
}
