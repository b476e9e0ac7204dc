/// The memory-mapped frames of a controller. Numbers are stable: they stand in native files.
@frozen public struct Frame: RawRepresentable, BitwiseCopyable, Hashable, Sendable {
  /// The number in the native file.
  public var rawValue: UInt8
  /// Any number, known or not.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The Distributor, `GICD_*`.
  @inlinable public static var gicd: Self { .init(rawValue: 1) }
  /// One PE's Redistributor, `GICR_*`: RD, SGI and, from GICv4, VLPI frames.
  @inlinable public static var gicr: Self { .init(rawValue: 2) }
  /// An ITS's control frame, `GITS_*`.
  @inlinable public static var gits: Self { .init(rawValue: 3) }
  /// An ITS's translation frame.
  @inlinable public static var translater: Self { .init(rawValue: 4) }
  /// The GICv2 CPU interface, `GICC_*`.
  @inlinable public static var gicc: Self { .init(rawValue: 5) }
  /// The virtual CPU interface, `GICV_*`.
  @inlinable public static var gicv: Self { .init(rawValue: 6) }
  /// The virtual interface control frame, `GICH_*`.
  @inlinable public static var gich: Self { .init(rawValue: 7) }
  /// A GICv2m MSI frame.
  @inlinable public static var gicm: Self { .init(rawValue: 8) }

  /// The manual's name for the frame.
  public var name: String {
    switch self {
    case .gicd: "GICD"
    case .gicr: "GICR"
    case .gits: "GITS"
    case .translater: "GITS_TRANSLATER"
    case .gicc: "GICC"
    case .gicv: "GICV"
    case .gich: "GICH"
    case .gicm: "MSI"
    default: "frame\(rawValue)"
    }
  }
}

/// The ITS tables whose entries a capture may show.
@frozen public enum ITSTable: UInt8, Sendable {
  /// The device table.
  case device = 0
  /// The collection table.
  case collection = 1
  /// An interrupt translation table.
  case interruptTranslation = 2
  /// The vPE table.
  case vPE = 3
}

extension Event {
  // MARK: Register accesses

  /// A memory-mapped access to `frame`. `owner` is the PE whose frame it is, or the ITS's index.
  @inlinable
  public static func mmio(
    _ kind: EventKind, time: UInt64, frame: Frame, offset: UInt32, value: UInt64, size: Int, owner: UInt32 = 0,
    accessor: UInt32 = PE.none, flags: EventFlags = []
  ) -> Event {
    let sizeLog2 = UInt8(truncatingIfNeeded: size.trailingZeroBitCount) & 3
    return Event(
      time: time, kind: kind, flags: EventFlags(rawValue: flags.rawValue | sizeLog2), pe: accessor,
      a: UInt64(offset) | UInt64(frame.rawValue) << 32 | UInt64(owner) << 40, b: value)
  }

  /// A system-register access by `pe`.
  @inlinable
  public static func sysreg(
    _ kind: EventKind, time: UInt64, pe: UInt32, register: SystemRegister, value: UInt64, flags: EventFlags = []
  ) -> Event {
    Event(
      time: time, kind: kind, flags: EventFlags(rawValue: flags.rawValue | 3), pe: pe, a: UInt64(register.rawValue),
      b: value)
  }

  /// Offset within the frame (register accesses that are not ``EventFlags/absolute``).
  @inlinable public var offset: UInt32 { UInt32(truncatingIfNeeded: a) }
  /// The frame accessed.
  @inlinable public var frame: Frame { Frame(rawValue: UInt8(truncatingIfNeeded: a >> 32)) }
  /// The PE whose frame is accessed (GICR, GICC, GICV, GICH), or the ITS's index (GITS).
  @inlinable public var owner: UInt32 { UInt32(truncatingIfNeeded: a >> 40) }
  /// The size of the access in bytes: 1, 2, 4 or 8.
  @inlinable public var size: Int { 1 << Int(flags.rawValue & 3) }
  /// The system register accessed.
  @inlinable public var register: SystemRegister { SystemRegister(rawValue: UInt16(truncatingIfNeeded: a)) }

  // MARK: Interrupts

  /// INTID of a line change, SGI, acknowledgement hint or highest-pending observation.
  @inlinable public var intid: UInt32 { UInt32(truncatingIfNeeded: a) }
  /// An MSI's EventID.
  @inlinable public var eventID: UInt32 { UInt32(truncatingIfNeeded: a) }
  /// An MSI's DeviceID.
  @inlinable public var deviceID: UInt32 { UInt32(truncatingIfNeeded: a >> 32) }
  /// Priority of a highest-pending observation; 255 (GICv3) means none.
  @inlinable public var priority: UInt32 { UInt32(truncatingIfNeeded: a >> 32) & 0xFFFF }
  /// Group of a highest-pending observation: 0 is Group 0, 1 is Secure Group 1, 2 is Non-secure Group 1.
  @inlinable public var group: UInt32 { UInt32(truncatingIfNeeded: a >> 48) & 0xF }

  // MARK: ITS

  /// The ITS concerned, 0 to 15.
  @inlinable public var its: Int { Int(flags.rawValue >> 4) }
  /// The table of a ``EventKind/tableEntry``.
  @inlinable public var table: ITSTable { ITSTable(rawValue: flags.rawValue & 3)! }
  /// The valid bit of a ``EventKind/tableEntry``.
  @inlinable public var entryIsValid: Bool {
    (flags.rawValue & 3 == ITSTable.interruptTranslation.rawValue ? b : a) & (1 << 40) != 0
  }
}

/// Levels of a PE's interrupt inputs, as in ``EventKind/cpuLine``: `a` holds levels, `b` which of them are shown.
@frozen public struct CPULines: OptionSet, BitwiseCopyable, Hashable, Sendable {
  /// The bits in the native file.
  public var rawValue: UInt64
  /// Any combination.
  @inlinable public init(rawValue: UInt64) { self.rawValue = rawValue }
  /// Physical IRQ.
  @inlinable public static var irq: Self { .init(rawValue: 1) }
  /// Physical FIQ.
  @inlinable public static var fiq: Self { .init(rawValue: 2) }
  /// Virtual IRQ.
  @inlinable public static var virq: Self { .init(rawValue: 4) }
  /// Virtual FIQ.
  @inlinable public static var vfiq: Self { .init(rawValue: 8) }
  /// Physical interrupt with superpriority (FEAT_NMI).
  @inlinable public static var nmi: Self { .init(rawValue: 16) }
}

/// What a ``EventKind/marker`` marks (bits 15:0 of `a`; bits 31:16 hold the text's length, bits 63:32 a number where the kind
/// has one, `b` the source line).
@frozen public struct MarkerKind: RawRepresentable, BitwiseCopyable, Hashable, Sendable {
  /// The number in the native file.
  public var rawValue: UInt16
  /// Any number, known or not.
  @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }
  /// Free text.
  @inlinable public static var text: Self { .init(rawValue: 0) }
  /// The emulator or kernel reported that the guest did something wrong.
  @inlinable public static var guestError: Self { .init(rawValue: 1) }
  /// The controller or a PE was reset.
  @inlinable public static var reset: Self { .init(rawValue: 2) }
  /// The text is a name of the kernel's interrupt `b`; bits 63:32 of `a` number the name, as runs of handlers do.
  @inlinable public static var interruptName: Self { .init(rawValue: 3) }
  /// The text is the name that the thread `b` has from here on.
  @inlinable public static var threadName: Self { .init(rawValue: 4) }
  /// The text is the ``IPIReason`` of number `b`.
  @inlinable public static var ipiReason: Self { .init(rawValue: 5) }
}
