import InterruptTrace
import Replay

/// All analyzers over one replay.
///
/// ```swift
/// let analysis = Analysis()
/// try engine.run(analysis.consume)
/// print(analysis.results.summary.acknowledges)
/// ```
///
/// The engine's options should deliver what lies before the window too: see ``ReplayOptions/deliversUnreported``.
public final class Analysis {
  private var analyzers: Analyzers

  private let onLives: LifeConsumer?

  /// Analyzers that have seen nothing, and count what passes the filter. Whoever wants the interrupts' lives gets them
  /// as they come to their close, and the rest from ``closeLives()``.
  public init(
    filter: TransitionFilter = TransitionFilter(), options: AnalysisOptions = AnalysisOptions(),
    onLives: LifeConsumer? = nil
  ) {
    self.onLives = onLives
    analyzers = Analyzers(filter: filter, options, keepsLives: onLives != nil)
  }

  /// Takes in a batch. Allocates only when live state grows; throws what the consumer of lives throws.
  public func consume(_ batch: ReplayBatch) throws {
    analyzers.consume(batch)
    if let onLives { try analyzers.handOut(to: onLives) }
  }

  /// Hands out the lives that are still open, when the capture has ended.
  public func closeLives() throws {
    guard let onLives else { return }
    analyzers.closeLives()
    try analyzers.handOut(to: onLives)
  }

  /// What is known of the interrupts by now, to be followed further on its own. O(interrupts and PEs that occur).
  public var follower: InterruptFollower { analyzers.follower }

  /// What was found so far. O(what was found).
  public var results: AnalysisResults { analyzers.results }
}

/// The analyzers themselves, entered once per batch.
private struct Analyzers: ~Copyable {
  /// What is counted; nil for everything.
  private let filter: TransitionFilter?
  private var events = EventCounter()
  private var summary = SummaryAnalyzer()
  private var acknowledges: AcknowledgeAnalyzer
  fileprivate var latency: LatencyAnalyzer
  private var waits = WaitAnalyzer()
  private var spurious: SpuriousAnalyzer
  private var gaps = GapAnalyzer()
  private var activity = ActivityAnalyzer()
  private var virtual: VirtualSide
  private var itsCaches: ITSCacheAnalyzer
  private var findings: FindingsAnalyzer
  private let kvm: KVMAnalyzer
  private var kernel: KernelInterruptAnalyzer

  init(filter: TransitionFilter, _ options: AnalysisOptions, keepsLives: Bool) {
    acknowledges = AcknowledgeAnalyzer(options.limits)
    spurious = SpuriousAnalyzer(options.limits)
    itsCaches = ITSCacheAnalyzer(shapes: options.itsCaches, limits: options.limits)
    self.filter = filter.isOpen ? nil : filter
    virtual = VirtualSide(keepsLives: keepsLives, limits: options.limits)
    kernel = KernelInterruptAnalyzer(filter: self.filter, limits: options.limits)
    kvm = KVMAnalyzer(lives: keepsLives ? GuestLives(filter: self.filter) : nil, limits: options.limits)
    findings = FindingsAnalyzer(filter: filter, thresholds: options.findings, limits: options.limits)
    findings.captureName = options.captureName
    latency = LatencyAnalyzer(filter: filter, keepsLives: keepsLives, worst: options.worst, limits: options.limits)
  }

  mutating func consume(_ batch: ReplayBatch) {
    events.consume(batch)
    kernel.consume(batch, hasSoftware: events.hasSoftware)
    kvm.consume(batch)
    latency.begin(isReported: batch.isReported)
    virtual.begin()
    findings.begin(batch)
    if let first = batch.firstTime { virtual.advance(to: first, isReported: batch.isReported) }
    for i in batch.transitions.indices { dispatch(batch.transitions[i], batch.isReported) }
    if batch.latestTime > 0 { virtual.advance(to: batch.latestTime, isReported: batch.isReported) }
    findings.end(batch)
    latency.end()
  }

  /// Who sees which transition: one pass, and one switch, for all analyzers. `isReported` says that it lies in the
  /// window; those that keep state see all.
  @inline(__always) private mutating func dispatch(_ t: Transition, _ isReported: Bool) {
    // What guests do is the business of ``KVMAnalyzer``: no acknowledge or end of theirs is to be seen.
    guard t.domain == Domain.physical else { return }
    let isCounted = isReported && (filter?.includes(t) ?? true)
    switch t.kind {
    // The frequent ones; `takeRare` has the others.
    case .highestPending:
      spurious.offered(t)
      findings.offered(t)
    case .cpuLine: findings.signalled(t)
    case .lineRaised, .lineLowered: findings.lineChanged(t)
    case .pending:
      findings.becamePending(t)
      if isCounted { summary.count(t) }
      let (key, isKnown) = (t.interruptKey, t.showsMoment)
      latency.becamePending(t, key, isKnown: isKnown)
      waits.becamePending(t, key, isKnown: isKnown)
      if virtual.isInUse { virtual.take(t, isCounted: isCounted) }
    case .merged:
      findings.take(t)
      latency.merged(t, t.interruptKey)
      itsCaches.take(t, isReported: isReported)
    case .pendingCleared:
      findings.pendingCleared(t)
      let key = t.interruptKey
      latency.withdrawn(t, key)
      waits.withdrawn(t, key)
      spurious.withdrawn(t, key)
      if virtual.isInUse { virtual.take(t, isCounted: isCounted) }
    case .acknowledged:
      findings.acknowledged(t)
      let key = t.interruptKey
      latency.acknowledged(t, key, waits: waits.acknowledged(t, key, isCounted: isCounted))
      spurious.acknowledged(t, key)
      if virtual.isInUse { virtual.take(t, isCounted: isCounted) }
      if isCounted {
        summary.count(t)
        acknowledges.count(t)
        activity.count(t)
      }
    case .endOfInterrupt:
      findings.ended(t)
      if isCounted { summary.count(t) }
      latency.ended(t, t.interruptKey)
      waits.ended(t)
    case .deactivated:
      findings.deactivated(t)
      let key = t.interruptKey
      latency.deactivated(t, key)
      spurious.deactivated(t, key)
      if virtual.isInUse { virtual.take(t, isCounted: isCounted) }
    case .spuriousAcknowledge:
      findings.spurious(t)
      if isCounted { summary.count(t) }
      spurious.count(t, isCounted: isCounted)
    case .lrFilled, .lrEmptied, .lrOverwritten, .virtualAcknowledged, .virtualEndOfInterrupt, .virtualDeactivated:
      findings.virtual(t)
      if isCounted { summary.count(t) }
      virtual.take(t, isReported: isReported, isCounted: isCounted)
    default: takeRare(t, isReported, isCounted: isCounted)
    }
  }

  /// Infrequent transitions.
  @inline(never) private mutating func takeRare(_ t: Transition, _ isReported: Bool, isCounted: Bool) {
    findings.take(t)
    switch t.kind {
    case .enabled, .priorityChanged: waits.changed(t)
    case .disabled:
      spurious.disabled(t)
      waits.changed(t)
    case .retargeted:
      spurious.retargeted(t)
      waits.retargeted(t)
    case .priorityMask: waits.priorityMask(t)
    case .groupEnables: waits.groupEnables(t)
    case .sleep: waits.sleep(t)
    case .interfaceReset: waits.reset(t)
    case .machineReset:
      latency.gap(t)
      waits.resetAll(t)
      virtual.take(t, isCounted: isCounted)
    case .tableWalk, .tableRead, .itsEnabled, .lpisEnabled, .configurationInvalidated:
      itsCaches.take(t, isReported: isReported)
    case .gap:
      latency.gap(t)
      virtual.take(t, isCounted: isCounted)
      if isReported { gaps.list(t) }
    default:
      if isCounted { summary.count(t) }
      virtual.take(t, isReported: isReported, isCounted: isCounted)
    }
  }

  /// Gives the lives that the last batch closed to whoever wants them.
  func handOut(to consumer: LifeConsumer) throws {
    if latency.lives.count > 0 { try consumer(latency.lives.lives) }
    if virtual.interrupts.lives.count > 0 { try consumer(virtual.interrupts.lives.lives) }
    try kvm.handOutLives(to: consumer)
  }

  mutating func closeLives() {
    latency.closeAll()
    virtual.closeLives(filter)
    kvm.closeAll()
  }

  var follower: InterruptFollower { InterruptFollower(following: findings) }

  var results: AnalysisResults {
    let (acknowledged, spuriousCounts) = (acknowledges.counts, spurious.counts)
    var results = AnalysisResults(
      eventKinds: events.kinds, summary: summary.summary, acknowledges: acknowledged.rows,
      latency: latency.recorder.classes(), latencyByINTID: latency.recorder.intidLatencies(),
      latencyByPE: latency.recorder.peLatencies(), latencyByDevice: latency.recorder.deviceLatencies(),
      exclusions: latency.excluded, spurious: spuriousCounts.rows, gaps: gaps.gaps, gapCount: gaps.count,
      lostEvents: gaps.lost, activity: activity.activity, virtual: virtual.interrupts.result,
      listRegisters: virtual.listRegisters.result(filter), its: itsCaches.caches, kvm: kvm.activity)
    results.latencyOverTime = latency.recorder.classesOverTime()
    results.waits = waits.counts
    results.worst = latency.worstCases
    results.virtualWaits = findings.guests.waits.counts
    results.kernel = kernel.activity
    results.findings = findings.findings(unhandled: kernel.unhandledLines)
    results.unlistedFindings = findings.log.unlisted
    results.contradictionEvent = findings.disagreements > 0 ? findings.contradictionEvent : nil
    results.unfollowed.transitions = findings.interrupts.unkept
    results.unfollowed.moments = latency.unfollowed
    results.unfollowed.latencies = latency.recorder.unowned
    results.unfollowed.acknowledges = acknowledged.rest
    results.unfollowed.spurious = spuriousCounts.rest
    results.unfollowed.translations = itsCaches.unfollowed
    results.unfollowed.virtual = virtual.interrupts.unfollowed + kvm.unfollowed
    return results
  }
}

/// What the analyzers are asked for beyond what they always do.
public struct AnalysisOptions: Sendable {
  /// ITS caches that are simulated.
  public var itsCaches = ITSCacheShape.standard
  /// From where on something counts as a finding.
  public var findings = FindingThresholds()
  /// How much is kept at a time.
  public var limits = AnalysisLimits()
  /// The capture, as a command line names it: findings say by which command they are looked at.
  public var captureName: String?
  /// How many of the interrupts that took longest are kept; at most 10,000.
  public var worst = 10
  /// The defaults.
  public init() {}
}

/// What the analyzers found.
public struct AnalysisResults: Sendable {
  /// Events by kind.
  public var eventKinds: [(kind: EventKind, count: UInt64)] = []
  /// Totals.
  public var summary = Summary()
  /// What interrupts waited for while they were pending, by class and cause.
  public var waits: [WaitCount] = []
  /// What guests' interrupts waited for from being listed to the guest's acknowledge, by class and cause.
  public var virtualWaits: [VirtualWaitCount] = []
  /// The interrupts that took longest from becoming pending to their end, the worst first.
  public var worst: [LongInterrupt] = []
  /// By domain, PE and INTID.
  public var acknowledges: [AcknowledgeCount] = []
  /// By class and stage.
  public var latency: [ClassLatency] = []
  /// From becoming pending to the end, over time and by class.
  public var latencyOverTime: [ClassLatencySeries] = []
  /// By INTID and stage; SGIs and PPIs of all PEs together.
  public var latencyByINTID: [KeyedLatency] = []
  /// By the acknowledging PE and stage.
  public var latencyByPE: [KeyedLatency] = []
  /// By DeviceID and stage: LPIs only.
  public var latencyByDevice: [KeyedLatency] = []
  /// What the latencies leave out.
  public var exclusions = LatencyExclusions()
  /// By domain, PE, reason and INTID.
  public var spurious: [SpuriousCount] = []
  /// The first thousand gaps.
  public var gaps: [Gap] = []
  /// All gaps.
  public var gapCount: UInt64 = 0
  /// Events known to be lost in them.
  public var lostEvents: UInt64 = 0
  /// Acknowledges over time.
  public var activity = Activity()
  /// What guests did with their virtual interrupts.
  public var virtual = VirtualInterrupts()
  /// How list registers were used.
  public var listRegisters = ListRegisterUse()
  /// What ITSes looked up in their tables, and what caches make of it.
  public var its: [ITSCaches] = []
  /// What went wrong, the worst first.
  public var findings: [Finding] = []
  /// The first answer of the controller that contradicts what the capture showed before it; nil if none does. The capture
  /// may lack events before it.
  public var contradictionEvent: UInt64?
  /// Occurrences that found no room in ``findings``.
  public var unlistedFindings: UInt64 = 0
  /// What found no room: the rest beyond ``AnalysisLimits``.
  public var unfollowed = UnfollowedCounts()
  /// What a hypervisor's own tracing says of each guest.
  public var kvm: [GuestActivity] = []
  /// What a kernel's own tracing says of its interrupts.
  public var kernel = KernelActivity()

  /// The INTIDs that were acknowledged, the busiest first; equal ones in the order of INTIDs.
  public var busiest: [(domain: UInt16, intid: UInt32, count: UInt64)] {
    var sums: [UInt64: UInt64] = [:]
    for row in acknowledges { sums[UInt64(row.domain) << 32 | UInt64(row.intid), default: 0] += row.count }
    return sums.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map {
      (UInt16(truncatingIfNeeded: $0.key >> 32), UInt32(truncatingIfNeeded: $0.key), $0.value)
    }
  }

  /// The latencies of all classes together in one stage.
  public func latency(of stage: LatencyStage) -> LatencyDistribution {
    var sum = LatencyDistribution()
    for row in latency where row.stage == stage { sum = sum.merged(with: row.distribution) }
    return sum
  }
}
