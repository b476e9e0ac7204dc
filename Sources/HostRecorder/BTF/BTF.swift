/// The kernel's own description of its types: BTF, as in `/sys/kernel/btf/vmlinux`.
///
/// Layout: Documentation/bpf/btf.rst of Linux. Nothing in it is trusted: every length and every number is checked, and
/// types that refer to themselves end the search.
public struct BTF {
  /// Why bytes are no BTF.
  public struct Failure: Error, Equatable, Sendable {
    /// One sentence without a full stop.
    public var message: String
  }

  /// A way from a structure to a value.
  public struct Way: Equatable, Sendable {
    /// Bytes from the start of each structure on it.
    public var offsets: [Int]
    /// The value's type.
    public var type: UInt32
  }

  enum Kind: UInt32 {
    case int = 1
    case pointer, array, structure, union, enumeration, forward, typedef, volatile, const, restrict, function, prototype
    case variable, dataSection, float, declarationTag, typeTag, enumeration64
  }

  /// A type's record.
  struct Record {
    var kind: Kind
    var name: UInt32
    /// How many members or parameters follow.
    var count: Int
    /// Whether members' offsets hold the sizes of bit-fields too.
    var hasBitFields: Bool
    /// Size, or the type that it refers to.
    var value: UInt32
    /// Where what follows begins.
    var details: Int
  }

  private let bytes: [UInt8]
  private let isSwapped: Bool
  private var strings = 0..<0
  /// Where each type's record begins; the first type has the number 1.
  private var places: [UInt32] = []
  /// The numbers of structures, unions and functions by a hash of their names.
  private var named: [UInt64: [UInt32]] = [:]

  /// Types that are followed before a search gives up: no structure of a kernel is nested so deep.
  static let depthLimit = 32

  /// Reads a file.
  public init(_ bytes: [UInt8]) throws(Failure) {
    guard bytes.count >= 24 else { throw Failure(message: "the BTF is shorter than its header") }
    let magic = UInt16(bytes[0]) | UInt16(bytes[1]) << 8
    guard magic == 0xEB9F || magic == 0x9FEB else {
      throw Failure(message: "it is no BTF: it does not begin with eb9f")
    }
    guard bytes[2] == 1 else { throw Failure(message: "the BTF has version \(bytes[2]); version 1 is read") }
    self.bytes = bytes
    isSwapped = magic == 0x9FEB
    let header = Int(word(4))
    let types = (start: Int(word(8)), length: Int(word(12)))
    let texts = (start: Int(word(16)), length: Int(word(20)))
    guard header >= 24, header + types.start + types.length <= bytes.count,
      header + texts.start + texts.length <= bytes.count
    else { throw Failure(message: "the BTF is truncated: its header names more than its \(bytes.count) bytes") }
    strings = header + texts.start..<header + texts.start + texts.length
    try index(header + types.start..<header + types.start + types.length)
  }

  private mutating func index(_ range: Range<Int>) throws(Failure) {
    var at = range.lowerBound
    while at < range.upperBound {
      guard at + 12 <= range.upperBound, let record = record(at: at) else {
        throw Failure(message: "type \(places.count + 1) of the BTF is none that is known")
      }
      places.append(UInt32(at))
      if [.structure, .union, .function].contains(record.kind), let hash = hash(ofName: record.name) {
        named[hash, default: []].append(UInt32(places.count))
      }
      at = record.details + Self.detailBytes(record)
    }
    guard at == range.upperBound else { throw Failure(message: "the last type of the BTF is truncated") }
  }

  private static func detailBytes(_ record: Record) -> Int {
    switch record.kind {
    case .int, .variable, .declarationTag: 4
    case .array: 12
    case .structure, .union, .dataSection, .enumeration64: record.count * 12
    case .enumeration, .prototype: record.count * 8
    default: 0
    }
  }

  /// The word at a place that is known to be there.
  func word(_ at: Int) -> UInt32 {
    let value =
      UInt32(bytes[at]) | UInt32(bytes[at + 1]) << 8 | UInt32(bytes[at + 2]) << 16 | UInt32(bytes[at + 3]) << 24
    return isSwapped ? value.byteSwapped : value
  }

  private func record(at place: Int) -> Record? {
    let information = word(place + 4)
    guard let kind = Kind(rawValue: information >> 24 & 0x1F) else { return nil }
    return Record(
      kind: kind, name: word(place), count: Int(information & 0xFFFF), hasBitFields: information >> 31 != 0,
      value: word(place + 8), details: place + 12)
  }

  /// A type; nil for `void` and numbers that no type has.
  func record(_ type: UInt32) -> Record? {
    guard type > 0, type <= UInt32(places.count) else { return nil }
    return record(at: Int(places[Int(type) - 1]))
  }

  /// The type behind its other names and qualifiers.
  func resolved(_ type: UInt32) -> Record? {
    var type = type
    for _ in 0..<Self.depthLimit {
      guard let record = record(type) else { return nil }
      guard [.typedef, .const, .volatile, .restrict, .typeTag].contains(record.kind) else { return record }
      type = record.value
    }
    return nil
  }

  /// The types of this kind and name.
  func all(_ kind: Kind, _ name: String) -> [UInt32] {
    (named[Self.hash(name.utf8)] ?? []).filter { type in
      guard let record = record(type), record.kind == kind else { return false }
      return self.name(record.name).elementsEqual(name.utf8)
    }
  }

  /// A name, or nothing if it lies outside the table of names.
  func name(_ offset: UInt32) -> ArraySlice<UInt8> {
    let start = strings.lowerBound + Int(offset)
    guard start < strings.upperBound else { return [] }
    return bytes[start..<strings.upperBound].prefix { $0 != 0 }
  }

  private func hash(ofName offset: UInt32) -> UInt64? {
    let name = name(offset)
    return name.isEmpty ? nil : Self.hash(name)
  }

  private static func hash(_ name: some Sequence<UInt8>) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in name { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return hash
  }
}
