extension Transition {
  // MARK: Messages and commands

  /// Of ``TransitionKind/msi``.
  @frozen public struct MSI: TransitionOperands {
    /// ``Transition/a``.
    public let a: UInt64
    /// ``Transition/b``.
    public let b: UInt64
    @inlinable init(a: UInt64, b: UInt64) { (self.a, self.b) = (a, b) }
    /// With `DeviceID << 32 | EventID`.
    @inlinable public init(message: UInt64) { self.init(a: message, b: 0) }

    /// `DeviceID << 32 | EventID`, as one key.
    @inlinable public var message: UInt64 { a }
    /// The DeviceID.
    @inlinable public var deviceID: UInt32 { UInt32(truncatingIfNeeded: a >> 32) }
    /// The EventID.
    @inlinable public var eventID: UInt32 { UInt32(truncatingIfNeeded: a) }
  }

  /// The operands of ``TransitionKind/msi``.
  @inlinable public var msi: MSI { MSI(a: a, b: b) }

  /// Of ``TransitionKind/itsFault``.
  @frozen public struct Fault: TransitionOperands {
    /// ``Transition/a``.
    public let a: UInt64
    /// ``Transition/b``.
    public let b: UInt64
    @inlinable init(a: UInt64, b: UInt64) { (self.a, self.b) = (a, b) }
    /// With `DeviceID << 32 | EventID`.
    @inlinable public init(_ fault: ITSFault, message: UInt64) { self.init(a: message, b: fault.rawValue) }

    /// `DeviceID << 32 | EventID`, as one key.
    @inlinable public var message: UInt64 { a }
    /// The DeviceID.
    @inlinable public var deviceID: UInt32 { UInt32(truncatingIfNeeded: a >> 32) }
    /// The EventID.
    @inlinable public var eventID: UInt32 { UInt32(truncatingIfNeeded: a) }
    /// What went wrong; nil for a number that no fault has.
    @inlinable public var fault: ITSFault? { ITSFault(rawValue: faultNumber) }
    /// The number of the ``ITSFault``.
    @inlinable public var faultNumber: UInt64 { b }
  }

  /// The operands of ``TransitionKind/itsFault``.
  @inlinable public var itsFault: Fault { Fault(a: a, b: b) }

  /// Of ``TransitionKind/itsCommand``.
  @frozen public struct Command: TransitionOperands {
    /// ``Transition/a``.
    public let a: UInt64
    /// ``Transition/b``.
    public let b: UInt64
    @inlinable init(a: UInt64, b: UInt64) { (self.a, self.b) = (a, b) }
    /// With every field; the error is 0 or an ``ITSError/code(_:)``.
    @inlinable public init(opcode: UInt8, error: UInt64, deviceID: UInt32, eventID: UInt32) {
      self.init(a: UInt64(opcode) | UInt64(deviceID) << 32, b: error & 0xFF_FFFF | UInt64(eventID) << 32)
    }

    /// The command: one of ``ITSOpcode``.
    @inlinable public var opcode: UInt8 { UInt8(truncatingIfNeeded: a) }
    /// The error code (IHI 0069H, 5.3), 0 for none.
    @inlinable public var error: UInt64 { b & 0xFF_FFFF }
    /// The DeviceID.
    @inlinable public var deviceID: UInt32 { UInt32(truncatingIfNeeded: a >> 32) }
    /// The EventID.
    @inlinable public var eventID: UInt32 { UInt32(truncatingIfNeeded: b >> 32) }
    /// `DeviceID << 32 | EventID`, as one key.
    @inlinable public var message: UInt64 { UInt64(deviceID) << 32 | UInt64(eventID) }
  }

  /// The operands of ``TransitionKind/itsCommand``.
  @inlinable public var itsCommand: Command { Command(a: a, b: b) }

  /// Of ``TransitionKind/mapping``.
  @frozen public struct Mapping: TransitionOperands {
    /// ``Transition/a``.
    public let a: UInt64
    /// ``Transition/b``.
    public let b: UInt64
    @inlinable init(a: UInt64, b: UInt64) { (self.a, self.b) = (a, b) }
    /// With `DeviceID << 32 | EventID`.
    @inlinable public init(message: UInt64, isMapped: Bool) { self.init(a: message, b: isMapped ? 1 : 0) }

    /// `DeviceID << 32 | EventID`, as one key.
    @inlinable public var message: UInt64 { a }
    /// The DeviceID.
    @inlinable public var deviceID: UInt32 { UInt32(truncatingIfNeeded: a >> 32) }
    /// The EventID.
    @inlinable public var eventID: UInt32 { UInt32(truncatingIfNeeded: a) }
    /// Whether the event is mapped from now on.
    @inlinable public var isMapped: Bool { b & 1 != 0 }
  }

  /// The operands of ``TransitionKind/mapping``.
  @inlinable public var mapping: Mapping { Mapping(a: a, b: b) }
}
