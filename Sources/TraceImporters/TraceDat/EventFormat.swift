/// What an event's format in tracefs says of its fields:
///
///     name: kvm_entry
///     ID: 62
///     format:
///     	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
///     	field:unsigned long vcpu_pc;	offset:8;	size:8;	signed:0;
struct EventFormat {
  /// One field.
  struct Field: Equatable {
    var name: String
    var offset: Int
    var size: Int
    var isSigned: Bool
    /// The field holds the place and length of the data: `__data_loc`.
    var isDataLocation: Bool
  }

  var name = ""
  var id: Int = -1
  var fields: [Field] = []

  /// The name that a text gives, without reading the rest; empty if it does not start with one.
  static func name(_ text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    let mark: StaticString = "name: "
    let length = mark.utf8CodeUnitCount
    guard text.count > length else { return UnsafeRawBufferPointer(rebasing: text[..<0]) }
    for index in 0..<length where text[index] != mark.utf8Start[index] {
      return UnsafeRawBufferPointer(rebasing: text[..<0])
    }
    var end = length
    while end < text.count, text[end] > 0x20 { end += 1 }
    return UnsafeRawBufferPointer(rebasing: text[length..<end])
  }

  /// The number that follows the name's line, without reading the rest.
  static func id(_ text: UnsafeRawBufferPointer, behind name: UnsafeRawBufferPointer) -> Int? {
    guard let start = name.baseAddress, !name.isEmpty else { return nil }
    var at = start + name.count - text.baseAddress! + 1
    for mark in "ID: ".utf8 {
      guard at < text.count, text[at] == mark else { return nil }
      at += 1
    }
    var id = 0
    while at < text.count, text[at] &- 0x30 < 10, id < 1 << 16 {
      id = id * 10 + Int(text[at] - 0x30)
      at += 1
    }
    return id < 1 << 16 ? id : nil
  }

  /// Reads the text; nil if it has no name or number.
  init?(_ text: UnsafeRawBufferPointer) {
    // The print format follows the fields and can be long; it is not used.
    for line in text.split(separator: 0x0A) {
      let words = line.drop { $0 == 0x20 || $0 == 0x09 }
      if words.starts(with: Array("name:".utf8)) {
        name = Self.trimmed(words.dropFirst(5))
      } else if words.starts(with: Array("ID:".utf8)) {
        id = Int(Self.trimmed(words.dropFirst(3))) ?? -1
      } else if words.starts(with: Array("print fmt".utf8)) {
        break
      } else if words.starts(with: Array("field:".utf8)), let field = Self.field(words) {
        fields.append(field)
      }
    }
    guard !name.isEmpty, id >= 0, id < 1 << 16 else { return nil }
  }

  private static func trimmed(_ bytes: some Sequence<UInt8>) -> String {
    String(decoding: bytes.filter { $0 > 0x20 && $0 < 0x7F }, as: UTF8.self)
  }

  private static func field(_ line: Slice<UnsafeRawBufferPointer>) -> Field? {
    var field = Field(name: "", offset: -1, size: -1, isSigned: false, isDataLocation: false)
    for part in line.split(separator: 0x3B) {
      let text = String(decoding: part, as: UTF8.self).filter { $0 != "\t" }
      if text.hasPrefix("field:") {
        let declaration = text.dropFirst(6)
        field.isDataLocation = declaration.hasPrefix("__data_loc")
        let words = declaration.split(separator: " ")
        guard var name = words.last else { return nil }
        if let bracket = name.firstIndex(of: "[") { name = name[..<bracket] }
        field.name = String(name.drop { $0 == "*" })
      } else if text.hasPrefix("offset:") {
        field.offset = Int(text.dropFirst(7)) ?? -1
      } else if text.hasPrefix("size:") {
        field.size = Int(text.dropFirst(5)) ?? -1
      } else if text.hasPrefix("signed:") {
        field.isSigned = text.hasSuffix("1")
      }
    }
    guard field.offset >= 0, field.size >= 0, field.offset < 1 << 16, field.size < 1 << 16 else { return nil }
    return field
  }

  /// The field of this name.
  func field(_ name: String) -> Field? { fields.first { $0.name == name } }
}
