extension Transition {
  // MARK: The capture against the model

  /// Of ``TransitionKind/disagreed`` and ``TransitionKind/taught``.
  @frozen public struct Prediction: TransitionOperands {
    /// ``Transition/a``.
    public let a: UInt64
    /// ``Transition/b``.
    public let b: UInt64
    /// What was predicted, as the index of a check: ``Transition/priority``.
    public let check: UInt32
    /// With every field. A writer passes the check as the transition's priority too.
    @inlinable public init(check: UInt32, expected: UInt64, seen: UInt64) {
      (self.check, a, b) = (check, expected, seen)
    }

    /// What the model expected.
    @inlinable public var expected: UInt64 { a }
    /// What the capture shows.
    @inlinable public var seen: UInt64 { b }
  }

  /// The operands of ``TransitionKind/disagreed`` and ``TransitionKind/taught``.
  @inlinable public var prediction: Prediction { Prediction(check: priority, expected: a, seen: b) }

  /// Of ``TransitionKind/begin``.
  @frozen public struct Begin: TransitionOperands {
    /// ``Transition/a``.
    public let a: UInt64
    /// ``Transition/b``.
    public let b: UInt64
    @inlinable init(a: UInt64, b: UInt64) { (self.a, self.b) = (a, b) }
    /// With its field.
    @inlinable public init(isReset: Bool) { self.init(a: isReset ? 1 : 0, b: 0) }

    /// Whether the capture begins at the controller's reset, so that what follows is all there was.
    @inlinable public var isReset: Bool { a & 1 != 0 }
  }

  /// The operands of ``TransitionKind/begin``.
  @inlinable public var begin: Begin { Begin(a: a, b: b) }

  /// Of ``TransitionKind/gap``.
  @frozen public struct Gap: TransitionOperands {
    /// ``Transition/a``.
    public let a: UInt64
    /// ``Transition/b``.
    public let b: UInt64
    @inlinable init(a: UInt64, b: UInt64) { (self.a, self.b) = (a, b) }
    /// With every field.
    @inlinable public init(lost: UInt64, reason: UInt64) { self.init(a: lost, b: reason) }

    /// How many events are missing, 0 if not known.
    @inlinable public var lost: UInt64 { a }
    /// Why, as the event says.
    @inlinable public var reason: UInt64 { b }
  }

  /// The operands of ``TransitionKind/gap``.
  @inlinable public var gap: Gap { Gap(a: a, b: b) }

  /// Of ``TransitionKind/machineReset``.
  @frozen public struct MachineReset: TransitionOperands {
    /// ``Transition/a``.
    public let a: UInt64
    /// ``Transition/b``.
    public let b: UInt64
    @inlinable init(a: UInt64, b: UInt64) { (self.a, self.b) = (a, b) }
    /// With its field.
    @inlinable public init(after event: UInt64) { self.init(a: event, b: 0) }

    /// The last event that certainly came before.
    @inlinable public var after: UInt64 { a }
  }

  /// The operands of ``TransitionKind/machineReset``.
  @inlinable public var machineReset: MachineReset { MachineReset(a: a, b: b) }
}
