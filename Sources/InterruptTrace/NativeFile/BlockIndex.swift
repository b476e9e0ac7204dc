/// Where the blocks of an LZ4 frame stand, found by hopping over their headers. 8 bytes per block of 256 KiB.
struct BlockIndex {
  private var offsets: [UInt64] = []
  private var next: UInt64?
  private(set) var isComplete = false

  /// Offset of block `n`'s size word in the stored file, or nil if the frame has no such block. O(blocks) the first
  /// time, O(1) for what has been hopped over.
  mutating func offset(ofBlock n: Int, in stored: StoredBytes, header: LZ4FrameHeader) -> UInt64? {
    while offsets.count <= n, !isComplete { hop(stored, header) }
    return n < offsets.count ? offsets[n] : nil
  }

  /// The number of blocks. O(blocks) the first time.
  mutating func count(in stored: StoredBytes, header: LZ4FrameHeader) -> Int {
    while !isComplete { hop(stored, header) }
    return offsets.count
  }

  private mutating func hop(_ stored: StoredBytes, _ header: LZ4FrameHeader) {
    let at = next ?? UInt64(header.length)
    var word: UInt32 = 0
    let got = withUnsafeMutableBytes(of: &word) { stored.load(at: at, into: $0) }
    let size = UInt64(UInt32(littleEndian: word) & 0x7FFF_FFFF)
    guard got == 4, word != 0, size <= UInt64(header.blockSize) else {
      isComplete = true
      return
    }
    offsets.append(at)
    next = at + 4 + size + (header.hasBlockChecksums ? 4 : 0)
  }
}
