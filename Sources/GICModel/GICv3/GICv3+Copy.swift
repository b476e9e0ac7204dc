extension GICv3 where Store: ~Copyable {
  /// An independent copy of a controller. O(its state): PEs, devices, LPIs.
  init(copying other: borrowing GICv3<Store>) {
    topology = other.topology
    departures = other.departures
    distributor = other.distributor.copy()
    banks = other.banks.copy()
    pes = .allocate(capacity: other.peCount)
    peMemory = OwnedMemory(pes)
    pes.initialize(from: other.pes, count: other.peCount)
    peCount = other.peCount
    peCapacity = other.peCount
    lpis = other.lpis.copy()
    translation = other.translation.copy()
    virtualTables = other.virtualTables.copy()
    progress = other.progress
    ledger = other.ledger.copy()
    disagreements = other.disagreements
    failures = other.failures
    identification = other.identification
    lpiINTIDBits = other.lpiINTIDBits
    priorityBits = other.priorityBits
    held = other.held
    heldIndex = other.heldIndex
    sgiValue = other.sgiValue
    sgiSource = other.sgiSource
    configurationMemory = other.configurationMemory
    confirmedLPIs = other.confirmedLPIs
    startsAtReset = other.startsAtReset
    shown = other.shown
    sawLegacyOperation = other.sawLegacyOperation
    virtualCause = other.virtualCause
    interim = other.interim
    contestedLPI = other.contestedLPI
  }
}
