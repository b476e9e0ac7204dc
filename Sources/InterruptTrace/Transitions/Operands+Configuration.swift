extension Transition {
  // MARK: An interrupt's configuration

  /// Of ``TransitionKind/retargeted``: ``PE/none`` for no PE that exists, ``anyPE`` for any of several.
  @frozen public struct Retargeted: TransitionOperands {
    /// ``Transition/a``.
    public let a: UInt64
    /// ``Transition/b``.
    public let b: UInt64
    @inlinable init(a: UInt64, b: UInt64) { (self.a, self.b) = (a, b) }
    /// From a PE to another.
    @inlinable public init(from: UInt32, to: UInt32) { self.init(a: UInt64(from), b: UInt64(to)) }

    /// Any of several PEs.
    @inlinable public static var anyPE: UInt32 { PE.none - 1 }
    /// The old target.
    @inlinable public var from: UInt32 { UInt32(truncatingIfNeeded: a) }
    /// The new target.
    @inlinable public var to: UInt32 { UInt32(truncatingIfNeeded: b) }
    /// Whether both the old and the new target are one PE.
    @inlinable public var isBetweenPEs: Bool { from < Self.anyPE && to < Self.anyPE }
  }

  /// The operands of ``TransitionKind/retargeted``.
  @inlinable public var retargeted: Retargeted { Retargeted(a: a, b: b) }

  /// Of ``TransitionKind/priorityChanged``.
  @frozen public struct PriorityChanged: TransitionOperands {
    /// ``Transition/a``.
    public let a: UInt64
    /// ``Transition/b``.
    public let b: UInt64
    @inlinable init(a: UInt64, b: UInt64) { (self.a, self.b) = (a, b) }
    /// With the priority before.
    @inlinable public init(from: UInt32) { self.init(a: UInt64(from), b: 0) }

    /// The priority before; ``Transition/priority`` has the new one.
    @inlinable public var from: UInt32 { UInt32(truncatingIfNeeded: a) }
  }

  /// The operands of ``TransitionKind/priorityChanged``.
  @inlinable public var priorityChanged: PriorityChanged { PriorityChanged(a: a, b: b) }

  /// Of ``TransitionKind/groupChanged``.
  @frozen public struct GroupChanged: TransitionOperands {
    /// ``Transition/a``.
    public let a: UInt64
    /// ``Transition/b``.
    public let b: UInt64
    @inlinable init(a: UInt64, b: UInt64) { (self.a, self.b) = (a, b) }
    /// From a group to another.
    @inlinable public init(from: InterruptGroup, to: InterruptGroup) {
      self.init(a: UInt64(to.rawValue), b: UInt64(from.rawValue))
    }

    /// The group from now on, as the number of an ``InterruptGroup``.
    @inlinable public var to: UInt8 { UInt8(truncatingIfNeeded: a) }
    /// The group before.
    @inlinable public var from: UInt8 { UInt8(truncatingIfNeeded: b) }
  }

  /// The operands of ``TransitionKind/groupChanged``.
  @inlinable public var groupChanged: GroupChanged { GroupChanged(a: a, b: b) }

  /// Of ``TransitionKind/triggerChanged``.
  @frozen public struct TriggerChanged: TransitionOperands {
    /// ``Transition/a``.
    public let a: UInt64
    /// ``Transition/b``.
    public let b: UInt64
    @inlinable init(a: UInt64, b: UInt64) { (self.a, self.b) = (a, b) }
    /// With its field.
    @inlinable public init(isEdge: Bool) { self.init(a: isEdge ? 1 : 0, b: 0) }

    /// Edge-triggered from now on, else level-sensitive.
    @inlinable public var isEdge: Bool { a & 1 != 0 }
  }

  /// The operands of ``TransitionKind/triggerChanged``.
  @inlinable public var triggerChanged: TriggerChanged { TriggerChanged(a: a, b: b) }
}
