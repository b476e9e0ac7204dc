import InterruptTrace
import LPIStore

/// A GICv3 or GICv4: Distributor, Redistributors, CPU interfaces, ITSes, and the predictions made with them.
///
/// One value is mutated by one thread. All state that an event touches lies in memory the value owns; nothing is
/// allocated for an event, except when a PE, a device or an LPI is met for the first time.
struct GICv3<Store: LPIStore & ~Copyable>: ~Copyable {
  var topology: Topology
  let departures: Departures

  var distributor: Distributor
  var banks: InterruptBanks
  var pes: UnsafeMutablePointer<ProcessingElement>
  /// Where they lie.
  var peMemory: OwnedMemory
  var peCount: Int
  /// Room for PEs that may come.
  var peCapacity: Int
  var lpis: Store
  var translation: InterruptTranslation
  /// Pending tables of vPEs (GICv4).
  var virtualTables: VirtualPendingTables<Store>
  var progress: Progress
  var ledger = PredictionLedger()
  var disagreements: [Disagreement] = []
  var failures: [Failure] = []
  var identification: [UInt64: UInt64] = [:]

  let distributorMap = RegisterLookup(.distributor)
  let redistributorMap = RegisterLookup(.redistributor)
  let itsMap = RegisterLookup(.its)
  let virtualInterfaceMap = RegisterLookup(.gicv2VirtualInterface)

  /// INTID bits of LPIs, at most 24: `GICD_TYPER.IDbits` plus one.
  var lpiINTIDBits = 24
  /// Implemented priority bits of the CPU interface.
  var priorityBits: Int
  /// Priority bits that take part in preemption: one less than all of eight, else all (IHI 0069H, 4.8.2).
  var preemptionBits: Int { min(priorityBits, 7) }

  /// A record that waits for its continuation.
  var held = Event(time: 0, kind: EventKind(rawValue: 0))
  var heldIndex: UInt64 = 0
  /// The last SGI register write, for the targets that the capture shows after it.
  var sgiValue: UInt64 = 0
  var sgiSource: UInt32 = PE.none
  /// The LPI configuration table, where the capture shows memory; what is cached stands in `lpis`.
  var configurationMemory = ConfigurationMemory()
  /// By PE.
  var confirmedLPIs = ConfirmedLPIs()
  /// Everything since the controller's reset is in the capture.
  var startsAtReset: Bool
  /// Kinds of events that the capture has held.
  var shown: ShownKinds = []
  /// Accesses came before that only a controller with affinity routing off answers, so that a Secure world may go on with
  /// them: what those answer is not known.
  var sawLegacyOperation = false
  /// The PE whose virtual interface the last event that is not an observation was about, or ``PE/none``.
  var virtualCause: UInt32 = PE.none
  /// What a PE showed between the two steps of an end of interrupt, while the capture may still show it.
  var interim = InterimView.none
  /// The last LPI that was pending on several PEs with another priority on each; 0 for none.
  var contestedLPI: UInt32 = 0

  /// Most PEs that are modelled: no implementation comes near it, and a capture that claims more costs no memory.
  static var peLimit: Int { 4096 }

  /// `makeStore` makes the store of each INTID namespace, from the number of PEs and of INTID bits.
  init(
    topology: Topology, options: ControllerOptions, makeStore: @escaping (_ peCount: Int, _ intidBits: Int) -> Store
  ) {
    self.topology = topology
    departures = Departures(topology: topology, profile: options.profile)
    progress = Progress(checksInvariants: options.checksInvariants)
    let one = topology[.securityStates] != .two
    distributor = Distributor(control: Learned(Self.resetControl(oneSecurityState: one)))
    peCount = min(max(topology.peCount, 1), Self.peLimit)
    priorityBits = min(max(topology[.priorityBits] ?? 5, 4), 8)
    pes = .allocate(capacity: peCount)
    peMemory = OwnedMemory(pes)
    peCapacity = peCount
    banks = InterruptBanks(peCount: peCount)
    lpis = makeStore(peCount, min(max(topology[.intidBits] ?? 24, 14), 24))
    virtualTables = VirtualPendingTables(makeStore: makeStore)
    translation = InterruptTranslation(topology: topology)
    startsAtReset = topology[.startsAtReset] == true
    initialise(from: 0)
    if topology[.resetToGroup1] == true { banks.assumeGroup1() }
    learnImplementedINTIDs()
    if startsAtReset { knowReset() }
  }

  /// `GICD_CTLR` at reset, with affinity routing on: the model of legacy operation is another.
  static func resetControl(oneSecurityState: Bool) -> UInt32 {
    oneSecurityState
      ? Distributor.disableSecurity | Distributor.affinityRoutingSecure
      : Distributor.affinityRoutingSecure | Distributor.affinityRoutingNonSecure
  }

  private func initialise(from first: Int) {
    let virtualInterface = initialVirtualInterface()
    let hasLPIs: Bool = topology[.gicdTyper].map { $0 >> 17 & 1 != 0 } ?? true  // GICD_TYPER.LPIS
    for pe in first..<peCount {
      var element = ProcessingElement()
      element.affinity = topology.affinity(of: UInt32(pe))
      element.virtual = virtualInterface
      resetCPUInterface(&element)
      if topology[.resetToGroup1] == true { element.takesFIQsToEL3.value = 0 }
      if hasLPIs, departures.contains(.enableLPIsIsClearable) { element.control.value = 2 }  // GICR_CTLR.CES
      (pes + pe).initialize(to: element)
    }
  }

  /// At reset nothing is pending, active or high: that much of the dynamic state is known when the capture starts there.
  private mutating func knowReset() {
    banks.knowReset()
    if departures.contains(.resetIsKnown), topology[.resetToGroup1] != true { banks.knowResetGroups() }
    for pe in 0..<peCount {
      pes[pe].activeIsUnknownFrom = InlineArray(repeating: 256)
      pes[pe].virtual.knowReset(registersAreReset: departures.contains(.resetIsKnown))
    }
  }

  /// Makes room for PEs that the topology did not name.
  @inline(never) mutating func grow(toHold pe: UInt32) {
    guard pe < UInt32(Self.peLimit) else { return }
    let count = max(Int(pe) + 1, peCount)
    if count > peCapacity {
      peCapacity = max(count, peCapacity * 2)
      let bigger = UnsafeMutablePointer<ProcessingElement>.allocate(capacity: peCapacity)
      bigger.moveInitialize(from: pes, count: peCount)
      pes = bigger
      peMemory = OwnedMemory(bigger)
    }
    let old = peCount
    peCount = count
    banks.grow(toHold: count)
    initialise(from: old)
  }

  /// Whether `pe` names a PE that the model holds; makes it hold those it can.
  @inline(__always) mutating func holds(_ pe: UInt32) -> Bool {
    if Int(pe) < peCount { return true }
    grow(toHold: pe)
    return Int(pe) < peCount
  }
}
