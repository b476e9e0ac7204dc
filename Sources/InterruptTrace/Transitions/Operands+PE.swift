extension Transition {
  // MARK: The PE

  /// Of ``TransitionKind/cpuLine``.
  @frozen public struct CPULine: TransitionOperands {
    /// ``Transition/a``.
    public let a: UInt64
    /// ``Transition/b``.
    public let b: UInt64
    @inlinable init(a: UInt64, b: UInt64) { (self.a, self.b) = (a, b) }
    /// With every field.
    @inlinable public init(levels: CPULines, changed: CPULines) { self.init(a: levels.rawValue, b: changed.rawValue) }

    /// The requests from now on.
    @inlinable public var levels: CPULines { CPULines(rawValue: a) }
    /// Those that changed.
    @inlinable public var changed: CPULines { CPULines(rawValue: b) }
  }

  /// The operands of ``TransitionKind/cpuLine``.
  @inlinable public var cpuLine: CPULine { CPULine(a: a, b: b) }

  /// Of ``TransitionKind/priorityMask``.
  @frozen public struct PriorityMask: TransitionOperands {
    /// ``Transition/a``.
    public let a: UInt64
    /// ``Transition/b``.
    public let b: UInt64
    @inlinable init(a: UInt64, b: UInt64) { (self.a, self.b) = (a, b) }
    /// With every field.
    @inlinable public init(_ mask: UInt32, before: UInt32) { self.init(a: UInt64(mask), b: UInt64(before)) }

    /// The mask from now on, as the CPU interface compares it.
    @inlinable public var mask: UInt32 { UInt32(truncatingIfNeeded: a) }
    /// The mask before.
    @inlinable public var before: UInt32 { UInt32(truncatingIfNeeded: b) }
  }

  /// The operands of ``TransitionKind/priorityMask``.
  @inlinable public var priorityMask: PriorityMask { PriorityMask(a: a, b: b) }

  /// Of ``TransitionKind/groupEnables``: bit n stands for ``InterruptGroup`` n.
  @frozen public struct GroupEnables: TransitionOperands {
    /// ``Transition/a``.
    public let a: UInt64
    /// ``Transition/b``.
    public let b: UInt64
    @inlinable init(a: UInt64, b: UInt64) { (self.a, self.b) = (a, b) }
    /// With every field.
    @inlinable public init(enabled: UInt8, known: UInt8) { self.init(a: UInt64(enabled), b: UInt64(known)) }

    /// Groups that are enabled.
    @inlinable public var enabled: UInt8 { UInt8(truncatingIfNeeded: a) }
    /// Groups of which that is known.
    @inlinable public var known: UInt8 { UInt8(truncatingIfNeeded: b) }
  }

  /// The operands of ``TransitionKind/groupEnables``.
  @inlinable public var groupEnables: GroupEnables { GroupEnables(a: a, b: b) }

  /// Of ``TransitionKind/sleep``.
  @frozen public struct Sleep: TransitionOperands {
    /// ``Transition/a``.
    public let a: UInt64
    /// ``Transition/b``.
    public let b: UInt64
    @inlinable init(a: UInt64, b: UInt64) { (self.a, self.b) = (a, b) }
    /// With its field.
    @inlinable public init(isAsleep: Bool) { self.init(a: isAsleep ? 1 : 0, b: 0) }

    /// Whether the PE sleeps.
    @inlinable public var isAsleep: Bool { a & 1 != 0 }
  }

  /// The operands of ``TransitionKind/sleep``.
  @inlinable public var sleep: Sleep { Sleep(a: a, b: b) }

  /// Of ``TransitionKind/lpisEnabled``.
  @frozen public struct LPIsEnabled: TransitionOperands {
    /// ``Transition/a``.
    public let a: UInt64
    /// ``Transition/b``.
    public let b: UInt64
    @inlinable init(a: UInt64, b: UInt64) { (self.a, self.b) = (a, b) }
    /// With its field.
    @inlinable public init(isEnabled: Bool) { self.init(a: isEnabled ? 1 : 0, b: 0) }

    /// The value of `GICR_CTLR.EnableLPIs`.
    @inlinable public var isEnabled: Bool { a & 1 != 0 }
  }

  /// The operands of ``TransitionKind/lpisEnabled``.
  @inlinable public var lpisEnabled: LPIsEnabled { LPIsEnabled(a: a, b: b) }

  /// Of ``TransitionKind/endMode``: whether an end of interrupt leaves deactivation to software.
  @frozen public struct EndMode: TransitionOperands {
    /// ``Transition/a``.
    public let a: UInt64
    /// ``Transition/b``.
    public let b: UInt64
    @inlinable init(a: UInt64, b: UInt64) { (self.a, self.b) = (a, b) }
    /// With every field.
    @inlinable public init(nonSecure: Bool, secure: Bool) { self.init(a: (nonSecure ? 1 : 0) | (secure ? 2 : 0), b: 0) }

    /// In the Non-secure copy, or the only one.
    @inlinable public var nonSecure: Bool { a & 1 != 0 }
    /// In the Secure copy.
    @inlinable public var secure: Bool { a & 2 != 0 }
    /// Both: the Non-secure copy in bit 0, the Secure one in bit 1.
    @inlinable public var bits: UInt8 { UInt8(truncatingIfNeeded: a) }
  }

  /// The operands of ``TransitionKind/endMode``.
  @inlinable public var endMode: EndMode { EndMode(a: a, b: b) }

  /// Of ``TransitionKind/sgiSent``.
  @frozen public struct SGISent: TransitionOperands {
    /// ``Transition/a``.
    public let a: UInt64
    /// ``Transition/b``.
    public let b: UInt64
    @inlinable init(a: UInt64, b: UInt64) { (self.a, self.b) = (a, b) }
    /// With its field.
    @inlinable public init(target: UInt32) { self.init(a: UInt64(target), b: 0) }

    /// The target PE.
    @inlinable public var target: UInt32 { UInt32(truncatingIfNeeded: a) }
  }

  /// The operands of ``TransitionKind/sgiSent``.
  @inlinable public var sgiSent: SGISent { SGISent(a: a, b: b) }

  /// Of ``TransitionKind/sgiWritten``.
  @frozen public struct SGIWritten: TransitionOperands {
    /// ``Transition/a``.
    public let a: UInt64
    /// ``Transition/b``.
    public let b: UInt64
    @inlinable init(a: UInt64, b: UInt64) { (self.a, self.b) = (a, b) }
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

  /// The operands of ``TransitionKind/sgiWritten``.
  @inlinable public var sgiWritten: SGIWritten { SGIWritten(a: a, b: b) }
}
