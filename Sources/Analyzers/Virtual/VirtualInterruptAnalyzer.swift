import HypervisorModel
import InterruptTrace

/// Follows virtual interrupts through list registers, and directly injected ones (GICv4) from a vPE's pending table, to
/// the guest's end of interrupt.
///
/// Guests are told apart only by domain: where the hypervisor itself is not captured, what a list register holds is known,
/// and not for whom. An interrupt that was taken out of a list register unfinished and is loaded again goes on where it
/// was: a PE's own under the same PE, others on any. Unless the same PE went to a guest without it in between, though no
/// list register was asked for: then it was withdrawn and came anew, or its guest did not run, and since when it is pending
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

  private var slots: LiveTable<Listed>
  private var unlisted: LiveTable<Listed>
  var direct: LiveTable<Direct>
  /// Moments that were not kept.
  var unfollowed: UInt64 { slots.unkept + unlisted.unkept + direct.unkept }
  /// Lives that have come to their close in this batch; kept only if somebody wants them.
  private(set) var lives = LifeBuffer()
  private let keepsLives: Bool
  private var physical = PhysicalMoments()
  private var gaps = LiveTable<UInt64>(0)
  private var interfaces = PETable(Interface())
  private var recorder = VirtualRecorder()
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

  // MARK: Keys

  private static func slotKey(_ t: Transition) -> UInt64 {
    UInt64(t.domain) << 48 | UInt64(t.pe & 0xFF_FFFF) << 8 | t.listRegister.index & 0xFF
  }

  /// An interrupt that a list register holds. An SGI of a GICv2 guest is another one for each source (IHI 0048B, 5.3.8).
  private static func identity(_ t: Transition, _ value: ListRegisterValue) -> UInt64 {
    let source = INTID.isSGI(t.intid) && !(value.format == .gich && value.isHardware) ? UInt32(value.source) << 16 : 0
    // An SGI's or a PPI's bits 23:16 are free for the source.
    let key = InterruptKey.interrupt(domain: t.domain, pe: t.pe, intid: t.intid)
    return key.rawValue | UInt64(source)
  }

  static func directKey(_ t: Transition) -> UInt64 {
    InterruptKey(domain: t.domain, pe: t.pe, intid: t.intid).rawValue
  }

  // MARK: List registers

  @inline(__always) private mutating func entered(_ t: Transition) {
    let asked = HypervisorControlBits(rawValue: t.virtualInterface.control)
    if !asked.asksForRegisters { interfaces.at(t).pointee.entries &+= 1 }
  }

  /// The vCPU that the list registers stand for may be another one from now on.
  private mutating func loadedVCPU(_ t: Transition, _ isCounted: Bool) {
    let interface = interfaces.at(t)
    interface.pointee.loads &+= 1
    interface.pointee.load.begin()
    for index in 0..<64 as Range<UInt64> {
      guard let slot = slots.find(Self.slotKey(t) | index), slot.pointee.isUsed else { continue }
      if !slot.pointee.isInactive { close(slot.pointee.life, .listedAgain, isCounted) }
      slot.pointee.life.forgetMoments()
      slot.pointee.listedIsKnown = false
      slot.pointee.injectionIsKnown = false
      slot.pointee.acknowledgeIsKnown = false
    }
  }

  /// Whether an interrupt that was taken out may have been withdrawn before it is listed again.
  private mutating func wasLeftOut(_ before: Listed, _ t: Transition) -> Bool {
    !before.isAcknowledged && before.life.pe == t.pe && interfaces.at(t).pointee.entries &- before.entries > 1
  }

  /// Whether another vCPU may have had the PE since an interrupt was taken out there.
  private func isStale(_ before: Listed) -> Bool {
    interfaces.find(domain: before.life.domain, pe: before.life.pe)?.pointee.loads != before.loads
  }

  private mutating func filled(_ t: Transition, _ isCounted: Bool) {
    let value = ListRegisterValue(t.listRegister)
    let identity = Self.identity(t, value)
    let slot = slots.insert(Self.slotKey(t))
    if slot.pointee.isUsed, slot.pointee.identity == identity {
      // Made pending behind the one that is in service, or active by the hypervisor itself.
      if value.isActive, !slot.pointee.isAcknowledged { slot.pointee.isAcknowledged = true }
      return
    }
    var isKnown = !interfaces.at(t).pointee.load.isRestoring
    if let before = unlisted.find(identity)?.pointee {
      unlisted.remove(identity)
      if isStale(before) {
        isKnown = false
      } else if before.isAcknowledged == value.isActive {
        slot.pointee = before
        slot.pointee.life.pe = t.pe
        if wasLeftOut(before, t) {
          slot.pointee.listedIsKnown = false
          slot.pointee.injectionIsKnown = false
          slot.pointee.life.forgetListing()
        }
        if isCounted { counts.relisted += 1 }
        return
      }
      close(before.life, .listedAgain, isCounted)
      if isCounted { counts.exclusions.endUnknown += 1 }
    }
    if slot.pointee.isUsed, !slot.pointee.isInactive { close(slot.pointee.life, .listedAgain, isCounted) }
    // What a read of the list register showed was loaded some time before.
    isKnown = isKnown && t.provenance != .observed && t.provenance != .assumed && !value.isActive
    slot.pointee = Listed(
      identity: identity, life: InterruptLife(ofGuest: t), isUsed: true, listedIsKnown: isKnown,
      isAcknowledged: value.isActive)
    if isKnown { slot.pointee.life.list(t, register: t.listRegister.index) }
    if isCounted { counts.listed += 1 }
    guard value.isHardware else { return }
    if isCounted { counts.hardwareLinked += 1 }
    link(slot, t, UInt32(value.physicalINTID), isCounted)
  }

  private mutating func link(
    _ slot: UnsafeMutablePointer<Listed>, _ t: Transition, _ intid: UInt32, _ isCounted: Bool
  ) {
    recorder.link(t, to: intid)
    guard let moments = physical.find(domain: t.domain, pe: t.pe, intid: intid), moments.isAcknowledged else {
      if isCounted { counts.exclusions.physicalUnknown += 1 }
      return
    }
    guard slot.pointee.listedIsKnown else { return }
    record(.physicalAcknowledgeToListed, from: moments.acknowledged, t, isCounted)
    guard moments.hasPending else {
      if isCounted { counts.exclusions.physicalUnknown += 1 }
      return
    }
    slot.pointee.injected = moments.pending
    slot.pointee.injectionIsKnown = true
    record(.physicalToListed, from: moments.pending, t, isCounted)
  }

  private mutating func emptied(_ t: Transition, _ isCounted: Bool) {
    let key = Self.slotKey(t)
    guard let slot = slots.find(key) else { return }
    var listed = slot.pointee
    slots.remove(key)
    let interface = interfaces.at(t)
    guard !interface.pointee.load.isRestoring else { return }
    // What is found gone the guest has ended, which the capture does not show.
    if t.provenance == .observed {
      if !listed.isInactive { close(listed.life, .listedAgain, isCounted) }
      return
    }
    (listed.entries, listed.loads) = (interface.pointee.entries, interface.pointee.loads)
    if listed.isUsed, !listed.isInactive || ListRegisterValue(t.listRegister).isPending {
      unlisted.insert(listed.identity).pointee = listed
    }
  }

  private mutating func acknowledged(_ t: Transition, _ isCounted: Bool) {
    if isCounted {
      counts.acknowledges += 1
      counts.acknowledgesByClass[Int(InterruptClass(intid: t.intid).rawValue)] += 1
      recorder.acknowledged(t)
    }
    guard let slot = slots.find(Self.slotKey(t)), slot.pointee.isUsed,
      UInt32(truncatingIfNeeded: slot.pointee.identity) & 0xFFFF == t.intid & 0xFFFF
    else { return acknowledgedDirectly(t, isCounted) }
    if slot.pointee.listedIsKnown {
      record(.listedToAcknowledge, from: slot.pointee.life.listedTime, t, isCounted)
    } else if isCounted {
      counts.exclusions.startUnknown += 1
    }
    if slot.pointee.acknowledgeIsKnown {
      close(slot.pointee.life, .acknowledgedAgain, isCounted)
      slot.pointee.life = InterruptLife(ofGuest: t)
    }
    slot.pointee.life.acknowledge(t)
    slot.pointee.isAcknowledged = true
    slot.pointee.acknowledgeIsKnown = true
    slot.pointee.isInactive = false
  }

  private mutating func ended(_ t: Transition, _ isCounted: Bool) {
    if isCounted { counts.endOfInterrupts += 1 }
    guard let slot = slots.find(Self.slotKey(t)), slot.pointee.isUsed else { return endedDirectly(t, isCounted) }
    let listed = slot.pointee
    guard listed.acknowledgeIsKnown, !listed.hasEnded else {
      if isCounted { counts.exclusions.acknowledgeUnknown += 1 }
      return
    }
    slot.pointee.hasEnded = true
    slot.pointee.life.end(t)
    record(.acknowledgeToEOI, from: listed.life.acknowledgeTime, t, isCounted)
    if listed.listedIsKnown { record(.listedToEOI, from: listed.life.listedTime, t, isCounted) }
    if listed.injectionIsKnown { record(.physicalToEOI, from: listed.injected, t, isCounted) }
  }

  private mutating func deactivated(_ t: Transition, _ isCounted: Bool) {
    if isCounted { counts.deactivations += 1 }
    guard let slot = slots.find(Self.slotKey(t)), slot.pointee.isUsed else { return }
    if slot.pointee.acknowledgeIsKnown {
      record(.acknowledgeToDeactivate, from: slot.pointee.life.acknowledgeTime, t, isCounted)
    }
    slot.pointee.life.deactivate(t)
    close(slot.pointee.life, .ended, isCounted)
    // If it was active and pending, the next one waits in the list register from now on.
    slot.pointee = Listed(
      identity: slot.pointee.identity, life: InterruptLife(ofGuest: t), isUsed: true, listedIsKnown: true,
      isInactive: true)
    slot.pointee.life.list(t, register: t.listRegister.index)
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
