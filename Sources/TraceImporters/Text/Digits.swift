/// Numbers in text, eight characters at a time where their width is known.
///
/// Every load reads eight bytes: whoever calls must own ``Digits/padding`` readable bytes behind the text.
enum Digits {
  /// Bytes that must be readable behind the last character of a text that is parsed.
  static let padding = 64

  /// Eight characters, the first in the lowest byte.
  @inline(__always) static func load(_ at: UnsafeRawPointer) -> UInt64 {
    UInt64(littleEndian: at.loadUnaligned(as: UInt64.self))
  }

  /// The character at `at`.
  @inline(__always) static func byte(_ at: UnsafeRawPointer) -> UInt8 { at.load(as: UInt8.self) }

  /// A mask of the lowest `count` bytes, 0 to 8.
  @inline(__always) static func mask(_ count: Int) -> UInt64 { count >= 8 ? .max : (1 &<< UInt64(count &* 8)) &- 1 }

  /// How many characters stand before the first `character` of a word; 8 if it is not there.
  @inline(__always) static func distance(to character: UInt8, in word: UInt64) -> Int {
    let differing = word ^ (0x0101_0101_0101_0101 &* UInt64(character))
    // The lowest bit set is exact: a borrow only disturbs the bytes above the first zero byte.
    let zeros = (differing &- 0x0101_0101_0101_0101) & ~differing & 0x8080_8080_8080_8080
    return zeros.trailingZeroBitCount >> 3
  }

  /// Whether all eight characters are decimal digits.
  @inline(__always) static func areDecimal(_ word: UInt64) -> Bool {
    (word & 0xF0F0_F0F0_F0F0_F0F0) | (((word &+ 0x0606_0606_0606_0606) & 0xF0F0_F0F0_F0F0_F0F0) >> 4)
      == 0x3333_3333_3333_3333
  }

  /// The value of eight decimal digits.
  @inline(__always) static func decimal(_ word: UInt64) -> UInt64 {
    var v = word &- 0x3030_3030_3030_3030
    v = (v &* 10) &+ (v >> 8)
    let high = (v & 0x0000_00FF_0000_00FF) &* 0x000F_4240_0000_0064
    let low = ((v >> 16) & 0x0000_00FF_0000_00FF) &* 0x0000_2710_0000_0001
    return (high &+ low) >> 32
  }

  /// The value of the lowest `count` (1 to 8) characters, or nil if one is not a decimal digit.
  @inline(__always) static func decimal(_ word: UInt64, count: Int) -> UInt64? {
    // Moving the digits up and filling with '0' from below puts leading zeros before them.
    let shift = UInt64((8 &- count) &* 8)
    let padded = (word &<< shift) | (0x3030_3030_3030_3030 & mask(8 &- count))
    return areDecimal(padded) ? decimal(padded) : nil
  }

  /// The value of a hexadecimal digit of either case, or more than 15.
  @inline(__always) static func hex(_ character: UInt8) -> UInt64 {
    let digit = character &- 0x30
    if digit < 10 { return UInt64(digit) }
    let letter = (character | 0x20) &- 0x61
    return letter < 6 ? UInt64(letter) &+ 10 : 255
  }

  /// Reads 1 to 16 hexadecimal digits and moves `at` behind them; false if there are none or too many.
  @inline(__always) static func readHex(_ at: inout UnsafeRawPointer, into value: inout UInt64) -> Bool {
    var p = at
    var v: UInt64 = 0
    while true {
      let digit = hex(byte(p))
      if digit > 15 { break }
      v = v &<< 4 | digit
      p += 1
    }
    let count = p - at
    at = p
    value = v
    return count &- 1 < 16 && count > 0
  }

  /// Reads 1 to 19 decimal digits with an optional minus sign; false if there are none or too many.
  @inline(__always) static func readDecimal(_ at: inout UnsafeRawPointer, into value: inout UInt64) -> Bool {
    var p = at
    let negative = byte(p) == 0x2D
    if negative { p += 1 }
    let start = p
    var v: UInt64 = 0
    while true {
      let digit = byte(p) &- 0x30
      if digit > 9 { break }
      v = v &* 10 &+ UInt64(digit)
      p += 1
    }
    let count = p - start
    at = p
    value = negative ? 0 &- v : v
    return count &- 1 < 19 && count > 0
  }
}
