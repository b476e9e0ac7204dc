/// What a pending interrupt waits for, the first in this order that holds (IHI 0069H, 4.6 and 4.8; IHI 0048B, 3.2).
public enum WaitCause: UInt8, InterruptWaitCause {
  /// It is disabled itself.
  case disabled
  /// No group is enabled at the Distributor, or at its PE's CPU interface.
  case groupsDisabled
  /// Its PE is asleep (`GICR_WAKER.ProcessorSleep`).
  case asleep
  /// Its priority does not pass the PE's priority mask.
  case priorityMask
  /// An interrupt of the same or a higher priority is in service on its PE.
  case activePriority
  /// Nothing in the controller: it is signalled, and the PE has not acknowledged it yet, or another one first.
  case acknowledge

  private var words: (name: String, title: String) {
    switch self {
    case .disabled: ("disabled", "its enable")
    case .groupsDisabled: ("groups_disabled", "a group enable")
    case .asleep: ("pe_asleep", "the PE to wake")
    case .priorityMask: ("priority_mask", "the priority mask")
    case .activePriority: ("active_priority", "another interrupt to end")
    case .acknowledge: ("acknowledge", "the PE to acknowledge it")
    }
  }

  /// The name that scripts depend on.
  public var name: String { words.name }
  /// For people: completes "waited for …".
  public var title: String { words.title }
}

/// How long one interrupt waited, by ``WaitCause``, in ns; 4.29 s and more count as that.
public struct WaitTimes: BitwiseCopyable, Sendable {
  static var causes: Int { 6 }

  private var nanoseconds = InlineArray<6, UInt32>(repeating: 0)

  /// No time.
  public init() {}

  /// The time for one cause.
  public subscript(_ cause: WaitCause) -> UInt64 { UInt64(nanoseconds[Int(cause.rawValue)]) }

  /// The time for the cause of a raw value.
  @inline(__always) subscript(_ cause: Int) -> UInt64 { UInt64(nanoseconds[cause]) }

  @inline(__always) mutating func add(_ time: UInt64, for cause: WaitCause) {
    let sum = UInt64(nanoseconds[Int(cause.rawValue)]) &+ min(time, UInt64(UInt32.max))
    nanoseconds[Int(cause.rawValue)] = UInt32(truncatingIfNeeded: min(sum, UInt64(UInt32.max)))
  }
}

/// What interrupts wait for: physical ones (``WaitCause``), or a guest's (``VirtualWaitCause``).
public protocol InterruptWaitCause: RawRepresentable<UInt8>, CaseIterable, Hashable, Sendable {
  /// The name that scripts depend on.
  var name: String { get }
  /// For people: completes "waited for …".
  var title: String { get }
}

/// How the interrupts of a class waited for one thing.
public struct CauseCount<Cause: InterruptWaitCause>: Sendable, Equatable {
  /// SGI, PPI, SPI or LPI; of a guest's, by the virtual INTID.
  public var interruptClass: InterruptClass
  /// For what.
  public var cause: Cause
  /// Acknowledged interrupts that waited for it.
  public var count: UInt64 = 0
  /// All their time, in ns.
  public var total: UInt64 = 0
  /// The longest, in ns.
  public var max: UInt64 = 0

  /// Counts one that waited, in ns.
  @inline(__always) mutating func add(_ time: UInt64) {
    count += 1
    total += time
    max = Swift.max(max, time)
  }
}

/// How physical interrupts of a class waited for one thing while they were pending.
public typealias WaitCount = CauseCount<WaitCause>
/// How the virtual interrupts of a class waited for one thing, from being listed to the guest's acknowledge.
public typealias VirtualWaitCount = CauseCount<VirtualWaitCause>
