extension Transition {
  // MARK: The ITS and its tables

  /// Of ``TransitionKind/collection``.
  @frozen public struct Collection: TransitionOperands {
    /// ``Transition/a``.
    public let a: UInt64
    /// ``Transition/b``.
    public let b: UInt64
    @inlinable init(a: UInt64, b: UInt64) { (self.a, self.b) = (a, b) }
    /// With every field.
    @inlinable public init(icid: UInt32, its: Int) { self.init(a: UInt64(icid), b: UInt64(its & 15)) }

    /// The ICID.
    @inlinable public var icid: UInt32 { UInt32(truncatingIfNeeded: a) }
    /// The ITS, 0 to 15.
    @inlinable public var its: Int { Int(truncatingIfNeeded: b & 15) }
  }

  /// The operands of ``TransitionKind/collection``.
  @inlinable public var collection: Collection { Collection(a: a, b: b) }

  /// Of ``TransitionKind/itsEnabled``.
  @frozen public struct ITSEnabled: TransitionOperands {
    /// ``Transition/a``.
    public let a: UInt64
    /// ``Transition/b``.
    public let b: UInt64
    @inlinable init(a: UInt64, b: UInt64) { (self.a, self.b) = (a, b) }
    /// With every field.
    @inlinable public init(isEnabled: Bool, its: Int) { self.init(a: isEnabled ? 1 : 0, b: UInt64(its & 15)) }

    /// Whether it is enabled from now on.
    @inlinable public var isEnabled: Bool { a & 1 != 0 }
    /// The ITS, 0 to 15.
    @inlinable public var its: Int { Int(truncatingIfNeeded: b & 15) }
  }

  /// The operands of ``TransitionKind/itsEnabled``.
  @inlinable public var itsEnabled: ITSEnabled { ITSEnabled(a: a, b: b) }

  /// Of ``TransitionKind/commandsWaiting``.
  @frozen public struct CommandsWaiting: TransitionOperands {
    /// ``Transition/a``.
    public let a: UInt64
    /// ``Transition/b``.
    public let b: UInt64
    /// The ITS: ``Transition/priority``.
    public let its: UInt32
    /// With every field. A writer passes the ITS as the transition's priority too.
    @inlinable public init(its: UInt32, reader: UInt64, writer: UInt64) { (self.its, a, b) = (its, reader, writer) }

    /// `GITS_CREADR`.
    @inlinable public var reader: UInt64 { a }
    /// `GITS_CWRITER`.
    @inlinable public var writer: UInt64 { b }
    /// `GITS_CREADR.Stalled`: a command could not be carried out.
    @inlinable public var isStalled: Bool { a & 1 != 0 }
  }

  /// The operands of ``TransitionKind/commandsWaiting``.
  @inlinable public var commandsWaiting: CommandsWaiting { CommandsWaiting(its: priority, reader: a, writer: b) }

  /// Of ``TransitionKind/tableWalk``.
  @frozen public struct Walk: TransitionOperands {
    /// ``Transition/a``.
    public let a: UInt64
    /// ``Transition/b``.
    public let b: UInt64
    @inlinable init(a: UInt64, b: UInt64) { (self.a, self.b) = (a, b) }
    /// With `DeviceID << 32 | EventID`.
    @inlinable public init(_ walk: TableWalk, message: UInt64) { self.init(a: message, b: walk.rawValue) }

    /// `DeviceID << 32 | EventID`, as one key.
    @inlinable public var message: UInt64 { a }
    /// The DeviceID.
    @inlinable public var deviceID: UInt32 { UInt32(truncatingIfNeeded: a >> 32) }
    /// The EventID.
    @inlinable public var eventID: UInt32 { UInt32(truncatingIfNeeded: a) }
    /// What was read.
    @inlinable public var walk: TableWalk { TableWalk(rawValue: b) }
  }

  /// The operands of ``TransitionKind/tableWalk``.
  @inlinable public var tableWalk: Walk { Walk(a: a, b: b) }

  /// Of ``TransitionKind/tableRead``.
  @frozen public struct TableRead: TransitionOperands {
    /// ``Transition/a``.
    public let a: UInt64
    /// ``Transition/b``.
    public let b: UInt64
    @inlinable init(a: UInt64, b: UInt64) { (self.a, self.b) = (a, b) }
    /// With every field.
    @inlinable public init(id: UInt64, table: ITSTable, its: Int, isValid: Bool) {
      self.init(a: id, b: UInt64(table.rawValue) | UInt64(its & 15) << 8 | (isValid ? 1 << 16 : 0))
    }

    /// The DeviceID, ICID, vPEID or EventID.
    @inlinable public var id: UInt64 { a }
    /// The table.
    @inlinable public var table: ITSTable { ITSTable(rawValue: UInt8(truncatingIfNeeded: b) & 3)! }
    /// The ITS, 0 to 15.
    @inlinable public var its: Int { Int(truncatingIfNeeded: b >> 8 & 15) }
    /// Whether the entry is valid.
    @inlinable public var isValid: Bool { b >> 16 & 1 != 0 }
  }

  /// The operands of ``TransitionKind/tableRead``.
  @inlinable public var tableRead: TableRead { TableRead(a: a, b: b) }
}
