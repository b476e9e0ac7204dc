extension Transition {
  /// The two operands of a transition, named as its kind uses them (``TransitionLayout`` has them as a table).
  ///
  /// A reader takes them from the transition: `transition.retargeted.from`. It costs what shifting and masking by hand
  /// would. Nothing checks that the kind is the one that has these operands.
  @frozen public struct Operands<Kind>: BitwiseCopyable, Sendable {
    /// ``Transition/a`` as it stands in the transition.
    public let a: UInt64
    /// ``Transition/b`` as it stands in the transition.
    public let b: UInt64
    @inlinable init(a: UInt64, b: UInt64) { (self.a, self.b) = (a, b) }
  }

  /// A transition with its operands by name.
  @inlinable
  public init<Kind>(
    time: UInt64, event: UInt64, kind: TransitionKind, provenance: Provenance = .derived, domain: UInt16 = 0,
    pe: UInt32 = PE.none, intid: UInt32 = INTID.none, priority: UInt32 = 0, _ operands: Operands<Kind>
  ) {
    self.init(
      time: time, event: event, kind: kind, provenance: provenance, domain: domain, pe: pe, intid: intid,
      priority: priority, a: operands.a, b: operands.b)
  }
}
