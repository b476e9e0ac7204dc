import InterruptTrace

/// An interrupt's way from pending to deactivated.
extension FindingsAnalyzer {
  @inline(__always) mutating func becamePending(_ t: Transition) {
    let record = record(t)
    if !record.pointee.isPending {
      record.pointee.isPending = true
      record.pointee.pendingAt = .init(t)
      record.pointee.cause = t.pending.causeNumber
      record.pointee.pendingIsOlder =
        t.pending.causeNumber == PendingCause.observed.rawValue
        || t.pending.causeNumber == PendingCause.pendingTable.rawValue
      if t.pe != PE.none {
        let processor = processors.at(t)
        record.pointee.overtakenSince = processor.pointee.acknowledges
        if processor.pointee.asleep == .yes, !INTID.isBanked(t.intid) { sentToSleeper(t, processor.pointee) }
      }
    }
    record.pointee.edges &+= 1
    if INTID.isSGI(t.intid) {
      sgiAccepted(t)
      if t.pending.cause == .sgi { record.pointee.source = UInt64(t.pending.sourcePE) }
    }
    if t.pe != PE.none {
      record.pointee.target = t.pe
      record.pointee.targetIsKnown = true
    }
    if !INTID.isLPI(t.intid) {
      record.pointee.priority = UInt8(truncatingIfNeeded: min(t.priority, 0xFF))
    } else if t.pending.cause == .msi || t.pending.cause == .command {
      record.pointee.source = t.pending.source
      if let waiting = unresolved, waiting.itsFault.message == t.pending.source { unresolved = nil }
    }
  }

  mutating func merged(_ t: Transition) {
    let record = record(t)
    record.pointee.edges &+= 1
    record.pointee.merged &+= 1
    if INTID.isSGI(t.intid) { sgiAccepted(t) }
    let mishaps = mishaps(record)
    mishaps.pointee.lastMerged = .init(t)
    if record.pointee.merged == 1 { mishaps.pointee.firstMerged = mishaps.pointee.lastMerged }
    if !record.pointee.isPending {
      record.pointee.isPending = true
      record.pointee.pendingIsOlder = true
      record.pointee.pendingAt = .init(t)
    }
    if let waiting = unresolved, waiting.itsFault.message == t.pending.source { unresolved = nil }
  }

  mutating func lineChanged(_ t: Transition) {
    let record = record(t)
    record.pointee.line = .init(t.kind == .lineRaised)
    record.pointee.lineAt = .init(t)
    if t.kind == .lineLowered, record.pointee.isPendingAgain { fellLate(t, record) }
  }

  /// The line fell only after the interrupt had ended, which made it pending once more for nothing.
  @inline(never) private mutating func fellLate(_ t: Transition, _ record: UnsafeMutablePointer<InterruptRecord>) {
    record.pointee.isPendingAgain = false
    mishaps(record).pointee.lateFalls &+= 1
    processors.find(domain: t.domain, pe: record.pointee.acknowledgedOn)?.pointee.lateINTID = t.intid
  }

  /// Pending state went away without an acknowledge. What a command or an access took is reported when the command is
  /// known, see `its`.
  mutating func pendingCleared(_ t: Transition) {
    let record = record(t)
    let isFresh =
      record.pointee.isPending && !record.pointee.isActive && !record.pointee.isRunning
      && record.pointee.pendingAt.event != record.pointee.acknowledgeAt.event
      && record.pointee.pendingAt.event != record.pointee.deactivateEvent
    let wasPending = record.pointee.isPending
    record.pointee.isPending = false
    record.pointee.refires = 0
    if t.pendingCleared.cause == .line {
      if isFresh, record.pointee.enabled == .yes { missedPulse(t, record) }
      return
    }
    record.pointee.clearedEvent = t.event
    record.pointee.clearedCause = t.pendingCleared.causeNumber
    // It was only taken to be pending, and is shown not to be: nothing took it away.
    guard wasPending, t.pendingCleared.cause != .observed else { return }
    if t.pendingCleared.cause == .command {
      cleared = t
    } else {
      let cause =
        switch t.pendingCleared.cause {
        case .register: "a write of ICPENDR"
        case .pendingTable: "a new GICR_PENDBASER (another table, or PTZ)"
        default: "software"
        }
      discarded(t, by: cause)
    }
  }

  @inline(__always)
  private mutating func missedPulse(_ t: Transition, _ record: UnsafeMutablePointer<InterruptRecord>) {
    let mishaps = mishaps(record)
    if record.pointee.missedPulses == 0 { mishaps.pointee.missedSince = .init(t) }
    record.pointee.missedPulses &+= 1
    guard record.pointee.missedPulses > mishaps.pointee.mostMissedPulses else { return }
    mishaps.pointee.mostMissedPulses = record.pointee.missedPulses
    mishaps.pointee.mostMissedSince = mishaps.pointee.missedSince
    mishaps.pointee.mostMissedUntil = .init(t)
  }

  // MARK: Acknowledge

  @inline(__always) mutating func acknowledged(_ t: Transition) {
    let processor = processors.at(t)
    let record = record(t)
    if record.pointee.isPending, !record.pointee.pendingIsOlder, record.pointee.pendingAt.event != .max {
      waits.add(
        time: t.time &- min(record.pointee.pendingAt.time, t.time), events: t.event &- record.pointee.pendingAt.event)
      let overtaken = processor.pointee.acknowledges &- record.pointee.overtakenSince
      if overtaken >= thresholds.starvedBy, record.pointee.target == t.pe || INTID.isBanked(t.intid) {
        starved(t, record.pointee, by: overtaken)
      }
    }
    if record.pointee.isRunning { acknowledgedAgain(t, record, processor) }
    noteRun(t, record, processor)
    if processor.pointee.depth == 0 {
      processor.pointee.idleBound = max(processor.pointee.idleBound, Int16(min(t.priority, 0xFF)))
    }
    processor.pointee.acknowledges &+= 1
    processor.pointee.lastActEvent = t.event
    processor.pointee.lastTakenEvent = t.event
    processor.pointee.lastActTime = t.time
    processor.pointee.spuriousRun = 0
    processor.pointee.lateINTID = .max
    record.pointee.isPendingAgain = false
    if processor.pointee.depth < ProcessorRecord.depthLimit {
      let running = ProcessorRecord.Running(
        intid: t.intid, priority: UInt8(truncatingIfNeeded: min(t.priority, 0xFF)), event: t.event, time: t.time,
        acknowledges: processor.pointee.acknowledges, source: t.acknowledged.sourcePE)
      processor.pointee.running[processor.pointee.depth] = running
      processor.pointee.depth &+= 1
    } else {
      processor.pointee.isOverflown = true
    }
    let staysPending = t.acknowledged.staysPending
    record.pointee.isPending = staysPending
    if staysPending {
      record.pointee.pendingAt = .init(t)
      record.pointee.pendingIsOlder = false
    }
    record.pointee.isRunning = true
    record.pointee.isActive = !INTID.isLPI(t.intid)
    record.pointee.abandonedEvent = .max
    record.pointee.isDropped = false
    record.pointee.wasWronglyEnded = false
    record.pointee.activateEvent = .max
    record.pointee.acknowledgedOn = t.pe
    record.pointee.acknowledges &+= 1
    record.pointee.acknowledgeAt = .init(t)
    record.pointee.priority = UInt8(truncatingIfNeeded: min(t.priority, 0xFF))
    record.pointee.group = t.acknowledged.group
    record.pointee.missedPulses = 0
    if record.pointee.line == .yes, record.pointee.edge != .yes { record.pointee.wasTakenByLine = true }
  }

  /// An interrupt was acknowledged while, as far as is known, it still ran.
  @inline(never)
  private mutating func acknowledgedAgain(
    _ t: Transition, _ record: UnsafeMutablePointer<InterruptRecord>, _ processor: UnsafeMutablePointer<ProcessorRecord>
  ) {
    let other = record.pointee.acknowledgedOn
    if other == t.pe {
      let place = processor.pointee.place(of: t.intid)
      guard place >= 0 else { return }
      // The one that runs now is the one of now; the earlier one never ended.
      let earlier = processor.pointee.running[place]
      processor.pointee.remove(at: place)
      neverEnded(t, earlier)
    } else if let place = processors.find(domain: t.domain, pe: other)?.pointee.place(of: t.intid), place >= 0 {
      handledTwice(t, record.pointee)
    }
  }

  // MARK: End and deactivation

  @inline(__always) mutating func ended(_ t: Transition) {
    let processor = processors.at(t)
    let record = record(t)
    let depth = processor.pointee.depth
    if depth > 0, processor.pointee.running[depth &- 1].intid == t.intid {
      let entry = processor.pointee.running[depth &- 1]
      processor.pointee.depth = depth &- 1
      let span = t.time &- min(entry.time, t.time)
      processor.pointee.lastServiceTime = span
      services.add(time: span, events: t.event &- entry.event)
      if INTID.isSGI(t.intid) {
        if t.endOfInterrupt.cpuID != entry.source { endedForOther(t, entry) }
        sgiEnded(t, entry, processor)
      }
    } else if depth > 0 {
      let last = (processor.pointee.lastEndedINTID, processor.pointee.lastEndedEvent)
      endedOther(t, processor, last: last)
    }
    record.pointee.isRunning = false
    record.pointee.endAt = .init(t)
    record.pointee.isDropped = !t.endOfInterrupt.deactivates && record.pointee.isActive
    processor.pointee.lastEndedINTID = t.intid
    processor.pointee.lastEndedEvent = t.event
    processor.pointee.lastActEvent = t.event
    processor.pointee.lastTakenEvent = t.event
    processor.pointee.lastActTime = t.time
    if INTID.isLPI(t.intid) { noteRefire(t, record, record.pointee.isPending) }
  }

  @inline(__always) mutating func deactivated(_ t: Transition) {
    let record = record(t)
    if record.pointee.isDropped {
      let from = record.pointee.endAt.time
      deactivations.add(time: t.time &- min(from, t.time), events: t.event &- min(record.pointee.endAt.event, t.event))
    }
    record.pointee.isActive = false
    record.pointee.abandonedEvent = .max
    record.pointee.isDropped = false
    record.pointee.wasWronglyEnded = false
    record.pointee.activateEvent = .max
    record.pointee.deactivateEvent = t.event
    let isPending = t.deactivated.isPending
    if isPending {
      record.pointee.isPending = true
      record.pointee.pendingAt = .init(t)
      record.pointee.overtakenSince = acknowledges(of: record.pointee.target, domain: t.domain)
      record.pointee.isPendingAgain = record.pointee.line == .yes && record.pointee.edge != .yes
    }
    // Whether a line that is still high makes it pending, its trigger says.
    let isAmbiguous =
      record.pointee.edge == .unknown && !startsAtReset && !INTID.isBanked(t.intid) && record.pointee.line != .no
    noteRefire(t, record, isPending && !isAmbiguous)
  }

  /// The interrupt is pending again, or not, as it ends.
  @inline(__always)
  private mutating func noteRefire(
    _ t: Transition, _ record: UnsafeMutablePointer<InterruptRecord>, _ isPending: Bool
  ) {
    guard isPending else {
      record.pointee.refires = 0
      return
    }
    record.pointee.refires &+= 1
    if record.pointee.refires >= thresholds.stormRefires { refired(t, record) }
  }

  /// Follows runs of one interrupt on a PE with hardly anything between: another interrupt, or a pause longer than the
  /// handler, counts eight times.
  @inline(__always)
  private mutating func noteRun(
    _ t: Transition, _ record: UnsafeMutablePointer<InterruptRecord>,
    _ processor: UnsafeMutablePointer<ProcessorRecord>
  ) {
    let isSame = processor.pointee.lastINTID == t.intid
    let pause = t.time &- min(record.pointee.endAt.time, t.time)
    let isTimed = Self.isTimed(from: firstTime ?? 0, to: t.time, events: t.event)
    if isTimed, isSame, record.pointee.endAt.event != .max, pause <= max(processor.pointee.lastServiceTime, 1000),
      t.time > record.pointee.endAt.time
    {
      processor.pointee.runLength &+= 1
      if processor.pointee.runLength >= thresholds.stormRun { run(t, processor) }
    } else if processor.pointee.runLength > 8 {
      processor.pointee.runLength &-= 8
    } else {
      processor.pointee.runLength = 0
      processor.pointee.lastINTID = t.intid
      processor.pointee.runEvent = t.event
      processor.pointee.runTime = t.time
    }
  }
}
