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
  /// The samples, in buckets of 3 %.
  public let distribution: LatencyDistribution
}
