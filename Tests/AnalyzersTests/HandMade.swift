import InterruptTrace
import Replay

@testable import Analyzers

/// Short names for transitions made by hand; times are ns, the event's number is the time.
enum Make {
  static func pending(
    _ time: UInt64, _ intid: UInt32, pe: UInt32 = 0, _ cause: PendingCause = .line, b: UInt64 = 0,
    _ provenance: Provenance = .derived
  ) -> Transition {
    make(.pending, time, intid, pe, a: UInt64(cause.rawValue), b: b, provenance)
  }
  static func msi(_ time: UInt64, _ intid: UInt32, device: UInt64, pe: UInt32 = 0) -> Transition {
    make(.pending, time, intid, pe, a: UInt64(PendingCause.msi.rawValue), b: device << 32)
  }
  static func merged(_ time: UInt64, _ intid: UInt32, pe: UInt32 = 0) -> Transition { make(.merged, time, intid, pe) }
  static func cleared(
    _ time: UInt64, _ intid: UInt32, pe: UInt32 = 0, _ cause: PendingCause = .line
  ) -> Transition { make(.pendingCleared, time, intid, pe, a: UInt64(cause.rawValue)) }
  static func acknowledged(_ time: UInt64, _ intid: UInt32, pe: UInt32 = 0, staysPending: Bool = false) -> Transition {
    make(.acknowledged, time, intid, pe, b: staysPending ? 1 : 0)
  }
  static func ended(_ time: UInt64, _ intid: UInt32, pe: UInt32 = 0, deactivates: Bool = false) -> Transition {
    make(.endOfInterrupt, time, intid, pe, a: deactivates ? 1 : 0)
  }
  static func deactivated(_ time: UInt64, _ intid: UInt32, pe: UInt32 = 0, stillPending: Bool = false) -> Transition {
    make(.deactivated, time, intid, pe, a: stillPending ? 1 : 0)
  }
  static func spurious(_ time: UInt64, pe: UInt32 = 0, _ value: UInt64 = 1023) -> Transition {
    make(.spuriousAcknowledge, time, .max, pe, a: value)
  }
  static func gap(_ time: UInt64, pe: UInt32 = PE.none, lost: UInt64 = 0) -> Transition {
    make(.gap, time, .max, pe, a: lost)
  }
  static func make(
    _ kind: TransitionKind, _ time: UInt64, _ intid: UInt32 = .max, _ pe: UInt32 = 0, a: UInt64 = 0, b: UInt64 = 0,
    _ provenance: Provenance = .derived
  ) -> Transition {
    Transition(time: time, event: time, kind: kind, provenance: provenance, pe: pe, intid: intid, a: a, b: b)
  }
}

/// Analyses transitions as one batch; those before `from` lie before the window.
func analyse(_ transitions: [Transition], from: UInt64 = 0) -> AnalysisResults {
  let analysis = Analysis()
  for isReported in [false, true] {
    let part = transitions.filter { ($0.time >= from) == isReported }
    part.withUnsafeBufferPointer { buffer in
      try! analysis.consume(
        ReplayBatch(events: UnsafeBufferPointer(start: nil, count: 0), transitions: buffer, isReported: isReported))
    }
  }
  return analysis.results
}

extension AnalysisResults {
  /// The class-wide distribution of a stage, if it has samples.
  func distribution(_ interruptClass: InterruptClass, _ stage: LatencyStage) -> LatencyDistribution? {
    latency.first { $0.interruptClass == interruptClass && $0.stage == stage }?.distribution
  }
  /// Its only sample, in ns.
  func only(_ interruptClass: InterruptClass, _ stage: LatencyStage) -> UInt64? {
    distribution(interruptClass, stage).flatMap { $0.count == 1 ? $0.max : nil }
  }
}
