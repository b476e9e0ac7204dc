/// What a capture says happened at one of the controller's ports, or one observation of its state.
///
/// 32 bytes, no references. What `a`, `b` and `flags` mean is the kind's row in ``EventLayout``.
/// A kind with more operands than fit is followed by one or more ``EventKind/continuation``
/// records of the same time and PE.
@frozen public struct Event: BitwiseCopyable, Equatable, Sendable {
  /// Nanoseconds since the capture's epoch.
  public var time: UInt64
  /// What happened.
  public var kind: EventKind
  /// Kind-specific flags.
  public var flags: EventFlags
  /// 0 is the machine that was traced with its physical controller, n is guest n; see ``Domain``.
  public var domain: UInt16
  /// Linear number of the processing element concerned, or ``PE/none``: a CPU in domain 0, a vCPU in a guest's.
  public var pe: UInt32
  /// First operand.
  public var a: UInt64
  /// Second operand.
  public var b: UInt64

  /// An event with every field given.
  @inlinable
  public init(
    time: UInt64, kind: EventKind, flags: EventFlags = [], domain: UInt16 = 0, pe: UInt32 = PE.none, a: UInt64 = 0,
    b: UInt64 = 0
  ) {
    self.time = time
    self.kind = kind
    self.flags = flags
    self.domain = domain
    self.pe = pe
    self.a = a
    self.b = b
  }
}

/// Constants about processing-element numbers.
public enum PE {
  /// Stands for "no PE", "not shown by the capture" or "all PEs", as the kind says.
  public static let none: UInt32 = 0xFFFF_FFFF
}

/// The number of a kind of event. Once shipped, a number keeps its meaning.
///
/// A struct rather than an enum, so that a record whose kind is not known yet can be read, counted and skipped.
@frozen public struct EventKind: RawRepresentable, BitwiseCopyable, Hashable, Sendable {
  /// The number in the native file.
  public var rawValue: UInt8
  /// Any number, known or not.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

  // MARK: Controller ports

  /// A read of a memory-mapped register, with the value that was returned.
  @inlinable public static var mmioRead: Self { .init(rawValue: 1) }
  /// A write of a memory-mapped register.
  @inlinable public static var mmioWrite: Self { .init(rawValue: 2) }
  /// A read of a CPU-interface system register, with the value that was returned.
  @inlinable public static var sysregRead: Self { .init(rawValue: 3) }
  /// A write of a CPU-interface system register.
  @inlinable public static var sysregWrite: Self { .init(rawValue: 4) }
  /// An SPI or PPI input changed its level.
  @inlinable public static var lineLevel: Self { .init(rawValue: 5) }
  /// A message-signalled interrupt was written to a doorbell.
  @inlinable public static var msi: Self { .init(rawValue: 6) }
  /// An ITS command; followed by one continuation with doublewords 2 and 3.
  @inlinable public static var itsCommand: Self { .init(rawValue: 7) }
  /// A write of memory that the controller reads: LPI configuration or pending tables, ITS tables.
  @inlinable public static var memoryWrite: Self { .init(rawValue: 8) }
  /// An SGI was accepted by its target PE.
  @inlinable public static var sgiPending: Self { .init(rawValue: 9) }

  // MARK: Observations to check the model by

  /// The level of interrupt requests to a PE.
  @inlinable public static var cpuLine: Self { .init(rawValue: 32) }
  /// The level of a PE's maintenance interrupt.
  @inlinable public static var maintenanceLine: Self { .init(rawValue: 33) }
  /// The highest-priority pending interrupt of a PE.
  @inlinable public static var highestPending: Self { .init(rawValue: 34) }
  /// An ITS table entry was read or written; an ITE or VTE takes one continuation.
  @inlinable public static var tableEntry: Self { .init(rawValue: 35) }
  /// An interrupt was selected for acknowledgement; the value the software got comes with the register read.
  @inlinable public static var acknowledge: Self { .init(rawValue: 36) }
  /// The value that a list register holds after a write.
  @inlinable public static var listRegister: Self { .init(rawValue: 37) }
  /// A PE took an exception.
  @inlinable public static var exceptionEntry: Self { .init(rawValue: 38) }
  /// A PE returned from an exception.
  @inlinable public static var exceptionReturn: Self { .init(rawValue: 39) }
  /// The ITS fetched a command from its queue.
  @inlinable public static var itsProcess: Self { .init(rawValue: 40) }
  /// An interrupt's enable bit changed.
  @inlinable public static var enableChange: Self { .init(rawValue: 41) }
  /// The highest-priority pending virtual interrupt of a PE.
  @inlinable public static var virtualHighestPending: Self { .init(rawValue: 42) }

  // MARK: Capture

  /// Events are missing here.
  @inlinable public static var gap: Self { .init(rawValue: 224) }
  /// One fact about the controller; see ``Topology``.
  @inlinable public static var topology: Self { .init(rawValue: 225) }
  /// A note in the capture; its text follows in continuations of 16 bytes.
  @inlinable public static var marker: Self { .init(rawValue: 226) }
  /// A network packet passed by.
  @inlinable public static var packet: Self { .init(rawValue: 227) }
  /// More operands of the record before.
  @inlinable public static var continuation: Self { .init(rawValue: 255) }
}

/// Flags of an event; each kind uses its own.
@frozen public struct EventFlags: OptionSet, BitwiseCopyable, Hashable, Sendable {
  /// The byte in the native file.
  public var rawValue: UInt8
  /// Any combination.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

  // MARK: Register accesses (bits 0 and 1 hold log2 of the size in bytes)

  /// The access was Secure. Meaningful with ``securityShown`` only.
  @inlinable public static var secure: Self { .init(rawValue: 1 << 2) }
  /// The capture says whether the access was Secure.
  @inlinable public static var securityShown: Self { .init(rawValue: 1 << 3) }
  /// The device refused the access: it read as zero or was ignored.
  @inlinable public static var refused: Self { .init(rawValue: 1 << 4) }
  /// The value was not shown; of an SGI register write, which of the three registers; of an exception return, whose it was: the
  /// PE is the likeliest; of what an access led to, that the capture ends before it shows the access.
  @inlinable public static var incomplete: Self { .init(rawValue: 1 << 5) }
  /// `a` is a physical address, not a frame and an offset.
  @inlinable public static var absolute: Self { .init(rawValue: 1 << 6) }
  /// Of an SGI register write: the capture shows each PE that accepted it, as ``EventKind/sgiPending``.
  @inlinable public static var effectsShown: Self { .init(rawValue: 1 << 6) }
  /// The size of the access was not shown.
  @inlinable public static var sizeUnknown: Self { .init(rawValue: 1 << 7) }

  // MARK: ITS commands and table entries (bits 4 to 7 hold the ITS's index)

  /// Of a command: operands that the capture does not show are zero (SYNC's target, INVALL's ICID, VSYNC's vPEID).
  @inlinable public static var operandsHidden: Self { .init(rawValue: 1 << 0) }
  /// Of a table entry (bits 0 and 1 hold the table): it was written, not read.
  @inlinable public static var tableWrite: Self { .init(rawValue: 1 << 2) }
  /// Of a table entry: the access faulted, its content is not known.
  @inlinable public static var tableFault: Self { .init(rawValue: 1 << 3) }

  // MARK: Highest-priority pending

  /// It is about the virtual CPU interface.
  @inlinable public static var virtual: Self { .init(rawValue: 1 << 0) }
  /// `b` holds the priority mask and the running priority.
  @inlinable public static var maskShown: Self { .init(rawValue: 1 << 1) }
  /// The group is shown.
  @inlinable public static var groupShown: Self { .init(rawValue: 1 << 2) }
}
