/// What any report can print, compare or encode: a value, or a tree of named values. A controller's state and every row of
/// results are such trees.
public enum ValueTree: Equatable, Sendable {
  /// Nothing is known: the capture does not show it and nothing implies it. JSON has `null`.
  case unknown
  /// A yes or no.
  case bool(Bool)
  /// A whole number; all of 64 bits are written.
  case number(UInt64)
  /// A number that people read in hexadecimal.
  case register(UInt64)
  /// A number with a fraction.
  case fraction(Double)
  /// A word or a sentence.
  case text(String)
  /// Values of one shape.
  case list([ValueTree])
  /// Named values, in the order in which they print.
  case object([Member])

  /// A named part of an ``object(_:)``.
  public struct Member: Equatable, Sendable {
    /// The register's or the part's name; the key in JSON.
    public var name: String
    /// What it holds.
    public var value: ValueTree
    /// A named value.
    public init(_ name: String, _ value: ValueTree) {
      self.name = name
      self.value = value
    }
  }
}

extension ValueTree {
  /// The number; unknown for nil.
  public static func optional(_ value: UInt64?) -> ValueTree { value.map(ValueTree.number) ?? .unknown }

  /// A part of an object by its name; nil if this is none or has no such part. O(parts).
  public subscript(name: String) -> ValueTree? { members.first { $0.name == name }?.value }

  /// The whole number, or nil.
  public var number: UInt64? { if case .number(let value) = self { value } else { nil } }
  /// The text, or nil.
  public var string: String? { if case .text(let value) = self { value } else { nil } }
  /// The values of a list; of anything else, none.
  public var elements: [ValueTree] { if case .list(let values) = self { values } else { [] } }
  /// The parts of an object; of anything else, none.
  public var members: [Member] { if case .object(let members) = self { members } else { [] } }
}

extension ValueTree: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral, ExpressibleByStringLiteral,
  ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral
{
  /// An object; the names keep the literal's order.
  public init(dictionaryLiteral elements: (String, ValueTree)...) {
    self = .object(elements.map { Member($0.0, $0.1) })
  }
  /// A list.
  public init(arrayLiteral elements: ValueTree...) { self = .list(elements) }
  /// A text.
  public init(stringLiteral value: String) { self = .text(value) }
  /// A number.
  public init(integerLiteral value: UInt64) { self = .number(value) }
  /// A yes or no.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension ValueTree.Member {
  /// A named number.
  public static func number(_ name: String, _ value: some BinaryInteger) -> Self { Self(name, .number(UInt64(value))) }
  /// A named number that people read in hexadecimal.
  public static func register(_ name: String, _ value: some BinaryInteger) -> Self {
    Self(name, .register(UInt64(value)))
  }
  /// A named yes or no.
  public static func bool(_ name: String, _ value: Bool) -> Self { Self(name, .bool(value)) }
  /// A named text.
  public static func text(_ name: String, _ value: String) -> Self { Self(name, .text(value)) }
  /// A named list.
  public static func list(_ name: String, _ values: [ValueTree]) -> Self { Self(name, .list(values)) }
  /// A named tree.
  public static func object(_ name: String, _ members: [ValueTree.Member]) -> Self { Self(name, .object(members)) }
}
