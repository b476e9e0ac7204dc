import HypervisorModel
import InterruptTrace

/// Follows virtual interrupts through list registers, and directly injected ones (GICv4) from a vPE's pending table, to
/// the guest's end of interrupt.
///
/// Guests are told apart only by domain: where the hypervisor itself is not captured, what a list register holds is known,
/// and not for whom. An interrupt that was taken out of a list register unfinished and is loaded again goes on where it
/// was: a PE's own under the same PE, others on any. Unless the same PE went to a guest without it in between, though no
/// list register was asked for: then it was withdrawn and came again, or its guest did not run, and since when it is pending
/// is not known. Nothing goes on where it was across ``TransitionKind/vCPULoaded``: which vCPU that was is not known.
struct VirtualInterruptAnalyzer: ~Copyable {
  /// An interrupt in a list register, or taken out of one before it ended.
  struct Listed: BitwiseCopyable {
    var identity: UInt64 = 0
    /// Its moments so far.
    var life = InterruptLife()
    var injected: UInt64 = 0
    var isUsed = false
    var listedIsKnown = false
    var injectionIsKnown = false
    var isAcknowledged = false
    var acknowledgeIsKnown = false
    var hasEnded = false
    var isInactive = false
    /// Entries of its PE, and loads of a vCPU's state, when it was taken out.
    var entries: UInt64 = 0
    var loads: UInt64 = 0
  }

  /// What happens to the virtual interface of a PE.
  struct Interface: BitwiseCopyable {
    /// How often a guest was entered with no sign that list registers were short (UIE, NPIE, LRENPIE).
    var entries: UInt64 = 0
    /// Since the interface was enabled the guest has not shown that it runs.
    var isFresh = false
    /// How often a vCPU's state was loaded, and the last load.
    var loads: UInt64 = 0
    var load = VCPULoad()
  }

  /// A directly injected interrupt.
  struct Direct: BitwiseCopyable {
    /// The one that is pending.
    var pending = InterruptLife()
    /// The one that the guest has acknowledged.
    var taken = InterruptLife()
    var isPending = false
    var isAcknowledged = false
  }

  var slots: LiveTable<Listed>
  var unlisted: LiveTable<Listed>
  var direct: LiveTable<Direct>
  /// Moments that were not kept.
  var unfollowed: UInt64 { slots.unkept + unlisted.unkept + direct.unkept }
  /// Lives that have come to their close in this batch; kept only if somebody wants them.
  private(set) var lives = LifeBuffer()
  private let keepsLives: Bool
  var physical = PhysicalMoments()
  private var gaps = LiveTable<UInt64>(0)
  var interfaces = PETable(Interface())
  var recorder = VirtualRecorder()
  var counts = VirtualInterrupts()
  /// Something virtual was seen: until then physical interrupts are not worth remembering.
  private(set) var isInUse = false

  init(keepsLives: Bool = false, limits: AnalysisLimits = AnalysisLimits()) {
    slots = LiveTable(Listed(), limit: limits.virtual)
    unlisted = LiveTable(Listed(), limit: limits.virtual)
    direct = LiveTable(Direct(), limit: limits.virtual)
    self.keepsLives = keepsLives
  }

  /// A batch begins: whoever wanted the lives of the one before has them.
  mutating func begin() { lives.removeAll() }

  /// Takes in a transition of any kind. O(1).
  @inline(__always) mutating func take(_ t: Transition, isCounted: Bool) {
    switch t.kind {
    case .pending: physical.becamePending(t)
    case .acknowledged: physical.acknowledged(t)
    case .deactivated: physical.deactivated(t)
    case .pendingCleared: physical.withdrawn(t)
    case .lrWritten, .lrFilled, .lrEmptied, .lrOverwritten, .virtualAcknowledged, .virtualSpuriousAcknowledge,
      .virtualEndOfInterrupt, .virtualDeactivated, .virtualPending, .virtualMerged, .virtualPendingCleared,
      .vPEResident:
      isInUse = true
      takeVirtual(t, isCounted: isCounted)
    case .virtualInterfaceEnabled:
      entered(t)
      interfaces.at(t).pointee.isFresh = true
    case .guestRuns:
      let interface = interfaces.at(t)
      if !interface.pointee.isFresh { entered(t) }
      interface.pointee.isFresh = false
      interface.pointee.load.end()
    case .vCPULoaded: loadedVCPU(t, isCounted)
    case .gap, .machineReset: gaps.insert(UInt64(t.pe)).pointee = t.time
    default: break
    }
  }

  @inline(never) private mutating func takeVirtual(_ t: Transition, isCounted: Bool) {
    switch t.kind {
    case .lrWritten: interfaces.at(t).pointee.load.write(t)
    case .lrFilled: filled(t, isCounted)
    case .lrEmptied, .lrOverwritten: emptied(t, isCounted)
    case .virtualAcknowledged: acknowledged(t, isCounted)
    case .virtualSpuriousAcknowledge: if isCounted { counts.spuriousAcknowledges += 1 }
    case .virtualEndOfInterrupt: ended(t, isCounted)
    case .virtualDeactivated: deactivated(t, isCounted)
    case .virtualPending: becamePending(t, isCounted)
    case .virtualMerged: merged(t, isCounted)
    case .virtualPendingCleared: withdrawn(t, isCounted)
    default: break
    }
  }

  var result: VirtualInterrupts {
    var result = counts
    result.latency = recorder.latency
    result.latencyOverTime = recorder.latencyOverTime
    result.interrupts = recorder.interrupts
    result.exclusions.unfinished = UInt64(slots.count + unlisted.count)
    return result
  }

  static func directKey(_ t: Transition) -> UInt64 {
    InterruptKey(domain: t.domain, pe: t.pe, intid: t.intid).rawValue
  }

  // MARK: Samples

  mutating func record(_ stage: VirtualStage, from start: UInt64, _ t: Transition, _ isCounted: Bool) {
    guard isCounted else { return }
    if gaps.count > 0, spansGap(start, t.pe) {
      counts.exclusions.acrossGap += 1
      return
    }
    recorder.record(t.time >= start ? t.time &- start : 0, stage, t)
  }

  // MARK: Lives

  mutating func close(_ life: InterruptLife, _ outcome: InterruptLife.Outcome, _ isCounted: Bool) {
    guard keepsLives, isCounted else { return }
    var life = life
    life.outcome = outcome
    life.spansGap = gaps.count > 0 && spansGap(life.firstTime, life.pe)
    lives.append(life)
  }

  /// Closes the lives that the capture leaves open, in the order of their keys.
  mutating func closeAll(_ filter: TransitionFilter?) {
    lives.removeAll()
    func isCounted(_ life: InterruptLife) -> Bool {
      filter?.includes(domain: life.domain, pe: life.pe, intid: life.intid) ?? true
    }
    for (_, listed) in slots.sorted() + unlisted.sorted() where listed.isUsed && !listed.isInactive {
      close(listed.life, listed.isAcknowledged ? .activeAtEnd : .pendingAtEnd, isCounted(listed.life))
    }
    for (_, entry) in direct.sorted() {
      if entry.isAcknowledged { close(entry.taken, .activeAtEnd, isCounted(entry.taken)) }
      if entry.isPending { close(entry.pending, .pendingAtEnd, isCounted(entry.pending)) }
    }
  }

  private func spansGap(_ start: UInt64, _ pe: UInt32) -> Bool {
    if let gap = gaps.find(UInt64(pe)), gap.pointee >= start { return true }
    if let gap = gaps.find(UInt64(PE.none)), gap.pointee >= start { return true }
    return false
  }
}
