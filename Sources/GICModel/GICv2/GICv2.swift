import InterruptTrace

/// A GICv2: Distributor, CPU interfaces and virtual interfaces of up to eight PEs, and the predictions made with them
/// (IHI 0048B). Signal bypass (2.3.2) is not modelled: with a group disabled, its line is low.
///
/// One value is mutated by one thread. All state lies in memory the value owns; nothing is allocated for an event.
struct GICv2: ~Copyable {
  var topology: Topology
  let departures: Departures

  var distributor: GICv2Distributor
  let banks: InterruptBanks
  /// The CPU interface of each PE.
  let interfaces: UnsafeMutablePointer<GICv2ProcessingElement>
  /// The virtual interface of each PE.
  let virtualInterfaces: UnsafeMutablePointer<GICv2VirtualInterface>
  /// PEs that exist, as far as it is known.
  var peCount: Int
  /// CPU interfaces that exist by `GICD_TYPER`, as a set; without a read of it there may be more than have been seen.
  var countedPEs: UInt8 = 0xFF
  var progress: Progress
  var ledger = PredictionLedger()
  var disagreements: [Disagreement] = []
  var failures: [Failure] = []
  var identification: [UInt64: UInt64] = [:]

  let distributorMap = RegisterLookup(.gicv2Distributor)
  let interfaceMap = RegisterLookup(.gicv2Interface)
  let virtualInterfaceMap = RegisterLookup(.gicv2VirtualInterface)
  let hypervisorMap = RegisterLookup(.gicv2Hypervisor)
  let doorbellMap = RegisterLookup(.gicv2m)
  /// Registers that a GICv3 has with affinity routing off too.
  let legacyMap = RegisterLookup(.distributor)

  /// Implemented bits of `GICD_IPRIORITYR` and `GICC_PMR`.
  var priorityBits: Int
  /// Priority bits that are implemented for sure; the architecture demands four (IHI 0048B, 3.3).
  var knownPriorityBits: UInt8
  /// With the Security Extensions; see ``isNonSecure(_:pe:)``.
  var hasTwoSecurityStates: Bool
  /// The capture has shown a Secure access.
  var sawSecure = false
  /// What the Distributor showed between the bytes of its last write.
  var steps = GICv2WriteSteps()
  /// What the last evaluation showed.
  var evaluation = GICv2Evaluation()
  /// Words whose candidates a guest's deactivation left to be looked at later, see
  /// ``Departures/virtualEndDefersPhysical``.
  var deferredWords: UInt32 = 0
  /// The PE that made the last access whose PE was shown.
  var lastAccessor = 0
  /// The access being applied may be another PE's than the last.
  var accessorIsAssumed = false
  /// Kinds of events that the capture has held.
  var shown: ShownKinds = []

  /// PEs of which a request line was reported high, and a highest pending interrupt.
  var raisedLines: UInt8 = 0
  var reportedPending: UInt8 = 0

  deinit {
    interfaces.deallocate()
    virtualInterfaces.deallocate()
  }

  /// Whether `pe` names a PE that the model can hold; makes it exist.
  @inline(__always) mutating func holds(_ pe: UInt32) -> Bool {
    guard pe < UInt32(GICv2Distributor.peLimit) else { return false }
    if Int(pe) >= peCount { setPECount(Int(pe) + 1) }
    return true
  }

  /// The number of PEs decides where SPIs of a uniprocessor go (IHI 0048B, 4.3.12).
  @inline(never) mutating func setPECount(_ count: Int) {
    peCount = min(max(count, 1), GICv2Distributor.peLimit)
    refreshAll()
  }
}

extension GICv2 {
  init(topology: Topology, options: ControllerOptions) {
    let departures = Departures(topology: topology, profile: options.profile)
    let hasAllBits = departures.contains(.hasEightPriorityBits)
    let count = GICv2Distributor.peLimit
    self.init(
      topology: topology, departures: departures,
      distributor: GICv2Distributor(forwardsTogether: departures.contains(.groupsForwardedTogether)),
      banks: InterruptBanks(peCount: count), interfaces: .allocate(capacity: count),
      virtualInterfaces: .allocate(capacity: count), peCount: min(max(topology.peCount, 1), count),
      progress: Progress(checksInvariants: options.checksInvariants),
      priorityBits: min(max(topology[.priorityBits] ?? (hasAllBits ? 8 : 5), 4), 8),
      knownPriorityBits: topology[.priorityBits] != nil ? 0xFF : 0xF0,
      hasTwoSecurityStates: topology[.securityStates] == .two)
    progress.isPart = topology[.lacksThreads] == true
    progress.isMixed = topology[.controllers] ?? 1 > 1 || progress.isPart
    let virtualBits = min(max(topology[.preemptionBits] ?? 5, 4), 7)
    let lists = topology[.listRegisters] ?? (departures.contains(.hasFourListRegisters) ? 4 : 64)
    interfaces.initialize(repeating: GICv2ProcessingElement(preemptionBits: min(priorityBits, 7)), count: count)
    virtualInterfaces.initialize(
      repeating: GICv2VirtualInterface(preemptionBits: virtualBits, count: min(max(lists, 1), 64)), count: count)
    if let lines = topology[.itLinesNumber] { learnLines(lines) }
    reset()
  }

  /// An independent copy of a controller. O(its state), which is fixed.
  init(copying other: borrowing GICv2) {
    let count = GICv2Distributor.peLimit
    self.init(
      topology: other.topology, departures: other.departures, distributor: other.distributor.copy(),
      banks: other.banks.copy(), interfaces: .allocate(capacity: count), virtualInterfaces: .allocate(capacity: count),
      peCount: other.peCount, countedPEs: other.countedPEs, progress: other.progress, ledger: other.ledger.copy(),
      disagreements: other.disagreements, failures: other.failures, identification: other.identification,
      priorityBits: other.priorityBits,
      knownPriorityBits: other.knownPriorityBits, hasTwoSecurityStates: other.hasTwoSecurityStates,
      sawSecure: other.sawSecure,
      steps: other.steps.copy(), evaluation: other.evaluation, deferredWords: other.deferredWords,
      lastAccessor: other.lastAccessor, accessorIsAssumed: other.accessorIsAssumed, shown: other.shown,
      raisedLines: other.raisedLines, reportedPending: other.reportedPending)
    interfaces.initialize(from: other.interfaces, count: count)
    virtualInterfaces.initialize(from: other.virtualInterfaces, count: count)
  }

  /// Writes the controller, or reads it into one that was made from the same topology and options.
  mutating func archive(_ archive: inout StateArchive) {
    let count = GICv2Distributor.peLimit
    topology.archive(&archive)
    distributor.archive(&archive)
    banks.archive(&archive)
    archive.values(interfaces, count: count)
    archive.values(virtualInterfaces, count: count)
    archive.value(&peCount)
    archive.value(&countedPEs)
    archivePredictions(&archive)
    archive.value(&priorityBits)
    archive.value(&knownPriorityBits)
    archive.value(&hasTwoSecurityStates)
    archive.value(&sawSecure)
    steps.archive(&archive)
    archive.value(&evaluation)
    archive.value(&deferredWords)
    archive.value(&lastAccessor)
    archive.value(&accessorIsAssumed)
    archive.value(&shown)
    archive.value(&raisedLines)
    archive.value(&reportedPending)
  }
}
