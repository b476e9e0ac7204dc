import Glibc

/// A table from 64-bit keys to plain values that are large and never go: values lie one behind the other, in the order in
/// which they came, so that memory follows their number and a copy takes no more than they do.
///
/// It has a limit as a ``LiveTable`` has, which has their places. Every operation is O(1) on average; pointers to values are
/// valid until the next insertion.
struct DenseTable<Value: BitwiseCopyable>: ~Copyable {
  private static var none: UInt32 { .max }

  private var places: LiveTable<UInt32>
  private var values: UnsafeMutablePointer<Value>
  private var capacity: Int
  /// What new values start as; not in the table itself, which stays small however large a value is.
  private let empty: UnsafeMutablePointer<Value>
  /// What finds no room.
  private let rest: UnsafeMutablePointer<Value>
  /// Insertions that found no room.
  var unkept: UInt64 { places.unkept }
  /// Whether another entry finds no room.
  var isFull: Bool { places.isFull }

  /// An empty table of at most `limit` entries; new values start as `empty`.
  init(_ empty: Value, limit: Int = 1 << 16) {
    self.empty = .allocate(capacity: 1)
    self.empty.initialize(to: empty)
    rest = .allocate(capacity: 1)
    rest.initialize(to: empty)
    places = LiveTable(Self.none, limit: limit)
    capacity = 8
    values = Self.allocate(8)
  }

  /// `realloc` moves a large block by its pages: no two copies exist while a table grows.
  private static func allocate(
    _ capacity: Int, from old: UnsafeMutablePointer<Value>? = nil
  ) -> UnsafeMutablePointer<Value> {
    let size = capacity * MemoryLayout<Value>.stride
    guard let block = realloc(old, size) else { fatalError("out of memory: \(size) bytes") }
    return block.bindMemory(to: Value.self, capacity: capacity)
  }

  /// The same entries. O(count).
  init(copying other: borrowing DenseTable) {
    empty = .allocate(capacity: 1)
    empty.initialize(from: other.empty, count: 1)
    rest = .allocate(capacity: 1)
    rest.initialize(from: other.empty, count: 1)
    places = LiveTable(copying: other.places)
    capacity = max(other.count, 8)
    values = Self.allocate(capacity)
    values.initialize(from: other.values, count: other.count)
  }

  deinit {
    free(values)
    empty.deallocate()
    rest.deallocate()
  }

  var count: Int { places.count }

  /// The place of `key`'s value, or nil.
  @inline(__always)
  func find(_ key: UInt64) -> UnsafeMutablePointer<Value>? { places.find(key).map { values + Int($0.pointee) } }

  /// The place of `key`'s value, which is `empty` if the key was not there.
  @inline(__always) mutating func insert(_ key: UInt64) -> UnsafeMutablePointer<Value> {
    if let value = insertIfRoom(key) { return value }
    rest.pointee = empty.pointee
    return rest
  }

  /// The same; nil, and counted, if it was not there and finds no room.
  @inline(__always) mutating func insertIfRoom(_ key: UInt64) -> UnsafeMutablePointer<Value>? {
    guard let place = places.insertIfRoom(key) else { return nil }
    if place.pointee == Self.none {
      place.pointee = UInt32(truncatingIfNeeded: places.count &- 1)
      add(at: places.count &- 1)
    }
    return values + Int(place.pointee)
  }

  @inline(never) private mutating func add(at place: Int) {
    if place == capacity {
      capacity *= 2
      values = Self.allocate(capacity, from: values)
    }
    (values + place).initialize(from: empty, count: 1)
  }

  /// Bytes of a copy.
  var footprint: Int { places.footprint + count * MemoryLayout<Value>.stride }

  /// The number of a value that this table keeps; nil for one that found no room.
  @inline(__always) func number(of value: UnsafeMutablePointer<Value>) -> UInt32? {
    let number = value - values
    return number >= 0 && number < count ? UInt32(truncatingIfNeeded: number) : nil
  }

  /// The value with a number.
  @inline(__always) subscript(number: UInt32) -> UnsafeMutablePointer<Value> { values + Int(number) }

  /// Visits every entry, in no particular order.
  func forEach(_ body: (UInt64, UnsafeMutablePointer<Value>) -> Void) {
    places.forEach { body($0, values + Int($1.pointee)) }
  }

  /// Every key in order, with the number of its value: values are large, and are not copied. O(n log n).
  func sorted() -> [(key: UInt64, number: UInt32)] { places.sorted().map { ($0.key, $0.value) } }
}
