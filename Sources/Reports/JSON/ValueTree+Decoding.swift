import FoundationEssentials
import InterruptTrace

extension ValueTree: Decodable {
  /// Reads a value. The members of an object come in no particular order.
  public init(from decoder: any Decoder) throws {
    if let container = try? decoder.container(keyedBy: MemberName.self) {
      self = .object(
        try container.allKeys.map { Member($0.stringValue, try container.decode(ValueTree.self, forKey: $0)) })
      return
    }
    if var container = try? decoder.unkeyedContainer() {
      var values: [ValueTree] = []
      while !container.isAtEnd { values.append(try container.decode(ValueTree.self)) }
      self = .list(values)
      return
    }
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .unknown
    } else if let number = try? container.decode(UInt64.self) {
      self = .number(number)
    } else if let text = try? container.decode(String.self) {
      self = .text(text)
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
    guard let value = try? JSONDecoder().decode(ValueTree.self, from: Data(bytes)) else { return nil }
    self = value
  }
}
