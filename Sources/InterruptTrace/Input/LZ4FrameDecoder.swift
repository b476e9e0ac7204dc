import CLZ4
import Glibc

/// Which checksums of an LZ4 frame are verified.
public enum ChecksumVerification: Sendable {
  /// None.
  case none
  /// The blocks' where there are any, else the content's.
  case cheapest
  /// All.
  case all
}

/// LZ4 frames, decoded block by block: any number of them, linked or independent, with skippable frames between.
///
/// Not `LZ4F_decompress`, because the native file wants the blocks themselves: their offsets for random access, the
/// choice of what is verified, and what a cut block still holds.
final class LZ4FrameDecoder: ByteDecoder {
  /// How far back a linked block may refer.
  private static let history = 64 << 10

  let stored: StoredBytes
  private let verification: ChecksumVerification
  private(set) var failure: DecodeFailure?
  /// The frame that is being read.
  private(set) var header: LZ4FrameHeader?
  /// Frames begun so far.
  private(set) var frames = 0
  /// Offset in the stored input of the block that ``next()`` gave last: of its size word.
  private(set) var blockOffset: UInt64 = 0

  private var isFinished = false
  private var buffer: UnsafeMutableRawBufferPointer
  private var historyCount = 0
  private var lastCount = 0
  private var contentHash: XXH32?
  private var contentCount: UInt64 = 0
  private var isWholeFrame = true
  /// The blocks before this offset have the right checksums.
  private var verifiedEnd: UInt64 = 0

  init(_ stored: StoredBytes, verification: ChecksumVerification) {
    self.stored = stored
    self.verification = verification
    buffer = .allocate(byteCount: Self.history + (256 << 10), alignment: 64)
  }

  deinit { buffer.deallocate() }

  private var output: UnsafeMutableRawPointer { buffer.baseAddress.unsafelyUnwrapped + Self.history }

  func next() -> UnsafeRawBufferPointer {
    while !isFinished {
      guard let header else {
        startFrame()
        continue
      }
      guard stored.ensure(4) else {
        endEarly()
        break
      }
      let word = stored.available.loadLittle(UInt32.self, 0)
      if word == 0 {
        endFrame(header)
        continue
      }
      let count = decodeBlock(header, word)
      if count > 0 {
        lastCount = count
        contentCount &+= UInt64(count)
        contentHash?.update(UnsafeRawBufferPointer(start: output, count: count))
        return UnsafeRawBufferPointer(start: output, count: count)
      }
    }
    return UnsafeRawBufferPointer(start: nil, count: 0)
  }

  /// Continues with the block whose size word is at `offset`; the frame's blocks must be independent.
  func seek(toBlockAt offset: UInt64, of header: LZ4FrameHeader) {
    stored.seek(to: offset)
    self.header = header
    failure = nil
    isFinished = false
    isWholeFrame = false
    contentHash = nil
    historyCount = 0
    lastCount = 0
    verifiedEnd = 0
  }

  // MARK: Frames

  private func startFrame() {
    let hasSome = stored.ensure(1)
    if !hasSome, frames > 0 || stored.position > 0, stored.readError == nil {
      isFinished = true
      return
    }
    _ = stored.ensure(LZ4FrameHeader.maximumLength)
    if let length = Compression.skippableFrameLength(stored.available) {
      skip(length)
      return
    }
    do throws(LZ4FrameHeader.Refusal) {
      let header = try LZ4FrameHeader(stored.available)
      stored.consume(header.length)
      begin(header)
    } catch {
      switch error {
      case .incomplete: endEarly()
      case .malformed(let reason): fail(reason)
      }
    }
  }

  private func begin(_ header: LZ4FrameHeader) {
    self.header = header
    frames += 1
    isWholeFrame = true
    contentCount = 0
    historyCount = 0
    lastCount = 0
    let verifiesContent =
      header.hasContentChecksum
      && (verification == .all || (verification == .cheapest && !header.hasBlockChecksums))
    contentHash = verifiesContent ? XXH32() : nil
    if buffer.count < Self.history + header.blockSize {
      buffer.deallocate()
      buffer = .allocate(byteCount: Self.history + header.blockSize, alignment: 64)
    }
  }

  private func endFrame(_ header: LZ4FrameHeader) {
    let length = header.hasContentChecksum ? 8 : 4
    guard stored.ensure(length) else { return endEarly() }
    if let contentHash, contentHash.value != stored.available.loadLittle(UInt32.self, 4) {
      return fail("LZ4: the content's checksum is wrong")
    }
    if isWholeFrame, let size = header.contentSize, size != contentCount {
      return fail("LZ4: the frame's header promises \(size) bytes, but it holds \(contentCount)")
    }
    stored.consume(length)
    self.header = nil
  }

  private func skip(_ length: UInt64) {
    var left = length
    while left > 0 {
      guard stored.ensure(1) else { return endEarly() }
      let step = min(UInt64(stored.available.count), left)
      stored.consume(Int(step))
      left -= step
    }
  }

  // MARK: Blocks

  /// Decodes the block whose size word is next. 0 means that it was empty, or that decoding ended.
  private func decodeBlock(_ header: LZ4FrameHeader, _ word: UInt32) -> Int {
    let size = Int(word & 0x7FFF_FFFF)
    let isStored = word >> 31 != 0
    guard size <= header.blockSize else {
      fail("LZ4: a block is larger than the frame's header allows")
      return 0
    }
    if !header.hasIndependentBlocks { keepHistory() }
    let checksumSize = header.hasBlockChecksums ? 4 : 0
    guard stored.ensure(4 + size + checksumSize) else { return salvageBlock(header, size, isStored: isStored) }
    let data = UnsafeRawBufferPointer(rebasing: stored.available[4..<4 + size])
    if header.hasBlockChecksums, verification != .none, !blockIsVerified(header) {
      fail("LZ4: a block's checksum is wrong")
      return 0
    }
    let count = expand(data, isStored: isStored, capacity: header.blockSize)
    guard count >= 0 else {
      fail("LZ4: a block is corrupt")
      return 0
    }
    blockOffset = stored.position
    stored.consume(4 + size + checksumSize)
    return count
  }

  /// Whether the block that is next has the right checksum; it is verified together with those behind it.
  private func blockIsVerified(_ header: LZ4FrameHeader) -> Bool {
    if stored.position >= verifiedEnd {
      let length = BlockChecksums.verifiedLength(stored.available, blockSize: header.blockSize)
      verifiedEnd = stored.position + UInt64(length)
    }
    return stored.position < verifiedEnd
  }

  private func expand(_ data: UnsafeRawBufferPointer, isStored: Bool, capacity: Int) -> Int {
    if isStored {
      output.copyMemory(from: data.baseAddress.unsafelyUnwrapped, byteCount: data.count)
      return data.count
    }
    let source = data.assumingMemoryBound(to: CChar.self).baseAddress
    let target = output.assumingMemoryBound(to: CChar.self)
    if historyCount == 0 { return Int(LZ4_decompress_safe(source, target, Int32(data.count), Int32(capacity))) }
    return Int(
      LZ4_decompress_safe_usingDict(
        source, target, Int32(data.count), Int32(capacity), target - historyCount, Int32(historyCount))
    )
  }

  /// Moves the end of what was decoded last to right before where the next block goes.
  private func keepHistory() {
    let kept = min(historyCount + lastCount, Self.history)
    memmove(output - kept, output + lastCount - kept, kept)
    historyCount = kept
    lastCount = 0
  }

  /// Decodes as much of a block as the input still holds of it, and ends there.
  private func salvageBlock(_ header: LZ4FrameHeader, _ size: Int, isStored: Bool) -> Int {
    let held = stored.available
    let data = UnsafeRawBufferPointer(rebasing: held[4..<min(4 + size, held.count)])
    var count = data.count
    if isStored {
      if let base = data.baseAddress { output.copyMemory(from: base, byteCount: count) }
    } else {
      let target = UnsafeMutableRawBufferPointer(start: output - historyCount, count: historyCount + header.blockSize)
      count = LZ4Block.salvage(data, into: target, after: historyCount)
    }
    blockOffset = stored.position
    stored.consume(held.count)
    endEarly()
    return count
  }

  private func endEarly() { fail(DecodeFailure.endsEarly, at: stored.position + UInt64(stored.available.count)) }

  private func fail(_ reason: String, at offset: UInt64? = nil) {
    failure = DecodeFailure(reason: stored.readError ?? reason, offset: offset ?? stored.position)
    isFinished = true
  }
}
