import InterruptTrace

/// Message-based SPIs (IHI 0069H, 12.9.34): also of a GICv3 with affinity routing off.
extension InterruptController where Self: ~Copyable {
  /// Software or a device wrote an INTID to `GICD_SETSPI_*` or `GICD_CLRSPI_*`.
  mutating func sendMessage(_ intid: Int, set: Bool, nonSecure: Bool) {
    let (word, bit) = (intid >> 5, intid & 31)
    let register = InterruptRegister(set ? .set(.pending) : .clear(.pending), bits: 1, .byGroupAndNSACR)
    guard word > 0, (implemented(word) & visible(register, 0, word: word, nonSecure: nonSecure).value).bit(bit) else {
      return
    }
    if bank(0, word).pointee.edge[bit] {
      changePending(0, word: word, bits: 1 << UInt32(bit), to: set)
    } else {
      // For a level-sensitive interrupt the pair of registers stands for its line.
      setLine(0, intid, level: set)
    }
  }
}
