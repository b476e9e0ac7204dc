/// What the model says followed from an event.
///
/// A plain value: analyzers live on these and never look inside the model.
@frozen public struct Transition: BitwiseCopyable, Sendable {
  /// Nanoseconds since the capture's epoch.
  public var time: UInt64
  /// Number of the event that caused it, counted from 0.
  public var event: UInt64
  /// What changed.
  public var kind: TransitionKind
  /// How certain it is.
  public var provenance: Provenance
  /// 0 is the physical controller, n is guest n.
  public var domain: UInt16
  /// The PE concerned, or ``PE/none``.
  public var pe: UInt32
  /// The interrupt concerned, or ``INTID/none``.
  public var intid: UInt32
  /// The interrupt's priority at that moment, where it matters.
  public var priority: UInt32
  /// First operand; the kind's accessor names what is in it.
  public var a: UInt64
  /// Second operand; the kind's accessor names what is in it.
  public var b: UInt64

  /// A transition with every field given.
  @inlinable
  public init(
    time: UInt64, event: UInt64, kind: TransitionKind, provenance: Provenance = .derived, domain: UInt16 = 0,
    pe: UInt32 = PE.none, intid: UInt32 = INTID.none, priority: UInt32 = 0, a: UInt64 = 0, b: UInt64 = 0
  ) {
    self.time = time
    self.event = event
    self.kind = kind
    self.provenance = provenance
    self.domain = domain
    self.pe = pe
    self.intid = intid
    self.priority = priority
    self.a = a
    self.b = b
  }
}
