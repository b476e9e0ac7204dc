// MARK: The physical interrupt, and virtual ones that are injected directly

extension Transition {
  /// Of ``TransitionKind/pending``, ``TransitionKind/merged`` and their virtual counterparts: why, and from where.
  public enum Pending {}
  /// The operands of ``TransitionKind/pending``, ``TransitionKind/merged`` and their virtual counterparts.
  @inlinable public var pending: Operands<Pending> { Operands(a: a, b: b) }

  /// Of ``TransitionKind/pendingCleared`` and its virtual counterpart: what took the pending state away.
  public enum PendingCleared {}
  /// The operands of ``TransitionKind/pendingCleared`` and its virtual counterpart.
  @inlinable public var pendingCleared: Operands<PendingCleared> { Operands(a: a, b: b) }

  /// Of ``TransitionKind/acknowledged``.
  public enum Acknowledged {}
  /// The operands of ``TransitionKind/acknowledged``.
  @inlinable public var acknowledged: Operands<Acknowledged> { Operands(a: a, b: b) }

  /// Of ``TransitionKind/spuriousAcknowledge`` and its virtual counterpart.
  public enum SpuriousAcknowledge {}
  /// The operands of ``TransitionKind/spuriousAcknowledge`` and its virtual counterpart.
  @inlinable public var spuriousAcknowledge: Operands<SpuriousAcknowledge> { Operands(a: a, b: b) }

  /// Of ``TransitionKind/endOfInterrupt``.
  public enum EndOfInterrupt {
    /// ``runningPriority`` when nothing runs.
    @inlinable public static var idlePriority: UInt32 { 0xFF }
  }
  /// The operands of ``TransitionKind/endOfInterrupt``.
  @inlinable public var endOfInterrupt: Operands<EndOfInterrupt> { Operands(a: a, b: b) }

  /// Of ``TransitionKind/mismatchedEnd``.
  public enum MismatchedEnd {}
  /// The operands of ``TransitionKind/mismatchedEnd``.
  @inlinable public var mismatchedEnd: Operands<MismatchedEnd> { Operands(a: a, b: b) }

  /// Of ``TransitionKind/deactivated``.
  public enum Deactivated {}
  /// The operands of ``TransitionKind/deactivated``.
  @inlinable public var deactivated: Operands<Deactivated> { Operands(a: a, b: b) }
}

extension Transition.Operands<Transition.Pending> {
  /// With the SGI's source PE, or ``PE/none``.
  @inlinable public init(_ cause: PendingCause, sourcePE: UInt32 = PE.none) {
    self.init(a: UInt64(cause.rawValue), b: UInt64(sourcePE))
  }
  /// Why; nil for a number that no cause has.
  @inlinable public var cause: PendingCause? { PendingCause(rawValue: causeNumber) }
  /// The number of the ``PendingCause``.
  @inlinable public var causeNumber: UInt8 { UInt8(truncatingIfNeeded: a) }
  /// Where it came from: of an SGI the PE that sent it, of an LPI `DeviceID << 32 | EventID`, `.max` if no message
  /// made it pending.
  @inlinable public var source: UInt64 { b }
  /// Whether an SGI's source PE is known.
  @inlinable public var hasSourcePE: Bool { b < UInt64(PE.none) }
  /// The PE that sent an SGI.
  @inlinable public var sourcePE: UInt32 { UInt32(truncatingIfNeeded: b) }
  /// Whether an LPI's message is known.
  @inlinable public var hasMessage: Bool { b != .max }
  /// The DeviceID of an LPI's message.
  @inlinable public var deviceID: UInt32 { UInt32(truncatingIfNeeded: b >> 32) }
  /// The EventID of an LPI's message.
  @inlinable public var eventID: UInt32 { UInt32(truncatingIfNeeded: b) }
}

extension Transition.Operands<Transition.PendingCleared> {
  /// Why; nil for a number that no cause has.
  @inlinable public var cause: PendingCause? { PendingCause(rawValue: causeNumber) }
  /// The number of the ``PendingCause``.
  @inlinable public var causeNumber: UInt8 { UInt8(truncatingIfNeeded: a) }
}

extension Transition.Operands<Transition.Acknowledged> {
  /// Its group, as the number of an ``InterruptGroup``.
  @inlinable public var group: UInt8 { UInt8(truncatingIfNeeded: a) }
  /// Whether it is pending again at once.
  @inlinable public var staysPending: Bool { b & 1 != 0 }
  /// The running priority from now on.
  @inlinable public var runningPriority: UInt32 { UInt32(truncatingIfNeeded: b >> 8) & 0xFF }
  /// The source PE of a GICv2 SGI.
  @inlinable public var sourcePE: UInt32 { UInt32(truncatingIfNeeded: b >> 32) }
}

extension Transition.Operands<Transition.SpuriousAcknowledge> {
  /// The special INTID that was returned.
  @inlinable public var value: UInt32 { UInt32(truncatingIfNeeded: a) }
}

extension Transition.Operands<Transition.EndOfInterrupt> {
  /// With every field.
  @inlinable public init(deactivates: Bool, runningPriority: UInt32, cpuID: UInt32 = 0) {
    let low: UInt64 = deactivates ? 1 : 0
    self.init(
      a: low | UInt64(cpuID & 7) << 8, b: UInt64(min(runningPriority, Transition.EndOfInterrupt.idlePriority)))
  }
  /// The source PE that the end of a GICv2 SGI names.
  @inlinable public var cpuID: UInt32 { UInt32(truncatingIfNeeded: a >> 8) & 7 }
  /// Whether it deactivated the interrupt too.
  @inlinable public var deactivates: Bool { a & 1 != 0 }
  /// The running priority from now on, ``idlePriority`` if nothing runs.
  @inlinable public var runningPriority: UInt32 { UInt32(truncatingIfNeeded: b) & 0xFF }
}

extension Transition.Operands<Transition.MismatchedEnd> {
  /// Whether the running priority dropped all the same, as a GICv2's does.
  @inlinable public var dropsPriority: Bool { runningPriority != 0 }
  /// The running priority from now on if it dropped, 0xFF if nothing runs; else 0.
  @inlinable public var runningPriority: UInt32 { UInt32(truncatingIfNeeded: b) & 0xFF }
}

extension Transition.Operands<Transition.Deactivated> {
  /// Whether it is still pending.
  @inlinable public var isPending: Bool { a & 1 != 0 }
}
