/// XXH32, the checksum of LZ4 frames (seed 0).
///
/// Here because liblz4 keeps its own copy to itself.
struct XXH32 {
  private static let prime1: UInt32 = 0x9E37_79B1
  private static let prime2: UInt32 = 0x85EB_CA77
  private static let prime3: UInt32 = 0xC2B2_AE3D
  private static let prime4: UInt32 = 0x27D4_EB2F
  private static let prime5: UInt32 = 0x1656_67B1

  private var lanes = Self.startLanes
  private var length: UInt64 = 0
  /// Bytes that do not fill a stripe of 16 yet.
  private var rest: (UInt64, UInt64) = (0, 0)
  private var restCount = 0

  /// The state of a checksum that nothing has been added to.
  static var startLanes: SIMD4<UInt32> { .init(prime1 &+ prime2, prime2, 0, 0 &- prime1) }

  /// The checksum of `bytes`.
  static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt32 { hash(bytes, from: startLanes, stripes: 0) }

  /// The checksum of `bytes`, of which the first `stripes` stripes of 16 bytes are in `state` already.
  static func hash(_ bytes: UnsafeRawBufferPointer, from state: SIMD4<UInt32>, stripes: Int) -> UInt32 {
    var lanes = state
    let done = stripes * 16
    let whole = bytes.count & ~15
    if whole > done { lanes = mix(lanes, bytes.baseAddress.unsafelyUnwrapped + done, whole - done) }
    return finish(lanes, total: UInt64(bytes.count), tail: UnsafeRawBufferPointer(rebasing: bytes[whole...]))
  }

  /// Adds bytes to a checksum that is built up piece by piece.
  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    length &+= UInt64(bytes.count)
    var bytes = bytes
    if restCount > 0 {
      let taken = min(16 - restCount, bytes.count)
      withUnsafeMutableBytes(of: &rest) { rest in
        for i in 0..<taken { rest[restCount + i] = bytes[i] }
      }
      restCount += taken
      guard restCount == 16 else { return }
      lanes = withUnsafeBytes(of: &rest) { Self.mix(lanes, $0.baseAddress.unsafelyUnwrapped, 16) }
      restCount = 0
      bytes = UnsafeRawBufferPointer(rebasing: bytes[taken...])
    }
    let whole = bytes.count & ~15
    if whole > 0 { lanes = Self.mix(lanes, bytes.baseAddress.unsafelyUnwrapped, whole) }
    restCount = bytes.count - whole
    let kept = restCount
    withUnsafeMutableBytes(of: &rest) { rest in
      for i in 0..<kept { rest[i] = bytes[whole + i] }
    }
  }

  /// The checksum of everything added so far.
  var value: UInt32 {
    withUnsafeBytes(of: rest) {
      Self.finish(lanes, total: length, tail: UnsafeRawBufferPointer(rebasing: $0[..<restCount]))
    }
  }

  @inline(__always) private static func rotate(_ x: UInt32, _ n: UInt32) -> UInt32 { x &<< n | x &>> (32 &- n) }

  /// Adds whole stripes, in four scalar lanes: of a single checksum that is faster than a vector.
  static func mix(_ start: SIMD4<UInt32>, _ base: UnsafeRawPointer, _ count: Int) -> SIMD4<UInt32> {
    var (v1, v2, v3, v4) = (start[0], start[1], start[2], start[3])
    var at = base
    let end = base + count
    while at < end {
      let first = UInt64(littleEndian: at.loadUnaligned(as: UInt64.self))
      let second = UInt64(littleEndian: at.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
      v1 = rotate(v1 &+ UInt32(truncatingIfNeeded: first) &* prime2, 13) &* prime1
      v2 = rotate(v2 &+ UInt32(truncatingIfNeeded: first &>> 32) &* prime2, 13) &* prime1
      v3 = rotate(v3 &+ UInt32(truncatingIfNeeded: second) &* prime2, 13) &* prime1
      v4 = rotate(v4 &+ UInt32(truncatingIfNeeded: second &>> 32) &* prime2, 13) &* prime1
      at += 16
    }
    return SIMD4(v1, v2, v3, v4)
  }

  private static func finish(_ lanes: SIMD4<UInt32>, total: UInt64, tail: UnsafeRawBufferPointer) -> UInt32 {
    var hash =
      total >= 16
      ? rotate(lanes[0], 1) &+ rotate(lanes[1], 7) &+ rotate(lanes[2], 12) &+ rotate(lanes[3], 18) : prime5
    hash &+= UInt32(truncatingIfNeeded: total)
    var at = 0
    while at + 4 <= tail.count {
      hash = rotate(hash &+ tail.loadLittle(UInt32.self, at) &* prime3, 17) &* prime4
      at += 4
    }
    while at < tail.count {
      hash = rotate(hash &+ UInt32(tail[at]) &* prime5, 11) &* prime1
      at += 1
    }
    hash = (hash ^ hash >> 15) &* prime2
    hash = (hash ^ hash >> 13) &* prime3
    return hash ^ hash >> 16
  }
}
