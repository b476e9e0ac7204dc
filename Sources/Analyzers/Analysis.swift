import GICModel
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

  /// Analyzers that have seen nothing, and count what passes the filter.
  public init(filter: TransitionFilter = TransitionFilter()) {
    analyzers = Analyzers(filter: filter)
  }

  /// Takes in a batch. Allocates only when live state grows.
  public func consume(_ batch: ReplayBatch) { analyzers.consume(batch) }

  /// What was found so far. O(what was found).
  public var results: AnalysisResults { analyzers.results }
}

/// The analyzers themselves, entered once per batch.
private struct Analyzers: ~Copyable {
  /// What is counted; nil for everything.
  private let filter: TransitionFilter?
  private var events = EventCounter()
  private var summary = SummaryAnalyzer()
  private var acknowledges = AcknowledgeAnalyzer()
  private var latency: LatencyAnalyzer
  private var spurious = SpuriousAnalyzer()
  private var gaps = GapAnalyzer()
  private var activity = ActivityAnalyzer()
  private var virtual = VirtualSide()

  init(filter: TransitionFilter) {
    self.filter = filter.isOpen ? nil : filter
    latency = LatencyAnalyzer(filter: filter)
  }

  mutating func consume(_ batch: ReplayBatch) {
    events.consume(batch)
    latency.isReported = batch.isReported
    for i in batch.transitions.indices { dispatch(batch.transitions[i], batch.isReported) }
  }

  /// Who sees which transition: one pass, and one switch, for all analyzers. `isReported` says that it lies in the
  /// window; those that keep state see all.
  @inline(__always)
  private mutating func dispatch(_ t: Transition, _ isReported: Bool) {
    let isCounted = isReported && (filter?.includes(t) ?? true)
    if isCounted { summary.count(t) }
    virtual.take(t, isCounted: isCounted)
    switch t.kind {
    case .pending: latency.becamePending(t)
    case .merged: latency.merged(t)
    case .pendingCleared:
      latency.withdrawn(t)
      spurious.withdrawn(t)
    case .acknowledged:
      latency.acknowledged(t)
      spurious.acknowledged(t)
      if isCounted {
        acknowledges.count(t)
        activity.count(t)
      }
    case .spuriousAcknowledge: spurious.count(t, isCounted: isCounted)
    case .endOfInterrupt: latency.ended(t)
    case .deactivated:
      latency.deactivated(t)
      spurious.deactivated(t)
    case .highestPending: spurious.offered(t)
    case .disabled: spurious.disabled(t)
    case .retargeted: spurious.retargeted(t)
    case .gap:
      latency.gap(t)
      if isReported { gaps.list(t) }
    default: break
    }
  }

  var results: AnalysisResults {
    AnalysisResults(
      eventKinds: events.kinds,
      summary: summary.summary,
      acknowledges: acknowledges.counts,
      latency: latency.recorder.classes(),
      latencyByINTID: latency.recorder.intidLatencies(),
      latencyByPE: latency.recorder.peLatencies(),
      latencyByDevice: latency.recorder.deviceLatencies(),
      exclusions: latency.excluded,
      spurious: spurious.counts,
      gaps: gaps.gaps,
      gapCount: gaps.count,
      lostEvents: gaps.lost,
      activity: activity.activity,
      virtual: virtual.interrupts.result
    )
  }
}

/// What the analyzers found.
public struct AnalysisResults: Sendable {
  /// Events by kind.
  public var eventKinds: [(kind: EventKind, count: UInt64)] = []
  /// Totals.
  public var summary = Summary()
  /// By domain, PE and INTID.
  public var acknowledges: [AcknowledgeCount] = []
  /// By class and stage.
  public var latency: [ClassLatency] = []
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
