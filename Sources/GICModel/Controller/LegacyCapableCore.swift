import InterruptTrace

/// A GICv3 that may support legacy operation: modelled as a GICv3 until an access shows that affinity routing is off, and
/// from then on as the GICv2 that it is to its software (IHI 0069H, "Legacy operation and asymmetric configurations").
///
/// With two Security states ARE_S set implies ARE_NS set, so that a Non-secure world without affinity routing leaves none
/// with it. The other way round, a Secure world without beside a Non-secure one with it, is not modelled: then the
/// Secure side's accesses are taken as answered rightly, whatever they return.
final class LegacyCapableCore: ControllerCore {
  private var core: any ResumableCore
  private let options: ControllerOptions
  /// Nil until an access tells.
  private var affinityRouting: AffinityRouting?
  /// What was known as ``core`` was made.
  private var beginning: Topology
  private let maps = AffinityRouting.Maps()

  init(topology: Topology, options: ControllerOptions) {
    self.options = options
    beginning = topology
    core = LPIStoreChoice.make(topology, options)
  }

  private init(copying other: LegacyCapableCore) {
    core = other.core.copy()
    (options, beginning, affinityRouting) = (other.options, other.beginning, other.affinityRouting)
  }

  func copy() -> LegacyCapableCore { LegacyCapableCore(copying: self) }

  func archive(_ archive: inout StateArchive) {
    archive.value(&affinityRouting)
    beginning.archive(&archive)
    if archive.isReading {
      core = LPIStoreChoice.make(beginning, options)
      if affinityRouting == .off { core = core.withoutAffinityRouting(options) }
    }
    core.archive(&archive)
  }

  var topology: Topology { core.topology }
  var predictions: [PredictionCount] { core.predictions }
  var disagreements: [Disagreement] { core.disagreements }
  func checkInvariants() -> String? { core.checkInvariants() }
  func state(_ filter: StateFilter) -> ValueTree { core.state(filter) }
  func configuration(intid: Int, pe: Int) -> InterruptConfiguration { core.configuration(intid: intid, pe: pe) }

  func apply(_ events: UnsafeBufferPointer<Event>, firstIndex: UInt64, into transitions: inout TransitionBuffer) -> Int
  {
    var start = 0
    // Only a reset switches affinity routing off again: once on, no event is looked at.
    var next = affinityRouting == .on ? events.count : 0
    while next < events.count {
      if let shown = AffinityRouting(events[next], maps), shown != affinityRouting {
        let end = apply(events, start..<next, firstIndex, &transitions)
        if end < next { return end }
        start = next
        change(to: shown)
        if shown == .on { break }
      }
      next += 1
    }
    return apply(events, start..<events.count, firstIndex, &transitions)
  }

  /// Returns where it ended: at the range's end, or before if the buffer was full.
  private func apply(
    _ events: UnsafeBufferPointer<Event>, _ range: Range<Int>, _ firstIndex: UInt64,
    _ transitions: inout TransitionBuffer
  ) -> Int {
    guard !range.isEmpty else { return range.upperBound }
    let before = UnsafeBufferPointer(rebasing: events[..<range.lowerBound])
    let first = firstIndex &+ UInt64(before.eventCount)
    return range.lowerBound
      + core.apply(UnsafeBufferPointer(rebasing: events[range]), firstIndex: first, into: &transitions)
  }

  private func change(to shown: AffinityRouting) {
    switch shown {
    case .off:
      beginning = core.topology
      core = core.withoutAffinityRouting(options)
    case .on where affinityRouting == .off:
      // Switching affinity routing on leaves the configuration UNKNOWN.
      var topology = core.topology
      if let source = topology.source(of: .startsAtReset) { topology.set(.startsAtReset, to: false, source: source) }
      let record = core.record()
      beginning = topology
      core = LPIStoreChoice.make(topology, options)
      core.resume(record)
    case .on: break
    }
    affinityRouting = shown
  }
}
