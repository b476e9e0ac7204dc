// MARK: The capture against the model

extension Transition {
  /// Of ``TransitionKind/disagreed`` and ``TransitionKind/taught``.
  @frozen public struct Prediction: BitwiseCopyable, Sendable {
    /// What was predicted, as the index of a check: ``Transition/priority``.
    public let check: UInt32
    /// What the model expected.
    public let expected: UInt64
    /// What the capture shows.
    public let seen: UInt64
    @inlinable init(_ t: Transition) { (check, expected, seen) = (t.priority, t.a, t.b) }
  }
  /// The operands of ``TransitionKind/disagreed`` and ``TransitionKind/taught``.
  @inlinable public var prediction: Prediction { Prediction(self) }

  /// Of ``TransitionKind/begin``.
  public enum Begin {}
  /// The operands of ``TransitionKind/begin``.
  @inlinable public var begin: Operands<Begin> { Operands(a: a, b: b) }

  /// Of ``TransitionKind/gap``.
  public enum Gap {}
  /// The operands of ``TransitionKind/gap``.
  @inlinable public var gap: Operands<Gap> { Operands(a: a, b: b) }

  /// Of ``TransitionKind/machineReset``.
  public enum MachineReset {}
  /// The operands of ``TransitionKind/machineReset``.
  @inlinable public var machineReset: Operands<MachineReset> { Operands(a: a, b: b) }
}

extension Transition.Operands<Transition.Begin> {
  /// Whether the capture begins at the controller's reset, so that what follows is all there was.
  @inlinable public var isReset: Bool { a & 1 != 0 }
  /// Whether the capture lacks what other threads of the machine did, so that a missing event proves nothing.
  @inlinable public var isPart: Bool { a & 2 != 0 }
  /// The group that every interrupt is in at reset: the number of an ``InterruptGroup`` and one; 0 if not known.
  @inlinable public var resetGroup: UInt8 { UInt8(truncatingIfNeeded: b & 3) }
}

extension Transition.Operands<Transition.Gap> {
  /// How many events are missing, 0 if not known.
  @inlinable public var lost: UInt64 { a }
  /// Why, as the event says.
  @inlinable public var reason: UInt64 { b }
}

extension Transition.Operands<Transition.MachineReset> {
  /// The last event that certainly came before.
  @inlinable public var after: UInt64 { a }
  /// The first event that may belong to the set-up after the reset: the state from before it says nothing about what follows.
  @inlinable public var setUp: UInt64 { b }
}
