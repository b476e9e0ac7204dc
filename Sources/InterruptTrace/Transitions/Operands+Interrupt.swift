extension Transition {
  // MARK: The physical interrupt, and virtual ones that are injected directly

  /// Of ``TransitionKind/pending``, ``TransitionKind/merged`` and their virtual counterparts: why, and from where.
  @frozen public struct Pending: TransitionOperands {
    /// ``Transition/a``.
    public let a: UInt64
    /// ``Transition/b``.
    public let b: UInt64
    @inlinable init(a: UInt64, b: UInt64) { (self.a, self.b) = (a, b) }
    /// With the SGI's source PE, or ``PE/none``.
    @inlinable public init(_ cause: PendingCause, sourcePE: UInt32 = PE.none) {
      self.init(a: UInt64(cause.rawValue), b: UInt64(sourcePE))
    }
    /// With the LPI's `DeviceID << 32 | EventID`, or ``noSource``.
    @inlinable public init(_ cause: PendingCause, message: UInt64) { self.init(a: UInt64(cause.rawValue), b: message) }

    /// Why; nil for a number that no cause has.
    @inlinable public var cause: PendingCause? { PendingCause(rawValue: causeNumber) }
    /// The number of the ``PendingCause``.
    @inlinable public var causeNumber: UInt8 { UInt8(truncatingIfNeeded: a) }
    /// Where it came from: of an SGI the PE that sent it, of an LPI `DeviceID << 32 | EventID`.
    @inlinable public var source: UInt64 { b }
    /// ``source`` of an LPI that no message made pending.
    @inlinable public static var noSource: UInt64 { .max }
    /// Whether an SGI's source PE is known.
    @inlinable public var hasSourcePE: Bool { b < UInt64(PE.none) }
    /// The PE that sent an SGI.
    @inlinable public var sourcePE: UInt32 { UInt32(truncatingIfNeeded: b) }
    /// Whether an LPI's message is known.
    @inlinable public var hasMessage: Bool { b != Self.noSource }
    /// The DeviceID of an LPI's message.
    @inlinable public var deviceID: UInt32 { UInt32(truncatingIfNeeded: b >> 32) }
    /// The EventID of an LPI's message.
    @inlinable public var eventID: UInt32 { UInt32(truncatingIfNeeded: b) }
  }

  /// The operands of ``TransitionKind/pending``, ``TransitionKind/merged`` and their virtual counterparts.
  @inlinable public var pending: Pending { Pending(a: a, b: b) }

  /// Of ``TransitionKind/pendingCleared`` and its virtual counterpart: what took the pending state away.
  @frozen public struct PendingCleared: TransitionOperands {
    /// ``Transition/a``.
    public let a: UInt64
    /// ``Transition/b``.
    public let b: UInt64
    @inlinable init(a: UInt64, b: UInt64) { (self.a, self.b) = (a, b) }
    /// With a cause.
    @inlinable public init(_ cause: PendingCause) { self.init(a: UInt64(cause.rawValue), b: 0) }

    /// Why; nil for a number that no cause has.
    @inlinable public var cause: PendingCause? { PendingCause(rawValue: causeNumber) }
    /// The number of the ``PendingCause``.
    @inlinable public var causeNumber: UInt8 { UInt8(truncatingIfNeeded: a) }
  }

  /// The operands of ``TransitionKind/pendingCleared`` and its virtual counterpart.
  @inlinable public var pendingCleared: PendingCleared { PendingCleared(a: a, b: b) }

  /// Of ``TransitionKind/acknowledged``.
  @frozen public struct Acknowledged: TransitionOperands {
    /// ``Transition/a``.
    public let a: UInt64
    /// ``Transition/b``.
    public let b: UInt64
    @inlinable init(a: UInt64, b: UInt64) { (self.a, self.b) = (a, b) }
    /// With every field.
    @inlinable public init(group: InterruptGroup, staysPending: Bool, runningPriority: UInt32, sourcePE: UInt32 = 0) {
      let low = (staysPending ? 1 : 0) | UInt64(runningPriority & 0xFF) << 8
      self.init(a: UInt64(group.rawValue), b: low | UInt64(sourcePE) << 32)
    }

    /// Its group, as the number of an ``InterruptGroup``.
    @inlinable public var group: UInt8 { UInt8(truncatingIfNeeded: a) }
    /// Whether it is pending again at once.
    @inlinable public var staysPending: Bool { b & 1 != 0 }
    /// The running priority from now on.
    @inlinable public var runningPriority: UInt32 { UInt32(truncatingIfNeeded: b >> 8) & 0xFF }
    /// The source PE of a GICv2 SGI.
    @inlinable public var sourcePE: UInt32 { UInt32(truncatingIfNeeded: b >> 32) }
  }

  /// The operands of ``TransitionKind/acknowledged``.
  @inlinable public var acknowledged: Acknowledged { Acknowledged(a: a, b: b) }

  /// Of ``TransitionKind/spuriousAcknowledge`` and its virtual counterpart.
  @frozen public struct SpuriousAcknowledge: TransitionOperands {
    /// ``Transition/a``.
    public let a: UInt64
    /// ``Transition/b``.
    public let b: UInt64
    @inlinable init(a: UInt64, b: UInt64) { (self.a, self.b) = (a, b) }
    /// With the INTID that was returned.
    @inlinable public init(value: UInt32) { self.init(a: UInt64(value), b: 0) }

    /// The special INTID that was returned.
    @inlinable public var value: UInt32 { UInt32(truncatingIfNeeded: a) }
  }

  /// The operands of ``TransitionKind/spuriousAcknowledge`` and its virtual counterpart.
  @inlinable public var spuriousAcknowledge: SpuriousAcknowledge { SpuriousAcknowledge(a: a, b: b) }

  /// Of ``TransitionKind/endOfInterrupt``.
  @frozen public struct EndOfInterrupt: TransitionOperands {
    /// ``Transition/a``.
    public let a: UInt64
    /// ``Transition/b``.
    public let b: UInt64
    @inlinable init(a: UInt64, b: UInt64) { (self.a, self.b) = (a, b) }
    /// With every field.
    @inlinable public init(deactivates: Bool, runningPriority: UInt32, cpuID: UInt32 = 0) {
      let low: UInt64 = deactivates ? 1 : 0
      self.init(a: low | UInt64(cpuID & 7) << 8, b: UInt64(min(runningPriority, Self.idlePriority)))
    }

    /// ``runningPriority`` when nothing runs.
    @inlinable public static var idlePriority: UInt32 { 0xFF }
    /// Whether it deactivated the interrupt too.
    @inlinable public var deactivates: Bool { a & 1 != 0 }
    /// The source PE that the end of a GICv2 SGI names.
    @inlinable public var cpuID: UInt32 { UInt32(truncatingIfNeeded: a >> 8) & 7 }
    /// The running priority from now on, ``idlePriority`` if nothing runs.
    @inlinable public var runningPriority: UInt32 { UInt32(truncatingIfNeeded: b) & 0xFF }
  }

  /// The operands of ``TransitionKind/endOfInterrupt``.
  @inlinable public var endOfInterrupt: EndOfInterrupt { EndOfInterrupt(a: a, b: b) }

  /// Of ``TransitionKind/mismatchedEnd``.
  @frozen public struct MismatchedEnd: TransitionOperands {
    /// ``Transition/a``.
    public let a: UInt64
    /// ``Transition/b``.
    public let b: UInt64
    @inlinable init(a: UInt64, b: UInt64) { (self.a, self.b) = (a, b) }
    /// With the running priority from now on, if it dropped all the same.
    @inlinable public init(runningPriority: UInt32 = 0) { self.init(a: 0, b: UInt64(min(runningPriority, 0xFF))) }

    /// Whether the running priority dropped all the same, as a GICv2's does.
    @inlinable public var dropsPriority: Bool { runningPriority != 0 }
    /// The running priority from now on if it dropped, 0xFF if nothing runs; else 0.
    @inlinable public var runningPriority: UInt32 { UInt32(truncatingIfNeeded: b) & 0xFF }
  }

  /// The operands of ``TransitionKind/mismatchedEnd``.
  @inlinable public var mismatchedEnd: MismatchedEnd { MismatchedEnd(a: a, b: b) }

  /// Of ``TransitionKind/deactivated``.
  @frozen public struct Deactivated: TransitionOperands {
    /// ``Transition/a``.
    public let a: UInt64
    /// ``Transition/b``.
    public let b: UInt64
    @inlinable init(a: UInt64, b: UInt64) { (self.a, self.b) = (a, b) }
    /// With its field.
    @inlinable public init(isPending: Bool) { self.init(a: isPending ? 1 : 0, b: 0) }

    /// Whether it is still pending.
    @inlinable public var isPending: Bool { a & 1 != 0 }
  }

  /// The operands of ``TransitionKind/deactivated``.
  @inlinable public var deactivated: Deactivated { Deactivated(a: a, b: b) }
}
