/// The LZ4 block format (LZ4 block format description, "Compressed block format").
enum LZ4Block {
  /// Decodes a block whose end is missing, up to where its bytes end. Returns the number of bytes decoded.
  ///
  /// liblz4 only says that such a block is malformed. `target` starts with `history` bytes that matches may refer to.
  static func salvage(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer, after history: Int
  ) -> Int {
    var from = 0
    var to = history

    // A length that does not fit in 4 bits goes on in bytes, as long as they are 255.
    func longLength(_ start: Int) -> Int? {
      var length = start
      guard start == 15 else { return start }
      while from < source.count {
        let byte = source[from]
        from += 1
        length += Int(byte)
        if byte != 255 { return length }
      }
      return nil
    }

    while from < source.count {
      let token = source[from]
      from += 1
      guard let literals = longLength(Int(token >> 4)) else { break }
      let copied = min(literals, source.count - from, target.count - to)
      for i in 0..<copied { target[to + i] = source[from + i] }
      from += copied
      to += copied
      guard copied == literals, from + 2 <= source.count else { break }
      let distance = Int(source.loadLittle(UInt16.self, from))
      from += 2
      guard distance > 0, distance <= to, let match = longLength(Int(token & 15)) else { break }
      let end = min(to + match + 4, target.count)
      while to < end {
        target[to] = target[to - distance]
        to += 1
      }
    }
    return to - history
  }
}
