import InterruptTrace

/// What the model found of one guest.
public struct GuestSummary: Sendable {
  /// The guest.
  public var domain: UInt16
  /// Its vCPUs, as far as seen.
  public var vcpus: Int
  /// Whether it has a GICv2; nil if nothing told.
  public var isGICv2: Bool?
  /// Entries of its vCPUs.
  public var entries: UInt64
  /// Entries at which the state of some interrupt is a guess.
  public var undecidedEntries: UInt64
  /// Entries at which some interrupt found no list register.
  public var overflows: UInt64
  /// Entries with an underflow maintenance interrupt asked for.
  public var maintenanceRequests: UInt64
  /// Entries by the number of list registers used: 0, 1, …
  public var occupancy: [UInt64]
  /// Injections that KVM ignores.
  public var ignoredInjections: UInt64
  /// How often each rule decided.
  public var rules: [(rule: InferenceRule, count: UInt64)]
  /// Predictions of the guest's reads of its own controller.
  public var predictions: [PredictionCount]

  init(_ guest: Guest) {
    domain = guest.domain
    vcpus = guest.vcpus.count
    isGICv2 = guest.distributor.isGICv2
    entries = guest.entries
    undecidedEntries = guest.undecidedEntries
    overflows = guest.overflows
    maintenanceRequests = guest.maintenanceRequests
    let highest = guest.occupancy.lastIndex { $0 > 0 } ?? 0
    occupancy = Array(guest.occupancy[...highest])
    ignoredInjections = guest.ignoredInjections
    rules = InferenceRule.allCases.compactMap { rule in
      let count = guest.rules[Int(rule.rawValue)]
      return count > 0 ? (rule, count) : nil
    }
    predictions = guest.distributor.predictions
  }
}
