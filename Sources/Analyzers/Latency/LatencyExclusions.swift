/// What the latency distributions do not hold, and what they hold with a reservation.
public struct LatencyExclusions: Equatable, Sendable {
  /// Acknowledges of interrupts that were pending before the capture showed why.
  public var startUnknown: UInt64 = 0
  /// Interrupts still pending at the end.
  public var pendingAtEnd: UInt64 = 0
  /// Interrupts acknowledged and not ended or not deactivated at the end.
  public var activeAtEnd: UInt64 = 0
  /// Interrupts acknowledged again before they had ended.
  public var neverEnded: UInt64 = 0
  /// Ends of interrupts whose acknowledge the capture does not show.
  public var endWithoutAcknowledge: UInt64 = 0
  /// Interrupts that stopped being pending without an acknowledge.
  public var withdrawn: UInt64 = 0
  /// Spans that a gap in the capture lies in.
  public var acrossGap: UInt64 = 0
  /// Edges and messages that came while their interrupt was pending: two became one.
  public var merged: UInt64 = 0
  /// Included: levels that were still high when their interrupt ended.
  public var resignalled: UInt64 = 0
  /// Included: samples that rest on an inference.
  public var inferred: UInt64 = 0
  /// Included as 0: spans whose end has an earlier stamp than their start.
  public var backwards: UInt64 = 0
  /// No counts.
  public init() {}
}
