/// A hash table from 64-bit keys to plain values that are large and never go: values lie one behind the other, in the order
/// in which they came, so that memory follows their number and a copy takes no more than they do.
///
/// Open addressing with linear probing, of places and not of values. Every operation is O(1) on average; pointers to values
/// are valid until the next insertion. The key `.max` is not told apart from `.max - 1`.
struct DenseTable<Value: BitwiseCopyable>: ~Copyable {
  struct Slot: BitwiseCopyable {
    /// `.max` where nothing is.
    var key: UInt64 = .max
    var place: UInt32 = 0
  }

  private var slots: UnsafeMutablePointer<Slot>
  private var mask: Int
  private var values: UnsafeMutablePointer<Value>
  private var capacity: Int
  private(set) var count = 0
  /// What new values start as; not in the table itself, which stays small however large a value is.
  private let empty: UnsafeMutablePointer<Value>

  /// An empty table; new values start as `empty`.
  init(_ empty: Value) {
    self.empty = .allocate(capacity: 1)
    self.empty.initialize(to: empty)
    mask = 15
    slots = .allocate(capacity: 16)
    slots.initialize(repeating: Slot(), count: 16)
    capacity = 8
    values = .allocate(capacity: 8)
  }

  /// The same entries. O(count).
  init(copying other: borrowing DenseTable) {
    empty = .allocate(capacity: 1)
    empty.initialize(from: other.empty, count: 1)
    mask = other.mask
    count = other.count
    capacity = max(other.count, 8)
    slots = .allocate(capacity: mask + 1)
    slots.initialize(from: other.slots, count: mask + 1)
    values = .allocate(capacity: capacity)
    values.initialize(from: other.values, count: count)
  }

  deinit {
    slots.deallocate()
    values.deallocate()
    empty.deallocate()
  }

  /// The place of `key`'s value, or nil.
  @inline(__always)
  func find(_ key: UInt64) -> UnsafeMutablePointer<Value>? {
    let slot = slots[at(min(key, .max - 1))]
    return slot.key == .max ? nil : values + Int(slot.place)
  }

  /// The place of `key`'s value, which is `empty` if the key was not there.
  @inline(__always)
  mutating func insert(_ key: UInt64) -> UnsafeMutablePointer<Value> {
    let key = min(key, .max - 1)
    let slot = slots[at(key)]
    return slot.key == key ? values + Int(slot.place) : add(key)
  }

  @inline(never)
  private mutating func add(_ key: UInt64) -> UnsafeMutablePointer<Value> {
    if (count &+ 1) &* 2 > mask { growSlots() }
    if count == capacity { growValues() }
    slots[at(key)] = Slot(key: key, place: UInt32(count))
    (values + count).initialize(from: empty, count: 1)
    count &+= 1
    return values + (count &- 1)
  }

  /// Bytes of a copy.
  var footprint: Int { (mask + 1) * MemoryLayout<Slot>.stride + count * MemoryLayout<Value>.stride }

  /// Every entry, in the order of the keys. O(n log n).
  func sorted() -> [(key: UInt64, value: Value)] {
    var result: [(key: UInt64, value: Value)] = []
    result.reserveCapacity(count)
    for at in 0...mask where slots[at].key != .max { result.append((slots[at].key, values[Int(slots[at].place)])) }
    result.sort { $0.key < $1.key }
    return result
  }

  /// Visits every entry, in no particular order.
  func forEach(_ body: (UInt64, UnsafeMutablePointer<Value>) -> Void) {
    for at in 0...mask where slots[at].key != .max { body(slots[at].key, values + Int(slots[at].place)) }
  }

  /// Where the key is, or else the free place where it would go.
  @inline(__always)
  private func at(_ key: UInt64) -> Int {
    // Fibonacci hashing: the upper half of the product is the well-mixed one.
    var at = Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 32) & mask
    while slots[at].key != key, slots[at].key != .max { at = (at &+ 1) & mask }
    return at
  }

  private mutating func growSlots() {
    let (old, oldSize) = (slots, mask + 1)
    mask = oldSize * 2 - 1
    slots = .allocate(capacity: mask + 1)
    slots.initialize(repeating: Slot(), count: mask + 1)
    for i in 0..<oldSize where old[i].key != .max { slots[at(old[i].key)] = old[i] }
    old.deallocate()
  }

  private mutating func growValues() {
    capacity *= 2
    let bigger = UnsafeMutablePointer<Value>.allocate(capacity: capacity)
    bigger.initialize(from: values, count: count)
    values.deallocate()
    values = bigger
  }
}
