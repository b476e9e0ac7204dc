/// What a run found.
public struct LPIBenchmarkReport: Sendable {
  /// The stores.
  public let contenders: [LPIContender]
  /// The workloads.
  public let workloads: [LPIWorkload]
  /// How long and how often.
  public let options: LPIBenchmarkOptions
  /// One per store and workload.
  public internal(set) var measurements: [LPIMeasurement] = []

  /// What the figures are not.
  public static let caveat = """
    One thread, processor time. Data structures only: no locks, no reference counts, no kernel around them. \
    A row named after a hypervisor is the shape of its structure, and says nothing about that hypervisor's speed. \
    Times move with the machine's load; compare within one run.
    """

  /// The result of a store in a workload.
  public subscript(store: String, workload: String) -> LPIMeasurement? {
    measurements.first { $0.store == store && $0.workload == workload }
  }

  /// The lowest median in a workload.
  public func best(_ workload: String) -> Double? {
    measurements.filter { $0.workload == workload }.compactMap(\.median).min()
  }

  /// A store's median as a multiple of the default's; nil if either is missing.
  public func ratioToDefault(_ measurement: LPIMeasurement) -> Double? {
    guard let own = measurement.median, let first = contenders.first,
      let reference = self[first.name, measurement.workload]?.median
    else { return nil }
    return own / reference
  }

  /// A store's median as a multiple of the best; nil if it has none.
  public func ratioToBest(_ measurement: LPIMeasurement) -> Double? {
    guard let own = measurement.median, let best = best(measurement.workload) else { return nil }
    return own / best
  }

  /// Workloads in which stores that did all operations got different answers. Empty, or there is a bug.
  public var disagreements: [String] {
    workloads.map(\.name).filter { name in
      let checks = Set(measurements.filter { $0.workload == name && $0.check != 0 }.map(\.check))
      return checks.count > 1
    }
  }
}
