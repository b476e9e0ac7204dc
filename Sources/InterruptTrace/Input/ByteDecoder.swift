/// Turns stored bytes into the bytes that were compressed, piece by piece.
protocol ByteDecoder: AnyObject {
  /// The next piece, valid until the next call. Empty at the end, and after a failure.
  func next() -> UnsafeRawBufferPointer
  /// Why decoding stopped early.
  var failure: DecodeFailure? { get }
}

/// Why a stored input stopped making sense.
struct DecodeFailure: Equatable {
  /// What is wrong.
  var reason: String
  /// Where, in bytes from the start of the stored input.
  var offset: UInt64

  static let endsEarly = "compressed data ends early"
  static let trailingBytes = "the compressed data is followed by other bytes"
}

/// Input that is not compressed: pieces of the read buffer itself.
final class PlainBytes: ByteDecoder {
  private let stored: StoredBytes
  private(set) var failure: DecodeFailure?

  init(_ stored: StoredBytes) { self.stored = stored }

  func next() -> UnsafeRawBufferPointer {
    guard stored.ensure(1) else {
      if let error = stored.readError { failure = DecodeFailure(reason: error, offset: stored.position) }
      return UnsafeRawBufferPointer(start: nil, count: 0)
    }
    let piece = stored.available
    stored.consume(piece.count)
    return piece
  }
}

/// One format's streaming decoder, for libraries that keep their own window.
protocol StreamCodec: AnyObject {
  /// Decodes some of `input` into `output`. `atEnd` says that nothing follows `input`.
  func decode(_ input: UnsafeRawBufferPointer, atEnd: Bool, into output: UnsafeMutableRawBufferPointer) -> StreamStep
  /// Whether the input may end here: after a whole member or frame.
  var isComplete: Bool { get }
}

/// What one call of a ``StreamCodec`` did.
struct StreamStep {
  /// Input bytes used up.
  var consumed: Int
  /// Output bytes written.
  var produced: Int
  /// What is wrong with the input.
  var failure: String?
}

/// Drives a ``StreamCodec`` from stored bytes into one output buffer.
final class StreamDecoder: ByteDecoder {
  private static let outputSize = 256 << 10

  private let stored: StoredBytes
  private let codec: any StreamCodec
  private let output: UnsafeMutableRawBufferPointer
  private(set) var failure: DecodeFailure?
  private var isFinished = false

  init(_ stored: StoredBytes, codec: any StreamCodec) {
    self.stored = stored
    self.codec = codec
    output = .allocate(byteCount: Self.outputSize, alignment: 64)
  }

  deinit { output.deallocate() }

  func next() -> UnsafeRawBufferPointer {
    var produced = 0
    while !isFinished, produced < output.count {
      let more = stored.ensure(1)
      if let error = stored.readError {
        fail(error)
        break
      }
      if !more, codec.isComplete {
        isFinished = true
        break
      }
      let step = codec.decode(
        stored.available, atEnd: !more, into: UnsafeMutableRawBufferPointer(rebasing: output[produced...]))
      stored.consume(step.consumed)
      produced += step.produced
      if let reason = step.failure {
        fail(reason)
      } else if step.consumed == 0, step.produced == 0, !(codec.isComplete && !more) {
        fail(more ? "the decoder makes no progress" : DecodeFailure.endsEarly)
      }
      // Hand over what there is before a read that may block.
      if produced > 0, stored.available.isEmpty { break }
    }
    return UnsafeRawBufferPointer(start: output.baseAddress, count: produced)
  }

  private func fail(_ reason: String) {
    failure = DecodeFailure(reason: reason, offset: stored.position)
    isFinished = true
  }
}
