/// The two operands of a transition, named as its kind uses them (``TransitionLayout`` has them as a table).
///
/// A reader takes them from the transition: `transition.retargeted.from`. A writer makes them of their parts:
/// `Transition.Retargeted(from: 0, to: 1)`. Both cost what shifting and masking by hand would. Nothing checks that the
/// kind is the one that has these operands.
public protocol TransitionOperands: BitwiseCopyable, Sendable {
  /// ``Transition/a`` as it stands in the transition.
  var a: UInt64 { get }
  /// ``Transition/b`` as it stands in the transition.
  var b: UInt64 { get }
}

extension Transition {
  /// A transition with its operands by name.
  @inlinable
  public init(
    time: UInt64, event: UInt64, kind: TransitionKind, provenance: Provenance = .derived, domain: UInt16 = 0,
    pe: UInt32 = PE.none, intid: UInt32 = INTID.none, priority: UInt32 = 0, _ operands: some TransitionOperands
  ) {
    self.init(
      time: time, event: event, kind: kind, provenance: provenance, domain: domain, pe: pe, intid: intid,
      priority: priority, a: operands.a, b: operands.b)
  }
}
