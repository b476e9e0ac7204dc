// MARK: The ITS and its tables

extension Transition {
  /// Of ``TransitionKind/collection``.
  public enum Collection {}
  /// The operands of ``TransitionKind/collection``.
  @inlinable public var collection: Operands<Collection> { Operands(a: a, b: b) }

  /// Of ``TransitionKind/itsEnabled``.
  public enum ITSEnabled {}
  /// The operands of ``TransitionKind/itsEnabled``.
  @inlinable public var itsEnabled: Operands<ITSEnabled> { Operands(a: a, b: b) }

  /// Of ``TransitionKind/commandsWaiting``.
  @frozen public struct CommandsWaiting: BitwiseCopyable, Sendable {
    /// The ITS: ``Transition/priority``.
    public let its: UInt32
    /// `GITS_CREADR`.
    public let reader: UInt64
    /// `GITS_CWRITER`.
    public let writer: UInt64
    @inlinable init(_ t: Transition) { (its, reader, writer) = (t.priority, t.a, t.b) }

    /// `GITS_CREADR.Stalled`: a command could not be carried out.
    @inlinable public var isStalled: Bool { reader & 1 != 0 }
  }
  /// The operands of ``TransitionKind/commandsWaiting``.
  @inlinable public var commandsWaiting: CommandsWaiting { CommandsWaiting(self) }

  /// Of ``TransitionKind/tableWalk``.
  public enum Walk: MessageOperands {}
  /// The operands of ``TransitionKind/tableWalk``.
  @inlinable public var tableWalk: Operands<Walk> { Operands(a: a, b: b) }

  /// Of ``TransitionKind/tableRead``.
  public enum TableRead {}
  /// The operands of ``TransitionKind/tableRead``.
  @inlinable public var tableRead: Operands<TableRead> { Operands(a: a, b: b) }
}

extension Transition.Operands<Transition.Collection> {
  /// The ICID.
  @inlinable public var icid: UInt32 { UInt32(truncatingIfNeeded: a) }
  /// The ITS, 0 to 15.
  @inlinable public var its: Int { Int(truncatingIfNeeded: b & 15) }
}

extension Transition.Operands<Transition.ITSEnabled> {
  /// Whether it is enabled from now on.
  @inlinable public var isEnabled: Bool { a & 1 != 0 }
  /// The ITS, 0 to 15.
  @inlinable public var its: Int { Int(truncatingIfNeeded: b & 15) }
}

extension Transition.Operands<Transition.Walk> {
  /// What was read.
  @inlinable public var walk: TableWalk { TableWalk(rawValue: b) }
}

extension Transition.Operands<Transition.TableRead> {
  /// The DeviceID, ICID, vPEID or EventID.
  @inlinable public var id: UInt64 { a }
  /// The table.
  @inlinable public var table: ITSTable { ITSTable(rawValue: UInt8(truncatingIfNeeded: b) & 3)! }
  /// The ITS, 0 to 15.
  @inlinable public var its: Int { Int(truncatingIfNeeded: b >> 8 & 15) }
  /// Whether the entry is valid.
  @inlinable public var isValid: Bool { b >> 16 & 1 != 0 }
}
