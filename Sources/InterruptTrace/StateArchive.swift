/// State as bytes, for the same build of the same program to read back.
///
/// One description of a type serves both ways: a method that names its parts in turn is called to write them, and called
/// again on a fresh value to read them. What is read is trusted as memory is, so bytes come from nobody but this program.
public struct StateArchive {
  /// What was written, or what is read.
  public private(set) var bytes: [UInt8]
  /// Whether parts are read.
  public let isReading: Bool
  /// The bytes ended early: what was read is of no use.
  public private(set) var isBroken = false
  private var position = 0

  /// An empty archive, to write to.
  public init() {
    bytes = []
    isReading = false
  }

  /// An archive to read.
  public init(reading bytes: [UInt8]) {
    self.bytes = bytes
    isReading = true
  }

  /// A checksum of bytes that were written, for a file of them.
  public static func checksum(_ bytes: [UInt8]) -> UInt32 { bytes.withUnsafeBytes { XXH32.hash($0) } }

  /// Whether everything was read, and nothing was missing.
  public var isComplete: Bool { !isBroken && position == bytes.count }

  // MARK: Parts

  /// Memory of a fixed size.
  public mutating func memory(_ memory: UnsafeMutableRawBufferPointer) {
    guard isReading else { return bytes.append(contentsOf: memory) }
    guard !isBroken, bytes.count - position >= memory.count else {
      isBroken = true
      return
    }
    guard memory.count > 0 else { return }
    bytes.withUnsafeBytes {
      memory.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[position..<position + memory.count]))
    }
    position += memory.count
  }

  /// Values without references, in memory that stays.
  public mutating func values<T: BitwiseCopyable>(_ base: UnsafeMutablePointer<T>, count: Int) {
    memory(UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(start: base, count: count)))
  }

  /// A value without references.
  public mutating func value<T: BitwiseCopyable>(_ value: inout T) {
    // A copy: bytes may not be put into what `value` stands for while it is looked at.
    var copy = value
    withUnsafeMutableBytes(of: &copy) { memory($0) }
    if isReading, !isBroken { value = copy }
  }

  /// A number that `present` is when it is written.
  public mutating func number(_ present: Int) -> Int {
    var number = present
    value(&number)
    return isBroken ? 0 : number
  }

  /// How many parts follow, of at least `size` bytes each; 0 if there are not so many bytes.
  public mutating func count(_ present: Int, ofSize size: Int = 1) -> Int {
    let count = number(present)
    guard isReading else { return count }
    if count < 0 || count > (bytes.count - position) / max(size, 1) { isBroken = true }
    return isBroken ? 0 : count
  }

  /// Values without references.
  public mutating func array<T: BitwiseCopyable>(_ values: inout [T]) {
    let count = count(values.count, ofSize: MemoryLayout<T>.stride)
    if isReading {
      let size = count * MemoryLayout<T>.stride
      values = bytes.withUnsafeBytes { bytes in
        [T](unsafeUninitializedCapacity: count) { room, used in
          UnsafeMutableRawBufferPointer(room).copyMemory(
            from: UnsafeRawBufferPointer(rebasing: bytes[position..<position + size]))
          used = count
        }
      }
      position += size
    } else {
      values.withUnsafeBytes { bytes.append(contentsOf: $0) }
    }
  }

  /// Values without references, by keys of the same kind. Their order is not kept.
  public mutating func dictionary<Key: BitwiseCopyable & Hashable, Value: BitwiseCopyable>(
    _ values: inout [Key: Value]
  ) {
    var keys = Array(values.keys)
    var found = keys.map { values[$0]! }
    array(&keys)
    array(&found)
    guard isReading else { return }
    isBroken = isBroken || keys.count != found.count
    values = Dictionary(zip(keys, found), uniquingKeysWith: { first, _ in first })
  }

  /// Text.
  public mutating func text(_ text: inout String) {
    var utf8 = Array(text.utf8)
    array(&utf8)
    if isReading { text = String(decoding: utf8, as: UTF8.self) }
  }

  /// Values that describe themselves.
  public mutating func each<T>(
    _ values: inout [T], make: () -> T, _ body: (inout T, inout StateArchive) -> Void
  ) {
    let count = count(values.count)
    if isReading { values = (0..<count).map { _ in make() } }
    for index in values.indices { body(&values[index], &self) }
  }
}
