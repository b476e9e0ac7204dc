/// A seeded generator: the same numbers on every machine.
public struct SplitMix: RandomNumberGenerator {
  private var state: UInt64

  /// A generator.
  public init(_ seed: UInt64) {
    state = seed
  }

  /// The next 64 bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A number from 0 up to, and not including, `limit`.
  public mutating func below(_ limit: Int) -> Int { Int(truncatingIfNeeded: next() >> 33) % limit }
  /// True with this chance.
  public mutating func percent(_ chance: Int) -> Bool { below(100) < chance }
}
