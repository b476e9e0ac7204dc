import InterruptTrace

/// Directly injected interrupts (GICv4): from a vPE's pending table to the guest's end of interrupt, in no list register.
extension VirtualInterruptAnalyzer {
  mutating func becamePending(_ t: Transition, _ isCounted: Bool) {
    if isCounted { counts.directPending += 1 }
    let entry = direct.insert(Self.directKey(t))
    entry.pointee.isPending = t.pending.cause != .pendingTable && t.pending.cause != .observed
    guard entry.pointee.isPending else { return }
    var life = InterruptLife(ofGuest: t)
    (life.pendingTime, life.pendingEvent) = (t.time, t.event)
    life.cause = t.pending.causeNumber
    life.shown = .pending
    if t.pending.cause == .msi || t.pending.cause == .command {
      life.source = t.pending.source
      life.shown.insert(.source)
    }
    life.rest(on: t.provenance)
    entry.pointee.pending = life
  }

  /// Came while it was pending.
  mutating func merged(_ t: Transition, _ isCounted: Bool) {
    if isCounted { counts.directMerged += 1 }
    direct.find(Self.directKey(t))?.pointee.pending.merged &+= 1
  }

  /// Stopped being pending without an acknowledge.
  mutating func withdrawn(_ t: Transition, _ isCounted: Bool) {
    guard let entry = direct.find(Self.directKey(t)), entry.pointee.isPending else { return }
    entry.pointee.isPending = false
    var life = entry.pointee.pending
    (life.endTime, life.endEvent) = (t.time, t.event)
    if !entry.pointee.isAcknowledged { direct.remove(Self.directKey(t)) }
    close(life, .withdrawn, isCounted)
  }

  mutating func acknowledgedDirectly(_ t: Transition, _ isCounted: Bool) {
    let entry = direct.insert(Self.directKey(t))
    if isCounted { counts.directAcknowledges += 1 }
    let (before, wasAcknowledged) = (entry.pointee.taken, entry.pointee.isAcknowledged)
    let isKnown = entry.pointee.isPending
    var life = isKnown ? entry.pointee.pending : InterruptLife(ofGuest: t)
    life.acknowledge(t)
    entry.pointee.taken = life
    entry.pointee.isPending = false
    entry.pointee.isAcknowledged = true
    if wasAcknowledged { close(before, .acknowledgedAgain, isCounted) }
    if isKnown {
      record(.pendingToAcknowledge, from: life.pendingTime, t, isCounted)
    } else if isCounted {
      counts.exclusions.startUnknown += 1
    }
  }

  mutating func endedDirectly(_ t: Transition, _ isCounted: Bool) {
    guard let entry = direct.find(Self.directKey(t)), entry.pointee.isAcknowledged else {
      if isCounted { counts.exclusions.acknowledgeUnknown += 1 }
      return
    }
    var taken = entry.pointee.taken
    if entry.pointee.isPending {
      entry.pointee.isAcknowledged = false
    } else {
      direct.remove(Self.directKey(t))
    }
    record(.acknowledgeToEOI, from: taken.acknowledgeTime, t, isCounted)
    if taken.shown.contains(.pending) { record(.pendingToEOI, from: taken.pendingTime, t, isCounted) }
    taken.end(t)
    close(taken, .ended, isCounted)
  }
}
