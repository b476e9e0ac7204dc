/// Where the samples of the latency analyzer go: by class exactly, and by who they belong to in sparse buckets.
///
/// A sample is counted once for its owner, which is an INTID on a PE; what an INTID, a PE or a device has is the sum of
/// its owners' when results are asked for.
struct LatencyRecorder: ~Copyable {
  /// What is counted: each stage, and the common case of an end that deactivates too in one step.
  enum Span: Int, CaseIterable {
    case pendingToAcknowledge
    case acknowledgeToEnd
    case acknowledgeToDeactivate
    case acknowledgeToEndThatDeactivates
    case injectionToEnd

    /// The stages that a sample of it is one of.
    func counts(for stage: LatencyStage) -> Bool {
      switch self {
      case .pendingToAcknowledge: stage == .pendingToAcknowledge
      case .acknowledgeToEnd: stage == .acknowledgeToEOI
      case .acknowledgeToDeactivate: stage == .acknowledgeToDeactivate
      case .acknowledgeToEndThatDeactivates: stage == .acknowledgeToEOI || stage == .acknowledgeToDeactivate
      case .injectionToEnd: stage == .injectionToEOI
      }
    }

    /// The same as ``InterruptLife/measured`` has it.
    @inline(__always) var stages: UInt8 {
      switch self {
      case .pendingToAcknowledge: 1 << LatencyStage.pendingToAcknowledge.rawValue
      case .acknowledgeToEnd: 1 << LatencyStage.acknowledgeToEOI.rawValue
      case .acknowledgeToDeactivate: 1 << LatencyStage.acknowledgeToDeactivate.rawValue
      case .acknowledgeToEndThatDeactivates:
        1 << LatencyStage.acknowledgeToEOI.rawValue | 1 << LatencyStage.acknowledgeToDeactivate.rawValue
      case .injectionToEnd: 1 << LatencyStage.injectionToEOI.rawValue
      }
    }
  }

  /// Owners with distributions of their own are limited, so that memory does not grow with the number of LPIs.
  private let limits: AnalysisLimits
  /// Samples of the others.
  private(set) var unowned: UInt64 = 0
  private static let spans = Span.allCases.count
  private static let classes = InterruptClass.allCases.count

  /// Whose sample it is.
  private struct Owner: BitwiseCopyable {
    var key = InterruptKey(rawValue: 0)
    var device: UInt32 = 0
    var hasDevice = false
  }

  /// A latency that waits to be counted.
  private struct Sample: BitwiseCopyable {
    var nanoseconds: UInt64
    var owner: Int32
    var span: UInt8
    var interruptClass: UInt8
  }

  private static let waitingLimit = 1024
  private let waiting: UnsafeMutablePointer<Sample>
  private var waitingCount = 0

  private let byClass: UnsafeMutablePointer<LatencyCounts>
  /// From becoming pending to the end, by class.
  private let overTime: UnsafeMutablePointer<LatencySeries>
  private var pool: BucketPool
  private var distributions: UnsafeMutablePointer<SparseDistribution>
  private var owners: [Owner] = []
  private var capacity = 64
  /// Numbers of the owners: by domain, PE and INTID, for the device that the INTID belonged to first.
  private var numbers: LiveTable<Int32>
  /// Those of INTIDs that another device was given later, by the first owner's number and the device.
  private var others: LiveTable<Int32>

  init(_ limits: AnalysisLimits) {
    self.limits = limits
    numbers = LiveTable(-1, limit: limits.owners)
    others = LiveTable(-1, limit: limits.owners)
    waiting = .allocate(capacity: Self.waitingLimit)
    byClass = .allocate(capacity: Self.spans * Self.classes)
    for i in 0..<(Self.spans * Self.classes) { (byClass + i).initialize(to: LatencyCounts()) }
    overTime = .allocate(capacity: Self.classes)
    overTime.initialize(repeating: LatencySeries(), count: Self.classes)
    pool = BucketPool(limit: limits.buckets)
    distributions = .allocate(capacity: capacity * Self.spans)
    distributions.initialize(repeating: SparseDistribution(), count: capacity * Self.spans)
  }

  deinit {
    waiting.deallocate()
    byClass.deinitialize(count: Self.spans * Self.classes)
    byClass.deallocate()
    overTime.deinitialize(count: Self.classes)
    overTime.deallocate()
    distributions.deallocate()
  }

  // MARK: Samples

  /// The number under which samples of an owner are recorded; -1 if there are too many owners.
  @inline(__always) mutating func owner(_ key: InterruptKey, device: UInt32?) -> Int32 {
    let entry = numbers.insert(key.rawValue)
    if entry.pointee < 0 { entry.pointee = newOwner(key, device) }
    guard let device, entry.pointee >= 0 else { return entry.pointee }
    let owner = owners[Int(entry.pointee)]
    if owner.hasDevice, owner.device == device { return entry.pointee }
    return otherOwner(entry.pointee, key, device)
  }

  private mutating func otherOwner(_ first: Int32, _ key: InterruptKey, _ device: UInt32) -> Int32 {
    let entry = others.insert(UInt64(first) << 32 | UInt64(device))
    if entry.pointee < 0 { entry.pointee = newOwner(key, device) }
    return entry.pointee
  }

  private mutating func newOwner(_ key: InterruptKey, _ device: UInt32?) -> Int32 {
    guard owners.count < limits.owners else { return -1 }
    if owners.count == capacity {
      let bigger = UnsafeMutablePointer<SparseDistribution>.allocate(capacity: capacity * 2 * Self.spans)
      bigger.update(from: distributions, count: capacity * Self.spans)
      (bigger + capacity * Self.spans).initialize(repeating: SparseDistribution(), count: capacity * Self.spans)
      distributions.deallocate()
      distributions = bigger
      capacity *= 2
    }
    owners.append(Owner(key: key, device: device ?? 0, hasDevice: device != nil))
    return Int32(owners.count - 1)
  }

  /// Takes a latency of an owner, who is of a class.
  @inline(__always)
  mutating func record(_ nanoseconds: UInt64, _ span: Span, _ interruptClass: InterruptClass, owner: Int32) {
    if waitingCount == Self.waitingLimit { count() }
    waiting[waitingCount] = Sample(
      nanoseconds: nanoseconds, owner: owner, span: UInt8(truncatingIfNeeded: span.rawValue),
      interruptClass: interruptClass.rawValue)
    waitingCount &+= 1
  }

  /// Counts the latencies that were taken. Their counters are seldom in the cache: one after the other, the processor
  /// fetches many of them at a time.
  @inline(never) mutating func count() {
    for n in 0..<waitingCount {
      let sample = waiting[n]
      byClass[Int(sample.interruptClass) &* Self.spans &+ Int(sample.span)].record(sample.nanoseconds)
      guard sample.owner >= 0 else {
        unowned &+= 1
        continue
      }
      pool.record(sample.nanoseconds, in: distributions + (Int(sample.owner) &* Self.spans &+ Int(sample.span)))
    }
    waitingCount = 0
  }

  /// Counts an interrupt that became pending at `time`, up to its end.
  @inline(__always)
  mutating func recordOverTime(_ nanoseconds: UInt64, from time: UInt64, _ interruptClass: InterruptClass) {
    overTime[Int(interruptClass.rawValue)].add(nanoseconds, at: time)
  }

  // MARK: Results

  /// Latencies of an owner's acknowledges, of whatever span.
  private func samples(of owner: Int) -> UInt64 {
    (0..<Self.spans).reduce(0) { $0 + distributions[owner * Self.spans + $1].count }
  }

  /// The classes that had interrupts, with their latencies over time.
  func classesOverTime() -> [ClassLatencySeries] {
    InterruptClass.allCases.compactMap {
      let series = overTime[Int($0.rawValue)]
      return series.start == nil ? nil : ClassLatencySeries(interruptClass: $0, series: series)
    }
  }

  func classes() -> [ClassLatency] {
    InterruptClass.allCases.flatMap { interruptClass in
      LatencyStage.allCases.compactMap { stage in
        var sum = LatencyDistribution()
        for span in Span.allCases where span.counts(for: stage) {
          sum = sum.merged(with: byClass[Int(interruptClass.rawValue) * Self.spans + span.rawValue].distribution)
        }
        return sum.count == 0 ? nil : ClassLatency(interruptClass: interruptClass, stage: stage, distribution: sum)
      }
    }
  }

  /// Those that were acknowledged most often, if they are more than there are rows.
  func intidLatencies() -> [KeyedLatency] { latencies { UInt64($0.key.intid) } }
  func peLatencies() -> [KeyedLatency] { latencies { UInt64($0.key.pe) } }
  func deviceLatencies() -> [KeyedLatency] { latencies { $0.hasDevice ? UInt64($0.device) : nil } }

  /// The latencies of the owners that have the same domain and key, by key. Owners without one are left out.
  private func latencies(by key: (Owner) -> UInt64?) -> [KeyedLatency] {
    var groups: [UInt64: [Int]] = [:]
    for (number, owner) in owners.enumerated() {
      guard let key = key(owner) else { continue }
      groups[UInt64(owner.key.domain) << 48 | key, default: []].append(number)
    }
    if groups.count > limits.rows {
      let counts = groups.map { (key: $0.key, count: $0.value.reduce(UInt64(0)) { $0 + samples(of: $1) }) }
      let rest = counts.sorted { ($1.count, $0.key) < ($0.count, $1.key) }.dropFirst(limits.rows)
      for row in rest { groups[row.key] = nil }
    }
    let buckets = UnsafeMutablePointer<UInt64>.allocate(capacity: SparseDistribution.bucketCount)
    buckets.initialize(repeating: 0, count: SparseDistribution.bucketCount)
    defer { buckets.deallocate() }
    return groups.sorted { $0.key < $1.key }.flatMap { group in
      LatencyStage.allCases.compactMap { stage in
        var sum = SparseDistribution()
        for span in Span.allCases where span.counts(for: stage) {
          for number in group.value {
            let distribution = distributions[number * Self.spans + span.rawValue]
            guard distribution.count > 0 else { continue }
            sum.merge(distribution)
            pool.forEachBucket(of: distribution) { buckets[Int($0)] += $1 }
          }
        }
        guard sum.count > 0 else { return nil }
        // Where its buckets are, its extremes say.
        let used = Int(SparseDistribution.bucket(of: sum.min))...Int(SparseDistribution.bucket(of: sum.max))
        // Memory may have run out before all samples had their buckets.
        let shown = sum.bucketed < sum.count ? [] : used.filter { buckets[$0] > 0 }
        let all = shown.map { SampleBucket(upper: SparseDistribution.upperBound(of: UInt16($0)), count: buckets[$0]) }
        (buckets + used.lowerBound).update(repeating: 0, count: used.count)
        return KeyedLatency(
          domain: UInt16(truncatingIfNeeded: group.key >> 48), key: UInt32(truncatingIfNeeded: group.key), stage: stage,
          distribution: LatencyDistribution(all, count: sum.count, min: sum.min, max: sum.max, sum: sum.sum))
      }
    }
  }
}
