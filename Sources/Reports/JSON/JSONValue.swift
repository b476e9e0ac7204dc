/// A JSON value whose object keys keep their order.
public enum JSONValue: Equatable, Sendable {
  /// Nothing is known.
  case null
  /// A yes or no.
  case bool(Bool)
  /// A whole number; all of 64 bits are written.
  case number(UInt64)
  /// A fraction.
  case fraction(Double)
  /// Text.
  case string(String)
  /// Values.
  case array([JSONValue])
  /// Named values, in this order.
  case object([Member])

  /// A named value.
  public struct Member: Equatable, Sendable {
    /// The key.
    public var key: String
    /// The value.
    public var value: JSONValue
    /// A named value.
    public init(_ key: String, _ value: JSONValue) {
      self.key = key
      self.value = value
    }
  }
}

extension JSONValue: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral, ExpressibleByStringLiteral,
  ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral
{
  /// An object; the keys keep the literal's order.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(elements.map { Member($0.0, $0.1) })
  }
  /// An array.
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  /// Text.
  public init(stringLiteral value: String) { self = .string(value) }
  /// A number.
  public init(integerLiteral value: UInt64) { self = .number(value) }
  /// A yes or no.
  public init(booleanLiteral value: Bool) { self = .bool(value) }

  /// The number, or null.
  public static func optional(_ value: UInt64?) -> JSONValue { value.map(JSONValue.number) ?? .null }

  /// The member of an object, or nil.
  public subscript(key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key == key }?.value
  }
}

extension JSONValue {
  /// The value as text: what fits a line stands on one, everything else is indented by two.
  public var text: String {
    var out = ByteBuffer()
    encode(into: &out, indent: 0)
    out.append("\n")
    return String(decoding: out.bytes, as: UTF8.self)
  }

  /// The value on one line, without blanks.
  public var compactText: String {
    var out = ByteBuffer()
    encodeCompact(into: &out)
    return String(decoding: out.bytes, as: UTF8.self)
  }

  private static let lineLength = 120
  /// An array of more values does not stand on one line.
  static let flatLimit = 40

  func encode(into out: inout ByteBuffer, indent: Int) {
    let children: [(String?, JSONValue)]
    let brackets: (String, String)
    switch self {
    case .array(let values):
      children = values.map { (nil, $0) }
      brackets = ("[", "]")
    case .object(let members):
      children = members.map { ($0.key, $0.value) }
      brackets = ("{", "}")
    default:
      encodeCompact(into: &out, separator: ", ", colon: ": ")
      return
    }
    if isFlat {
      let start = out.bytes.count
      encodeCompact(into: &out, separator: ", ", colon: ": ")
      if out.bytes.count - start + indent <= Self.lineLength { return }
      out.bytes.removeSubrange(start...)
    }
    out.append(brackets.0)
    for (i, child) in children.enumerated() {
      out.append(i == 0 ? "\n" : ",\n")
      out.append(repeating: 0x20, count: indent + 2)
      if let key = child.0 {
        out.appendJSON(key)
        out.append(": ")
      }
      child.1.encode(into: &out, indent: indent + 2)
    }
    out.append("\n")
    out.append(repeating: 0x20, count: indent)
    out.append(brackets.1)
  }

  /// Whether it could stand on one line: no more than three levels deep, and not long.
  private var isFlat: Bool {
    switch self {
    case .array(let values):
      values.count <= Self.flatLimit && values.allSatisfy { $0.isScalar || $0.isShortArrayOfScalars }
    case .object(let members): members.count <= 24 && members.allSatisfy { $0.value.isScalar }
    default: true
    }
  }

  private var isScalar: Bool {
    switch self {
    case .array(let values): values.isEmpty
    case .object(let members): members.isEmpty
    default: true
    }
  }

  private var isShortArrayOfScalars: Bool {
    guard case .array(let values) = self else { return false }
    return values.count <= 4 && values.allSatisfy(\.isScalar)
  }

  /// The value on one line.
  func encodeCompact(into out: inout ByteBuffer, separator: String = ",", colon: String = ":") {
    switch self {
    case .null: out.append("null")
    case .bool(let value): out.append(value ? "true" : "false")
    case .number(let value): out.append(decimal: value)
    case .fraction(let value): out.append(value.isFinite ? "\(value)" : "null")
    case .string(let value): out.appendJSON(value)
    case .array(let values):
      out.append("[")
      for (i, value) in values.enumerated() {
        if i > 0 { out.append(separator) }
        value.encodeCompact(into: &out, separator: separator, colon: colon)
      }
      out.append("]")
    case .object(let members):
      out.append("{")
      for (i, member) in members.enumerated() {
        if i > 0 { out.append(separator) }
        out.appendJSON(member.key)
        out.append(colon)
        member.value.encodeCompact(into: &out, separator: separator, colon: colon)
      }
      out.append("}")
    }
  }
}
