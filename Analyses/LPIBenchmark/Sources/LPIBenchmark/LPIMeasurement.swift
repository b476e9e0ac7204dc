/// One store's result in one workload.
public struct LPIMeasurement: Sendable {
  /// The store's name.
  public var store: String
  /// The population's name, or the capture's.
  public var population: String
  /// What was done with it.
  public var operation: String
  /// LPIs mapped.
  public var lpiCount: Int
  /// Operations timed in the last repetition.
  public var operations = 0
  /// Nanoseconds of processor time per operation: each repetition's, ascending. Empty if it was too slow.
  public var nanoseconds: [Double] = []
  /// Bytes per LPI with nothing pending: of the records, and of the translations where the workload uses them.
  public var idleBytesPerLPI = Double.nan
  /// The same with everything pending, if the workload goes there.
  public var peakBytesPerLPI: Double?
  /// A number that depends on every answer: equal for all stores that did the same operations. 0 if cut short.
  public var check: UInt64 = 0
  /// Whether the time allowed ended before the workload did: the median is of what was done.
  public var isPartial = false
  /// Whether the store could not even be filled in the time allowed.
  public var isTooSlow = false

  init(store: String, population: String, operation: String, lpiCount: Int) {
    self.store = store
    self.population = population
    self.operation = operation
    self.lpiCount = lpiCount
  }

  /// The workload's name.
  public var workload: String { "\(population)/\(operation)" }

  /// Adds what another turn of the same store with the same workload found.
  mutating func merge(_ other: LPIMeasurement) {
    isTooSlow = isTooSlow || other.isTooSlow
    isPartial = isPartial || other.isPartial
    nanoseconds = (nanoseconds + other.nanoseconds).sorted()
    if check != other.check { check = isPartial ? 0 : ~check }
    peakBytesPerLPI = peakBytesPerLPI.map { max($0, other.peakBytesPerLPI ?? 0) }
  }

  /// The median of the repetitions; nil if there is none.
  public var median: Double? { nanoseconds.isEmpty ? nil : nanoseconds[nanoseconds.count / 2] }

  /// Half the distance between the quartiles, as a fraction of the median.
  public var spread: Double {
    guard nanoseconds.count >= 3, let median, median > 0 else { return 0 }
    let quarter = nanoseconds.count / 4
    return (nanoseconds[nanoseconds.count - 1 - quarter] - nanoseconds[quarter]) / 2 / median
  }
}
