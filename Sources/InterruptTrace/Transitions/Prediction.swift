/// What kind of answer of the controller a prediction is about.
@frozen public enum PredictionKind: UInt8, Sendable, CaseIterable {
  /// A register read.
  case read
  /// An acknowledged INTID.
  case acknowledge
  /// An IRQ or FIQ line, physical or virtual.
  case line
  /// The highest-priority pending interrupt.
  case highestPending
  /// An ITS table entry.
  case table
  /// The maintenance interrupt.
  case maintenance

  /// The name that scripts depend on.
  public var name: String {
    switch self {
    case .read: "read"
    case .acknowledge: "acknowledge"
    case .line: "line"
    case .highestPending: "highest-pending"
    case .table: "table"
    case .maintenance: "maintenance"
    }
  }
}

/// How a prediction came out.
@frozen public enum Verdict: UInt8, Sendable {
  /// The model predicted what the capture shows.
  case agreed
  /// The model predicted something else.
  case disagreed
  /// The model had no way to know; it has learned.
  case taught
  /// What was known left more than one answer open (whose access it was, from which Security state, whether there was a
  /// reset), and the capture shows one of these.
  case unknown
}

/// Counts of predictions for one register or one kind of observation.
public struct PredictionCount: Equatable, Sendable {
  /// What was predicted: a register's name, or `IRQ`, `FIQ`, `HPPI`, `DTE` …
  public let name: String
  /// What kind of answer.
  public let kind: PredictionKind
  /// Predictions that came true.
  public var agreed: UInt64 = 0
  /// Predictions that failed.
  public var disagreed: UInt64 = 0
  /// Answers that the model had no way to know.
  public var taught: UInt64 = 0
  /// Answers of which the model had more than one to expect, where the one that it assumed was not it.
  public var unknown: UInt64 = 0

  /// Counts of one register or kind of observation.
  public init(
    name: String, kind: PredictionKind, agreed: UInt64 = 0, disagreed: UInt64 = 0, taught: UInt64 = 0,
    unknown: UInt64 = 0
  ) {
    self.name = name
    self.kind = kind
    self.agreed = agreed
    self.disagreed = disagreed
    self.taught = taught
    self.unknown = unknown
  }
}

extension Sequence<PredictionCount> {
  /// The counts of all registers together, under no name.
  public var totals: PredictionCount {
    reduce(into: PredictionCount(name: "", kind: .read)) { sum, count in
      sum.agreed += count.agreed
      sum.disagreed += count.disagreed
      sum.taught += count.taught
      sum.unknown += count.unknown
    }
  }
}

extension PredictionCount {
  /// Whether nothing was compared.
  public var isEmpty: Bool { agreed | disagreed | taught | unknown == 0 }

  /// The predictions made after `earlier` was taken.
  public func since(_ earlier: PredictionCount) -> PredictionCount {
    PredictionCount(
      name: name, kind: kind, agreed: agreed - earlier.agreed, disagreed: disagreed - earlier.disagreed,
      taught: taught - earlier.taught, unknown: unknown - earlier.unknown)
  }
}
