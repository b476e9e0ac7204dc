import LPIStore

/// INTID to record bits: the half of a competitor that its name tells.
protocol LPIRecordTable: ~Copyable {
  /// An empty table for INTIDs below `limit`.
  init(limit: UInt32)
  /// The bits of an INTID below the limit; 0 if there are none.
  func bits(_ intid: UInt32) -> UInt64
  /// Replaces the bits of an INTID below the limit; 0 removes.
  mutating func setBits(_ intid: UInt32, _ bits: UInt64)
  /// Calls `body` by INTID until it returns false.
  func forEach(_ body: (UInt32, UInt64) -> Bool)
  /// Number of INTIDs with bits.
  var count: Int { get }
  /// Bytes allocated.
  var memoryInUse: Int { get }
  /// Bytes of these that are mapped, not allocated.
  var mappedMemory: Int { get }
  /// An independent copy.
  borrowing func copy() -> Self
}

/// What is pending on each PE, as ordered 32-bit keys: the other half.
///
/// A key is the level (priority / 4 if eligible, 64 if unknown, 65 if disabled) in bits 31:24 and the INTID below.
protocol PendingOrder: ~Copyable {
  /// Nothing pending.
  init(limit: UInt32)
  /// Adds a key. Returns false if it is there.
  mutating func insert(_ key: UInt32, pe: UInt32) -> Bool
  /// Takes out a key. Returns false if it is not there.
  mutating func remove(_ key: UInt32, pe: UInt32) -> Bool
  /// The lowest key; `UInt32.max` if there is none.
  func first(pe: UInt32) -> UInt32
  /// Takes out the lowest key, which is `first`.
  mutating func removeFirst(_ first: UInt32, pe: UInt32)
  /// Whether a key is there.
  func contains(_ key: UInt32, pe: UInt32) -> Bool
  /// Number of keys.
  func count(pe: UInt32) -> Int
  /// Calls `body` with each key, ascending, until it returns false.
  func forEach(pe: UInt32, _ body: (UInt32) -> Bool)
  /// Bytes allocated.
  var memoryInUse: Int { get }
  /// Bytes of these that are mapped, not allocated.
  var mappedMemory: Int { get }
  /// An independent copy.
  borrowing func copy() -> Self
}

extension LPIRecordTable where Self: ~Copyable {
  /// None by default.
  var mappedMemory: Int { 0 }
}

extension PendingOrder where Self: ~Copyable {
  /// None by default.
  var mappedMemory: Int { 0 }

  /// As any other key.
  mutating func removeFirst(_ first: UInt32, pe: UInt32) { _ = remove(first, pe: pe) }
}

/// The order of pending LPIs, as in the default store.
enum LPIKey {
  /// Keys from here on are pending but not to be acknowledged.
  static var firstIneligible: UInt32 { 64 << 24 }

  /// The key of an LPI.
  @inline(__always)
  static func key(_ intid: UInt32, _ bits: UInt64) -> UInt32 {
    let level: UInt32
    if bits & 0x101 == 0x101 {
      level = UInt32(truncatingIfNeeded: bits >> 2) & 63
    } else {
      level = bits & 0x100 != 0 ? 65 : 64
    }
    return level << 24 | intid
  }
}
