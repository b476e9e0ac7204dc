import Analyzers
import InterruptTrace
import PerfettoTrace
import Replay

/// A timeline for ui.perfetto.dev: `analyze --perfetto` and `convert -o NAME.pftrace`.
///
/// Each span that the latency distributions hold is a slice, of the category that has the stage's name. A flow joins the
/// source of an interrupt (a message at the ITS, the PE that sent an SGI, an input) to its slices, and the hypervisor's
/// acknowledge of a physical interrupt, or an injection, to the list register that holds the guest's.
public final class PerfettoReport: AnalysisOutput {
  var stream: PerfettoStream
  private let naming: PENaming
  private let filter: TransitionFilter
  private var uuids: [PerfettoTrack: UInt64] = [:]
  private var lanes: [PerfettoTrack: LaneAllocator] = [:]
  private var lastFlow: UInt64 = 0
  private var use = ListRegistersHeld()
  /// Slices that are open on a track; on a list register's 1 is listed, 2 also active.
  var depth: [PerfettoTrack: Int] = [:]
  var links = PerfettoLinks()
  private var waiting: [InterruptLife] = []
  /// The names that the capture gave to handlers so far.
  var kernelNames = KernelNameTable()
  private let misses: ITSMissFollower
  private var pending: [UInt64: UInt32] = [:]
  private var pendingCounts: [PerfettoTrack: Int64] = [:]

  /// A trace that goes to `write` in large pieces. The counters of cache misses are those of ITS caches of `caches`.
  public init(
    topology: Topology, filter: TransitionFilter = TransitionFilter(),
    caches: ITSCacheShape = ITSCacheShape.standard[0], write: @escaping ([UInt8]) throws -> Void
  ) {
    naming = PENaming(topology)
    self.filter = filter
    misses = ITSMissFollower(shape: caches)
    stream = PerfettoStream(write: write)
  }

  /// The track's number; the track and those above it are described when they are first used.
  private func uuid(_ track: PerfettoTrack) throws -> UInt64 {
    if let known = uuids[track] { return known }
    let parent = try track.parent.map(uuid)
    let uuid = UInt64(uuids.count + 1)
    uuids[track] = uuid
    try stream.append(.init(track, uuid: uuid, parent: parent, naming: naming))
    return uuid
  }

  func event(_ type: Gicscope_Perfetto_TrackEvent.TypeEnum, on track: PerfettoTrack) throws
    -> Gicscope_Perfetto_TrackEvent
  {
    var event = Gicscope_Perfetto_TrackEvent()
    event.type = type
    event.trackUuid = try uuid(track)
    return event
  }

  // MARK: Lives

  /// As ``AnalysisOutput`` wants it. Lives come before the transitions of their batch, which tell whether a guest got the
  /// interrupt: they wait for them.
  public func consume(lives: UnsafeBufferPointer<InterruptLife>) throws {
    // Guests' are on the tracks of their list registers.
    for life in lives where !life.isVirtual { waiting.append(life) }
  }

  private func showWaiting() throws {
    for life in waiting { try show(life) }
    waiting.removeAll(keepingCapacity: true)
  }

  private func show(_ life: InterruptLife) throws {
    let name = "\(life.interruptClass.name) \(life.intid)"
    let spans = [LatencyStage.pendingToAcknowledge, .acknowledgeToEOI, .acknowledgeToDeactivate]
      .compactMap { stage in life.span(stage).map { (stage, $0) } }
    let isMarked = life.outcome != .ended && life.pe != PE.none
    // A flow has two ends, or it is none.
    let ends = (life.shown.contains(.pending) ? 1 : 0) + spans.count + (isMarked ? 1 : 0)
    lastFlow += 1
    let flow = ends > 1 ? [lastFlow] : []
    try showSource(life, name, flow)
    for (stage, span) in spans {
      let base = Self.track(stage, life, lane: 0)
      let lane = lanes[base, default: LaneAllocator()].lane(from: span.start, to: span.start + span.length)
      let track = Self.track(stage, life, lane: lane)
      var begin = try event(.sliceBegin, on: track)
      begin.nameIid = stream.name(name)
      begin.categoryIids = [stream.category(stage.name)]
      begin.debugAnnotations = annotations(life)
      if stage == spans.last?.0, !isMarked { begin.terminatingFlowIds = flow } else { begin.flowIds = flow }
      if stage == .acknowledgeToEOI, let flow = links.handedOver(life) { begin.flowIds.append(flow) }
      try stream.append(begin, at: span.start)
      try stream.append(event(.sliceEnd, on: track), at: span.start + span.length)
    }
    if isMarked { try showUnfinished(life, name, flow) }
  }

  private static func track(_ stage: LatencyStage, _ life: InterruptLife, lane: Int) -> PerfettoTrack {
    switch stage {
    case .pendingToAcknowledge: .pending(life.domain, life.pe, lane: lane)
    case .acknowledgeToDeactivate: .active(life.domain, life.pe, lane: lane)
    default: .running(life.domain, life.pe, lane: lane)
    }
  }

  private func annotations(_ life: InterruptLife) -> [Gicscope_Perfetto_DebugAnnotation] {
    var result = [stream.annotation("intid", UInt64(life.intid)), stream.annotation("priority", UInt64(life.priority))]
    if life.shown.contains(.acknowledge) { result.append(stream.annotation("event", life.acknowledgeEvent)) }
    if let pe = life.sourcePE { result.append(stream.annotation("source PE", UInt64(pe))) }
    if let device = life.deviceID { result.append(stream.annotation("DeviceID", UInt64(device))) }
    if let event = life.eventID { result.append(stream.annotation("EventID", UInt64(event))) }
    if life.merged > 0 { result.append(stream.annotation("merged", UInt64(life.merged))) }
    result.append(stream.annotation("certainty", "\(life.certainty)"))
    return result
  }

  /// Where the interrupt came from.
  private func showSource(_ life: InterruptLife, _ name: String, _ flow: [UInt64]) throws {
    guard life.shown.contains(.pending) else { return }
    let track: PerfettoTrack =
      if let pe = life.sourcePE {
        .sent(life.domain, pe)
      } else if life.interruptClass == .lpi {
        .its(life.domain)
      } else {
        .inputs(life.domain)
      }
    var source = try event(.instant, on: track)
    source.nameIid = stream.name(name)
    source.categoryIids = [stream.category("source")]
    source.debugAnnotations = annotations(life)
    source.flowIds = flow
    try stream.append(source, at: life.pendingTime)
  }

  /// Interrupts that were withdrawn, or that the capture's end cut off, are marked where they began.
  private func showUnfinished(_ life: InterruptLife, _ name: String, _ flow: [UInt64]) throws {
    let isPending = life.outcome == .withdrawn || life.outcome == .pendingAtEnd
    let track = Self.track(isPending ? .pendingToAcknowledge : .acknowledgeToEOI, life, lane: 0)
    var mark = try event(.instant, on: track)
    mark.nameIid = stream.name("\(name) \(life.outcome.name)")
    mark.categoryIids = [stream.category(life.outcome.name)]
    mark.debugAnnotations = annotations(life)
    mark.terminatingFlowIds = flow
    let time = life.outcome == .withdrawn ? life.endTime : isPending ? life.pendingTime : life.acknowledgeTime
    try stream.append(mark, at: time)
  }

  // MARK: Transitions

  /// As ``AnalysisOutput`` wants it.
  public func consume(_ batch: ReplayBatch) throws {
    var numbers = EventNumbering(firstIndex: batch.firstIndex)
    for (i, event) in batch.events.enumerated() {
      if event.kind == .marker { kernelNames.take(event, at: i, of: batch.events) }
      let isShown = batch.isReported && filter.intids == nil && filter.pes?.contains(event.pe) ?? true
      try showSoftware(event, index: numbers.take(event), isShown: isShown)
    }
    for t in batch.transitions {
      let inUse = use.changed(by: t)
      let isShown = batch.isReported && filter.includes(t)
      try followListRegister(t, isShown)
      if let inUse, isShown { try count(Int64(inUse), .listRegisterCount(t.domain, t.pe), t.time) }
      try followPending(t, isShown)
      try misses.take(t, isReported: batch.isReported) { cache, misses in
        try count(Int64(clamping: misses), .cacheMisses(cache.domain, cache.its, cache.table), t.time)
      }
      if isShown { try mark(t) }
    }
    try showWaiting()
  }

  private func count(_ value: Int64, _ track: PerfettoTrack, _ time: UInt64) throws {
    var counter = try event(.counter, on: track)
    counter.counterValue = value
    try stream.append(counter, at: time)
  }

  private func followPending(_ t: Transition, _ isShown: Bool) throws {
    let isPending: Bool
    switch t.kind {
    case .pending:
      isPending = true
      if t.domain != Domain.physical, isShown, let last = links.injected(t) { try showInjection(last) }
    case .pendingCleared:
      isPending = false
      if let injection = links.withdrawn(t) { try showInjection(injection) }
    case .acknowledged:
      isPending = t.acknowledged.staysPending
      links.acknowledged(t)
    case .deactivated where t.deactivated.isPending: isPending = true
    default: return
    }
    let isPrivate = InterruptClass(intid: t.intid).isPrivate
    let key = UInt64(t.domain) << 48 | UInt64((isPrivate ? t.pe : PE.none) & 0xFF_FFFF) << 24 | UInt64(t.intid)
    let pe = pending[key]
    guard isPending != (pe != nil) else { return }
    pending[key] = isPending ? t.pe : nil
    let track = PerfettoTrack.pendingCount(t.domain, pe ?? t.pe)
    pendingCounts[track, default: 0] += isPending ? 1 : -1
    if isShown, (pe ?? t.pe) != PE.none { try count(pendingCounts[track]!, track, t.time) }
  }

  private func followListRegister(_ t: Transition, _ isShown: Bool) throws {
    let track = PerfettoTrack.listRegister(t.domain, t.pe, UInt32(t.listRegister.index & 63))
    let open = depth[track] ?? 0
    func end(to wanted: Int) throws {
      guard open > wanted else { return }
      depth[track] = wanted
      for _ in wanted..<open where uuids[track] != nil { try stream.append(event(.sliceEnd, on: track), at: t.time) }
    }
    func begin(_ name: String, flows: [UInt64] = []) throws {
      guard isShown else { return }
      depth[track, default: 0] += 1
      var begin = try event(.sliceBegin, on: track)
      begin.nameIid = stream.name(name)
      begin.categoryIids = [stream.category("list_register")]
      begin.debugAnnotations = [stream.annotation("event", t.event), stream.annotation("value", t.listRegister.value)]
      begin.flowIds = flows
      try stream.append(begin, at: t.time)
    }
    switch t.kind {
    case .lrFilled where open == 0 || t.domain != Domain.physical:
      // When a guest is done with an interrupt a hypervisor's own trace does not show: at the latest when the next comes.
      try end(to: 0)
      let injection = links.takenIn(t)
      let flows = isShown ? links.filled(t) + (injection.map { [$0.flow] } ?? []) : []
      try begin("\(InterruptClass(intid: t.intid).name) \(t.intid)", flows: flows)
      if let injection { try showInjection(injection, leadsOn: isShown) }
    case .virtualAcknowledged where open == 1 && t.listRegister.index < 64: try begin("active")
    case .virtualEndOfInterrupt where t.listRegister.index < 64: try end(to: min(open, 1))
    case .lrEmptied, .lrOverwritten: try end(to: 0)
    default: break
    }
  }

  /// What has no length.
  private func mark(_ t: Transition) throws {
    let (track, name): (PerfettoTrack, String)
    switch t.kind {
    case .itsCommand: (track, name) = (.its(t.domain), ITSOpcode.name(t.itsCommand.opcode))
    case .itsFault: (track, name) = (.its(t.domain), t.itsFault.fault?.name ?? "fault")
    case .spuriousAcknowledge:
      (track, name) = (.running(t.domain, t.pe, lane: 0), "spurious \(t.spuriousAcknowledge.value)")
    case .maintenance where t.maintenance.isRaised: (track, name) = (.pe(t.domain, t.pe), "maintenance interrupt")
    case .gap: (track, name) = (.capture, "events lost")
    case .guestError: (track, name) = (.capture, "guest error")
    default: return
    }
    var mark = try event(.instant, on: track)
    mark.nameIid = stream.name(name)
    mark.categoryIids = [stream.category("\(t.kind)")]
    mark.debugAnnotations = [stream.annotation("event", t.event)]
    if t.kind == .itsFault {
      mark.debugAnnotations.append(stream.annotation("DeviceID", UInt64(t.itsFault.deviceID)))
      mark.debugAnnotations.append(stream.annotation("EventID", UInt64(t.itsFault.eventID)))
    }
    try stream.append(mark, at: t.time)
  }

  /// As ``AnalysisOutput`` wants it.
  public func finish(_ report: AnalysisReport) throws {
    try showWaiting()
    for injection in links.waitingInjections { try showInjection(injection) }
    for acknowledge in links.openAcknowledges { try showHandedOver(acknowledge) }
    for finding in report.results.findings { try show(finding) }
    let end = report.trace.lastTime ?? 0
    for (track, open) in depth.sorted(by: { uuids[$0.key] ?? 0 < uuids[$1.key] ?? 0 }) {
      for _ in 0..<open { try stream.append(event(.sliceEnd, on: track), at: end) }
    }
    try stream.flush()
  }
}
