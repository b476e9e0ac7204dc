/// A controller's state as a tree that any report can print, compare or encode.
public indirect enum StateValue: Equatable, Sendable {
  /// Named parts, in the order in which they print.
  case object([Member])
  /// Values of one shape.
  case list([StateValue])
  /// A number; registers print in hexadecimal.
  case number(UInt64)
  /// A number that prints in hexadecimal.
  case register(UInt64)
  /// A yes or no.
  case bool(Bool)
  /// A word.
  case text(String)
  /// The capture does not show it and nothing implies it.
  case unknown

  /// A named part of an ``object(_:)``.
  public struct Member: Equatable, Sendable {
    /// The register's or the part's name.
    public let name: String
    /// What it holds.
    public let value: StateValue
    /// A named value.
    public init(_ name: String, _ value: StateValue) {
      self.name = name
      self.value = value
    }
  }
}

extension StateValue {
  /// A part of an object by its name; nil if this is none or has no such part. O(parts).
  public subscript(name: String) -> StateValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  /// The values of a list; nil if this is none.
  public var elements: [StateValue]? { if case .list(let values) = self { values } else { nil } }
}

extension StateValue.Member {
  static func number(_ name: String, _ value: some BinaryInteger) -> Self { Self(name, .number(UInt64(value))) }
  static func register(_ name: String, _ value: some BinaryInteger) -> Self { Self(name, .register(UInt64(value))) }
  static func bool(_ name: String, _ value: Bool) -> Self { Self(name, .bool(value)) }
  static func text(_ name: String, _ value: String) -> Self { Self(name, .text(value)) }
  static func list(_ name: String, _ values: [StateValue]) -> Self { Self(name, .list(values)) }
  static func object(_ name: String, _ members: [StateValue.Member]) -> Self { Self(name, .object(members)) }
}

/// What a state report is limited to.
public struct StateFilter: Equatable, Sendable {
  /// Only these PEs; nil for all.
  public var pes: Set<UInt32>?
  /// Only these INTIDs; nil for all.
  public var intids: Set<UInt32>?
  /// Also interrupts that are merely configured; else only those that are enabled or have done something.
  public var includesIdle: Bool
  /// Of LPIs, and of the translations of an ITS, about this many are listed, the pending ones among them; nil for all. What
  /// is cut says how many there are in all.
  public var lpiLimit: Int?
  /// LPIs that are listed whatever the limit.
  public var namedLPIs: Set<UInt32> = []
  /// A filter; the default shows everything.
  public init(pes: Set<UInt32>? = nil, intids: Set<UInt32>? = nil, includesIdle: Bool = true) {
    self.pes = pes
    self.intids = intids
    self.includesIdle = includesIdle
  }

  /// Whether a PE passes.
  func includes(pe: Int) -> Bool { pes?.contains(UInt32(pe)) ?? true }

  /// Whether an INTID passes.
  func includes(intid: Int) -> Bool { intids?.contains(UInt32(intid)) ?? true }
}
