// MARK: Messages and commands

extension Transition {
  /// Of ``TransitionKind/msi``.
  public enum MSI: MessageOperands {}
  /// The operands of ``TransitionKind/msi``.
  @inlinable public var msi: Operands<MSI> { Operands(a: a, b: b) }

  /// Of ``TransitionKind/itsFault``.
  public enum Fault: MessageOperands {}
  /// The operands of ``TransitionKind/itsFault``.
  @inlinable public var itsFault: Operands<Fault> { Operands(a: a, b: b) }

  /// Of ``TransitionKind/itsCommand``.
  public enum Command {}
  /// The operands of ``TransitionKind/itsCommand``.
  @inlinable public var itsCommand: Operands<Command> { Operands(a: a, b: b) }

  /// Of ``TransitionKind/mapping``.
  public enum Mapping: MessageOperands {}
  /// The operands of ``TransitionKind/mapping``.
  @inlinable public var mapping: Operands<Mapping> { Operands(a: a, b: b) }
}

/// A kind of transition whose first operand is a message's `DeviceID << 32 | EventID`.
public protocol MessageOperands {}

extension Transition.Operands where Kind: MessageOperands {
  /// `DeviceID << 32 | EventID`, as one key.
  @inlinable public var message: UInt64 { a }
  /// The DeviceID.
  @inlinable public var deviceID: UInt32 { UInt32(truncatingIfNeeded: a >> 32) }
  /// The EventID.
  @inlinable public var eventID: UInt32 { UInt32(truncatingIfNeeded: a) }
}

extension Transition.Operands<Transition.Fault> {
  /// What went wrong; nil for a number that no fault has.
  @inlinable public var fault: ITSFault? { ITSFault(rawValue: faultNumber) }
  /// The number of the ``ITSFault``.
  @inlinable public var faultNumber: UInt64 { b }
}

extension Transition.Operands<Transition.Command> {
  /// The command: one of ``ITSOpcode``.
  @inlinable public var opcode: UInt8 { UInt8(truncatingIfNeeded: a) }
  /// Whether that is a command: the ITS reads whatever memory holds.
  @inlinable public var isCommand: Bool { ITSOpcode.isCommand(opcode) }
  /// The place in the queue that held it, where it is no command.
  @inlinable public var slot: UInt32 { deviceID }
  /// The error code (IHI 0069H, 5.3), 0 for none.
  @inlinable public var error: UInt64 { b & 0xFF_FFFF }
  /// The DeviceID.
  @inlinable public var deviceID: UInt32 { UInt32(truncatingIfNeeded: a >> 32) }
  /// The EventID.
  @inlinable public var eventID: UInt32 { UInt32(truncatingIfNeeded: b >> 32) }
  /// `DeviceID << 32 | EventID`, as one key.
  @inlinable public var message: UInt64 { UInt64(deviceID) << 32 | UInt64(eventID) }
}

extension Transition.Operands<Transition.Mapping> {
  /// Whether the event is mapped from now on.
  @inlinable public var isMapped: Bool { b & 1 != 0 }
}
