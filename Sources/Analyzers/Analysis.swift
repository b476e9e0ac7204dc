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
    results.runningAtEnd = findings.runningAtEnd
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
