import InterruptTrace

/// A fixed array of trivial values that the model owns: allocated once, indexed without hidden checks or copies.
///
/// Callers keep indices in range; every index that comes from a capture is masked or compared before it gets here.
@usableFromInline struct Words<Element: BitwiseCopyable>: ~Copyable {
  let base: UnsafeMutablePointer<Element>
  let count: Int

  init(repeating value: Element, count: Int) {
    base = .allocate(capacity: count)
    base.initialize(repeating: value, count: count)
    self.count = count
  }

  deinit { base.deallocate() }

  subscript(index: Int) -> Element {
    @inline(__always) unsafeAddress { UnsafePointer(base + index) }
    @inline(__always) nonmutating unsafeMutableAddress { base + index }
  }

  /// Writes or reads all of them.
  func archive(_ archive: inout StateArchive) {
    archive.values(base, count: count)
  }

  /// An independent copy.
  func copy() -> Words {
    let other = Words(repeating: base[0], count: count)
    other.base.update(from: base, count: count)
    return other
  }
}

extension UInt32 {
  /// Index of the lowest set bit; 32 if there is none.
  @inline(__always) var lowestBit: Int { trailingZeroBitCount }

  /// Whether bit `n` (0 to 31) is set.
  @inline(__always) func bit(_ n: Int) -> Bool { self &>> UInt32(truncatingIfNeeded: n) & 1 != 0 }

  /// Sets or clears bit `n` (0 to 31).
  @inline(__always) mutating func setBit(_ n: Int, to value: Bool) {
    let mask = 1 &<< UInt32(truncatingIfNeeded: n)
    self = value ? self | mask : self & ~mask
  }
}

/// A number as `0x2a`.
func hex(_ value: some BinaryInteger) -> String { "0x" + String(value, radix: 16) }
