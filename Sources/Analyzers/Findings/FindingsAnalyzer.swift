import InterruptTrace
import Replay

/// Finds interrupts that were lost, came for nothing, or got stuck, and says why.
///
/// It follows every interrupt and every PE through their transitions; most findings come up where something happens,
/// what is stuck is found in the state at the end. What the capture has not shown stays unknown, and nothing that
/// depends on it is reported as a fault. Memory follows the number of interrupts that occur, not the capture's length.
struct FindingsAnalyzer: ~Copyable {
  var interrupts: DenseTable<InterruptRecord>
  /// By the numbers of their records; those of interrupts that found no room come together under one more.
  var mishaps: LiveTable<InterruptMishaps>
  /// Numbers of the records that may have changed since state was last forgotten: a gap costs no more than what came before it.
  var touched: [UInt32] = []
  var processors = PETable(ProcessorRecord())
  let log: FindingLog
  let thresholds: FindingThresholds
  /// The capture, as a command line names it.
  var captureName: String?
  let filter: TransitionFilter?
  var isReported = true

  /// The capture begins at the controller's reset, and nothing is missing so far.
  var startsAtReset = false
  var hasGaps = false
  /// Predictions that failed: what rests on the model is not certain then.
  var disagreements: UInt64 = 0
  /// The capture lacks what other threads did: nothing is certain.
  var isPart = false
  /// The first of them.
  var contradictionEvent: UInt64 = .max
  /// Group enables of the Distributor.
  var distributor = ProcessorRecord()

  /// By SGI.
  var sentToNobody = SGICounts()
  /// By SGI: those that named PEs and were accepted by none.
  var refusedSGIs = SGICounts()

  // MARK: The clock

  var lastEvent: UInt64 = 0
  var lastTime: UInt64 = 0
  var firstTime: UInt64?
  /// From acknowledge to end, in ns and in events.
  var services = SpanCounts()
  /// From priority drop to deactivation.
  var deactivations = SpanCounts()
  /// From pending to acknowledge.
  var waits = SpanCounts()

  // MARK: ITS

  /// The last MSI, as long as no command follows it.
  var msi: Transition?
  /// An MSI whose translation the capture has not shown yet.
  var unresolved: Transition?
  /// Pending state that the command or access being carried out took away.
  var cleared: Transition?
  var invalidateAllEvent: UInt64 = .max
  /// The last command, while what follows it may say that it failed.
  var lastCommand: Transition?
  /// By ITS: commands that wait.
  var waiting = LiveTable(WaitingCommands())
  var itsEnabled = InterruptRecord.Tristate.unknown
  var itsDisabledEvent: UInt64 = .max
  /// Where it was enabled again after it had been disabled.
  var itsRestartEvent: UInt64 = .max

  // MARK: Register accesses and commands

  var accesses = AccessQueue()
  var trail = RegisterTrail()
  /// By ITS: bit 0 is set while it is enabled, bit 1 if it was last read disabled and not quiescent.
  var itsControl = LiveTable(UInt8(0))
  /// The types of `GITS_BASER0` to 7, a byte each, as reads show them; 0 where none did.
  var itsTableTypes: UInt64 = 0
  /// The command that an ITS fetched last: the ITS, and the slot of its queue.
  var commandFetched: (its: Int, slot: UInt64) = (-1, 0)
  /// By DeviceID: the last MAPD that mapped it.
  var deviceMappings = LiveTable(UInt64.max)
  var unknownCommandEvent: UInt64 = .max
  /// The last command about a vPE's interrupt.
  var virtualCommandEvent: UInt64 = .max
  /// `GICD_TYPER`; 0 until it was read.
  var distributorType: UInt64 = 0
  /// `GICD_CTLR` was last read with RWP set.
  var distributorIsBusy = false
  var hasRedistributors = false
  var virtualLPIs = VirtualLPIs()

  // MARK: Software

  var software = SoftwareTrail()

  // MARK: List registers

  /// By PE.
  var lists = LiveTable(ListRegisterRecord())
  /// By interrupt: how one that waits for its deactivation was given to a guest.
  var handedOn = LiveTable(HandedOn())
  var guests = ListedInterrupts()

  init(
    filter: TransitionFilter = TransitionFilter(), thresholds: FindingThresholds = FindingThresholds(),
    limits: AnalysisLimits = AnalysisLimits()
  ) {
    interrupts = DenseTable(InterruptRecord(), limit: limits.interrupts)
    mishaps = LiveTable(InterruptMishaps(), limit: limits.interrupts + 1)
    self.filter = filter.isOpen ? nil : filter
    self.thresholds = thresholds
    log = FindingLog(limit: thresholds.listed)
  }

  mutating func consume(_ batch: ReplayBatch) {
    begin(batch)
    for index in 0..<batch.transitions.count where batch.transitions[index].domain == Domain.physical {
      take(batch.transitions[index])
    }
    end(batch)
  }

  /// A batch begins; every transition of the physical controller follows, by ``take(_:)`` or by the function for its kind.
  mutating func begin(_ batch: ReplayBatch) {
    isReported = batch.isReported
    if firstTime == nil { firstTime = batch.firstTime ?? batch.transitions.first?.time }
    accesses.begin(batch, &processors)
  }

  /// A batch was taken in.
  mutating func end(_ batch: ReplayBatch) {
    advance(to: .max)
    if batch.events.count > 0 {
      lastEvent = batch.firstIndex &+ batch.eventCount &- 1
      lastTime = max(lastTime, batch.latestTime)
    } else if let last = batch.transitions.last {
      lastEvent = last.event
      lastTime = max(lastTime, last.time)
    }
  }

  /// Takes in a transition of the physical controller: what a hypervisor's model infers of its guests is no evidence of
  /// what their controllers did.
  mutating func take(_ t: Transition) {
    switch t.kind {
    case .pending: becamePending(t)
    case .acknowledged: acknowledged(t)
    case .endOfInterrupt: ended(t)
    case .deactivated: deactivated(t)
    case .lineRaised, .lineLowered: lineChanged(t)
    case .pendingCleared: pendingCleared(t)
    case .cpuLine: signalled(t)
    case .highestPending: offered(t)
    case .lrWritten, .lrFilled, .lrEmptied, .lrOverwritten, .virtualAcknowledged, .virtualEndOfInterrupt, .maintenance,
      .virtualSpuriousAcknowledge, .virtualDeactivated, .virtualInterfaceEnabled, .virtualInterfaceDisabled,
      .virtualControl, .guestRuns, .vCPULoaded:
      virtual(t)
    case .msi, .itsFault, .itsCommand, .mapping, .collection, .itsEnabled, .commandsWaiting: its(t)
    case .sgiWritten: sgiWritten(t)
    case .virtualPending, .virtualMerged, .virtualPendingCleared, .vPEResident, .vPENonresident: virtualLPI(t)
    case .taught, .sgiSent: break
    default: other(t)
    }
  }

  @inline(__always) mutating func signalled(_ t: Transition) {
    let processor = processors.at(t)
    processor.pointee.lines = UInt8(truncatingIfNeeded: t.cpuLine.levels.rawValue)
    processor.pointee.linesEvent = t.event
  }

  @inline(__always) mutating func offered(_ t: Transition) {
    let processor = processors.at(t)
    processor.pointee.highest = t.intid
    processor.pointee.highestEvent = t.event
  }

  /// What is rare.
  @inline(never) private mutating func other(_ t: Transition) {
    switch t.kind {
    case .begin:
      startsAtReset = t.begin.isReset
      if startsAtReset { distributor.isComplete = true }
      isPart = t.begin.isPart
    case .merged: merged(t)
    case .spuriousAcknowledge: spurious(t)
    case .mismatchedEnd: mismatchedEnd(t)
    case .enabled, .disabled: enableChanged(t)
    case .retargeted: retargeted(t)
    case .priorityChanged:
      checkConfiguration(t, isChange: true)
      let record = record(t)
      record.pointee.priority = UInt8(truncatingIfNeeded: min(t.priority, 0xFF))
      record.pointee.priorityEvent = t.event
    case .groupChanged:
      let record = record(t)
      record.pointee.group = t.groupChanged.to
      record.pointee.groupEvent = t.event
    case .triggerChanged:
      let record = record(t)
      checkTrigger(t, record)
      record.pointee.edge = .init(t.triggerChanged.isEdge)
      record.pointee.wasTakenByLine = false
    case .activated:
      let record = record(t)
      record.pointee.isActive = true
      record.pointee.isDropped = true
      record.pointee.activateEvent = t.event
      record.pointee.endAt = .init(t)
    case .priorityMask, .groupEnables, .sleep, .lpisEnabled, .endMode: conditionChanged(t)
    case .interfaceReset: resetInterface(t)
    case .machineReset: machineReset(t)
    case .gap:
      hasGaps = true
      forgetState()
    case .guestError: guestError(t)
    case .disagreed:
      disagreements &+= 1
      contradictionEvent = min(contradictionEvent, t.event)
      disagreed(t)
    default: break
    }
  }

  // MARK: Keys

  @inline(__always) static func key(_ t: Transition) -> UInt64 {
    t.interruptKey
  }

  /// The record of an interrupt, with what its class implies.
  @inline(__always) mutating func record(_ t: Transition) -> UnsafeMutablePointer<InterruptRecord> {
    let record = interrupts.insert(Self.key(t))
    if !record.pointee.isTouched { touch(record) }
    return record
  }

  /// What of an interrupt came to nothing, to add to it.
  @inline(__always)
  mutating func mishaps(_ record: UnsafeMutablePointer<InterruptRecord>) -> UnsafeMutablePointer<InterruptMishaps> {
    mishaps.insert(interrupts.number(of: record).map(UInt64.init) ?? .max)
  }

  /// What of an interrupt came to nothing so far.
  func knownMishaps(_ key: InterruptKey) -> InterruptMishaps {
    interrupts.find(key.rawValue).flatMap { interrupts.number(of: $0) }.flatMap { mishaps.find(UInt64($0))?.pointee }
      ?? InterruptMishaps()
  }

  @inline(never) private mutating func touch(_ record: UnsafeMutablePointer<InterruptRecord>) {
    guard let number = interrupts.number(of: record) else { return }
    record.pointee.isTouched = true
    touched.append(number)
  }

  // MARK: Recording

  /// Whether a finding about an interrupt and a PE passes the filter.
  @inline(__always) private static func includes(_ key: FindingLog.Key, _ filter: TransitionFilter?) -> Bool {
    filter?.includes(domain: key.domain, pe: key.pe, intid: key.intid) ?? true
  }

  /// Whether what a finding is about was followed: of an interrupt that found no room nothing is known.
  @inline(__always) private func isFollowed(_ key: FindingLog.Key) -> Bool {
    guard interrupts.isFull, key.intid != INTID.none, !key.isVirtual else { return true }
    if INTID.isPrivate(key.intid), key.pe == PE.none { return true }
    return interrupts.find(InterruptKey.interrupt(domain: key.domain, pe: key.pe, intid: key.intid).rawValue) != nil
  }

  /// Counts an occurrence unless it is the first of a finding. Asked before ``report(_:_:count:_:)`` where there may be
  /// millions: for a closure and for a call that does not mutate the compiler copies all of this.
  @inline(__always) mutating func repeats(_ key: FindingLog.Key, _ t: Transition, count: UInt64 = 1) -> Bool {
    guard isReported, isFollowed(key), Self.includes(key, filter) else { return true }
    return log.repeats(key, event: t.event, time: t.time, count: count)
  }

  /// Counts an occurrence; `describe` gives the words if it is the first. Inlined, as what is not and does not mutate gets a
  /// copy of all of this.
  @inline(__always)
  func report(_ key: FindingLog.Key, _ t: Transition, count: UInt64 = 1, _ describe: () -> FindingLog.Description) {
    guard isReported, isFollowed(key), Self.includes(key, filter) else { return }
    log.record(key, event: t.event, time: t.time, count: count, describe)
  }

  /// The same, into a log that is read at once.
  func record(
    _ log: FindingLog, _ key: FindingLog.Key, _ t: Transition, count: UInt64 = 1,
    _ describe: () -> FindingLog.Description
  ) {
    guard isReported, isFollowed(key), Self.includes(key, filter) else { return }
    log.record(key, event: t.event, time: t.time, count: count, describe)
  }
}

/// Commands that an ITS has not read.
struct WaitingCommands: BitwiseCopyable {
  var reader: UInt64 = 0
  var writer: UInt64 = 0
  var event: UInt64 = 0
  var time: UInt64 = 0
  var seen: UInt64 = 0
  var isWaiting = false
}
