/// A word with what is known of each of its bits.
///
/// A bit is known once the capture has written or shown it, or where its reset value is certain. Of an unknown bit `value`
/// holds what the model assumes: it takes part in everything, but a capture that shows something else teaches it.
struct Learned<Word: FixedWidthInteger & UnsignedInteger & BitwiseCopyable & Sendable>: BitwiseCopyable, Equatable,
  Sendable
{
  var value: Word
  /// Set for bits that are known.
  var known: Word

  @inline(__always) init(_ value: Word = 0, known: Word = 0) {
    self.value = value
    self.known = known
  }

  /// A word of which everything is known.
  @inline(__always) static func certain(_ value: Word) -> Learned { Learned(value, known: .max) }

  // MARK: One bit

  /// The value of bit `n`.
  @inline(__always) subscript(n: Int) -> Bool { value &>> Word(truncatingIfNeeded: n) & 1 != 0 }

  /// Whether bit `n` is known.
  @inline(__always) func knows(_ n: Int) -> Bool { known &>> Word(truncatingIfNeeded: n) & 1 != 0 }

  /// Bit `n` is `bit`, for certain.
  @inline(__always)
  mutating func know(_ n: Int, _ bit: Bool) { know(bit ? .max : 0, in: 1 &<< Word(truncatingIfNeeded: n)) }

  /// Bit `n` is taken to be `bit`; what is known of it stays as it is.
  @inline(__always)
  mutating func assume(_ n: Int, _ bit: Bool) { assume(bit ? .max : 0, in: 1 &<< Word(truncatingIfNeeded: n)) }

  /// Bit `n` is taken to be `bit`, and nothing is known of it.
  @inline(__always) mutating func guess(_ n: Int, _ bit: Bool) {
    assume(n, bit)
    setKnown(n, false)
  }

  /// Sets whether bit `n` is known.
  @inline(__always) mutating func setKnown(_ n: Int, _ isKnown: Bool) {
    let mask: Word = 1 &<< Word(truncatingIfNeeded: n)
    known = isKnown ? known | mask : known & ~mask
  }

  // MARK: Several bits

  /// The bits of `mask` are those of `bits`, for certain.
  @inline(__always) mutating func know(_ bits: Word, in mask: Word) {
    assume(bits, in: mask)
    known |= mask
  }

  /// The bits of `mask` are taken to be those of `bits`.
  @inline(__always) mutating func assume(_ bits: Word, in mask: Word) { value = value & ~mask | bits & mask }

  /// The bits of `mask` may be anything from now on.
  @inline(__always) mutating func forget(_ mask: Word = .max) { known &= ~mask }

  /// Whether what is known is not what the capture shows.
  @inline(__always) func contradicts(_ seen: Word) -> Bool { (value ^ seen) & known != 0 }

  /// What remains visible through a mask: the rest reads as zero, for certain.
  @inline(__always) func visible(_ mask: Word) -> Learned { Learned(value & mask, known: known | ~mask) }

  /// The bits from `n` up.
  @inline(__always) func shifted(right n: Int) -> Learned {
    Learned(value &>> Word(truncatingIfNeeded: n), known: ~(~known &>> Word(truncatingIfNeeded: n)))
  }

  /// Both words' bits, either of which may set one.
  @inline(__always) static func | (a: Learned, b: Learned) -> Learned {
    // A bit that is known to be set in one is set, whatever the other is.
    Learned(a.value | b.value, known: a.known & b.known | a.known & a.value | b.known & b.value)
  }
}
