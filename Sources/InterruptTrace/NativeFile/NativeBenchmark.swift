import Glibc

/// What liblz4 alone needs to decompress a native file: the measure of whatever reads it.
public struct NativeBenchmark: Sendable {
  /// Records in the file.
  public let records: UInt64
  /// Bytes of the pcap in it.
  public let decompressedBytes: UInt64
  /// CPU time in seconds of reading the file and decompressing its blocks with `LZ4_decompress_safe`, no
  /// checksum verified: the lower limit for whatever reads the file.
  public let decompressSeconds: Double

  /// Measures a native file in an LZ4 frame. Counting its records first brings it into the page cache.
  public init(path: String) throws(TraceError) {
    let reader = try NativeTraceReader(path: path)
    guard reader.input.kind == .lz4, reader.canSeek else {
      throw .unrecognised(path: path, reason: "the benchmark takes a native file in an LZ4 frame")
    }
    var batch = EventBatch()
    while try reader.read(into: &batch) > 0 {}
    records = reader.statistics.records
    (decompressedBytes, decompressSeconds) = try Self.decompress(path)
  }

  private static func decompress(_ path: String) throws(TraceError) -> (bytes: UInt64, seconds: Double) {
    let start = threadSeconds()
    let input = try ByteInput.open(path: path, verification: .none)
    var bytes: UInt64 = 0
    while case let piece = input.nextPiece(), piece.count > 0 { bytes += UInt64(piece.count) }
    return (bytes, threadSeconds() - start)
  }

  private static func threadSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
