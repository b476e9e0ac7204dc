extension GICv2Distributor {
  /// An independent copy.
  func copy() -> GICv2Distributor {
    var copy = GICv2Distributor(forwardsTogether: forwardsTogether)
    copy.control = control
    copy.knownControl = knownControl
    copy.candidateSummary = candidateSummary
    copy.implementedLimit = implementedLimit
    copy.enabled.take(enabled)
    copy.group.take(group)
    copy.level.take(level)
    copy.edge.take(edge)
    copy.latch.take(latch)
    copy.active.take(active)
    copy.targeted.take(targeted)
    copy.targets.take(targets)
    copy.priority.take(priority)
    copy.nonSecureAccess.take(nonSecureAccess)
    copy.sources.take(sources)
    copy.activeSource.take(activeSource)
    copy.activeOn.take(activeOn)
    copy.knownEnabled.take(knownEnabled)
    copy.knownGroup.take(knownGroup)
    copy.knownLevel.take(knownLevel)
    copy.knownEdge.take(knownEdge)
    copy.knownTargets.take(knownTargets)
    copy.knownPriority.take(knownPriority)
    copy.knownLatch.take(knownLatch)
    copy.knownActive.take(knownActive)
    copy.touched.take(touched)
    copy.candidates.take(candidates)
    return copy
  }
}

extension GICv2 {
  /// An independent copy of a controller. O(its state), which is fixed.
  init(copying other: borrowing GICv2) {
    topology = other.topology
    departures = other.departures
    checksInvariants = other.checksInvariants
    distributor = other.distributor.copy()
    interfaces = .allocate(capacity: GICv2Distributor.peLimit)
    interfaces.initialize(from: other.interfaces, count: GICv2Distributor.peLimit)
    virtualInterfaces = .allocate(capacity: GICv2Distributor.peLimit)
    virtualInterfaces.initialize(from: other.virtualInterfaces, count: GICv2Distributor.peLimit)
    peCount = other.peCount
    ledger = other.ledger.copy()
    identification = other.identification
    disagreements = other.disagreements
    priorityBits = other.priorityBits
    knownPriorityBits = other.knownPriorityBits
    hasTwoSecurityStates = other.hasTwoSecurityStates
    steps = other.steps.copy()
    evaluation = other.evaluation
    deferredWords = other.deferredWords
    lastAccessor = other.lastAccessor
    accessorIsAssumed = other.accessorIsAssumed
    shown = other.shown
    now = other.now
    eventIndex = other.eventIndex
    provenance = other.provenance
    reportedControl = other.reportedControl
    reportedBeginning = other.reportedBeginning
    raisedLines = other.raisedLines
    reportedPending = other.reportedPending
  }
}
