import LPIStore

/// How long and how often.
public struct LPIBenchmarkOptions: Sendable {
  /// Repetitions of each workload.
  public var repetitions = 7
  /// Operations per repetition at least, by going through the population several times.
  public var minimumOperations = 1 << 20
  /// Seconds of processor time a repetition may take.
  public var secondsPerRepetition = 2.0
  /// Of all random numbers.
  public var seed: UInt64 = 1
  /// The defaults.
  public init() {}
}

/// Runs one workload on one store.
func measure<Translations: TranslationStore & ~Copyable, Store: LPIStore & ~Copyable>(
  _: Translations.Type,
  _: Store.Type,
  _ workload: LPIWorkload,
  _ population: LPIPopulation,
  _ options: LPIBenchmarkOptions
) -> LPIMeasurement {
  var bench = LPIBench<Translations, Store>(population, seed: options.seed)
  let lpiCount = bench.lpis.count
  let idle = bench.store.memoryInUse + (workload.kind.usesTranslations ? bench.translations.memoryInUse : 0)
  let intids: [UInt32] =
    workload.kind == .lookupRandom ? bench.order.map { bench.lpis[Int($0)].intid } : bench.lpis.map(\.intid)
  let sequence = workload.kind.isInterleaved ? interleaved(bench.lpis, population.deviceCount) : bench.lpis
  let limit = UInt64(options.secondsPerRepetition * 1e9)
  var nanoseconds: [Double] = []
  var operations = 0
  var check: UInt64 = 0
  var isPartial = false
  for repetition in 0...options.repetitions {
    switch workload.kind {
    case .clear: bench.setAllPending()
    case .reconfigure, .moveAll: if repetition == 0 { bench.setAllPending() }
    default: break
    }
    let passes = workload.kind == .clear ? 1 : max(1, options.minimumOperations / max(lpiCount, 1))
    operations = 0
    check = 0
    let start = ThreadTime.now()
    let deadline = start + limit
    for pass in 0..<passes {
      let done: (operations: Int, check: UInt64)
      switch workload.kind {
      case .lookupSequential, .lookupRandom:
        done = intids.withUnsafeBufferPointer { bench.lookup($0, deadline: deadline) }
      case .churn: done = bench.churn(deadline: deadline)
      case .iterate: done = bench.iterate()
      case .stress(let burst), .interleaved(let burst):
        done = sequence.withUnsafeBufferPointer {
          bench.stress($0, burst: burst == 0 ? lpiCount : burst, deadline: deadline)
        }
      case .clear: done = bench.clear(deadline: deadline)
      case .reconfigure: done = bench.reconfigure(round: repetition * passes + pass, deadline: deadline)
      case .moveAll: done = bench.moveAll(round: repetition * passes + pass)
      }
      operations += done.operations
      check = check &* 31 &+ done.check
      if ThreadTime.now() > deadline {
        isPartial = pass + 1 < passes || done.operations < lpiCount
        break
      }
    }
    // The first repetition warms up.
    if repetition > 0 || isPartial { nanoseconds.append(Double(ThreadTime.now() - start) / Double(max(operations, 1))) }
    if isPartial, repetition >= 1 { break }
  }
  return LPIMeasurement(
    store: Store.name,
    workload: workload.name,
    lpiCount: lpiCount,
    operations: operations,
    nanoseconds: nanoseconds.sorted(),
    idleBytesPerLPI: Double(idle) / Double(lpiCount),
    peakBytesPerLPI: bench.peakMemory == 0 ? nil : Double(bench.peakMemory) / Double(lpiCount),
    check: check,
    isPartial: isPartial
  )
}

extension LPIWorkload.Kind {
  /// Whether injections go through the translations.
  var usesTranslations: Bool {
    switch self {
    case .stress, .interleaved: true
    default: false
    }
  }

  var isInterleaved: Bool {
    if case .interleaved = self { true } else { false }
  }
}

/// One LPI of each device in turn.
private func interleaved(_ lpis: [LPIPopulation.LPI], _ deviceCount: Int) -> [LPIPopulation.LPI] {
  var byEvent: [[LPIPopulation.LPI]] = []
  for lpi in lpis {
    while byEvent.count <= Int(lpi.event) { byEvent.append([]) }
    byEvent[Int(lpi.event)].append(lpi)
  }
  return byEvent.flatMap { $0 }
}
