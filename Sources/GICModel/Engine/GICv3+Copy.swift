import LPIStore

extension GICv3 where Store: ~Copyable {
  /// An independent copy of a controller. O(its state): PEs, devices, LPIs.
  init(copying other: borrowing GICv3<Store>) {
    topology = other.topology
    departures = other.departures
    checksInvariants = other.checksInvariants
    distributor = other.distributor.copy()
    pes = .allocate(capacity: other.peCount)
    pes.initialize(from: other.pes, count: other.peCount)
    peCount = other.peCount
    lpis = other.lpis.copy()
    translation = other.translation.copy()
    virtualTables = other.virtualTables.copy()
    ledger = other.ledger.copy()
    identification = other.identification
    lpiINTIDBits = other.lpiINTIDBits
    priorityBits = other.priorityBits
    now = other.now
    eventIndex = other.eventIndex
    provenance = other.provenance
    held = other.held
    heldIndex = other.heldIndex
    sgiValue = other.sgiValue
    sgiSource = other.sgiSource
    configurationMemory = other.configurationMemory
    showsLines = other.showsLines
    shown = other.shown
    sawLegacyOperation = other.sawLegacyOperation
    showsSGIs = other.showsSGIs
    virtualCause = other.virtualCause
    interim = other.interim
    disagreements = other.disagreements
    reportedControl = other.reportedControl
    reportedBeginning = other.reportedBeginning
  }
}
