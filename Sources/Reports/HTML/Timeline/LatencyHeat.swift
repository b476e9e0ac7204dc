import Analyzers
import Replay

/// How many interrupts of each class took how long, over time: what a heat map of latencies shows.
///
/// Spans of time as in ``TimeSeries``, latencies in half octaves: 1, 2, 3, 4, 6, 8, 12, 16 … ns. At most some 500 KB.
struct LatencyHeat {
  /// The interrupts that began in one span.
  struct Column: SpanValue {
    /// For each class: how many, their mean and the worst.
    var sums = InterruptClass.allCases.map { _ in LatencySpan() }
    /// For each class the interrupts of each half octave; empty until there is one.
    var counts = [[UInt32]](repeating: [], count: InterruptClass.allCases.count)

    mutating func add(_ nanoseconds: UInt64, _ interruptClass: Int) {
      sums[interruptClass].add(nanoseconds)
      if counts[interruptClass].isEmpty { counts[interruptClass] = .init(repeating: 0, count: LatencyHeat.bins) }
      counts[interruptClass][LatencyHeat.bin(nanoseconds)] &+= 1
    }

    mutating func merge(_ other: Column) {
      for i in counts.indices {
        sums[i].merge(other.sums[i])
        if counts[i].isEmpty {
          counts[i] = other.counts[i]
        } else if !other.counts[i].isEmpty {
          for bin in 0..<LatencyHeat.bins { counts[i][bin] &+= other.counts[i][bin] }
        }
      }
    }
  }

  static let bins = 128
  private(set) var series = TimeSeries<Column>(limit: 128)

  /// Begins at the first moment of what is reported, so that all pictures begin there.
  mutating func begin(at time: UInt64) { if series.start == nil { series.change(at: time) { _ in } } }

  /// Counts an interrupt that began at `time`, in ns.
  mutating func add(_ nanoseconds: UInt64, at time: UInt64, _ interruptClass: InterruptClass) {
    series.change(at: time) { $0.add(nanoseconds, Int(interruptClass.rawValue)) }
  }

  /// The half octave of a latency.
  static func bin(_ nanoseconds: UInt64) -> Int {
    guard nanoseconds > 1 else { return Int(nanoseconds) }
    let octave = 63 - nanoseconds.leadingZeroBitCount
    return octave * 2 + Int(nanoseconds >> UInt64(octave - 1) & 1)
  }

  /// The least latency of a half octave, in ns; of the one behind the last, the greatest that there is.
  static func least(_ bin: Int) -> UInt64 {
    guard bin > 1 else { return UInt64(bin) }
    return bin >= bins ? .max : (2 + UInt64(bin & 1)) << UInt64(bin / 2 - 1)
  }
}
