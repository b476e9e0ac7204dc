import InterruptTrace

/// What the CPUs did last, as far as it tells whether a thread has finished what it was doing.
///
/// Used by one thread.
final class CPUActivity {
  /// One CPU.
  private struct CPU {
    /// Number of its last event.
    var last: UInt64 = 0
    /// Number of its last event that no interrupt did.
    var lastOfThread: UInt64 = 0
    /// It is in a handler or a softirq.
    var isInterrupted = false
    /// Number of the first event since it entered a guest that shows that it has left it; 0 if there was none.
    var left: UInt64 = 0
  }

  @exclusivity(unchecked) private var cpus: [CPU] = []
  private static let limit: UInt32 = 1 << 13
  /// The capture shows IPIs: one that is sent to a CPU is in it.
  var showsIPIs = false

  init() {}

  init(copying other: CPUActivity) { (cpus, showsIPIs) = (other.cpus, other.showsIPIs) }

  /// Writes or reads it.
  func archive(_ archive: inout StateArchive) {
    archive.array(&cpus)
    archive.value(&showsIPIs)
  }

  /// Takes in an event of the machine itself.
  @inline(__always) func noteHost(_ event: Event, number: UInt64) {
    guard holds(event.pe) else { return }
    let cpu = Int(event.pe)
    cpus[cpu].last = number
    switch event.kind {
    case .handlerEnter, .softirqEnter, .ipiEnter:
      cpus[cpu].isInterrupted = true
      if cpus[cpu].left == 0 { cpus[cpu].left = number }
    case .handlerExit, .softirqExit, .ipiExit: cpus[cpu].isInterrupted = false
    // A thread that blocks has finished; one that is preempted has not.
    case .schedSwitch: if event.b & 1 == 0 { cpus[cpu].lastOfThread = number }
    case .ipiSend: if !cpus[cpu].isInterrupted { cpus[cpu].lastOfThread = number }
    default: break
    }
  }

  /// Takes in an event of a guest that happened on a CPU.
  @inline(__always) func noteGuest(_ cpu: UInt32, number: UInt64) {
    guard holds(cpu) else { return }
    cpus[Int(cpu)].last = number
    if !cpus[Int(cpu)].isInterrupted { cpus[Int(cpu)].lastOfThread = number }
  }

  /// The CPU enters a guest.
  func noteEntry(_ cpu: UInt32) { if holds(cpu) { cpus[Int(cpu)].left = 0 } }

  /// A probe shows that the CPU has left its guest.
  func noteExit(_ cpu: UInt32, _ number: UInt64) {
    if holds(cpu), cpus[Int(cpu)].left == 0 { cpus[Int(cpu)].left = number }
  }

  /// Number of the first event that shows that the CPU had left its guest, a handler's for one; nil if only the exit does,
  /// which is shown behind them.
  func left(_ cpu: UInt32) -> UInt64? {
    guard cpu < cpus.count, cpus[Int(cpu)].left != 0 else { return nil }
    return cpus[Int(cpu)].left
  }

  @inline(__always) private func holds(_ cpu: UInt32) -> Bool {
    guard cpu < Self.limit else { return false }
    while cpus.count <= Int(cpu) { cpus.append(CPU()) }
    return true
  }

  /// Whether an interrupt is being handled on the CPU.
  func isInterrupted(_ cpu: UInt32) -> Bool { cpu < cpus.count && cpus[Int(cpu)].isInterrupted }

  /// Whether the CPU did anything after the event with this number.
  func hasMovedOn(_ cpu: UInt32, since number: UInt64) -> Bool { cpu < cpus.count && cpus[Int(cpu)].last > number }

  /// Whether the thread that caused the event has gone on since.
  func hasFinished(_ injection: RecentInjection) -> Bool {
    guard injection.cpu < cpus.count else { return false }
    let cpu = cpus[Int(injection.cpu)]
    return (injection.isOfInterrupt ? cpu.last : cpu.lastOfThread) > injection.event
  }
}
