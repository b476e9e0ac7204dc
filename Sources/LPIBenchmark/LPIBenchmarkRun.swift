/// Every chosen store in every chosen workload, in one run.
public struct LPIBenchmarkRun: Sendable {
  /// The stores, in the order of the report.
  public var contenders: [LPIContender]
  /// The workloads, in the order of the report.
  public var workloads: [LPIWorkload]
  /// How long and how often.
  public var options: LPIBenchmarkOptions

  /// A run; all stores and standard workloads if not said otherwise.
  public init(
    contenders: [LPIContender] = LPIContender.all,
    workloads: [LPIWorkload] = LPIWorkload.standard(isQuick: false),
    options: LPIBenchmarkOptions = .init()
  ) {
    self.contenders = contenders
    self.workloads = workloads
    self.options = options
  }

  /// How far a run is.
  public struct Progress: Sendable {
    /// Results so far.
    public var done: Int
    /// Results in the end.
    public var total: Int
    /// The store and population that are now at work.
    public var current: String
  }

  /// Measures. Stays on the calling thread; `progress` is called before each store's turn with a population.
  public func measure(progress: (Progress) -> Void = { _ in }) -> LPIBenchmarkReport {
    var report = LPIBenchmarkReport(contenders: contenders, workloads: workloads, options: options)
    var shapes: [LPIPopulationShape] = []
    for workload in workloads where !shapes.contains(workload.shape) { shapes.append(workload.shape) }
    for shape in shapes {
      let own = workloads.filter { $0.shape == shape }
      let input = LPIBenchInput(shape, kinds: own.map(\.kind), seed: options.seed)
      for contender in contenders {
        progress(
          Progress(
            done: report.measurements.count,
            total: workloads.count * contenders.count,
            current: "\(contender.name) \(shape.name)"
          )
        )
        contender.measure(input, own, options) { report.measurements.append($0) }
      }
    }
    progress(Progress(done: report.measurements.count, total: report.measurements.count, current: ""))
    return report
  }
}
