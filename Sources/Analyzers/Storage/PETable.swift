import InterruptTrace

/// A record for every PE that occurs: those of the physical controller by number, those of guests by key.
struct PETable<Record: BitwiseCopyable>: ~Copyable {
  private static var denseLimit: UInt32 { 4096 }

  private var dense: UnsafeMutablePointer<Record>
  private var capacity = 0
  private var used = 0
  private var others: LiveTable<Record>

  /// No records; new ones start as `empty`.
  init(_ empty: Record) {
    others = LiveTable(empty)
    dense = .allocate(capacity: 0)
  }

  /// The same records. O(PEs).
  init(copying other: borrowing PETable) {
    capacity = other.capacity
    used = other.used
    others = LiveTable(copying: other.others)
    dense = .allocate(capacity: capacity)
    dense.initialize(from: other.dense, count: capacity)
  }

  deinit { dense.deallocate() }

  /// Bytes of its records.
  var footprint: Int { capacity * MemoryLayout<Record>.stride + others.footprint }

  /// The record of the PE that a transition is about.
  @inline(__always) mutating func at(_ t: Transition) -> UnsafeMutablePointer<Record> { at(domain: t.domain, pe: t.pe) }

  @inline(__always) mutating func at(domain: UInt16, pe: UInt32) -> UnsafeMutablePointer<Record> {
    guard domain == 0, pe < Self.denseLimit else { return others.insert(UInt64(domain) << 32 | UInt64(pe)) }
    if Int(pe) >= used { grow(toHold: Int(pe)) }
    return dense + Int(pe)
  }

  @inline(never) private mutating func grow(toHold pe: Int) {
    used = pe + 1
    guard used > capacity else { return }
    let bigger = max(used, capacity * 2, 4)
    let records = UnsafeMutablePointer<Record>.allocate(capacity: bigger)
    records.initialize(from: dense, count: capacity)
    (records + capacity).initialize(repeating: others.empty, count: bigger - capacity)
    dense.deallocate()
    dense = records
    capacity = bigger
  }

  /// The record of a PE that occurred, or nil.
  @inline(__always) func find(domain: UInt16, pe: UInt32) -> UnsafeMutablePointer<Record>? {
    guard domain == 0, pe < Self.denseLimit else { return others.find(UInt64(domain) << 32 | UInt64(pe)) }
    return Int(pe) < used ? dense + Int(pe) : nil
  }

  /// Visits every record.
  func forEach(_ body: (UnsafeMutablePointer<Record>) -> Void) {
    for pe in 0..<used { body(dense + pe) }
    others.forEach { body($1) }
  }

  /// Every PE that occurred, by domain and number.
  var all: [(domain: UInt16, pe: UInt32)] {
    (0..<used).map { (0, UInt32($0)) }
      + others.sorted().map { (UInt16(truncatingIfNeeded: $0.key >> 32), UInt32(truncatingIfNeeded: $0.key)) }
  }
}
