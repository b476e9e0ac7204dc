import GICModel
import InterruptTrace

/// The record of every PE that occurs: those of the physical controller by number, those of guests by key.
struct ProcessorTable: ~Copyable {
  private static var denseLimit: UInt32 { 4096 }

  private var dense: UnsafeMutablePointer<ProcessorRecord>
  private var capacity = 8
  private var used = 0
  private var others: LiveTable<ProcessorRecord>

  init() {
    others = LiveTable(ProcessorRecord())
    dense = .allocate(capacity: capacity)
    dense.initialize(repeating: ProcessorRecord(), count: capacity)
  }

  /// The same records. O(PEs).
  init(copying other: borrowing ProcessorTable) {
    capacity = other.capacity
    used = other.used
    others = LiveTable(copying: other.others)
    dense = .allocate(capacity: capacity)
    dense.initialize(from: other.dense, count: capacity)
  }

  deinit { dense.deallocate() }

  /// Bytes of its records.
  var footprint: Int { capacity * MemoryLayout<ProcessorRecord>.stride + others.footprint }

  /// The record of the PE that a transition is about.
  @inline(__always)
  mutating func at(_ t: Transition) -> UnsafeMutablePointer<ProcessorRecord> { at(domain: t.domain, pe: t.pe) }

  @inline(__always)
  mutating func at(domain: UInt16, pe: UInt32) -> UnsafeMutablePointer<ProcessorRecord> {
    guard domain == 0, pe < Self.denseLimit else { return others.insert(UInt64(domain) << 32 | UInt64(pe)) }
    if Int(pe) >= used { grow(toHold: Int(pe)) }
    return dense + Int(pe)
  }

  @inline(never)
  private mutating func grow(toHold pe: Int) {
    used = pe + 1
    guard used > capacity else { return }
    let bigger = max(used, capacity * 2)
    let records = UnsafeMutablePointer<ProcessorRecord>.allocate(capacity: bigger)
    records.initialize(from: dense, count: capacity)
    (records + capacity).initialize(repeating: ProcessorRecord(), count: bigger - capacity)
    dense.deallocate()
    dense = records
    capacity = bigger
  }

  /// The record of a PE that occurred, or nil.
  @inline(__always)
  func find(domain: UInt16, pe: UInt32) -> UnsafeMutablePointer<ProcessorRecord>? {
    guard domain == 0, pe < Self.denseLimit else { return others.find(UInt64(domain) << 32 | UInt64(pe)) }
    return Int(pe) < used ? dense + Int(pe) : nil
  }

  /// Visits every record.
  func forEach(_ body: (UnsafeMutablePointer<ProcessorRecord>) -> Void) {
    for pe in 0..<used { body(dense + pe) }
    others.forEach { body($1) }
  }

  /// Every PE that occurred, by domain and number.
  var all: [(domain: UInt16, pe: UInt32)] {
    (0..<used).map { (0, UInt32($0)) }
      + others.sorted().map { (UInt16(truncatingIfNeeded: $0.key >> 32), UInt32(truncatingIfNeeded: $0.key)) }
  }
}

/// Spans of time and of events, in buckets of powers of two: a percentile within a factor of two, in constant memory.
struct SpanCounts: BitwiseCopyable {
  private var times = InlineArray<64, UInt32>(repeating: 0)
  private var events = InlineArray<64, UInt32>(repeating: 0)
  private(set) var count: UInt64 = 0

  @inline(__always)
  mutating func add(time: UInt64, events span: UInt64) {
    let first = 63 &- (time | 1).leadingZeroBitCount
    let second = 63 &- (span | 1).leadingZeroBitCount
    times[first] &+= 1
    events[second] &+= 1
    count &+= 1
  }

  /// An upper bound of the span that all but the longest do not exceed: of a thousand one is left out, of any number
  /// three. 0 if there are no more.
  func usual(isTimed: Bool) -> UInt64 {
    let outliers = max(3, count / 1000)
    guard count > outliers else { return 0 }
    let wanted = count - outliers
    var sum: UInt64 = 0
    for n in 0..<64 {
      sum += UInt64(isTimed ? times[n] : events[n])
      if sum >= wanted { return n >= 62 ? .max >> 1 : 2 << UInt64(n) }
    }
    return .max >> 1
  }
}
