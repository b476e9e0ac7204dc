import InterruptTrace

/// The part of a value that an access of `size` bytes at `offset` within a register touches.
@inline(__always) func accessMask(offset: UInt32, size: Int, width: Int) -> (mask: UInt64, shift: UInt64) {
  let shift = UInt64(offset) % UInt64(width / 8) * 8
  let bits = UInt64(size) * 8
  let ones: UInt64 = bits >= 64 ? .max : (1 << bits) - 1
  return (ones << shift, shift)
}

/// Replaces the touched part of a 64-bit register.
@inline(__always) func merge(_ old: UInt64, _ event: Event) -> UInt64 {
  let (mask, shift) = accessMask(offset: event.offset, size: event.size, width: 64)
  return old & ~mask | event.b << shift & mask
}

/// The part of a 64-bit register that a read returns.
@inline(__always) func part(_ value: UInt64, _ event: Event) -> UInt64 {
  let (mask, shift) = accessMask(offset: event.offset, size: event.size, width: 64)
  return (value & mask) >> shift
}

extension Learned<UInt64> {
  /// The part of a 64-bit register that a read returns, and what is known of it.
  func part(_ event: Event) -> Learned {
    let (mask, shift) = accessMask(offset: event.offset, size: event.size, width: 64)
    return visible(mask).shifted(right: Int(shift))
  }

  /// The part that an access touches is what it wrote or showed.
  mutating func know(_ event: Event) {
    let (mask, shift) = accessMask(offset: event.offset, size: event.size, width: 64)
    know(event.b << shift, in: mask)
  }
}

/// The parts of an access: 32 bits of an array of registers at a time, up to the array's end.
struct AccessParts: Sequence, IteratorProtocol {
  /// One part.
  struct Part {
    /// Where it lies in the array, a multiple of four.
    var offset: UInt32
    /// Its bits that the access touches.
    var lanes: UInt32
    /// Bits of the part below the access; bits of the access below the part.
    fileprivate var lower: UInt32
    fileprivate var done: UInt64

    /// The part's bits in what a read returns.
    @inline(__always) func returned(_ bits: UInt32) -> UInt64 { UInt64((bits & lanes) &>> lower) &<< done }

    /// The part's bits of what is written.
    @inline(__always)
    func written(_ value: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: value &>> done) &<< lower & lanes }
  }

  private var at: UInt32
  private let end: UInt32
  private let start: UInt32

  init(_ row: RegisterLookup.Row, _ offset: UInt32, size: Int) {
    start = offset &- row.start
    at = start
    end = Swift.min(start &+ UInt32(size), row.length)
  }

  mutating func next() -> Part? {
    guard at < end else { return nil }
    let (first, lower) = (at & ~3, (at & 3) &* 8)
    let stop = Swift.min(first &+ 4, end)
    let width = (stop &- at) &* 8
    let ones: UInt32 = width == 32 ? .max : (1 &<< width) &- 1
    defer { at = stop }
    return Part(offset: first, lanes: ones &<< lower, lower: lower, done: UInt64(at &- start) &* 8)
  }
}

extension UInt32 {
  /// Bits 15:0, each as the upper one of a pair.
  var upperPairs: UInt32 {
    var x = self & 0xFFFF
    x = (x | x << 8) & 0x00FF_00FF
    x = (x | x << 4) & 0x0F0F_0F0F
    x = (x | x << 2) & 0x3333_3333
    x = (x | x << 1) & 0x5555_5555
    return x << 1
  }
}
