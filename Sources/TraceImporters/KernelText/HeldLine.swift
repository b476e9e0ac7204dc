/// A line that makes no sense by itself, kept until the next one comes: mail programs and terminals wrap long lines at a
/// blank, and the next line is then its rest.
struct HeldLine: ~Copyable {
  private let bytes: UnsafeMutableRawPointer
  private(set) var count = 0
  /// The number of its first line in the text.
  private(set) var line: UInt64 = 0
  /// Where each of the lines that it is made of ends.
  private var ends: [Int] = []
  /// What it is, if nothing follows that belongs to it.
  private(set) var isEvent = false

  /// Bytes that are kept; longer lines are not wrapped ones.
  private static let limit = 4096
  /// Lines that one event is wrapped into at most.
  static let partLimit = 4

  init() {
    ends.reserveCapacity(Self.partLimit)
    bytes = .allocate(byteCount: Self.limit + Digits.padding, alignment: 16)
  }

  deinit { bytes.deallocate() }

  var isEmpty: Bool { count == 0 }
  var start: UnsafeRawPointer { UnsafeRawPointer(bytes) }
  var end: UnsafeRawPointer { UnsafeRawPointer(bytes) + count }

  /// Keeps a line; false if it is too long.
  mutating func keep(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer, line: UInt64, isEvent: Bool) -> Bool {
    guard end - start > 0, end - start < Self.limit / 2 else { return false }
    clear()
    append(start, end)
    self.line = line
    self.isEvent = isEvent
    return true
  }

  /// Puts a line behind it, with one blank between them; false if that makes it too long.
  mutating func join(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) -> Bool {
    var first = start
    KernelLine.skipQuoteMarks(&first, end)
    guard first < end, ends.count < Self.partLimit, count + 1 + (end - first) < Self.limit else { return false }
    bytes.storeBytes(of: 0x20, toByteOffset: count, as: UInt8.self)
    count += 1
    append(first, end)
    return true
  }

  /// Takes the last line away again.
  mutating func cut() {
    ends.removeLast()
    count = ends.last ?? 0
    terminate()
  }

  /// How many lines it is made of.
  var parts: Int { ends.count }

  /// One of the lines.
  func part(_ number: Int) -> (start: UnsafeRawPointer, end: UnsafeRawPointer) {
    let first = number == 0 ? 0 : ends[number - 1] + 1
    return (start + first, start + ends[number])
  }

  mutating func clear() {
    count = 0
    ends.removeAll(keepingCapacity: true)
  }

  private mutating func append(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) {
    (bytes + count).copyMemory(from: start, byteCount: end - start)
    count += end - start
    ends.append(count)
    terminate()
  }

  private func terminate() {
    bytes.storeBytes(of: 0x0A, toByteOffset: count, as: UInt8.self)
    (bytes + count + 1).initializeMemory(as: UInt8.self, repeating: 0, count: Digits.padding - 1)
  }
}
