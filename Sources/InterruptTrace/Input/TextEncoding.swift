/// How a text that is not plain UTF-8 begins.
enum TextEncoding {
  /// UTF-8 with a byte order mark.
  case markedUTF8
  /// UTF-16, as redirections in a Windows PowerShell write it.
  case littleUTF16
  case bigUTF16

  /// Bytes that ``init(_:)`` wants to see.
  static let recognisedBy = 16

  /// What the first bytes of an input say; nil for plain UTF-8, and for anything that is no text.
  init?(_ bytes: some Collection<UInt8>) {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
      self = .markedUTF8
    } else if bytes.starts(with: [0xFF, 0xFE]) || Self.alternates(bytes, zerosFirst: false) {
      self = .littleUTF16
    } else if bytes.starts(with: [0xFE, 0xFF]) || Self.alternates(bytes, zerosFirst: true) {
      self = .bigUTF16
    } else {
      return nil
    }
  }

  /// Without a mark: every other byte is zero, the others are ASCII text.
  private static func alternates(_ bytes: some Collection<UInt8>, zerosFirst: Bool) -> Bool {
    guard bytes.count >= recognisedBy else { return false }
    return bytes.prefix(recognisedBy).enumerated().allSatisfy { place, byte in
      (place % 2 == 0) == zerosFirst ? byte == 0 : byte == 0x09 || byte == 0x0A || byte == 0x0D || 0x20..<0x7F ~= byte
    }
  }
}

/// Turns UTF-16 into UTF-8, piece by piece. Half a pair of surrogates becomes U+FFFD.
final class TranscodedText: ByteDecoder {
  private let source: any ByteDecoder
  private let isBig: Bool
  private var first: UnsafeRawBufferPointer?
  private var output = UnsafeMutableRawBufferPointer(start: nil, count: 0)
  private var count = 0
  /// The first byte of a unit that the next piece completes.
  private var half: UInt8?
  /// The first half of a pair of surrogates.
  private var high: UInt16?
  private var isAtStart = true

  /// Transcodes `first`, which stays valid until the first call of ``next()``, and what `source` gives after it.
  init(_ source: any ByteDecoder, first: UnsafeRawBufferPointer, isBig: Bool) {
    self.source = source
    self.first = first
    self.isBig = isBig
  }

  deinit { output.deallocate() }

  var failure: DecodeFailure? { source.failure }

  func next() -> UnsafeRawBufferPointer {
    count = 0
    while count == 0 {
      let piece = first ?? source.next()
      first = nil
      if piece.isEmpty {
        reserve(0)
        if high != nil { append(0xFFFD) }
        high = nil
        break
      }
      transcode(piece)
    }
    return UnsafeRawBufferPointer(rebasing: output[..<count])
  }

  /// Makes room for what a piece becomes: three bytes for each unit at most, and what earlier pieces left open.
  private func reserve(_ bytes: Int) {
    let needed = bytes / 2 * 3 + 8
    guard output.count < needed else { return }
    output.deallocate()
    output = .allocate(byteCount: needed, alignment: 16)
  }

  private func transcode(_ piece: UnsafeRawBufferPointer) {
    reserve(piece.count)
    for byte in piece {
      guard let before = half else {
        half = byte
        continue
      }
      half = nil
      take(isBig ? UInt16(before) << 8 | UInt16(byte) : UInt16(byte) << 8 | UInt16(before))
    }
  }

  private func take(_ unit: UInt16) {
    defer { isAtStart = false }
    if isAtStart, unit == 0xFEFF { return }
    if let first = high {
      high = nil
      if unit & 0xFC00 == 0xDC00 {
        return append(0x1_0000 + UInt32(first & 0x3FF) << 10 + UInt32(unit & 0x3FF))
      }
      append(0xFFFD)
    }
    switch unit & 0xFC00 {
    case 0xD800: high = unit
    case 0xDC00: append(0xFFFD)
    default: append(UInt32(unit))
    }
  }

  private func append(_ scalar: UInt32) {
    if scalar < 0x80 { return store(UInt8(scalar)) }
    for byte in UTF8.encode(Unicode.Scalar(scalar)!)! { store(byte) }
  }

  private func store(_ byte: UInt8) {
    output[count] = byte
    count += 1
  }
}
