import InterruptTrace

/// Measures the spans of each interrupt's life: pending, acknowledged, ended, deactivated.
///
/// Only spans whose both ends the capture shows are measured. What was pending or active when the capture began, what
/// is so at its end, and what spans a gap is counted apart, in ``LatencyExclusions``.
struct LatencyAnalyzer: ~Copyable {
  private var pending: LiveTable<Pending>
  private var inService: LiveTable<InService>
  /// Last gap of a PE; that of ``PE/none`` is everyone's.
  private var gaps = LiveTable<UInt64>(0)
  private(set) var recorder: LatencyRecorder
  private var exclusions = LatencyExclusions()
  /// Lives that have come to their close in this batch; kept only if somebody wants them.
  private(set) var lives = LifeBuffer()
  private let keepsLives: Bool
  private var worst: WorstCases
  /// Whether what comes now lies in the window.
  private var isReported = true
  private let filter: TransitionFilter?

  init(
    filter: TransitionFilter = TransitionFilter(), keepsLives: Bool = false, worst: Int = 10,
    limits: AnalysisLimits = AnalysisLimits()
  ) {
    pending = LiveTable(Pending(), limit: limits.pending)
    inService = LiveTable(InService(), limit: limits.inService)
    self.worst = WorstCases(limit: worst)
    self.filter = filter.isOpen ? nil : filter
    self.keepsLives = keepsLives
    recorder = LatencyRecorder(limits)
  }

  /// A batch begins: whoever wanted the lives of the one before has them.
  mutating func begin(isReported: Bool) {
    self.isReported = isReported
    lives.removeAll()
  }

  /// A batch ends.
  mutating func end() { recorder.count() }

  /// Moments that were not kept.
  var unfollowed: UInt64 { pending.unkept + inService.unkept }

  /// The interrupts that took longest, the worst first.
  var worstCases: [LongInterrupt] { worst.sorted }

  /// A gap: spans across it are not measured.
  mutating func gap(_ t: Transition) { gaps.insert(UInt64(t.pe)).pointee = t.time }

  /// Counts of what is not in the distributions, with what is unfinished now.
  var excluded: LatencyExclusions {
    var result = exclusions
    result.pendingAtEnd = UInt64(pending.count)
    result.activeAtEnd = UInt64(inService.count)
    return result
  }

  // MARK: Pending

  /// `key`, here and in the following, is ``Transition/interruptKey``.
  /// `isKnown`: it became so at the time of the transition.
  mutating func becamePending(_ t: Transition, _ key: UInt64, isKnown: Bool) {
    let entry = pending.insert(key)
    if entry.pointee.isUsed {
      entry.pointee.next = t.time
      entry.pointee.nextEvent = t.event
      entry.pointee.hasNext = isKnown
    } else {
      entry.pointee.isUsed = true
      entry.pointee.since = t.time
      entry.pointee.event = t.event
      entry.pointee.isKnown = isKnown
    }
    entry.pointee.pe = t.pe
    entry.pointee.cause = t.pending.causeNumber
    entry.pointee.priority = UInt8(truncatingIfNeeded: t.priority)
    entry.pointee.certainty = t.provenance
    if Self.namesSource(t) {
      entry.pointee.source = t.pending.source
      entry.pointee.hasSource = true
    }
  }

  private static func namesSource(_ t: Transition) -> Bool {
    switch InterruptClass(intid: t.intid) {
    case .lpi: t.pending.cause == .msi || t.pending.cause == .command
    case .sgi: t.pending.cause == .sgi
    default: false
    }
  }

  mutating func merged(_ t: Transition, _ key: UInt64) {
    if isReported { exclusions.merged += 1 }
    // What it merged with was pending before the capture showed it.
    let entry = pending.insert(key)
    entry.pointee.isUsed = true
    entry.pointee.merged &+= 1
  }

  mutating func withdrawn(_ t: Transition, _ key: UInt64) {
    // A level that falls after its acknowledge is as it should be.
    let entry = pending.find(key)
    let isHeld = entry?.pointee.isHeld ?? false
    if isReported, !isHeld {
      exclusions.withdrawn += 1
      if keepsLives, let entry {
        var life = Self.life(of: entry.pointee, domain: t.domain, intid: t.intid)
        life.outcome = .withdrawn
        life.endTime = t.time
        life.endEvent = t.event
        life.rest(on: t.provenance)
        close(life)
      }
    }
    if let entry { pending.remove(at: entry) }
  }

  // MARK: In service

  /// An SPI is active once, wherever it was taken; the others are a PE's own, and an LPI that moves may be in service
  /// on two PEs at a time.
  @inline(__always) private static func serviceKey(_ t: Transition, _ key: UInt64) -> UInt64 {
    INTID.isLPI(t.intid) ? InterruptKey(domain: t.domain, pe: t.pe, intid: t.intid).rawValue : key
  }

  /// `waits` is what it waited for, where that was measured.
  mutating func acknowledged(_ t: Transition, _ key: UInt64, waits: WaitTimes?) {
    let service = inService.insert(Self.serviceKey(t, key))
    if service.pointee.isUsed {
      if isReported {
        exclusions.neverEnded += 1
        service.pointee.life.outcome = .acknowledgedAgain
        close(service.pointee.life)
      }
      service.pointee = InService()
    }
    service.pointee.isUsed = true
    service.pointee.waits = waits
    let request = pending.find(key)
    Self.begin(&service.pointee.life, acknowledgedBy: t, request)
    let hasStart = service.pointee.life.shown.contains(.pending)
    if !hasStart, isReported { exclusions.startUnknown += 1 }
    service.pointee.isCounted = filter?.includes(t) ?? true
    if service.pointee.isCounted {
      let key = InterruptKey(domain: t.domain, pe: t.pe, intid: t.intid)
      // Only an LPI has a device. Asking copies the life, which stalls right after it was written.
      let device = INTID.isLPI(t.intid) ? service.pointee.life.deviceID : nil
      service.pointee.owner = recorder.owner(key, device: device)
    }
    if hasStart { record(.pendingToAcknowledge, from: service.pointee.life.pendingTime, t, service) }
    keepPending(request, key, t)
  }

  /// What is left pending after an acknowledge.
  @inline(__always)
  private mutating func keepPending(_ request: UnsafeMutablePointer<Pending>?, _ key: UInt64, _ t: Transition) {
    guard t.acknowledged.staysPending else {
      if let request { pending.remove(at: request) }
      return
    }
    let entry = request ?? pending.insert(key)
    entry.pointee.isUsed = true
    if entry.pointee.hasNext {
      entry.pointee.since = entry.pointee.next
      entry.pointee.event = entry.pointee.nextEvent
      entry.pointee.hasNext = false
      entry.pointee.isKnown = true
    } else {
      entry.pointee.isKnown = false
      entry.pointee.isHeld = true
    }
  }

  mutating func ended(_ t: Transition, _ interrupt: UInt64) {
    guard let entry = inService.find(Self.serviceKey(t, interrupt)), !entry.pointee.hasEnded else {
      // Where not every acknowledge could be kept, it is not known what had none.
      if isReported, inService.unkept == 0 { exclusions.endWithoutAcknowledge += 1 }
      return
    }
    entry.pointee.hasEnded = true
    entry.pointee.life.end(t)
    let isLPI = InterruptClass(intid: t.intid) == .lpi
    // With EOImode 0 the end deactivates: one sample serves both stages.
    let deactivates = !isLPI && !entry.pointee.isInactive && t.endOfInterrupt.deactivates
    if deactivates { entry.pointee.life.deactivate(t) }
    let span = deactivates ? LatencyRecorder.Span.acknowledgeToEndThatDeactivates : .acknowledgeToEnd
    record(span, from: entry.pointee.life.acknowledgeTime, t, entry)
    if entry.pointee.life.shown.contains(.pending) {
      record(.injectionToEnd, from: entry.pointee.life.pendingTime, t, entry)
      keepWorst(entry)
    }
    if deactivates { resignal(t, interrupt, staysPending: false) }
    if isLPI || entry.pointee.isInactive || deactivates {
      if keepsLives { close(entry.pointee.life) }
      inService.remove(at: entry)
    }
  }

  mutating func deactivated(_ t: Transition, _ interrupt: UInt64) {
    resignal(t, interrupt, staysPending: t.deactivated.isPending)
    guard let entry = inService.find(Self.serviceKey(t, interrupt)), !entry.pointee.isInactive else { return }
    entry.pointee.isInactive = true
    entry.pointee.life.deactivate(t)
    record(.acknowledgeToDeactivate, from: entry.pointee.life.acknowledgeTime, t, entry)
    guard entry.pointee.hasEnded else { return }
    if keepsLives { close(entry.pointee.life) }
    inService.remove(at: entry)
  }

  /// A level that is still high is a new request from now on.
  @inline(__always) private mutating func resignal(_ t: Transition, _ key: UInt64, staysPending: Bool) {
    guard let entry = pending.find(key) ?? (staysPending ? pending.insert(key) : nil) else { return }
    guard entry.pointee.isHeld || (staysPending && !entry.pointee.isKnown) else { return }
    entry.pointee.isUsed = true
    entry.pointee.isHeld = false
    entry.pointee.isKnown = true
    entry.pointee.since = entry.pointee.hasNext ? entry.pointee.next : t.time
    entry.pointee.event = entry.pointee.hasNext ? entry.pointee.nextEvent : t.event
    entry.pointee.merged = 0
    entry.pointee.hasNext = false
    if isReported { exclusions.resignalled += 1 }
  }

  @inline(__always) private mutating func keepWorst(_ service: UnsafeMutablePointer<InService>) {
    let start = service.pointee.life.pendingTime
    guard isReported, service.pointee.isCounted, worst.takes(service.pointee.life.endTime &- start) else { return }
    addWorst(service, from: start)
  }

  @inline(never) private mutating func addWorst(_ service: UnsafeMutablePointer<InService>, from start: UInt64) {
    guard gaps.count == 0 || !spansGap(start, service.pointee.life.pe) else { return }
    worst.add(LongInterrupt(life: service.pointee.life, waits: service.pointee.waits))
  }

  // MARK: Samples

  @inline(__always)
  private mutating func record(
    _ span: LatencyRecorder.Span, from start: UInt64, _ t: Transition, _ service: UnsafeMutablePointer<InService>
  ) {
    guard isReported, service.pointee.isCounted else { return }
    if gaps.count > 0, spansGap(start, service.pointee.life.pe) {
      exclusions.acrossGap += 1
      return
    }
    // Stamps of several threads may step back by a few microseconds; the order of lines is the truth.
    let nanoseconds = t.time >= start ? t.time &- start : 0
    if t.time < start { exclusions.backwards += 1 }
    if t.provenance == .inferred { exclusions.inferred += 1 }
    service.pointee.life.measured |= span.stages
    let interruptClass = InterruptClass(intid: t.intid)
    recorder.record(nanoseconds, span, interruptClass, owner: service.pointee.owner)
    if span == .injectionToEnd { recorder.recordOverTime(nanoseconds, from: start, interruptClass) }
  }

  // MARK: Lives

  private mutating func close(_ life: InterruptLife) {
    guard keepsLives, isReported else { return }
    if let filter, !filter.includes(domain: life.domain, pe: life.pe, intid: life.intid) { return }
    lives.append(life)
  }

  /// Closes the lives that the capture leaves open, in the order of their keys.
  mutating func closeAll() {
    lives.removeAll()
    for entry in pending.sorted() {
      let key = InterruptKey(rawValue: entry.key)
      // A level that stays high over its acknowledge belongs to the life that is in service.
      if entry.value.isHeld { continue }
      var life = Self.life(of: entry.value, domain: key.domain, intid: key.intid)
      life.outcome = .pendingAtEnd
      close(life)
    }
    for entry in inService.sorted() {
      var life = entry.value.life
      life.outcome = .activeAtEnd
      close(life)
    }
  }

  private func spansGap(_ start: UInt64, _ pe: UInt32) -> Bool {
    if let gap = gaps.find(UInt64(pe)), gap.pointee >= start { return true }
    if let gap = gaps.find(UInt64(PE.none)), gap.pointee >= start { return true }
    return false
  }
}
