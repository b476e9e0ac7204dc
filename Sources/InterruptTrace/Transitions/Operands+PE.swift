// MARK: The PE

extension Transition {
  /// Of ``TransitionKind/cpuLine``.
  public enum CPULine {}
  /// The operands of ``TransitionKind/cpuLine``.
  @inlinable public var cpuLine: Operands<CPULine> { Operands(a: a, b: b) }

  /// Of ``TransitionKind/priorityMask``.
  public enum PriorityMask {}
  /// The operands of ``TransitionKind/priorityMask``.
  @inlinable public var priorityMask: Operands<PriorityMask> { Operands(a: a, b: b) }

  /// Of ``TransitionKind/groupEnables``: bit n stands for ``InterruptGroup`` n.
  public enum GroupEnables {}
  /// The operands of ``TransitionKind/groupEnables``.
  @inlinable public var groupEnables: Operands<GroupEnables> { Operands(a: a, b: b) }

  /// Of ``TransitionKind/sleep``.
  public enum Sleep {}
  /// The operands of ``TransitionKind/sleep``.
  @inlinable public var sleep: Operands<Sleep> { Operands(a: a, b: b) }

  /// Of ``TransitionKind/lpisEnabled``.
  public enum LPIsEnabled {}
  /// The operands of ``TransitionKind/lpisEnabled``.
  @inlinable public var lpisEnabled: Operands<LPIsEnabled> { Operands(a: a, b: b) }

  /// Of ``TransitionKind/endMode``: whether an end of interrupt leaves deactivation to software.
  public enum EndMode {}
  /// The operands of ``TransitionKind/endMode``.
  @inlinable public var endMode: Operands<EndMode> { Operands(a: a, b: b) }

  /// Of ``TransitionKind/sgiSent``.
  public enum SGISent {}
  /// The operands of ``TransitionKind/sgiSent``.
  @inlinable public var sgiSent: Operands<SGISent> { Operands(a: a, b: b) }

  /// Of ``TransitionKind/sgiWritten``.
  public enum SGIWritten {}
  /// The operands of ``TransitionKind/sgiWritten``.
  @inlinable public var sgiWritten: Operands<SGIWritten> { Operands(a: a, b: b) }
}

extension Transition.Operands<Transition.CPULine> {
  /// The requests from now on.
  @inlinable public var levels: CPULines { CPULines(rawValue: a) }
  /// Those that changed.
  @inlinable public var changed: CPULines { CPULines(rawValue: b) }
}

extension Transition.Operands<Transition.PriorityMask> {
  /// The mask from now on, as the CPU interface compares it.
  @inlinable public var mask: UInt32 { UInt32(truncatingIfNeeded: a) }
  /// The mask before.
  @inlinable public var before: UInt32 { UInt32(truncatingIfNeeded: b) }
}

extension Transition.Operands<Transition.GroupEnables> {
  /// Groups that are enabled.
  @inlinable public var enabled: UInt8 { UInt8(truncatingIfNeeded: a) }
  /// Groups of which that is known.
  @inlinable public var known: UInt8 { UInt8(truncatingIfNeeded: b) }
}

extension Transition.Operands<Transition.Sleep> {
  /// Whether the PE sleeps.
  @inlinable public var isAsleep: Bool { a & 1 != 0 }
}

extension Transition.Operands<Transition.LPIsEnabled> {
  /// The value of `GICR_CTLR.EnableLPIs`.
  @inlinable public var isEnabled: Bool { a & 1 != 0 }
}

extension Transition.Operands<Transition.EndMode> {
  /// In the Non-secure copy, or the only one.
  @inlinable public var nonSecure: Bool { a & 1 != 0 }
  /// In the Secure copy.
  @inlinable public var secure: Bool { a & 2 != 0 }
  /// Both: the Non-secure copy in bit 0, the Secure one in bit 1.
  @inlinable public var bits: UInt8 { UInt8(truncatingIfNeeded: a) }
}

extension Transition.Operands<Transition.SGISent> {
  /// The target PE.
  @inlinable public var target: UInt32 { UInt32(truncatingIfNeeded: a) }
}

extension Transition.Operands<Transition.SGIWritten> {
  /// With every field.
  @inlinable public init(targets: Int, isLegacy: Bool, sender: UInt32 = 0, value: UInt64) {
    self.init(a: UInt64(targets & 0xFFFF) | (isLegacy ? 0x1_0000 : 0) | UInt64(sender) << 32, b: value)
  }
  /// How many of the PEs that software named exist.
  @inlinable public var targets: UInt64 { a & 0xFFFF }
  /// Whether it wrote `GICD_SGIR`, else one of `ICC_SGI*R_EL1`.
  @inlinable public var isLegacy: Bool { a & 0x1_0000 != 0 }
  /// The affinity of the PE that wrote `ICC_SGI*R_EL1`.
  @inlinable public var sender: UInt32 { UInt32(truncatingIfNeeded: a >> 32) }
  /// What it wrote.
  @inlinable public var value: UInt64 { b }
  /// Whether the target list is empty.
  @inlinable public var namesNobody: Bool { (isLegacy ? b >> 16 & 0xFF : b & 0xFFFF) == 0 }
}
