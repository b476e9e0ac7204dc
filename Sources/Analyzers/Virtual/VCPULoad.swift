import InterruptTrace

/// The load of a vCPU's state into a PE's list registers: the first write of each brings back what it held when the vCPU
/// last had a PE, and whatever is written after that is new.
struct VCPULoad: BitwiseCopyable {
  private var isOpen = false
  /// List registers written since it began, a bit each.
  private var written: UInt64 = 0
  /// The last write of a list register was part of it.
  private(set) var isRestoring = false

  mutating func begin() { self = VCPULoad(isOpen: true) }

  /// The guest runs.
  mutating func end() { self = VCPULoad() }

  /// A list register is written; what that changes follows.
  @inline(__always) mutating func write(_ t: Transition) {
    guard isOpen else { return }
    let bit: UInt64 = 1 &<< t.listRegister.index
    isRestoring = written & bit == 0
    written |= bit
  }
}

extension VCPULoad {
  private init(isOpen: Bool) { self.isOpen = isOpen }
}
