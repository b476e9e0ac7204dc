import InterruptTrace

/// Distributions of virtual interrupts: by class and stage, and in short by virtual INTID.
struct VirtualRecorder: ~Copyable {
  /// INTIDs with counts of their own, so that memory does not grow with the number of LPIs.
  static let keyLimit = 1 << 14

  struct Counts: BitwiseCopyable {
    var acknowledges: UInt64 = 0
    var physical = UInt32.max
    var samples: UInt64 = 0
    var min = UInt64.max
    var max: UInt64 = 0
    var sum = 0.0
  }

  /// Made when a class first has a sample in a stage.
  private var distributions: [LatencyCountsBox?]
  /// Made when a class first has an end.
  private var overTime: [LatencySeriesBox?] = Array(repeating: nil, count: InterruptClass.allCases.count)
  private var table = LiveTable(Counts())

  init() {
    distributions = Array(repeating: nil, count: VirtualStage.allCases.count * InterruptClass.allCases.count)
  }

  private static func slot(_ interruptClass: InterruptClass, _ stage: VirtualStage) -> Int {
    Int(interruptClass.rawValue) * VirtualStage.allCases.count + Int(stage.rawValue)
  }

  mutating func record(_ nanoseconds: UInt64, _ stage: VirtualStage, _ t: Transition) {
    let slot = Self.slot(InterruptClass(intid: t.intid), stage)
    if let box = distributions[slot] {
      box.counts.record(nanoseconds)
    } else {
      let box = LatencyCountsBox()
      box.counts.record(nanoseconds)
      distributions[slot] = box
    }
    guard stage == .listedToEOI || stage == .pendingToEOI else { return }
    recordOverTime(nanoseconds, t)
    guard let entry = entry(t) else { return }
    entry.pointee.samples += 1
    entry.pointee.min = Swift.min(entry.pointee.min, nanoseconds)
    entry.pointee.max = Swift.max(entry.pointee.max, nanoseconds)
    entry.pointee.sum += Double(nanoseconds)
  }

  private mutating func recordOverTime(_ nanoseconds: UInt64, _ t: Transition) {
    let slot = Int(InterruptClass(intid: t.intid).rawValue)
    let start = t.time > nanoseconds ? t.time &- nanoseconds : 0
    if let box = overTime[slot] { return box.series.add(nanoseconds, at: start) }
    let box = LatencySeriesBox()
    box.series.add(nanoseconds, at: start)
    overTime[slot] = box
  }

  mutating func acknowledged(_ t: Transition) { entry(t)?.pointee.acknowledges += 1 }

  mutating func link(_ t: Transition, to physical: UInt32) { entry(t)?.pointee.physical = physical }

  private mutating func entry(_ t: Transition) -> UnsafeMutablePointer<Counts>? {
    let key = UInt64(t.domain) << 32 | UInt64(t.intid)
    return table.count < Self.keyLimit ? table.insert(key) : table.find(key)
  }

  var latency: [VirtualLatency] {
    VirtualStage.allCases.flatMap { stage in
      InterruptClass.allCases.compactMap { interruptClass in
        distributions[Self.slot(interruptClass, stage)].map {
          VirtualLatency(interruptClass: interruptClass, stage: stage, distribution: $0.counts.distribution)
        }
      }
    }
  }

  var latencyOverTime: [ClassLatencySeries] {
    InterruptClass.allCases.compactMap { interruptClass in
      overTime[Int(interruptClass.rawValue)].map { .init(interruptClass: interruptClass, series: $0.series) }
    }
  }

  var interrupts: [VirtualInterruptCount] {
    table.sorted().map { key, c in
      VirtualInterruptCount(
        domain: UInt16(truncatingIfNeeded: key >> 32), intid: UInt32(truncatingIfNeeded: key),
        acknowledges: c.acknowledges, physicalINTID: c.physical == .max ? nil : c.physical,
        toEOI: (c.samples, c.samples == 0 ? 0 : c.min, meanLatency(sum: c.sum, count: c.samples, max: c.max), c.max))
    }
  }
}

/// A distribution that exists only once something was counted.
final class LatencyCountsBox {
  var counts = LatencyCounts()
}

/// The same of latencies over time.
final class LatencySeriesBox {
  var series = LatencySeries()
}
