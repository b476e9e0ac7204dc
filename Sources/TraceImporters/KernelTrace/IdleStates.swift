import InterruptTrace

/// When CPUs were in an idle state, as `cpu_idle` shows it. That is not about interrupts, but for how long they wait.
struct IdleStates {
  /// A CPU's last idle state, in ns: its length, and how long ago it ended.
  typealias State = (length: UInt32, awake: UInt32)

  /// How many events showed it.
  private(set) var count: UInt64 = 0
  /// By CPU, when it went into its last idle state and when it left it; the end is `.max` while it is in it.
  private var last: [(start: UInt64, end: UInt64)?] = []
  private static let limit = 8192

  /// Takes in an event: a state's number, or all ones for none.
  mutating func take(_ record: borrowing KernelRecord) {
    count &+= 1
    let cpu = Int(record.cpu)
    guard cpu < Self.limit else { return }
    while last.count <= cpu { last.append(nil) }
    if record[0] & 0xFFFF_FFFF != 0xFFFF_FFFF {
      last[cpu] = (record.time, .max)
    } else if let (start, end) = last[cpu], end == .max {
      last[cpu] = (start, max(start, record.time))
    }
  }

  /// The last idle state of the record's CPU before it. An interrupt may come before the CPU has left it.
  func before(_ record: borrowing KernelRecord) -> (state: State, flags: EventFlags) {
    guard record.cpu < last.count, let (start, left) = last[Int(record.cpu)], start <= record.time else {
      return ((0, 0), [])
    }
    let end = min(left, record.time)
    return ((UInt32(clamping: end - start), UInt32(clamping: record.time - end)), .idleKnown)
  }
}
