/// The latencies of one class and stage.
public struct ClassLatency: Sendable {
  /// SGI, PPI, SPI or LPI.
  public var interruptClass: InterruptClass
  /// Which span.
  public var stage: LatencyStage
  /// The samples.
  public var distribution: LatencyDistribution
}

/// The latencies of one class over time.
public struct ClassLatencySeries: Sendable {
  /// SGI, PPI, SPI or LPI; of a guest's, by the virtual INTID.
  public var interruptClass: InterruptClass
  /// Their latencies; spans of different classes need not be equally long.
  public var series: LatencySeries
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
  public private(set) var count: UInt64 = 0
  /// The least, in ns.
  public private(set) var min = UInt64.max
  /// The greatest, in ns.
  public private(set) var max: UInt64 = 0
  /// Every bucket that holds samples, ascending: its greatest value in ns and its samples. Empty when memory for
  /// buckets ran out before all samples were taken.
  public private(set) var buckets: [(upper: UInt64, count: UInt64)] = []
  private var sum = 0.0
  private var bucketed: UInt64 = 0

  init(domain: UInt16, key: UInt32, stage: LatencyStage) {
    self.domain = domain
    self.key = key
    self.stage = stage
  }

  /// The arithmetic mean, in ns.
  public var mean: UInt64 { meanLatency(sum: sum, count: count, max: max) }

  mutating func add(_ distribution: SparseDistribution) {
    count += distribution.count
    min = Swift.min(min, distribution.min)
    max = Swift.max(max, distribution.max)
    sum += distribution.sum
    bucketed += distribution.bucketed
  }

  /// Takes those of a range of buckets, by number, if they hold every sample.
  mutating func setBuckets(_ counts: UnsafePointer<UInt64>, in range: ClosedRange<Int>) {
    guard bucketed == count else { return }
    for number in range where counts[number] > 0 {
      buckets.append((SparseDistribution.upperBound(of: UInt16(number)), counts[number]))
    }
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
