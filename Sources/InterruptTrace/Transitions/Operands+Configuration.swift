// MARK: An interrupt's configuration

extension Transition {
  /// Of ``TransitionKind/retargeted``: ``PE/none`` for no PE that exists, ``anyPE`` for any of several.
  public enum Retargeted {
    /// Any of several PEs.
    @inlinable public static var anyPE: UInt32 { PE.none - 1 }
  }
  /// The operands of ``TransitionKind/retargeted``.
  @inlinable public var retargeted: Operands<Retargeted> { Operands(a: a, b: b) }

  /// Of ``TransitionKind/priorityChanged``.
  public enum PriorityChanged {}
  /// The operands of ``TransitionKind/priorityChanged``.
  @inlinable public var priorityChanged: Operands<PriorityChanged> { Operands(a: a, b: b) }

  /// Of ``TransitionKind/groupChanged``.
  public enum GroupChanged {}
  /// The operands of ``TransitionKind/groupChanged``.
  @inlinable public var groupChanged: Operands<GroupChanged> { Operands(a: a, b: b) }

  /// Of ``TransitionKind/triggerChanged``.
  public enum TriggerChanged {}
  /// The operands of ``TransitionKind/triggerChanged``.
  @inlinable public var triggerChanged: Operands<TriggerChanged> { Operands(a: a, b: b) }
}

extension Transition.Operands<Transition.Retargeted> {
  /// The old target.
  @inlinable public var from: UInt32 { UInt32(truncatingIfNeeded: a) }
  /// The new target.
  @inlinable public var to: UInt32 { UInt32(truncatingIfNeeded: b) }
  /// Whether both the old and the new target are one PE.
  @inlinable public var isBetweenPEs: Bool {
    from < Transition.Retargeted.anyPE && to < Transition.Retargeted.anyPE
  }
}

extension Transition.Operands<Transition.PriorityChanged> {
  /// The priority before; ``Transition/priority`` has the new one.
  @inlinable public var from: UInt32 { UInt32(truncatingIfNeeded: a) }
}

extension Transition.Operands<Transition.GroupChanged> {
  /// The group from now on, as the number of an ``InterruptGroup``.
  @inlinable public var to: UInt8 { UInt8(truncatingIfNeeded: a) }
  /// The group before.
  @inlinable public var from: UInt8 { UInt8(truncatingIfNeeded: b) }
}

extension Transition.Operands<Transition.TriggerChanged> {
  /// Edge-triggered from now on, else level-sensitive.
  @inlinable public var isEdge: Bool { a & 1 != 0 }
}
