/// What a store is made to do, repeatedly and measured.
public struct LPIWorkload: Sendable {
  /// The operations of a workload.
  public enum Kind: Sendable, Equatable {
    /// Reads every record in device order.
    case lookupSequential
    /// Reads records in random order; each read is independent of the one before.
    case lookupRandom
    /// Removes a random LPI's record and makes it anew.
    case churn
    /// Walks all records in INTID order.
    case iterate
    /// Injects by DeviceID and EventID in device order and acknowledges: `burst` injections, then everything that they
    /// made pending. 1 is the selftest's steady state; 0 injects all LPIs before it acknowledges any.
    case stress(burst: Int)
    /// The same from all devices in turn, as when each has its own thread.
    case interleaved(burst: Int)
    /// Makes all pending, then not pending one by one in random order (CLEAR, DISCARD).
    case clear
    /// With all pending, changes the priority of random LPIs (INV).
    case reconfigure
    /// With all pending, moves everything from one PE to another in turn (MOVALL). Per LPI moved.
    case moveAll
  }

  /// The name users choose it by.
  public var name: String
  /// What it does, in a sentence.
  public var summary: String
  /// The operations.
  public var kind: Kind
  /// The LPIs.
  public var population: @Sendable () -> LPIPopulation
  /// LPIs, for the table.
  public var lpiCount: Int

  /// A workload.
  public init(
    name: String,
    summary: String,
    kind: Kind,
    lpiCount: Int,
    population: @escaping @Sendable () -> LPIPopulation
  ) {
    self.name = name
    self.summary = summary
    self.kind = kind
    self.population = population
    self.lpiCount = lpiCount
  }
}
