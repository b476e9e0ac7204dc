import FoundationEssentials

extension JSONValue: Decodable {
  /// Reads a value. The members of an object come in no particular order.
  public init(from decoder: any Decoder) throws {
    if let container = try? decoder.container(keyedBy: MemberName.self) {
      self = .object(
        try container.allKeys.map { Member($0.stringValue, try container.decode(JSONValue.self, forKey: $0)) })
      return
    }
    if var container = try? decoder.unkeyedContainer() {
      var values: [JSONValue] = []
      while !container.isAtEnd { values.append(try container.decode(JSONValue.self)) }
      self = .array(values)
      return
    }
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let number = try? container.decode(UInt64.self) {
      self = .number(number)
    } else if let text = try? container.decode(String.self) {
      self = .string(text)
    } else if let flag = try? container.decode(Bool.self) {
      self = .bool(flag)
    } else {
      self = .fraction(try container.decode(Double.self))
    }
  }

  /// Any member's name.
  private struct MemberName: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// Reads JSON text; nil if it is none.
  public init?(parsing bytes: some Sequence<UInt8>) {
    guard let value = try? JSONDecoder().decode(JSONValue.self, from: Data(bytes)) else { return nil }
    self = value
  }

  /// The whole number, or nil.
  var number: UInt64? { if case .number(let value) = self { value } else { nil } }
  /// The text, or nil.
  var string: String? { if case .string(let value) = self { value } else { nil } }
  /// The values of an array; of anything else, none.
  var elements: [JSONValue] { if case .array(let values) = self { values } else { [] } }
  /// The members of an object; of anything else, none.
  var members: [Member] { if case .object(let members) = self { members } else { [] } }
}
