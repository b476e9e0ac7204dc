/// What a kernel's own tracing says of its interrupts: handlers, inter-processor interrupts and softirqs, the time that CPUs
/// spent in them, and whom they interrupted.
public struct KernelActivity: Sendable {
  /// By domain, interrupt and PE.
  public var handlers: [Handler] = []
  /// By domain, reason and PE.
  public var ipis: [IPI] = []
  /// By domain, vector and PE.
  public var softirqs: [Softirq] = []
  /// By domain and PE.
  public var pes: [PETime] = []
  /// By domain and thread, the most time first.
  public var tasks: [Task] = []
  /// How long things took, over time.
  public var overTime: [Series] = []
  /// Exits whose entry the capture does not show: before its start, in a gap, or of another CPU.
  public var exitsWithoutEntry: UInt64 = 0
  /// Entries that found no room in the tables.
  public var unlisted: UInt64 = 0

  /// Nothing seen.
  public init() {}

  /// How long a stage took, on all PEs together.
  public func durations(of stage: Stage) -> DurationDistribution {
    let all: [DurationDistribution] =
      switch stage {
      case .handler: handlers.flatMap { $0.actions.map(\.durations) }
      case .ipiRaiseToEntry: ipis.map(\.raiseToEntry)
      case .ipiHandler: ipis.map(\.handler)
      case .softirqRaiseToEntry: softirqs.map(\.raiseToEntry)
      case .softirqRun: softirqs.map(\.run)
      }
    return DurationDistribution.sum(all)
  }

  /// Whether the capture shows nothing of a kernel's interrupts.
  public var isEmpty: Bool { handlers.isEmpty && ipis.isEmpty && softirqs.isEmpty }

  /// The handlers of one interrupt on one PE.
  public struct Handler: Sendable {
    /// 0 is the machine that was traced, n is guest n.
    public var domain: UInt16
    /// The kernel's number of the interrupt.
    public var irq: UInt32
    /// The INTID, if it is known.
    public var intid: UInt32?
    /// The handlers that share the line, in the order in which they first ran.
    public var actions: [Action]
    /// Linear number of the PE.
    public var pe: UInt32
    /// Interrupts: each runs all handlers of its line.
    public var interrupts: UInt64
    /// Interrupts that no handler of the line handled.
    public var unhandledInterrupts: UInt64
    /// From the start of an interrupt to that of the next.
    public var between: DurationDistribution

    /// The handlers' names; those that the capture shows.
    public var names: [String] { actions.map(\.name).filter { !$0.isEmpty } }
    /// Runs of all handlers.
    public var runs: UInt64 { actions.reduce(0) { $0 + $1.runs } }
    /// Runs that found nothing to handle.
    public var unhandled: UInt64 { actions.reduce(0) { $0 + $1.unhandled } }
    /// How long they ran, entry to exit.
    public var durations: DurationDistribution {
      actions.count == 1 ? actions[0].durations : .sum(actions.map(\.durations))
    }
  }

  /// One of the handlers of a line.
  public struct Action: Sendable {
    /// Its name; empty if the capture does not show it.
    public var name: String
    /// How often it was entered.
    public var runs: UInt64
    /// How often it found nothing to handle.
    public var unhandled: UInt64
    /// Entry to exit.
    public var durations: DurationDistribution
  }

  /// Inter-processor interrupts of one reason at one PE.
  public struct IPI: Sendable {
    /// 0 is the machine that was traced, n is guest n.
    public var domain: UInt16
    /// What Linux calls it; empty if the capture does not show it.
    public var reason: String
    /// The PE that it is for.
    public var pe: UInt32
    /// How often it was raised for the PE.
    public var raised: UInt64
    /// How often the PE entered its handler.
    public var entered: UInt64
    /// Raised while one waited already: both are one interrupt.
    public var merged: UInt64
    /// From the first raise that waits to the entry.
    public var raiseToEntry: DurationDistribution
    /// Of all that time, in ns, the part in which the PE was in an idle state; nil if the capture does not show it.
    public var idle: UInt64?
    /// Entry to exit.
    public var handler: DurationDistribution
  }

  /// A softirq on one PE.
  public struct Softirq: Sendable {
    /// 0 is the machine that was traced, n is guest n.
    public var domain: UInt16
    /// Its number.
    public var vector: UInt32
    /// The PE.
    public var pe: UInt32
    /// How often it was raised.
    public var raised: UInt64
    /// How often it ran.
    public var entered: UInt64
    /// Raised while it waited already.
    public var merged: UInt64
    /// From the first raise that waits to the entry.
    public var raiseToEntry: DurationDistribution
    /// Entry to exit, with the interrupts in between.
    public var run: DurationDistribution

    /// Linux's name of the vector.
    public var name: String { Self.name(ofVector: vector) }

    /// Linux's name of a vector; its number if it has none.
    public static func name(ofVector vector: UInt32) -> String {
      names.indices.contains(Int(vector)) ? names[Int(vector)] : "\(vector)"
    }

    private static let names = [
      "HI", "TIMER", "NET_TX", "NET_RX", "BLOCK", "IRQ_POLL", "TASKLET", "SCHED", "HRTIMER", "RCU",
    ]
  }

  /// What a PE did with its time.
  public struct PETime: Sendable {
    /// 0 is the machine that was traced, n is guest n.
    public var domain: UInt16
    /// The PE.
    public var pe: UInt32
    /// Time in hard interrupts, those in each other counted once, in ns.
    public var hardirq: UInt64
    /// Time in softirqs without the hard interrupts in between, in ns.
    public var softirq: UInt64
    /// The part of the capture's time that both make, from 0 to 1.
    public var share: Double
  }

  /// A thread that was interrupted.
  public struct Task: Sendable {
    /// 0 is the machine that was traced, n is guest n.
    public var domain: UInt16
    /// Its number; 0 is the idle thread, nil stands for all that found no room.
    public var thread: UInt32?
    /// Its name; empty if the capture does not show it.
    public var name: String
    /// Runs of hard interrupts' handlers over it, those in each other counted once.
    public var interrupts: UInt64
    /// Softirqs over it, or in it.
    public var softirqs: UInt64
    /// Time in hard interrupts in ns.
    public var hardirq: UInt64
    /// Time in softirqs without the hard interrupts in between, in ns.
    public var softirq: UInt64
  }

  /// What is shown over time.
  public enum Stage: Int, Sendable, CaseIterable {
    /// How long handlers ran.
    case handler
    /// From raising an IPI to its handler.
    case ipiRaiseToEntry
    /// How long handlers of IPIs ran.
    case ipiHandler
    /// From raising a softirq to its start.
    case softirqRaiseToEntry
    /// How long softirqs ran.
    case softirqRun

    private var words: (name: String, title: String) {
      switch self {
      case .handler: ("handler", "handlers")
      case .ipiRaiseToEntry: ("ipi_raise_to_entry", "IPI, raise to entry")
      case .ipiHandler: ("ipi_handler", "IPI, handlers")
      case .softirqRaiseToEntry: ("softirq_raise_to_entry", "softirq, raise to entry")
      case .softirqRun: ("softirq_run", "softirq, run")
      }
    }

    /// The name that scripts depend on.
    public var name: String { words.name }
    /// What it is, for people.
    public var title: String { words.title }
  }

  /// One stage over time, of all PEs.
  public struct Series: Sendable {
    /// Which.
    public var stage: Stage
    /// How long it took in each span.
    public var series: LatencySeries
  }
}
