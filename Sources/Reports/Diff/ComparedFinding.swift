import InterruptTrace

/// A finding, as far as two results are compared by it: what it is about, not when it happened.
public struct ComparedFinding: Equatable, Sendable {
  /// What makes two findings the same.
  struct Identity: Hashable, Sendable {
    var kind: String
    var domain: UInt64
    var intid: UInt64?
    var deviceID: UInt64?
    var eventID: UInt64?
    var pe: UInt64?
  }

  var identity: Identity
  /// `error`, `warning` or `note`.
  public var severity: String
  /// How often.
  public var count: UInt64
  /// One sentence.
  public var summary: String
  /// The finding as it was reported.
  public var document: ValueTree

  /// An element of `findings`; nil if it is none.
  init?(_ row: ValueTree) {
    guard let kind = row["kind"]?.string else { return nil }
    identity = Identity(
      kind: kind, domain: row["domain"]?.number ?? 0, intid: row["intid"]?.number, deviceID: row["device_id"]?.number,
      eventID: row["event_id"]?.number, pe: row["pe"]?.number)
    severity = row["severity"]?.string ?? "note"
    count = row["count"]?.number ?? 1
    summary = row["summary"]?.string ?? kind
    document = row
  }

  /// The stable name of its kind.
  public var kind: String { identity.kind }

  /// Worst first.
  var rank: Int { ["error", "warning", "note"].firstIndex(of: severity) ?? 3 }
}
