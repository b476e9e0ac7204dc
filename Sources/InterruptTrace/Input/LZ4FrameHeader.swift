/// The descriptor at the start of an LZ4 frame (LZ4 frame format 1.6.3, "Frame Descriptor").
struct LZ4FrameHeader: Equatable {
  static let magic: UInt32 = 0x184D_2204
  /// The longest header: magic, FLG, BD, content size, dictionary, checksum.
  static let maximumLength = 19

  /// Blocks can be decoded each on its own.
  var hasIndependentBlocks: Bool
  /// Each block is followed by its checksum.
  var hasBlockChecksums: Bool
  /// The frame is followed by its content's checksum.
  var hasContentChecksum: Bool
  /// The most bytes that a block holds, decoded.
  var blockSize: Int
  /// The content's size, if the header says.
  var contentSize: UInt64?
  /// Bytes that the header takes.
  var length: Int

  /// Why a header was refused.
  enum Refusal: Error {
    /// More bytes are needed than there are.
    case incomplete
    /// The bytes are not a header that we can follow.
    case malformed(String)
  }

  /// Reads the header that `bytes` starts with.
  init(_ bytes: UnsafeRawBufferPointer) throws(Refusal) {
    guard bytes.count >= 7 else { throw .incomplete }
    let flags = bytes[4]
    guard bytes.loadLittle(UInt32.self, 0) == Self.magic else { throw .malformed(DecodeFailure.trailingBytes) }
    guard flags >> 6 == 1, flags & 2 == 0, bytes[5] & 0x8F == 0, bytes[5] >> 4 >= 4 else {
      throw .malformed("LZ4: unknown frame version or reserved bits set")
    }
    guard flags & 1 == 0 else { throw .malformed("LZ4: the frame needs a dictionary that is not in it") }
    hasIndependentBlocks = flags & 0x20 != 0
    hasBlockChecksums = flags & 0x10 != 0
    hasContentChecksum = flags & 4 != 0
    blockSize = 1 << (8 + 2 * Int(bytes[5] >> 4))
    length = flags & 8 == 0 ? 7 : 15
    guard bytes.count >= length else { throw .incomplete }
    contentSize = flags & 8 == 0 ? nil : bytes.loadLittle(UInt64.self, 6)
    let checksum = XXH32.hash(UnsafeRawBufferPointer(rebasing: bytes[4..<length - 1]))
    guard bytes[length - 1] == UInt8(truncatingIfNeeded: checksum >> 8) else {
      throw .malformed("LZ4: the frame header's checksum is wrong")
    }
  }
}
