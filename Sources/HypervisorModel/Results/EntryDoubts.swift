/// Why the capture does not decide which interrupts of a class are in the list registers at an entry.
@frozen public struct EntryDoubts: OptionSet, BitwiseCopyable, Hashable, Sendable {
  /// The bits.
  public var rawValue: UInt8
  /// Any combination.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// What was on the vCPU's list when the capture started, or after events were lost, is not shown.
  @inlinable public static var start: Self { .init(rawValue: 1 << 0) }
  /// No event shows what the guest did with an interrupt.
  @inlinable public static var outcome: Self { .init(rawValue: 1 << 1) }
  /// No event shows the vCPU that a pending SPI goes to.
  @inlinable public static var route: Self { .init(rawValue: 1 << 2) }
  /// No event shows whether a pending interrupt is enabled, or whether it is edge-triggered.
  @inlinable public static var configuration: Self { .init(rawValue: 1 << 3) }
  /// Another CPU may have injected an interrupt after the list registers were filled.
  @inlinable public static var late: Self { .init(rawValue: 1 << 4) }
  /// All list registers are used, and what no event shows may have taken one.
  @inlinable public static var displaced: Self { .init(rawValue: 1 << 5) }
}

/// The doubts about each class of interrupts at one entry.
public struct ClassDoubts: Equatable, Sendable {
  private var all = InlineArray<4, EntryDoubts>(repeating: [])

  /// None.
  public init() {}

  /// The doubts about a class.
  public subscript(_ kind: RegisterClass) -> EntryDoubts {
    get { all[kind.rawValue] }
    set { all[kind.rawValue] = newValue }
  }

  /// Whether there is a doubt about any class.
  public var isEmpty: Bool { RegisterClass.allCases.allSatisfy { self[$0].isEmpty } }

  /// The doubts about all classes together.
  public var union: EntryDoubts { RegisterClass.allCases.reduce(into: []) { $0.formUnion(self[$1]) } }

  mutating func insert(_ doubt: EntryDoubts) { for kind in RegisterClass.allCases { self[kind].insert(doubt) } }

  /// Whether both are the same.
  public static func == (left: Self, right: Self) -> Bool {
    RegisterClass.allCases.allSatisfy { left[$0] == right[$0] }
  }
}
