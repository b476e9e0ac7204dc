// MARK: The virtual interface, vPEs and guests

extension Transition {
  /// Of ``TransitionKind/maintenance``.
  public enum Maintenance {}
  /// The operands of ``TransitionKind/maintenance``.
  @inlinable public var maintenance: Operands<Maintenance> { Operands(a: a, b: b) }

  /// Of ``TransitionKind/lrOverflow``.
  public enum Overflow {}
  /// The operands of ``TransitionKind/lrOverflow``.
  @inlinable public var lrOverflow: Operands<Overflow> { Operands(a: a, b: b) }

  /// Of ``TransitionKind/virtualInterfaceEnabled``, ``TransitionKind/virtualInterfaceDisabled`` and
  /// ``TransitionKind/guestRuns``.
  public enum VirtualInterfaceSwitch {}
  /// The operands of a transition that the virtual interface as a whole goes through.
  @inlinable public var virtualInterface: Operands<VirtualInterfaceSwitch> { Operands(a: a, b: b) }

  /// Of ``TransitionKind/virtualControl``: the priority mask in bits 7:0, the enables of Group 0 and 1 in bits 8 and 9.
  public enum VirtualControl {}
  /// The operands of ``TransitionKind/virtualControl``.
  @inlinable public var virtualControl: Operands<VirtualControl> { Operands(a: a, b: b) }

  /// Of ``TransitionKind/vPEResident`` and ``TransitionKind/vPENonresident``.
  public enum Residency {}
  /// The operands of ``TransitionKind/vPEResident`` and ``TransitionKind/vPENonresident``.
  @inlinable public var residency: Operands<Residency> { Operands(a: a, b: b) }

  /// Of ``TransitionKind/guestOutcome``.
  public enum GuestOutcome {}
  /// The operands of ``TransitionKind/guestOutcome``.
  @inlinable public var guestOutcome: Operands<GuestOutcome> { Operands(a: a, b: b) }
}

extension Transition.Operands<Transition.Maintenance> {
  /// Whether it is requested from now on.
  @inlinable public var isRaised: Bool { a & 1 != 0 }
  /// `ICH_MISR_EL2` or `GICH_MISR`.
  @inlinable public var status: UInt32 { UInt32(truncatingIfNeeded: b) }
}

extension Transition.Operands<Transition.Overflow> {
  /// With its field.
  @inlinable public init(isActive: Bool) { self.init(a: isActive ? 1 : 0, b: 0) }
  /// Whether it is active, else pending.
  @inlinable public var isActive: Bool { a & 1 != 0 }
}

extension Transition.Operands<Transition.VirtualInterfaceSwitch> {
  /// With every field.
  @inlinable public init(control: UInt32, listRegisters: Int) {
    self.init(a: UInt64(control), b: UInt64(listRegisters))
  }
  /// How many list registers there are.
  @inlinable public var listRegisters: Int { Int(truncatingIfNeeded: b & 0xFF) }
  /// `ICH_HCR_EL2` or `GICH_HCR`: the new value, or the one before it was disabled.
  @inlinable public var control: UInt32 { UInt32(truncatingIfNeeded: a) }
}

extension Transition.Operands<Transition.VirtualControl> {
  /// The values.
  @inlinable public var bits: UInt32 { UInt32(truncatingIfNeeded: a) & 0x3FF }
  /// Which of the bits are known.
  @inlinable public var known: UInt32 { UInt32(truncatingIfNeeded: b) & 0x3FF }
}

extension Transition.Operands<Transition.Residency> {
  /// The address of the vPE's pending table.
  @inlinable public var pendingTable: UInt64 { a }
  /// Of a vPE that is no longer resident: whether something is pending for it.
  @inlinable public var isPending: Bool { b & 1 != 0 }
}

extension Transition.Operands<Transition.GuestOutcome> {
  /// With every field.
  @inlinable public init(isPending: Bool, isActive: Bool, rule: UInt8) {
    self.init(a: (isPending ? 1 : 0) | (isActive ? 2 : 0), b: UInt64(rule))
  }
  /// Bit 0 is set if it is still pending, bit 1 if the guest is still handling it; 0 if it has ended.
  @inlinable public var state: UInt8 { UInt8(truncatingIfNeeded: a) & 3 }
  /// Whether it is still pending.
  @inlinable public var isPending: Bool { a & 1 != 0 }
  /// Whether the guest is still handling it.
  @inlinable public var isActive: Bool { a & 2 != 0 }
  /// Whether it has ended: neither pending nor active.
  @inlinable public var hasEnded: Bool { state == 0 }
  /// The number of the rule that found it out.
  @inlinable public var rule: UInt8 { UInt8(truncatingIfNeeded: b) }
}
