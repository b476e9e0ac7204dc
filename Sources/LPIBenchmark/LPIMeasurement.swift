/// One store's result in one workload.
public struct LPIMeasurement: Sendable {
  /// The store's name.
  public var store: String
  /// The workload's name.
  public var workload: String
  /// LPIs mapped.
  public var lpiCount: Int
  /// Operations timed in the last repetition.
  public var operations: Int
  /// Nanoseconds of processor time per operation: each repetition's, ascending.
  public var nanoseconds: [Double]
  /// Bytes per LPI with nothing pending: records alone for lookups, records and translations where both are used.
  public var idleBytesPerLPI: Double
  /// The same with everything pending, if the workload goes there.
  public var peakBytesPerLPI: Double?
  /// A number that depends on every answer: equal for all stores that saw the same operations.
  public var check: UInt64
  /// Whether the time allowed ended before the workload did.
  public var isPartial: Bool

  /// The median of the repetitions.
  public var median: Double { nanoseconds.isEmpty ? .nan : nanoseconds[nanoseconds.count / 2] }

  /// Half the distance between the quartiles, as a fraction of the median.
  public var spread: Double {
    guard nanoseconds.count >= 3 else { return 0 }
    let quarter = nanoseconds.count / 4
    return (nanoseconds[nanoseconds.count - 1 - quarter] - nanoseconds[quarter]) / 2 / median
  }
}
