import InterruptTrace

/// Where the samples of the latency analyzer go: by class exactly, by INTID, PE and device in sparse buckets.
struct LatencyRecorder: ~Copyable {
  /// Keys with distributions of their own are limited, so that memory does not grow with the number of LPIs.
  static let keyLimit = 1 << 16
  private static let stages = LatencyStage.allCases.count
  private static let classes = InterruptClass.allCases.count

  private let byClass: UnsafeMutablePointer<LatencyCounts>
  private var pool: BucketPool
  private var distributions: UnsafeMutablePointer<SparseDistribution>
  private var capacity = 64
  private var used = 0
  private var intids = LiveTable<Int32>(-1)
  private var pes = LiveTable<Int32>(-1)
  private var devices = LiveTable<Int32>(-1)
  /// Samples that went to no INTID's, PE's or device's distribution because there are too many of them.
  private(set) var unlisted: UInt64 = 0

  init(bucketLimit: Int = 3 << 20) {
    byClass = .allocate(capacity: Self.stages * Self.classes)
    for i in 0..<(Self.stages * Self.classes) { (byClass + i).initialize(to: LatencyCounts()) }
    pool = BucketPool(limit: bucketLimit)
    distributions = .allocate(capacity: capacity * Self.stages)
    distributions.initialize(repeating: SparseDistribution(), count: capacity * Self.stages)
  }

  deinit {
    byClass.deinitialize(count: Self.stages * Self.classes)
    byClass.deallocate()
    distributions.deallocate()
  }

  /// Whose sample it is.
  struct Owner {
    var domain: UInt16
    var pe: UInt32
    var intid: UInt32
    var device: UInt32?
  }

  mutating func record(_ nanoseconds: UInt64, _ stage: LatencyStage, of owner: Owner) {
    byClass[Self.slot(InterruptClass(intid: owner.intid), stage)].record(nanoseconds)

    let domain = UInt64(owner.domain) << 48
    let byINTID = index(intids.insert(domain | UInt64(owner.intid)))
    record(nanoseconds, stage, at: byINTID)
    let byPE = index(pes.insert(domain | UInt64(owner.pe)))
    record(nanoseconds, stage, at: byPE)
    if let device = owner.device {
      let byDevice = index(devices.insert(domain | UInt64(device)))
      record(nanoseconds, stage, at: byDevice)
    }
  }

  @inline(__always)
  private static func slot(_ interruptClass: InterruptClass, _ stage: LatencyStage) -> Int {
    Int(interruptClass.rawValue) &* stages &+ Int(stage.rawValue)
  }

  /// The number of the distributions that a table's entry names, which are made if need be.
  private mutating func index(_ entry: UnsafeMutablePointer<Int32>) -> Int? {
    if entry.pointee >= 0 { return Int(entry.pointee) }
    guard used < Self.keyLimit else { return nil }
    if used == capacity {
      let bigger = UnsafeMutablePointer<SparseDistribution>.allocate(capacity: capacity * 2 * Self.stages)
      bigger.update(from: distributions, count: capacity * Self.stages)
      (bigger + capacity * Self.stages).initialize(repeating: SparseDistribution(), count: capacity * Self.stages)
      distributions.deallocate()
      distributions = bigger
      capacity *= 2
    }
    entry.pointee = Int32(used)
    used += 1
    return used - 1
  }

  private mutating func record(_ nanoseconds: UInt64, _ stage: LatencyStage, at index: Int?) {
    guard let index else {
      unlisted &+= 1
      return
    }
    pool.record(nanoseconds, in: distributions + (index * Self.stages + Int(stage.rawValue)))
  }

  // MARK: Results

  func classes() -> [ClassLatency] {
    InterruptClass.allCases.flatMap { interruptClass in
      LatencyStage.allCases.compactMap { stage in
        let distribution = byClass[Self.slot(interruptClass, stage)].distribution
        return distribution.count == 0
          ? nil : ClassLatency(interruptClass: interruptClass, stage: stage, distribution: distribution)
      }
    }
  }

  func intidLatencies() -> [KeyedLatency] { latencies(intids.sorted()) }
  func peLatencies() -> [KeyedLatency] { latencies(pes.sorted()) }
  func deviceLatencies() -> [KeyedLatency] { latencies(devices.sorted()) }

  private func latencies(_ entries: [(key: UInt64, value: Int32)]) -> [KeyedLatency] {
    entries.flatMap { entry in
      LatencyStage.allCases.compactMap { stage -> KeyedLatency? in
        guard entry.value >= 0 else { return nil }
        let distribution = distributions[Int(entry.value) * Self.stages + Int(stage.rawValue)]
        guard distribution.count > 0 else { return nil }
        return KeyedLatency(
          domain: UInt16(truncatingIfNeeded: entry.key >> 48),
          key: UInt32(truncatingIfNeeded: entry.key),
          stage: stage,
          distribution: distribution,
          buckets: pool.buckets(of: distribution)
        )
      }
    }
  }
}

/// The latencies of one class and stage.
public struct ClassLatency: Sendable {
  /// SGI, PPI, SPI or LPI.
  public var interruptClass: InterruptClass
  /// Which span.
  public var stage: LatencyStage
  /// The samples.
  public var distribution: LatencyDistribution
}

/// The latencies of one INTID, PE or device, in one stage.
public struct KeyedLatency: Sendable {
  /// 0 is the physical controller, n is guest n.
  public let domain: UInt16
  /// The INTID, the PE or the DeviceID.
  public let key: UInt32
  /// Which span.
  public let stage: LatencyStage
  /// Samples.
  public let count: UInt64
  /// The least, in ns.
  public let min: UInt64
  /// The arithmetic mean, in ns.
  public let mean: UInt64
  /// The greatest, in ns.
  public let max: UInt64
  /// Every bucket that holds samples, ascending: its greatest value in ns and its samples. Empty when memory for
  /// buckets ran out before all samples were taken.
  public let buckets: [(upper: UInt64, count: UInt64)]

  init(
    domain: UInt16,
    key: UInt32,
    stage: LatencyStage,
    distribution: SparseDistribution,
    buckets: UnsafeBufferPointer<BucketPool.Bucket>
  ) {
    self.domain = domain
    self.key = key
    self.stage = stage
    count = distribution.count
    min = distribution.min
    mean = distribution.mean
    max = distribution.max
    self.buckets =
      distribution.bucketed == distribution.count
      ? buckets.map { (SparseDistribution.upperBound(of: $0.number), UInt64($0.count)) } : []
  }

  /// The least bucket bound that `percent` of the samples do not exceed, in ns, at most 3.2 % too high; nil when there
  /// are no buckets.
  public func percentile(_ percent: Double) -> UInt64? {
    let wanted = Swift.max(1, (Double(count) * percent / 100).rounded(.up))
    var seen = 0.0
    for bucket in buckets {
      seen += Double(bucket.count)
      if seen >= wanted { return Swift.min(Swift.max(bucket.upper, min), max) }
    }
    return nil
  }
}
