import CStreams

/// Verifies the checksums of LZ4 blocks, up to four at a time.
///
/// Four side by side take half the time of one after the other (22 against 10 GB/s measured), which takes the price of
/// verifying from a tenth of the decoding to a twentieth.
enum BlockChecksums {
  private static let groupSize = 4

  /// Bytes from the start of `held`, which begins with a block's size word, that are whole blocks with the right
  /// checksums. 0 means that the first block's checksum is wrong, or that the block is not whole.
  static func verifiedLength(_ held: UnsafeRawBufferPointer, blockSize: Int) -> Int {
    var blocks = InlineArray<4, UnsafeRawBufferPointer>(repeating: UnsafeRawBufferPointer(start: nil, count: 0))
    var count = 0
    var end = 0
    while count < groupSize, end + 8 <= held.count {
      let word = held.loadLittle(UInt32.self, end)
      let size = Int(word & 0x7FFF_FFFF)
      guard word != 0, size <= blockSize, size <= held.count - end - 8 else { break }
      blocks[count] = UnsafeRawBufferPointer(rebasing: held[end + 4..<end + 4 + size])
      count += 1
      end += size + 8
    }
    guard count > 0 else { return 0 }
    let together = (0..<count).reduce(Int.max) { min($0, blocks[$1].count) } / 16
    // Places that are left over repeat the last block: they cost next to nothing.
    for i in count..<groupSize { blocks[i] = blocks[count - 1] }
    let states = addTogether(blocks, stripes: count == 1 ? 0 : together)
    var verified = 0
    for i in 0..<count {
      let size = blocks[i].count
      let value = XXH32.hash(blocks[i], from: states[i], stripes: count == 1 ? 0 : together)
      guard value == held.loadLittle(UInt32.self, verified + 4 + size) else { break }
      verified += size + 8
    }
    return verified
  }

  private static func addTogether(
    _ blocks: InlineArray<4, UnsafeRawBufferPointer>, stripes: Int
  ) -> InlineArray<4, SIMD4<UInt32>> {
    var states = InlineArray<4, SIMD4<UInt32>>(repeating: XXH32.startLanes)
    guard stripes > 0 else { return states }
    #if _endian(little)
      var places = InlineArray<4, UnsafePointer<UInt8>?>(repeating: nil)
      for i in 0..<4 { places[i] = blocks[i].assumingMemoryBound(to: UInt8.self).baseAddress }
      withUnsafeMutableBytes(of: &states) { states in
        withUnsafeBytes(of: &places) { places in
          gicscope_xxh32_add_stripes(
            states.assumingMemoryBound(to: (UInt32, UInt32, UInt32, UInt32).self).baseAddress,
            places.assumingMemoryBound(to: UnsafePointer<UInt8>?.self).baseAddress, stripes)
        }
      }
    #else
      for i in 0..<4 { states[i] = XXH32.mix(states[i], blocks[i].baseAddress.unsafelyUnwrapped, stripes * 16) }
    #endif
    return states
  }
}
