// MARK: List registers and the virtual interface

extension Transition {
  /// Of ``TransitionKind/lrFilled``, ``TransitionKind/lrEmptied``, ``TransitionKind/lrOverwritten`` and
  /// ``TransitionKind/lrWritten``. The index is also that of ``TransitionKind/virtualAcknowledged``,
  /// ``TransitionKind/virtualDeactivated`` and ``TransitionKind/virtualEndOfInterrupt``, which have no value.
  public enum ListRegister {}
  /// The operands of a transition that names a list register.
  @inlinable public var listRegister: Operands<ListRegister> { Operands(a: a, b: b) }

  /// Of ``TransitionKind/virtualEndOfInterrupt``.
  public enum VirtualEnd {
    /// ``index`` of an interrupt that no list register holds.
    @inlinable public static var unlisted: UInt64 { 0xFF }
  }
  /// The operands of ``TransitionKind/virtualEndOfInterrupt``.
  @inlinable public var virtualEndOfInterrupt: Operands<VirtualEnd> { Operands(a: a, b: b) }
}

extension Transition.Operands<Transition.ListRegister> {
  /// With every field.
  @inlinable public init(index: Int, value: UInt64 = 0, isSaved: Bool = false) {
    self.init(a: UInt64(index) | (isSaved ? 0x100 : 0), b: value)
  }
  /// The list register's number; greater than any if none holds the interrupt, as with directly injected ones.
  @inlinable public var index: UInt64 { a & 0xFF }
  /// Of what is overwritten: the hypervisor had read it since the guest last ran, or the capture had not shown it.
  @inlinable public var isSaved: Bool { a & 0x100 != 0 }
  /// `ICH_LR<n>_EL2`, or `GICH_LR<n>` in bits 31:0; before the change, if it is emptied or overwritten.
  @inlinable public var value: UInt64 { b }
}

extension Transition.Operands<Transition.VirtualEnd> {
  /// The list register's number, or ``unlisted``.
  @inlinable public var index: UInt64 { a }
  /// Whether no list register held it.
  @inlinable public var isUnlisted: Bool { a == Transition.VirtualEnd.unlisted }
  /// Whether it deactivated the interrupt too.
  @inlinable public var deactivates: Bool { b & 1 != 0 }
  /// Whether no list register held it and the guest is done with it: EOIcount has the end, and the hypervisor deactivates.
  @inlinable public var isCounted: Bool { b & 2 != 0 }
}
