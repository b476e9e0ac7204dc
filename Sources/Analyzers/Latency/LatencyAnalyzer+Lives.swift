import InterruptTrace

/// What is kept of an interrupt while it is pending or in service, and the life that it becomes.
extension LatencyAnalyzer {
  /// An interrupt that is pending.
  struct Pending: BitwiseCopyable {
    var since: UInt64 = 0
    /// A second one behind the first: another source's SGI (GICv2), or an edge before the acknowledge was seen.
    var next: UInt64 = 0
    /// The event that made it pending, and the one behind ``next``.
    var event: UInt64 = 0
    var nextEvent: UInt64 = 0
    /// As ``InterruptLife/source``.
    var source: UInt64 = 0
    var pe: UInt32 = PE.none
    var merged: UInt32 = 0
    var hasSource = false
    var cause: UInt8 = 0
    var priority: UInt8 = 0
    var certainty = Provenance.observed
    var isUsed = false
    var hasNext = false
    /// Whether the capture shows when it became pending.
    var isKnown = false
    /// A level that stayed high over the acknowledge: pending again when the active state ends.
    var isHeld = false
  }

  /// An interrupt that a PE has acknowledged.
  struct InService: BitwiseCopyable {
    /// Its moments so far.
    var life = InterruptLife()
    /// What it waited for until the acknowledge, where that was measured.
    var waits: WaitTimes?
    /// Whether the filter lets its samples pass.
    var isCounted = true
    /// Number of the owner in the recorder.
    var owner: Int32 = -1
    var isUsed = false
    var hasEnded = false
    var isInactive = false
  }

  // MARK: Lives

  static func life(of pending: Pending, domain: UInt16, intid: UInt32) -> InterruptLife {
    var life = InterruptLife()
    life.domain = domain
    life.intid = intid
    life.pe = pending.pe
    life.priority = pending.priority
    withUnsafePointer(to: pending) { begin(&life, $0) }
    return life
  }

  /// Gives a new life the moments before its acknowledge.
  @inline(__always) static func begin(_ life: inout InterruptLife, _ pending: UnsafePointer<Pending>) {
    life.merged = pending.pointee.merged
    life.rest(on: pending.pointee.certainty)
    guard pending.pointee.isKnown else { return }
    life.pendingTime = pending.pointee.since
    life.pendingEvent = pending.pointee.event
    life.cause = pending.pointee.cause
    life.shown.insert(.pending)
    if pending.pointee.hasSource {
      life.source = pending.pointee.source
      life.shown.insert(.source)
    }
  }

  /// Fills a new life up to its acknowledge.
  @inline(__always)
  static func begin(
    _ life: inout InterruptLife, acknowledgedBy t: Transition, _ pending: UnsafeMutablePointer<Pending>?
  ) {
    if let pending { begin(&life, UnsafePointer(pending)) }
    life.domain = t.domain
    life.intid = t.intid
    life.pe = t.pe
    life.priority = UInt8(truncatingIfNeeded: t.priority)
    life.acknowledgeTime = t.time
    life.acknowledgeEvent = t.event
    life.shown.insert(.acknowledge)
    life.rest(on: t.provenance)
  }
}
