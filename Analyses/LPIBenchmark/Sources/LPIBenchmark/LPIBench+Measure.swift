import LPIStore
import LPIWorkloads

/// How long and how often.
public struct LPIBenchmarkOptions: Sendable {
  /// Repetitions of each workload, after one that is not counted.
  public var repetitions = 3
  /// How often each store has its turn with a population: what disturbs one turn is then not all that is known. Above
  /// 4 million LPIs there is one turn.
  public var turns = 3
  /// Operations per repetition at least, by going through the population several times.
  public var minimumOperations = 1 << 19
  /// Seconds of processor time that a repetition may take, and a tenth of those for building.
  public var secondsPerRepetition = 1.0
  /// Of all random numbers.
  public var seed: UInt64 = 1
  /// The defaults.
  public init() {}
}

extension LPIBench where Translations: ~Copyable, Store: ~Copyable {
  /// Runs one workload as often as the options say.
  mutating func measure(_ workload: LPIWorkload, _ input: LPIWorkloadInput, _ options: LPIBenchmarkOptions)
    -> LPIMeasurement
  {
    let limit = UInt64(max(options.secondsPerRepetition, 0.001) * 1e9)
    var result = LPIMeasurement(
      store: Store.name, population: workload.shape.name, operation: workload.kind.name, lpiCount: lpis.count)
    let needsAllPending = workload.kind == .reconfigure || workload.kind == .moveAll
    var isReady = isComplete
    if needsAllPending, isReady { isReady = setAllPending(deadline: ThreadTime.now() + 10 * limit) }
    guard isReady else {
      clearAllPending()
      result.isTooSlow = true
      return result
    }
    var round = 0
    for repetition in 0...options.repetitions {
      if workload.kind == .clear, !setAllPending(deadline: ThreadTime.now() + 10 * limit) {
        result.isTooSlow = true
        break
      }
      let timed = repeatOnce(workload.kind, input, options, limit, &round)
      // The first repetition warms up; it counts only if there will be no other.
      if repetition > 0 || timed.isPartial { result.nanoseconds.append(timed.nanoseconds) }
      result.operations = timed.operations
      result.check = timed.isPartial ? 0 : timed.check
      result.isPartial = timed.isPartial
      if timed.isPartial { break }
    }
    if needsAllPending || workload.kind == .clear { clearAllPending() }
    result.nanoseconds.sort()
    let count = Double(lpis.count)
    let idle = recordMemory + (workload.kind.usesTranslations ? translationMemory : 0)
    result.idleBytesPerLPI = Double(idle) / count
    if peakMemory > 0, workload.kind.fillsQueues {
      let peak = peakMemory + (workload.kind.usesTranslations ? translationMemory : 0)
      result.peakBytesPerLPI = Double(peak) / count
    }
    return result
  }

  private mutating func repeatOnce(
    _ kind: LPIWorkload.Kind, _ input: LPIWorkloadInput, _ options: LPIBenchmarkOptions, _ limit: UInt64,
    _ round: inout Int
  ) -> (nanoseconds: Double, operations: Int, check: UInt64, isPartial: Bool) {
    let passes = kind == .clear ? 1 : max(1, options.minimumOperations / lpis.count)
    var operations = 0
    var check: UInt64 = 0
    var isPartial = false
    var sinceLook = 0
    let start = ThreadTime.now()
    let deadline = start &+ limit
    for _ in 0..<passes {
      let done = run(kind, input, round, deadline)
      round += 1
      operations += done.operations
      check = check &* 31 &+ done.check
      isPartial = done.isPartial
      if isPartial { break }
      // Asking for the time is a system call.
      sinceLook += done.operations
      if sinceLook >= 4096 {
        sinceLook = 0
        if ThreadTime.now() > deadline {
          isPartial = true
          break
        }
      }
    }
    let nanoseconds = Double(ThreadTime.now() - start) / Double(max(operations, 1))
    return (nanoseconds, operations, check, isPartial)
  }

  private mutating func run(_ kind: LPIWorkload.Kind, _ input: LPIWorkloadInput, _ round: Int, _ deadline: UInt64)
    -> Outcome
  {
    switch kind {
    case .lookupSequential: return input.intids.withUnsafeBufferPointer { lookup($0, deadline: deadline) }
    case .lookupRandom: return input.shuffledINTIDs.withUnsafeBufferPointer { lookup($0, deadline: deadline) }
    case .churn: return churn(deadline: deadline)
    case .iterate: return iterate()
    case .stress(1): return input.population.lpis.withUnsafeBufferPointer { immediate($0, deadline: deadline) }
    case .interleaved(1): return input.interleaved.withUnsafeBufferPointer { immediate($0, deadline: deadline) }
    case .stress(let size):
      return input.population.lpis.withUnsafeBufferPointer {
        burst($0, size: size == 0 ? lpis.count : size, deadline: deadline)
      }
    case .interleaved(let size):
      return input.interleaved.withUnsafeBufferPointer {
        burst($0, size: size == 0 ? lpis.count : size, deadline: deadline)
      }
    case .clear: return clear(deadline: deadline)
    case .reconfigure: return reconfigure(round: round, deadline: deadline)
    case .moveAll: return moveAll(round: round, deadline: deadline)
    }
  }
}

extension LPIWorkload.Kind {
  /// Whether everything is pending at some time.
  var fillsQueues: Bool {
    switch self {
    case .stress(0), .interleaved(0), .clear, .reconfigure, .moveAll: true
    default: false
    }
  }

  /// Whether injections go through the translations.
  var usesTranslations: Bool {
    switch self {
    case .stress, .interleaved: true
    default: false
    }
  }
}
