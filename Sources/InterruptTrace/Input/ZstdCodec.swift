import CZstd

/// Zstandard (RFC 8878), any number of frames, skippable ones too.
///
/// libzstd refuses windows above 128 MiB, so a small file cannot make us allocate more.
final class ZstdCodec: StreamCodec {
  private let context = ZSTD_createDStream()
  private(set) var isComplete = true

  deinit { ZSTD_freeDStream(context) }

  func decode(_ input: UnsafeRawBufferPointer, atEnd: Bool, into output: UnsafeMutableRawBufferPointer) -> StreamStep {
    var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
    var target = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
    let status = ZSTD_decompressStream(context, &target, &source)
    var step = StreamStep(consumed: source.pos, produced: target.pos)
    if ZSTD_isError(status) != 0 {
      step.failure =
        ZSTD_getErrorCode(status) == ZSTD_error_prefix_unknown && isComplete
        ? DecodeFailure.trailingBytes : "zstd: " + String(cString: ZSTD_getErrorName(status))
    } else {
      isComplete = status == 0
    }
    return step
  }
}
