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
  /// Whether an entry or an exit was recorded; without any, exits and delays to an entry are not known.
  public var showsEntries = false
  /// Exits by cause; only those that occurred. Together they are all exits that the capture shows.
  public var exits: [Exits] = []
  /// All exits that the capture shows.
  public var exitCount: UInt64 { exits.reduce(0) { $0 + $1.count } }
  /// Exits for a system register that the capture names, by register, the most frequent first.
  public var registers: [RegisterExits] = []
  /// Exits for memory-mapped devices and the guest's controller, by page, the most frequent first.
  public var devices: [DeviceExits] = []
  /// What each vCPU did, by its number.
  public var byVCPU: [VCPU] = []
  /// Lines that user space set (`KVM_IRQ_LINE`), by INTID.
  public var lines: [Line] = []
  /// Hypercalls that the capture shows.
  public var hypercalls: UInt64 = 0
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
    /// From exit to the next entry of the vCPU; not of waits, which are the guest's own, nor of an exit that no entry
    /// follows.
    public var away: LatencyDistribution
  }

  /// Exits for one system register.
  public struct RegisterExits: Sendable {
    /// The manual's name, or the one that an assembler takes for any register: `S3_0_C15_C2_0`.
    public var register: String
    /// How often.
    public var count: UInt64
    /// How many of them read it.
    public var reads: UInt64
    /// From exit to the next entry of the vCPU.
    public var away: LatencyDistribution
  }

  /// Exits for one page of a guest's memory that belongs to a device.
  public struct DeviceExits: Sendable {
    /// The page's address.
    public var page: UInt64
    /// The lowest and the highest address in it.
    public var lowest: UInt64
    /// The highest one.
    public var highest: UInt64
    /// It is the guest's interrupt controller.
    public var isController: Bool
    /// How often.
    public var count: UInt64
    /// How many of them read it.
    public var reads: UInt64
    /// From exit to the next entry of the vCPU.
    public var away: LatencyDistribution
  }

  /// One vCPU.
  public struct VCPU: Sendable {
    /// Its number.
    public var vcpu: UInt32
    /// Entries.
    public var entries: UInt64
    /// Exits.
    public var exits: UInt64
    /// Time in the guest, from entry to exit, in ns.
    public var inside: UInt64
    /// Time scheduled out while ready to run, in ns.
    public var preempted: UInt64
    /// Time from being woken to running, in ns.
    public var readyToRun: UInt64
    /// Time asleep in WFI, in ns.
    public var asleep: UInt64
    /// Time polling in WFI, in ns.
    public var polling: UInt64
    /// What a guest calls steal time: ready to run, and not running.
    public var steal: UInt64 { preempted &+ readyToRun }
  }

  /// A line that user space set.
  public struct Line: Sendable {
    /// The interrupt.
    public var intid: UInt32
    /// How often it was raised.
    public var raised: UInt64
    /// How often it was lowered.
    public var lowered: UInt64
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
  /// From the accepted injection to the guest's handler; where the guest was traced too.
  case injectionToHandler
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
    case .injectionToHandler: ("injection_to_handler", "injection to handler")
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
