import CLZ4
import Glibc

/// Measures how fast a native file is decoded, against what liblz4 alone needs to decompress it.
///
/// Nothing is judged here. All ways are measured in turn within each run, so that a busy machine slows all of them.
public struct NativeBenchmark: Sendable {
  /// Runs of each.
  public let runs: Int
  /// Records in the file.
  public let records: UInt64
  /// Bytes of the file.
  public let compressedBytes: UInt64
  /// Bytes of the pcap in it.
  public let decompressedBytes: UInt64
  /// Median CPU time in seconds of reading the file and decompressing its blocks with `LZ4_decompress_safe`, no
  /// checksum verified: the lower limit for whatever reads the file.
  public let decompressSeconds: Double
  /// The same through `LZ4F_decompress`, which verifies all checksums: liblz4 as programs commonly use it.
  public let frameDecompressSeconds: Double
  /// Median CPU time in seconds of reading the file into event batches, no checksum verified.
  public let uncheckedDecodeSeconds: Double
  /// Median CPU time in seconds of reading the file into event batches, as every command does.
  public let decodeSeconds: Double

  /// Throughput of decoding as a fraction of the throughput of decompressing alone.
  public var decodeShareOfDecompression: Double { decompressSeconds / decodeSeconds }

  /// Measures a native file in an LZ4 frame. The first, unmeasured run brings it into the page cache.
  public init(path: String, runs: Int = 9) throws(TraceError) {
    let reader = try NativeTraceReader(path: path)
    guard reader.input.kind == .lz4, reader.canSeek else {
      throw .unrecognised(path: path, reason: "the benchmark takes a native file in an LZ4 frame")
    }
    self.runs = max(runs, 1)
    compressedBytes = reader.input.bytesTotal ?? 0
    (records, _) = try Self.decode(path, .all)
    decompressedBytes = try Self.decompress(path).bytes

    var times: [[Double]] = [[], [], [], []]
    for _ in 0..<self.runs {
      times[0].append(try Self.decompress(path).seconds)
      times[1].append(try Self.decode(path, .cheapest).seconds)
      times[2].append(try Self.decode(path, .none).seconds)
      times[3].append(try Self.decompressFrame(path))
    }
    let medians = times.map { $0.sorted()[$0.count / 2] }
    decompressSeconds = medians[0]
    decodeSeconds = medians[1]
    uncheckedDecodeSeconds = medians[2]
    frameDecompressSeconds = medians[3]
  }

  private static func decompress(_ path: String) throws(TraceError) -> (bytes: UInt64, seconds: Double) {
    let start = threadSeconds()
    let input = try ByteInput.open(path: path, verification: .none)
    var bytes: UInt64 = 0
    while case let piece = input.nextPiece(), piece.count > 0 { bytes += UInt64(piece.count) }
    return (bytes, threadSeconds() - start)
  }

  private static func decode(
    _ path: String, _ verification: ChecksumVerification
  ) throws(TraceError) -> (records: UInt64, seconds: Double) {
    let start = threadSeconds()
    let reader = try NativeTraceReader(path: path, verification: verification)
    var batch = EventBatch()
    while try reader.read(into: &batch) > 0 {}
    return (reader.statistics.records, threadSeconds() - start)
  }

  private static func decompressFrame(_ path: String) throws(TraceError) -> Double {
    let start = threadSeconds()
    let input = try ByteInput.open(path: path, verification: .none)
    var context: OpaquePointer?
    LZ4F_createDecompressionContext(&context, UInt32(LZ4F_VERSION))
    defer { LZ4F_freeDecompressionContext(context) }
    let output = UnsafeMutableRawBufferPointer.allocate(byteCount: NativeFormat.blockSize, alignment: 64)
    defer { output.deallocate() }
    while input.stored.ensure(1) {
      var consumed = input.stored.available.count
      var produced = output.count
      let status = LZ4F_decompress(
        context, output.baseAddress, &produced, input.stored.available.baseAddress, &consumed, nil)
      guard LZ4F_isError(status) == 0 else { throw .unreadable(path: path, reason: "LZ4F_decompress failed") }
      input.stored.consume(consumed)
    }
    return threadSeconds() - start
  }

  private static func threadSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
