extension GICv2 {
  /// An independent copy of a controller. O(its state), which is fixed.
  init(copying other: borrowing GICv2) {
    topology = other.topology
    departures = other.departures
    distributor = other.distributor.copy()
    banks = other.banks.copy()
    interfaces = .allocate(capacity: GICv2Distributor.peLimit)
    interfaces.initialize(from: other.interfaces, count: GICv2Distributor.peLimit)
    virtualInterfaces = .allocate(capacity: GICv2Distributor.peLimit)
    virtualInterfaces.initialize(from: other.virtualInterfaces, count: GICv2Distributor.peLimit)
    peCount = other.peCount
    countedPEs = other.countedPEs
    progress = other.progress
    ledger = other.ledger.copy()
    disagreements = other.disagreements
    failures = other.failures
    identification = other.identification
    priorityBits = other.priorityBits
    knownPriorityBits = other.knownPriorityBits
    hasTwoSecurityStates = other.hasTwoSecurityStates
    sawSecure = other.sawSecure
    steps = other.steps.copy()
    evaluation = other.evaluation
    deferredWords = other.deferredWords
    lastAccessor = other.lastAccessor
    accessorIsAssumed = other.accessorIsAssumed
    shown = other.shown
    raisedLines = other.raisedLines
    reportedPending = other.reportedPending
  }
}
