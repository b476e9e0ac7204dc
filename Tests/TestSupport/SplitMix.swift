import LPIWorkloads

/// A seeded generator: the same numbers on every machine.
public struct SplitMix: RandomNumberGenerator {
  private var random: SeededRandom

  /// A generator.
  public init(_ seed: UInt64) { random = SeededRandom(seed: seed) }

  /// The next 64 bits.
  public mutating func next() -> UInt64 { random.next() }

  /// A number from 0 up to, and not including, `limit`.
  public mutating func below(_ limit: Int) -> Int { Int(truncatingIfNeeded: next() >> 33) % limit }
  /// True with this chance.
  public mutating func percent(_ chance: Int) -> Bool { below(100) < chance }
}
