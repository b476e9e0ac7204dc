import CZlib

/// gzip (RFC 1952), any number of members, or one zlib stream (RFC 1950).
final class GzipCodec: StreamCodec {
  /// What is around the deflated data.
  enum Wrapping: Int32 {
    // 15: the largest window; plus 16: a gzip header and trailer are required.
    case zlib = 15
    case gzip = 31
  }

  private let wrapping: Wrapping
  // On the heap because zlib's state points back at it.
  private let stream: UnsafeMutablePointer<z_stream>
  private(set) var isComplete = false
  private let isUsable: Bool

  init(_ wrapping: Wrapping) {
    self.wrapping = wrapping
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    isUsable = inflateInit2_(stream, wrapping.rawValue, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
  }

  deinit {
    if isUsable { inflateEnd(stream) }
    stream.deallocate()
  }

  func decode(_ input: UnsafeRawBufferPointer, atEnd: Bool, into output: UnsafeMutableRawBufferPointer) -> StreamStep {
    guard isUsable else { return StreamStep(consumed: 0, produced: 0, failure: "zlib is out of memory") }
    if isComplete { return startMember(input, atEnd: atEnd, into: output) }
    stream.pointee.next_in = UnsafeMutablePointer(mutating: input.bindMemory(to: UInt8.self).baseAddress)
    stream.pointee.avail_in = UInt32(clamping: input.count)
    stream.pointee.next_out = output.bindMemory(to: UInt8.self).baseAddress
    stream.pointee.avail_out = UInt32(clamping: output.count)
    let offered = stream.pointee.avail_in
    let room = stream.pointee.avail_out
    let status = inflate(stream, Z_NO_FLUSH)
    var step = StreamStep(
      consumed: Int(offered - stream.pointee.avail_in), produced: Int(room - stream.pointee.avail_out))
    switch status {
    case Z_STREAM_END: isComplete = true
    case Z_OK, Z_BUF_ERROR: break
    default:
      step.failure = stream.pointee.msg.map { "\(wrapping): " + String(cString: $0) } ?? "\(wrapping): error \(status)"
    }
    return step
  }

  /// Between members: another member, or the zero bytes that tapes and block devices pad with.
  private func startMember(
    _ input: UnsafeRawBufferPointer, atEnd: Bool, into output: UnsafeMutableRawBufferPointer
  ) -> StreamStep {
    let padding = input.prefix { $0 == 0 }.count
    if padding > 0 { return StreamStep(consumed: padding, produced: 0) }
    if wrapping == .zlib {
      // A shell may have ended the output with a line feed.
      let isEnd = input.allSatisfy { $0 == 0x0A || $0 == 0x0D }
      return StreamStep(
        consumed: input.count, produced: 0, failure: isEnd ? nil : DecodeFailure.trailingBytes)
    }
    guard input.first == 0x1F else { return StreamStep(consumed: 0, produced: 0, failure: DecodeFailure.trailingBytes) }
    isComplete = false
    inflateReset(stream)
    return decode(input, atEnd: atEnd, into: output)
  }
}
