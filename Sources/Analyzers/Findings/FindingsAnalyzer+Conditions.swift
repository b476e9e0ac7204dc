import InterruptTrace

/// Conditions of delivery that change, and resets.
extension FindingsAnalyzer {
  mutating func enableChanged(_ t: Transition) {
    checkConfiguration(t, isChange: true)
    let record = record(t)
    let isEnabled = t.kind == .enabled
    record.pointee.enabled = .init(isEnabled)
    record.pointee.enableAt = .init(t)
    if isEnabled { record.pointee.wasEnabled = true }
    if INTID.isLPI(t.intid), isEnabled { record.pointee.priority = UInt8(truncatingIfNeeded: min(t.priority, 0xFF)) }
    if isEnabled { record.pointee.overtakenSince = acknowledges(of: record.pointee.target, domain: t.domain) }
  }

  mutating func retargeted(_ t: Transition) {
    let record = record(t)
    record.pointee.target = t.retargeted.to
    record.pointee.targetIsKnown = true
    record.pointee.targetAt = .init(t)
    record.pointee.overtakenSince = acknowledges(of: record.pointee.target, domain: t.domain)
  }

  mutating func conditionChanged(_ t: Transition) {
    advance(to: t.event)
    if t.kind == .groupEnables, t.pe == PE.none { return Self.setGroups(&distributor, t) }
    let processor = processors.at(t)
    if t.provenance == .assumed { processor.pointee.isComplete = true }
    // What was assumed is no event of the capture.
    var moment = Moment(t)
    if t.provenance == .assumed { moment.event = .max }
    switch t.kind {
    case .priorityMask:
      processor.pointee.priorityMask = UInt16(truncatingIfNeeded: t.priorityMask.mask)
      processor.pointee.maskAt = moment
    case .groupEnables: Self.setGroups(&processor.pointee, t)
    case .sleep:
      processor.pointee.asleep = .init(t.sleep.isAsleep)
      processor.pointee.sleepAt = moment
    case .lpisEnabled:
      processor.pointee.lpis = .init(t.lpisEnabled.isEnabled)
      processor.pointee.lpisEvent = moment.event
    default:
      processor.pointee.endMode = t.endMode.bits
      processor.pointee.endModeEvent = moment.event
    }
  }

  private static func setGroups(_ record: inout ProcessorRecord, _ t: Transition) {
    record.groups = t.groupEnables.enabled
    record.groupsKnown = t.groupEnables.known
    record.groupsSeen |= t.groupEnables.enabled & t.groupEnables.known
    record.groupAt = .init(t)
    if t.provenance == .assumed { record.groupAt.event = .max }
  }

  /// What a PE has acknowledged so far.
  @inline(__always) func acknowledges(of pe: UInt32, domain: UInt16) -> UInt64 {
    processors.find(domain: domain, pe: pe)?.pointee.acknowledges ?? 0
  }

  /// A PE's CPU interface was reset: nothing runs on it any more.
  mutating func resetInterface(_ t: Transition) {
    let processor = processors.at(t)
    for place in 0..<processor.pointee.depth {
      let intid = processor.pointee.running[place].intid
      let key = InterruptKey.interrupt(domain: t.domain, pe: t.pe, intid: intid).rawValue
      interrupts.find(key)?.pointee.isRunning = false
      interrupts.find(key)?.pointee.abandonedEvent = t.event
    }
    processor.pointee.depth = 0
  }

  /// The machine was reset, unseen: what ran across is said once, and nothing of it is held against what comes after.
  mutating func machineReset(_ t: Transition) {
    log.withdraw(domain: t.domain, from: t.machineReset.setUp)
    var chain: [Finding.Link] = [
      .init("the controller is last shown as it was before", event: t.machineReset.after),
      .init("what it answers contradicts that, and is what follows from a reset", event: t.event),
    ]
    var unended: [String] = []
    for place in processors.all where place.domain == Domain.physical {
      guard let processor = processors.find(domain: place.domain, pe: place.pe)?.pointee else { continue }
      for n in 0..<processor.depth {
        let name = name(processor.running[n].intid)
        unended.append(name)
        chain.append(
          .init(
            "\(name) was never ended on PE \(place.pe) when the machine was reset", event: processor.running[n].event))
      }
    }
    let across =
      unended.isEmpty ? "" : ": \(unended.joined(separator: ", ")) \(unended.count == 1 ? "was" : "were") never ended"
    report(.init(kind: .reset, domain: t.domain, reason: UInt32(truncatingIfNeeded: t.event)), t) {
      .init(
        .note, .likely, "the machine was reset between #\(t.machineReset.after) and #\(t.event)\(across)", chain,
        advice: "find what asked for the reset: PSCI SYSTEM_RESET, a watchdog, or the emulator itself")
    }
    forgetState()
    processors.forEach { processor in
      processor.pointee.priorityMask = .max
      processor.pointee.groupsKnown = 0
      processor.pointee.asleep = .unknown
      processor.pointee.lpis = .unknown
    }
  }

  /// What was pending or ran may not be so any more.
  mutating func forgetState() {
    startsAtReset = false
    processors.forEach { processor in
      processor.pointee.depth = 0
      processor.pointee.idleBound = -1
      processor.pointee.isComplete = false
      processor.pointee.runLength = 0
      processor.pointee.spuriousRun = 0
      processor.pointee.sentEvent = .max
    }
    for number in touched {
      let record = interrupts[number]
      record.pointee.isTouched = false
      record.pointee.isPending = false
      record.pointee.isRunning = false
      record.pointee.isActive = false
      record.pointee.abandonedEvent = .max
      record.pointee.refires = 0
    }
    touched.removeAll(keepingCapacity: true)
    unresolved = nil
    cleared = nil
    guests.forget()
    trail.removeAll()
    if itsControl.count > 0 { itsControl = LiveTable(0) }
    unknownCommandEvent = .max
    distributorIsBusy = false
    processors.forEach { processor in
      processor.pointee.lpisWritten = Moment()
      processor.pointee.awaitsRWP = false
      processor.pointee.redistributorIsBusy = false
    }
  }
}
