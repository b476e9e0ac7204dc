import GICModel
import InterruptTrace
import Replay

/// Measures the spans of each interrupt's life: pending, acknowledged, ended, deactivated.
///
/// Only spans whose both ends the capture shows are measured. What was pending or active when the capture began, what
/// is so at its end, and what spans a gap is counted apart, in ``LatencyExclusions``.
struct LatencyAnalyzer: ~Copyable {
  /// An interrupt that is pending.
  private struct Pending: BitwiseCopyable {
    var since: UInt64 = 0
    /// A second one behind the first: another source's SGI (GICv2), or an edge before the acknowledge was seen.
    var next: UInt64 = 0
    var device: UInt32 = 0
    var hasDevice = false
    var isUsed = false
    var hasNext = false
    /// Whether the capture shows when it became pending.
    var isKnown = false
    /// A level that stayed high over the acknowledge: pending anew when the active state ends.
    var isHeld = false
  }

  /// An interrupt that a PE has acknowledged.
  private struct InService: BitwiseCopyable {
    var acknowledged: UInt64 = 0
    var injected: UInt64 = 0
    var pe: UInt32 = 0
    var injectionKnown = false
    /// Whether the filter lets its samples pass.
    var isCounted = true
    /// Number of the owner in the recorder.
    var owner: Int32 = -1
    var isUsed = false
    var hasEnded = false
    var isInactive = false
  }

  private var pending = LiveTable(Pending())
  private var inService = LiveTable(InService())
  /// Last gap of a PE; that of ``PE/none`` is everyone's.
  private var gaps = LiveTable<UInt64>(0)
  private(set) var recorder: LatencyRecorder
  private var exclusions = LatencyExclusions()
  /// Whether what comes now lies in the window.
  var isReported = true
  private let filter: TransitionFilter?

  init(filter: TransitionFilter = TransitionFilter()) {
    self.filter = filter.isOpen ? nil : filter
    recorder = LatencyRecorder()
  }

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

  mutating func becamePending(_ t: Transition) {
    let entry = pending.insert(InterruptKey.interrupt(domain: t.domain, pe: t.pe, intid: t.intid).rawValue)
    let isKnown = Self.showsMoment(t)
    if entry.pointee.isUsed {
      entry.pointee.next = t.time
      entry.pointee.hasNext = isKnown
    } else {
      entry.pointee.isUsed = true
      entry.pointee.since = t.time
      entry.pointee.isKnown = isKnown
    }
    if InterruptClass(intid: t.intid) == .lpi, Self.namesDevice(t) {
      entry.pointee.device = UInt32(truncatingIfNeeded: t.b >> 32)
      entry.pointee.hasDevice = true
    }
  }

  /// Whether the interrupt became pending at the time of the transition, and not some time before.
  private static func showsMoment(_ t: Transition) -> Bool {
    guard t.provenance != .assumed else { return false }
    return t.a != UInt64(PendingCause.observed.rawValue) && t.a != UInt64(PendingCause.pendingTable.rawValue)
      && t.a != UInt64(PendingCause.reset.rawValue)
  }

  private static func namesDevice(_ t: Transition) -> Bool {
    t.a == UInt64(PendingCause.msi.rawValue) || t.a == UInt64(PendingCause.command.rawValue)
  }

  mutating func merged(_ t: Transition) {
    if isReported { exclusions.merged += 1 }
    // What it merged with was pending before the capture showed it.
    pending.insert(InterruptKey.interrupt(domain: t.domain, pe: t.pe, intid: t.intid).rawValue).pointee.isUsed = true
  }

  mutating func withdrawn(_ t: Transition) {
    let key = InterruptKey.interrupt(domain: t.domain, pe: t.pe, intid: t.intid).rawValue
    // A level that falls after its acknowledge is as it should be.
    let isHeld = pending.find(key)?.pointee.isHeld ?? false
    if isReported, !isHeld { exclusions.withdrawn += 1 }
    pending.remove(key)
  }

  // MARK: In service

  /// An SPI is active once, wherever it was taken; the others are a PE's own, and an LPI that moves may be in service
  /// on two PEs at a time.
  private static func serviceKey(_ t: Transition) -> UInt64 {
    InterruptClass(intid: t.intid) == .lpi
      ? InterruptKey(domain: t.domain, pe: t.pe, intid: t.intid).rawValue
      : InterruptKey.interrupt(domain: t.domain, pe: t.pe, intid: t.intid).rawValue
  }

  mutating func acknowledged(_ t: Transition) {
    let key = InterruptKey.interrupt(domain: t.domain, pe: t.pe, intid: t.intid).rawValue
    var service = InService(acknowledged: t.time, pe: t.pe, isUsed: true)
    var device: UInt32?
    if let entry = pending.find(key), entry.pointee.isKnown {
      service.injected = entry.pointee.since
      service.injectionKnown = true
      if entry.pointee.hasDevice { device = entry.pointee.device }
    } else if isReported {
      exclusions.startUnknown += 1
    }
    service.isCounted = filter?.includes(t) ?? true
    if service.isCounted {
      service.owner = recorder.owner(InterruptKey(domain: t.domain, pe: t.pe, intid: t.intid), device: device)
    }
    if service.injectionKnown { record(.pendingToAcknowledge, from: service.injected, t, service) }
    keepPending(key, t)

    let entry = inService.insert(Self.serviceKey(t))
    if entry.pointee.isUsed, isReported { exclusions.neverEnded += 1 }
    entry.pointee = service
  }

  /// What is left pending after an acknowledge.
  private mutating func keepPending(_ key: UInt64, _ t: Transition) {
    guard t.b & 1 != 0 else {
      pending.remove(key)
      return
    }
    let entry = pending.insert(key)
    entry.pointee.isUsed = true
    if entry.pointee.hasNext {
      entry.pointee.since = entry.pointee.next
      entry.pointee.hasNext = false
      entry.pointee.isKnown = true
    } else {
      entry.pointee.isKnown = false
      entry.pointee.isHeld = true
    }
  }

  mutating func ended(_ t: Transition) {
    let key = Self.serviceKey(t)
    guard let entry = inService.find(key), !entry.pointee.hasEnded else {
      if isReported { exclusions.endWithoutAcknowledge += 1 }
      return
    }
    entry.pointee.hasEnded = true
    let service = entry.pointee
    let isLPI = InterruptClass(intid: t.intid) == .lpi
    // With EOImode 0 the end deactivates: one sample serves both stages.
    let deactivates = !isLPI && !service.isInactive && t.a & 1 != 0
    record(deactivates ? .acknowledgeToEndThatDeactivates : .acknowledgeToEnd, from: service.acknowledged, t, service)
    if service.injectionKnown { record(.injectionToEnd, from: service.injected, t, service) }
    if deactivates { resignal(t, staysPending: false) }
    if isLPI || service.isInactive || deactivates { inService.remove(key) }
  }

  mutating func deactivated(_ t: Transition) {
    resignal(t, staysPending: t.a & 1 != 0)
    let key = Self.serviceKey(t)
    guard let entry = inService.find(key), !entry.pointee.isInactive else { return }
    entry.pointee.isInactive = true
    let service = entry.pointee
    record(.acknowledgeToDeactivate, from: service.acknowledged, t, service)
    if service.hasEnded { inService.remove(key) }
  }

  /// A level that is still high is a new request from now on.
  private mutating func resignal(_ t: Transition, staysPending: Bool) {
    let key = InterruptKey.interrupt(domain: t.domain, pe: t.pe, intid: t.intid).rawValue
    guard let entry = pending.find(key) ?? (staysPending ? pending.insert(key) : nil) else { return }
    guard entry.pointee.isHeld || (staysPending && !entry.pointee.isKnown) else { return }
    entry.pointee.isUsed = true
    entry.pointee.isHeld = false
    entry.pointee.isKnown = true
    entry.pointee.since = entry.pointee.hasNext ? entry.pointee.next : t.time
    entry.pointee.hasNext = false
    if isReported { exclusions.resignalled += 1 }
  }

  // MARK: Samples

  @inline(__always)
  private mutating func record(
    _ span: LatencyRecorder.Span,
    from start: UInt64,
    _ t: Transition,
    _ service: InService
  ) {
    guard isReported, service.isCounted else { return }
    if gaps.count > 0, spansGap(start, service.pe) {
      exclusions.acrossGap += 1
      return
    }
    // Stamps of several threads may step back by a few microseconds; the order of lines is the truth.
    let nanoseconds = t.time >= start ? t.time &- start : 0
    if t.time < start { exclusions.backwards += 1 }
    if t.provenance == .inferred { exclusions.inferred += 1 }
    recorder.record(nanoseconds, span, InterruptClass(intid: t.intid), owner: service.owner)
  }

  private func spansGap(_ start: UInt64, _ pe: UInt32) -> Bool {
    if let gap = gaps.find(UInt64(pe)), gap.pointee >= start { return true }
    if let gap = gaps.find(UInt64(PE.none)), gap.pointee >= start { return true }
    return false
  }
}
