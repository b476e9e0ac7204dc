/// Active priorities registers: a bit for each group priority, the highest priority's first, in up to four words of a group
/// (IHI 0069H, 4.8.3; IHI 0048B, 4.4.12).
enum ActivePriorities {
  /// Bits that a word has where there are so many preemption bits; the others are RES0.
  @inline(__always) static func implemented(word: Int, preemptionBits: Int) -> UInt32 {
    let bits = 1 &<< preemptionBits &- word &* 32
    return bits >= 32 ? .max : bits > 0 ? 1 &<< UInt32(bits) &- 1 : 0
  }

  /// The same priorities where they turn out to have so many preemption bits: each has another bit.
  static func moved(_ words: InlineArray<4, UInt32>, from old: Int, to new: Int) -> InlineArray<4, UInt32> {
    var moved = InlineArray<4, UInt32>(repeating: 0)
    for bit in 0..<(1 << old) where words[bit >> 5].bit(bit & 31) {
      let now = (bit << (8 - old)) >> (8 - new)
      moved[now >> 5].setBit(now & 31, to: true)
    }
    return moved
  }
}
