import InterruptTrace

/// One virtual interrupt on a vCPU's list of pending and active interrupts (KVM's `ap_list`).
@frozen public struct QueuedInterrupt: BitwiseCopyable, Equatable, Sendable {
  /// The INTID that the guest sees.
  public var intid: UInt32
  /// The physical INTID it is linked to, if ``Traits/hardware``.
  public var physicalINTID: UInt16
  /// Its priority, 0 the highest.
  public var priority: UInt8
  /// Of a GICv2 guest's SGI: one bit for each vCPU that sent it and whose SGI is not yet delivered.
  public var sources: UInt8
  /// Of a GICv2 guest's SGI: the sender of the one that is active.
  public var activeSource: UInt8
  /// Its state and configuration.
  public var traits: Traits

  /// Facts about an interrupt that are yes or no.
  @frozen public struct Traits: OptionSet, BitwiseCopyable, Hashable, Sendable {
    /// The bits.
    public var rawValue: UInt16
    /// Any combination.
    @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// Its pending state is latched: an edge, or a write of `ISPENDR`.
    @inlinable public static var latched: Self { .init(rawValue: 1 << 0) }
    /// Its input line is high, as far as software was told.
    @inlinable public static var line: Self { .init(rawValue: 1 << 1) }
    /// It is active.
    @inlinable public static var active: Self { .init(rawValue: 1 << 2) }
    /// It is enabled.
    @inlinable public static var enabled: Self { .init(rawValue: 1 << 3) }
    /// It belongs to Group 1.
    @inlinable public static var group1: Self { .init(rawValue: 1 << 4) }
    /// It is level-sensitive.
    @inlinable public static var level: Self { .init(rawValue: 1 << 5) }
    /// It is linked to a physical interrupt, which the guest's end deactivates.
    @inlinable public static var hardware: Self { .init(rawValue: 1 << 6) }
    /// It is linked to a physical interrupt whose state software carries over, because the hardware cannot.
    @inlinable public static var softwareResampled: Self { .init(rawValue: 1 << 7) }
    /// It is to be delivered to the vCPU on whose list it is. Unset if it was retargeted or its group's distributor
    /// enable was cleared since.
    @inlinable public static var deliverable: Self { .init(rawValue: 1 << 8) }
  }

  /// An interrupt that is enabled, deliverable and in Group 1, unless `traits` says otherwise.
  @inlinable
  public init(
    intid: UInt32, priority: UInt8 = 0xA0, traits: Traits = [.enabled, .deliverable, .group1],
    physicalINTID: UInt16 = 0, sources: UInt8 = 0, activeSource: UInt8 = 0
  ) {
    self.intid = intid
    self.physicalINTID = physicalINTID
    self.priority = priority
    self.sources = sources
    self.activeSource = activeSource
    self.traits = traits
  }

  /// Whether it is pending: an edge-triggered one by its latch, a level-sensitive one by its latch or its line.
  @inlinable public var isPending: Bool {
    traits.contains(.latched) || (traits.contains(.level) && traits.contains(.line))
  }

  /// Whether it is active.
  @inlinable public var isActive: Bool {
    get { traits.contains(.active) }
    set { if newValue { traits.insert(.active) } else { traits.remove(.active) } }
  }

  /// Whether it is an SGI.
  @inlinable public var isSGI: Bool { INTID.isSGI(intid) }

  /// Whether it is level-sensitive and linked to a physical interrupt: software sees only its rising edges.
  @inlinable public var isMappedLevel: Bool { traits.contains([.level, .hardware]) }

  /// How many list registers it would take to hold all of it: a GICv2 guest's SGI takes one for each source, and one for
  /// the active one.
  @inlinable public var registersWanted: Int {
    isSGI && sources != 0 ? sources.nonzeroBitCount + (isActive ? 1 : 0) : 1
  }
}
