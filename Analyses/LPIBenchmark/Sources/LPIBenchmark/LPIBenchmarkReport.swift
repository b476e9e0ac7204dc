/// What a run found.
public struct LPIBenchmarkReport: Sendable {
  /// The stores.
  public let contenders: [LPIContender]
  /// How long and how often.
  public let options: LPIBenchmarkOptions
  /// One per store and workload, in the order in which they were first measured.
  public private(set) var measurements: [LPIMeasurement] = []

  init(contenders: [LPIContender], options: LPIBenchmarkOptions) {
    self.contenders = contenders
    self.options = options
  }

  /// Adds a result to those of the same store and workload.
  mutating func add(_ new: LPIMeasurement) {
    if let index = measurements.firstIndex(where: { $0.store == new.store && $0.workload == new.workload }) {
      measurements[index].merge(new)
    } else {
      measurements.append(new)
    }
  }

  /// The populations and captures, in the order of the run.
  public var populations: [String] {
    var names: [String] = []
    for measurement in measurements where !names.contains(measurement.population) {
      names.append(measurement.population)
    }
    return names
  }

  /// What was done with a population, in the order of the run.
  public func operations(_ population: String) -> [String] {
    var names: [String] = []
    for measurement in measurements
    where measurement.population == population && !names.contains(measurement.operation) {
      names.append(measurement.operation)
    }
    return names
  }

  /// What the figures are not.
  public static let caveat = """
    One thread, its processor time. Data structures only: no locks, no reference counts, no kernel around
    them. A row named after a hypervisor is the shape of its structure and says nothing about that
    hypervisor's speed. Times move with the machine's load: compare within one run.
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
    populations.flatMap { population in operations(population).map { "\(population)/\($0)" } }.filter { name in
      let checks = Set(measurements.filter { $0.workload == name && $0.check != 0 }.map(\.check))
      return checks.count > 1
    }
  }
}
