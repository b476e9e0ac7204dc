/// What a rule says of an interrupt that was in a list register when its vCPU entered the guest.
///
/// Meant for comparisons with what the register held after the run.
public struct InferredOutcome: Sendable {
  /// The guest.
  public var domain: UInt16
  /// The vCPU.
  public var vcpu: UInt32
  /// Number of the entry's event.
  public var entry: UInt64
  /// The interrupt.
  public var intid: UInt32
  /// The rule.
  public var rule: InferenceRule
  /// It is pending.
  public var isPending: Bool
  /// It is active.
  public var isActive: Bool
}
