/// The bytes of one run, taken one after the other. Behind the end there are zeros.
struct ByteTape {
  private let bytes: [UInt8]
  private var at = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { at >= bytes.count }
  /// What was not taken yet.
  var rest: ArraySlice<UInt8> { bytes[min(at, bytes.count)...] }

  mutating func byte() -> UInt8 {
    defer { at += 1 }
    return at < bytes.count ? bytes[at] : 0
  }

  /// `count` bytes, the lowest first.
  mutating func word(_ count: Int = 8) -> UInt64 {
    (0..<count).reduce(0) { $0 | UInt64(byte()) << UInt64($1 * 8) }
  }

  mutating func below(_ limit: Int) -> Int {
    limit <= 256 ? Int(byte()) % limit : Int(word(2)) % limit
  }

  mutating func pick<T>(_ values: [T]) -> T { values[below(values.count)] }
}
