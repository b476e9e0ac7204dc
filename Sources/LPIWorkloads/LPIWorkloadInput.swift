/// A population and its LPIs in the orders that workloads need: the same for whoever does the workload.
public struct LPIWorkloadInput: Sendable {
  /// The LPIs.
  public let population: LPIPopulation
  /// Random order: indices of `population.lpis`.
  public let order: [UInt32]
  /// INTIDs in device and event order.
  public let intids: [UInt32]
  /// INTIDs in the random order.
  public let shuffledINTIDs: [UInt32]
  /// One LPI of each device in turn; empty if no operation asks for it.
  public let interleaved: [LPIPopulation.LPI]

  /// The input of some operations with a population of this shape.
  public init(_ shape: LPIPopulationShape, kinds: [LPIWorkload.Kind], seed: UInt64) {
    self.init(shape.population(seed: seed), kinds: kinds, seed: seed)
  }

  init(_ population: LPIPopulation, kinds: [LPIWorkload.Kind], seed: UInt64) {
    self.population = population
    var random = SeededRandom(seed: seed &+ 1)
    let lpis = population.lpis
    let order = (0..<UInt32(lpis.count)).shuffled(using: &random)
    self.order = order
    intids = lpis.map(\.intid)
    shuffledINTIDs = order.map { lpis[Int($0)].intid }
    let needsInterleaved = kinds.contains { if case .interleaved = $0 { true } else { false } }
    interleaved = needsInterleaved ? Self.interleaved(lpis) : []
  }

  private static func interleaved(_ lpis: [LPIPopulation.LPI]) -> [LPIPopulation.LPI] {
    var byEvent: [[LPIPopulation.LPI]] = []
    for lpi in lpis {
      while byEvent.count <= Int(lpi.event) { byEvent.append([]) }
      byEvent[Int(lpi.event)].append(lpi)
    }
    return byEvent.flatMap { $0 }
  }
}
