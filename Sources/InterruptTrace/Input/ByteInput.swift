import Glibc

/// A capture's bytes, decompressed on the way: a file, or standard input.
///
/// What it is compressed with is recognised by content: LZ4, gzip, zstd and xz, each with any number of frames or
/// members, and what `atrace -z` writes; else it is taken as it stands. Text in UTF-16 becomes UTF-8, and a byte order mark
/// is left out. Damage does not throw: all that was decoded before it is delivered, and ``damage`` says where it ended.
public final class ByteInput {
  /// What was opened; `-` is standard input.
  public let path: String
  /// `none`, `lz4`, `gzip`, `zlib`, `zstd` or `xz`.
  public var compression: String { kind.rawValue }
  /// The input's size in bytes as stored; nil for a pipe.
  public var bytesTotal: UInt64? { stored.size }

  let kind: Compression
  let stored: StoredBytes
  private(set) var decoder: any ByteDecoder
  private let verification: ChecksumVerification
  private var current = UnsafeRawBufferPointer(start: nil, count: 0)
  private var lookahead = Lookahead()
  private var encodingIsKnown = false

  /// Opens a file; `-` is standard input.
  ///
  /// - Throws: ``TraceError/unreadable(path:reason:)``, also for what is recognised but not read (bzip2, zip,
  ///   legacy LZ4).
  public static func open(path: String) throws(TraceError) -> ByteInput {
    try open(path: path, verification: .cheapest)
  }

  /// Opens a file and chooses which of an LZ4 frame's checksums are verified.
  public static func open(path: String, verification: ChecksumVerification) throws(TraceError) -> ByteInput {
    let descriptor = path == "-" ? STDIN_FILENO : Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .unreadable(path: path, reason: String(cString: strerror(errno))) }
    let stored = StoredBytes(descriptor: descriptor, closesDescriptor: path != "-")
    return try ByteInput(path: path, stored: stored, verification: verification)
  }

  init(path: String, stored: StoredBytes, verification: ChecksumVerification) throws(TraceError) {
    self.path = path
    self.stored = stored
    self.verification = verification
    let name = path == "-" ? "standard input" : path
    _ = stored.ensure(Compression.magicLength)
    if let error = stored.readError { throw .unreadable(path: name, reason: error) }
    if let length = Compression.atraceHeaderLength(stored) {
      stored.consume(length)
      kind = .zlib
      decoder = Self.makeDecoder(kind, stored, verification)
      return
    }
    if let advice = Compression.adviceAgainst(stored.available) { throw .unreadable(path: name, reason: advice) }
    kind = Self.recognise(stored)
    decoder = Self.makeDecoder(kind, stored, verification)
  }

  private static func makeDecoder(
    _ kind: Compression, _ stored: StoredBytes, _ verification: ChecksumVerification
  ) -> any ByteDecoder {
    switch kind {
    case .none: PlainBytes(stored)
    case .lz4: LZ4FrameDecoder(stored, verification: verification)
    case .gzip: StreamDecoder(stored, codec: GzipCodec(.gzip))
    case .zlib: StreamDecoder(stored, codec: GzipCodec(.zlib))
    case .zstd: StreamDecoder(stored, codec: ZstdCodec())
    case .xz: StreamDecoder(stored, codec: XZCodec())
    }
  }

  /// Skippable frames may come first, and LZ4 and zstd share them: what follows them decides.
  private static func recognise(_ stored: StoredBytes) -> Compression {
    _ = stored.ensure(8)
    guard var length = Compression.skippableFrameLength(stored.available) else {
      return Compression.recognise(stored.available)
    }
    guard stored.isSeekable else {
      // A pipe cannot be looked through: the frame is dropped here instead of by the decoder.
      repeat {
        while length > 0, stored.ensure(1) {
          let step = min(UInt64(stored.available.count), length)
          stored.consume(Int(step))
          length -= step
        }
        _ = stored.ensure(8)
        length = Compression.skippableFrameLength(stored.available) ?? 0
      } while length > 0
      return Compression.recognise(stored.available) == .zstd ? .zstd : .lz4
    }
    var offset: UInt64 = 0
    var head: (UInt64, UInt64) = (0, 0)
    while true {
      offset += length
      let count = withUnsafeMutableBytes(of: &head) { stored.load(at: offset, into: $0) }
      let (next, following) = withUnsafeBytes(of: head) {
        let bytes = UnsafeRawBufferPointer(rebasing: $0[..<count])
        return (Compression.skippableFrameLength(bytes), Compression.recognise(bytes))
      }
      guard let next else { return following == .zstd ? .zstd : .lz4 }
      length = next
    }
  }

  // MARK: Reading

  /// The first `count` bytes that have not been read, without reading them; fewer if the input ends before.
  public func peek(_ count: Int) -> [UInt8] {
    fetch()
    if lookahead.isEmpty, current.count >= count { return [UInt8](current.prefix(count)) }
    while lookahead.count < count {
      if current.isEmpty { current = decoder.next() }
      if current.isEmpty { break }
      lookahead.append(current)
      current = UnsafeRawBufferPointer(start: nil, count: 0)
    }
    return [UInt8](lookahead.bytes.prefix(count))
  }

  /// Reads some bytes: at least one, unless the input or `target` has no more. 0 is the end.
  public func read(into target: UnsafeMutableRawBufferPointer) -> Int {
    let piece = nextPiece(atMost: target.count)
    if let from = piece.baseAddress, let to = target.baseAddress { to.copyMemory(from: from, byteCount: piece.count) }
    return piece.count
  }

  /// The next bytes in the decoder's own buffer: nothing is copied. Valid until the next call of any method; empty is
  /// the end.
  public func nextPiece(atMost limit: Int = .max) -> UnsafeRawBufferPointer {
    fetch()
    if !lookahead.isEmpty { return lookahead.take(atMost: limit) }
    let piece = UnsafeRawBufferPointer(rebasing: current.prefix(limit))
    current = UnsafeRawBufferPointer(rebasing: current.dropFirst(piece.count))
    return piece
  }

  /// Makes the next piece the current one, unless there is something to read.
  private func fetch() {
    guard current.isEmpty, lookahead.isEmpty else { return }
    current = decoder.next()
    if !encodingIsKnown { recogniseEncoding() }
  }

  /// The first bytes say whether the input is text in another encoding.
  private func recogniseEncoding() {
    encodingIsKnown = true
    while lookahead.count + current.count < TextEncoding.recognisedBy, !current.isEmpty {
      lookahead.append(current)
      current = decoder.next()
    }
    if !lookahead.isEmpty, !current.isEmpty {
      lookahead.append(current)
      current = UnsafeRawBufferPointer(start: nil, count: 0)
    }
    let start = lookahead.isEmpty ? current : lookahead.bytes
    switch TextEncoding(start) {
    case nil: break
    case .markedUTF8: _ = nextPiece(atMost: 3)
    case let encoding?:
      let text = TranscodedText(decoder, first: start, isBig: encoding == .bigUTF16)
      current = text.next()
      lookahead = Lookahead()
      decoder = text
    }
  }

  // MARK: Moving about

  /// Starts again at the beginning; false for a pipe.
  func rewind() -> Bool {
    guard stored.isSeekable else { return false }
    stored.seek(to: 0)
    decoder = Self.makeDecoder(kind, stored, verification)
    forgetPieces()
    return true
  }

  /// Continues at a stored offset: of plain bytes, or of the size word of an LZ4 block.
  func move(to offset: UInt64, in header: LZ4FrameHeader?) {
    if let header, let frames = decoder as? LZ4FrameDecoder {
      frames.seek(toBlockAt: offset, of: header)
    } else {
      stored.seek(to: offset)
    }
    forgetPieces()
  }

  private func forgetPieces() {
    lookahead = Lookahead()
    current = UnsafeRawBufferPointer(start: nil, count: 0)
  }

  // MARK: Progress and damage

  /// Bytes consumed from the input as stored (compressed, if it is).
  public var bytesRead: UInt64 { stored.position }

  /// Where the input stopped making sense; nil as long as it has not.
  public var damage: ImportStatistics.Damage? {
    decoder.failure.map {
      let position = kind == .none ? "byte \($0.offset) of the file" : "byte \($0.offset) of the compressed file"
      return ImportStatistics.Damage(reason: $0.reason, position: position)
    }
  }
}

/// Decoded bytes that were looked at before anyone read them.
private struct Lookahead: ~Copyable {
  private var storage = UnsafeMutableRawBufferPointer(start: nil, count: 0)
  private var start = 0
  private var end = 0

  deinit { storage.deallocate() }

  var isEmpty: Bool { start == end }
  var count: Int { end - start }
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: storage[start..<end]) }

  mutating func append(_ piece: UnsafeRawBufferPointer) {
    if storage.count - end < piece.count {
      let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: count + max(count, piece.count), alignment: 64)
      larger.copyMemory(from: bytes)
      storage.deallocate()
      end = count
      start = 0
      storage = larger
    }
    UnsafeMutableRawBufferPointer(rebasing: storage[end...]).copyMemory(from: piece)
    end += piece.count
  }

  mutating func take(atMost limit: Int) -> UnsafeRawBufferPointer {
    let piece = UnsafeRawBufferPointer(rebasing: bytes.prefix(limit))
    start += piece.count
    return piece
  }
}
