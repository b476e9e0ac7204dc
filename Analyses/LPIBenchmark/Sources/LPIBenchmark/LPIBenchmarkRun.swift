import LPIWorkloads

/// Every chosen store in every chosen workload, in one run.
public struct LPIBenchmarkRun: Sendable {
  /// The stores, in the order of the report.
  public var contenders: [LPIContender]
  /// The workloads, in the order of the report.
  public var workloads: [LPIWorkload]
  /// What was extracted from captures; comes after the workloads.
  public var traffic: [LPITraffic] = []
  /// How long and how often.
  public var options: LPIBenchmarkOptions

  /// A run; all stores and standard workloads if not said otherwise.
  public init(
    contenders: [LPIContender] = LPIContender.all, workloads: [LPIWorkload] = LPIWorkload.standard(isQuick: false),
    options: LPIBenchmarkOptions = .init()
  ) {
    self.contenders = contenders
    self.workloads = workloads
    self.options = options
  }

  /// How far a run is.
  public struct Progress: Sendable {
    /// Turns taken so far.
    public var done: Int
    /// Turns in the end.
    public var total: Int
    /// The store and population that are now at work.
    public var current: String
  }

  /// Measures. Stays on the calling thread; `progress` is called before each store's turn with a population.
  public func measure(progress: (Progress) -> Void = { _ in }) -> LPIBenchmarkReport {
    var report = LPIBenchmarkReport(contenders: contenders, options: options)
    var shapes: [LPIPopulationShape] = []
    for workload in workloads where !shapes.contains(workload.shape) { shapes.append(workload.shape) }
    let total =
      shapes.reduce(0) { $0 + turns($1) } * contenders.count
      + traffic.count * max(options.turns, 1) * contenders.count
    var done = 0
    for shape in shapes {
      let own = workloads.filter { $0.shape == shape }
      let input = LPIWorkloadInput(shape, kinds: own.map(\.kind), seed: options.seed)
      for _ in 0..<turns(shape) {
        for contender in contenders {
          progress(Progress(done: done, total: total, current: "\(contender.name) \(shape.name)"))
          contender.measure(input, own, options) { report.add($0) }
          done += 1
        }
      }
    }
    for traffic in traffic {
      for _ in 0..<max(options.turns, 1) {
        for contender in contenders {
          progress(Progress(done: done, total: total, current: "\(contender.name) \(traffic.name)"))
          report.add(contender.measureTraffic(traffic, options))
          done += 1
        }
      }
    }
    return report
  }

  private func turns(_ shape: LPIPopulationShape) -> Int { shape.count > 1 << 22 ? 1 : max(options.turns, 1) }
}
