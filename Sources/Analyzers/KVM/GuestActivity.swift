/// What a capture of a hypervisor's tracing says about one guest.
public struct GuestActivity: Sendable {
  /// The guest.
  public var domain: UInt16 = 0
  /// Its vCPUs, as far as seen.
  public var vcpus = 0
  /// Entries of its vCPUs.
  public var entries: UInt64 = 0
  /// Entries into guests that the guest runs itself. Their list registers are their hypervisor's: nothing is predicted.
  public var nestedEntries: UInt64 = 0
  /// Exits by cause; only those that occurred.
  public var exits: [Exits] = []
  /// Delays by stage; only those with samples.
  public var delays: [Delay] = []
  /// Time that vCPUs were ready to run and did not, in ns.
  public var preempted: UInt64 = 0
  /// The part of it in which an interrupt waited for its entry.
  public var preemptedWithInterrupt: UInt64 = 0
  /// Entries by list registers used, as the model predicts it: 0, 1, …
  public var listRegistersUsed: [UInt64] = []
  /// Interrupts that waited because the list registers were full: loads after the first entry.
  public var waitedForRegister: UInt64 = 0
  /// Entries at which an interrupt found no list register. At each, KVM asks for a maintenance interrupt.
  public var overflows: UInt64 = 0
  /// By which way the guest's interrupts came in.
  public var paths = InjectionPaths()
  /// The frequency of the guest's timer in Hz that deadlines were read with; nil if it could not be found.
  public var timerFrequency: Double?

  /// Exits of one cause.
  public struct Exits: Sendable {
    /// Why.
    public var cause: GuestExitCause
    /// How often.
    public var count: UInt64
    /// From exit to the next entry of the vCPU; not of waits, which are the guest's own.
    public var away: LatencyDistribution
  }

  /// One delay.
  public struct Delay: Sendable {
    /// Which.
    public var stage: GuestDelayStage
    /// How long.
    public var distribution: LatencyDistribution
  }
}

/// Delays on an interrupt's way into a guest.
public enum GuestDelayStage: Int, Sendable, CaseIterable {
  /// From the accepted injection to the entry that loaded it into a list register.
  case injectionToEntry
  /// From that entry to the guest's handler; where the guest was traced too.
  case entryToHandler
  /// From an injection into a vCPU in its guest to its exit.
  case kick
  /// From an injection into a vCPU that waits to its next entry.
  case wakeUp
  /// Time that a vCPU waited, asleep.
  case slept
  /// Time that a vCPU waited, polling.
  case polled
  /// From a timer's deadline to its interrupt's injection, beyond the least seen.
  case timerLateness
  /// Time that a vCPU was ready to run and did not.
  case preempted

  private var words: (name: String, title: String) {
    switch self {
    case .injectionToEntry: ("injection_to_entry", "injection to entry")
    case .entryToHandler: ("entry_to_handler", "entry to handler")
    case .kick: ("kick", "kick to exit")
    case .wakeUp: ("wake_up", "wake-up to entry")
    case .slept: ("slept", "asleep in WFI")
    case .polled: ("polled", "polling in WFI")
    case .timerLateness: ("timer_lateness", "timer's lateness")
    case .preempted: ("preempted", "preempted")
    }
  }

  /// The name that scripts depend on.
  public var name: String { words.name }
  /// What it is, for people.
  public var title: String { words.title }
}
