import InterruptTrace

/// What a kernel's own tracing shows of interrupts: handlers, inter-processor interrupts and entries of guests. Memory
/// follows the number of CPUs, interrupts and vCPUs.
struct SoftwareTrail: ~Copyable {
  /// What a CPU's handlers did last.
  struct CPURecord: BitwiseCopyable {
    var irq: UInt32 = .max
    /// The handler that ran first for the last interrupt.
    var firstName: UInt32 = .max
    var enteredAt = Moment()
    var leftAt = Moment()
    var service: UInt64 = 0
    var run: UInt64 = 0
    var runSince = Moment()
    /// Handlers and IPIs entered.
    var entries: UInt64 = 0
  }

  /// A kernel's interrupt.
  struct HandlerRecord: BitwiseCopyable {
    /// Interrupts: the handlers of a shared line run for each.
    var count: UInt64 = 0
    var last = Moment()
    var intid: UInt32 = INTID.none
    var cpu: UInt32 = PE.none
  }

  /// IPIs for one reason to one CPU.
  struct IPIRecord: BitwiseCopyable {
    /// The first that has not been entered; its event is `.max` if all were.
    var sentAt = Moment()
    var sender: UInt32 = PE.none
    var sentWhen: UInt64 = 0
    var entered: UInt64 = 0
    var longest: UInt64 = 0
  }

  /// A vCPU's entries.
  struct EntryRecord: BitwiseCopyable {
    var pc: UInt64 = 0
    var enteredAt = Moment()
    /// The timer's interrupt that was raised since the entry.
    var timer: UInt32 = INTID.none
    var runTimer: UInt32 = INTID.none
    var run: UInt64 = 0
    var runSince = Moment()
    var longest: UInt64 = 0
  }

  var cpus = LiveTable(CPURecord())
  var handlers = LiveTable(HandlerRecord())
  var ipis = LiveTable(IPIRecord())
  var entries = LiveTable(EntryRecord())
  /// Names of handlers by the kernel's number: a shared line has several.
  var names: [UInt32: [String]] = [:]
  /// Somebody tried to change a guest's line.
  var showsInjections = false
  private static var nameLimit: Int { 4096 }
  private static var namesOfLine: Int { 4 }

  init() {}

  init(copying other: borrowing SoftwareTrail) {
    cpus = LiveTable(copying: other.cpus)
    handlers = LiveTable(copying: other.handlers)
    ipis = LiveTable(copying: other.ipis)
    entries = LiveTable(copying: other.entries)
    (names, showsInjections) = (other.names, other.showsInjections)
  }

  var footprint: Int {
    cpus.footprint + handlers.footprint + ipis.footprint + entries.footprint
  }

  mutating func name(_ irq: UInt32, _ text: String) {
    guard names[irq] != nil || names.count < Self.nameLimit else { return }
    let known = names[irq, default: []]
    if known.count < Self.namesOfLine, !known.contains(text) { names[irq] = known + [text] }
  }

  /// `irq 61 (mailbox-mu)`.
  func title(_ irq: UInt32) -> String { "irq \(irq)" + (names[irq].map { " (\($0.joined(separator: ", ")))" } ?? "") }
}
