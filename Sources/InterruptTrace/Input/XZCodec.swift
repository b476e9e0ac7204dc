import CLZMA

/// xz, any number of streams and the padding between them.
final class XZCodec: StreamCodec {
  /// What the decoder may allocate: twice what `xz -9` needs.
  private static let memoryLimit: UInt64 = 128 << 20

  /// `LZMA_CONCATENATED`, a macro that Swift does not import.
  private static let concatenated: UInt32 = 0x08

  private let stream: UnsafeMutablePointer<lzma_stream>
  private(set) var isComplete = false
  private let isUsable: Bool

  init() {
    stream = .allocate(capacity: 1)
    stream.initialize(to: lzma_stream())
    isUsable = lzma_stream_decoder(stream, Self.memoryLimit, Self.concatenated) == LZMA_OK
  }

  deinit {
    lzma_end(stream)
    stream.deallocate()
  }

  func decode(_ input: UnsafeRawBufferPointer, atEnd: Bool, into output: UnsafeMutableRawBufferPointer) -> StreamStep {
    guard isUsable else { return StreamStep(consumed: 0, produced: 0, failure: "liblzma is out of memory") }
    stream.pointee.next_in = input.bindMemory(to: UInt8.self).baseAddress
    stream.pointee.avail_in = input.count
    stream.pointee.next_out = output.bindMemory(to: UInt8.self).baseAddress
    stream.pointee.avail_out = output.count
    let status = lzma_code(stream, atEnd ? LZMA_FINISH : LZMA_RUN)
    var step = StreamStep(
      consumed: input.count - stream.pointee.avail_in, produced: output.count - stream.pointee.avail_out)
    switch status {
    case LZMA_OK, LZMA_BUF_ERROR: break
    case LZMA_STREAM_END: isComplete = true
    case LZMA_MEMLIMIT_ERROR: step.failure = "xz: decoding would take more than 128 MiB; compress it again with xz -9"
    case LZMA_FORMAT_ERROR: step.failure = DecodeFailure.trailingBytes
    case LZMA_OPTIONS_ERROR: step.failure = "xz: uses options that this liblzma does not know"
    default: step.failure = "xz: compressed data is corrupt"
    }
    return step
  }
}
