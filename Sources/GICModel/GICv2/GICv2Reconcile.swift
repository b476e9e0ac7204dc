import InterruptTrace

/// What the capture teaches where it shows something else than predicted: state that nothing has shown yet is corrected,
/// one unknown at a time, until the prediction follows; state that the capture has shown is never touched.
extension GICv2 {
  /// The priority mask and running priority of an interface that nothing has shown. False if they are known.
  mutating func reconcileMask(_ event: Event, pe: Int) -> Bool {
    guard event.flags.contains(.maskShown) else { return false }
    let (mask, running) = (UInt32(event.b & 0xFFFF), UInt32(event.b >> 16 & 0xFFFF))
    var corrected = false
    if interfaces[pe].interface.priorityMask & 0xFFFF != mask {
      guard !knowsInterface(pe, .priorityMask) else { return false }
      interfaces[pe].interface.priorityMask = mask
      interfaces[pe].interface.known.insert(.priorityMask)
      corrected = true
    }
    if interfaces[pe].interface.runningPriority != running {
      guard !knowsInterface(pe, .activePriorities) else { return corrected }
      // What ran before has ended without being shown.
      for word in 0..<4 {
        interfaces[pe].interface.activePriorities[word] = 0
        interfaces[pe].interface.group1ActivePriorities[word] = 0
      }
      interfaces[pe].interface.refreshRunningPriority()
      if running <= 0xFF {
        interfaces[pe].interface.raise(GICv2Pending(intid: 0, priority: running, isGroup1: false))
      }
      corrected = true
    }
    return corrected
  }

  /// Makes an interrupt the highest pending one of a PE. False if what is unknown does not explain it.
  mutating func reconcileHighest(pe: Int, intid: Int, priority: UInt32) -> Bool {
    guard intid < distributor.implementedLimit else { return false }
    for _ in 0..<64 {
      let expected = highest(pe)
      if expected.intid == UInt32(intid), expected.priority == priority { return true }
      let isOutranked =
        !expected.isNone && Int(expected.intid) != intid
        && (expected.priority < priority || expected.priority == priority && Int(expected.intid) < intid)
      guard isOutranked ? demote(Int(expected.intid), pe: pe) : promote(intid, priority: priority, pe: pe) else {
        return false
      }
    }
    return false
  }

  /// Makes nothing pending on a PE. False if what is unknown does not explain it.
  mutating func reconcileNone(pe: Int) -> Bool {
    for _ in 0..<64 {
      let expected = highest(pe)
      if expected.isNone { return true }
      guard demote(Int(expected.intid), pe: pe) else { return false }
    }
    return false
  }

  /// Makes an interrupt that the model expected not signalled.
  private mutating func demote(_ intid: Int, pe: Int) -> Bool {
    let (word, bit) = (intid >> 5, intid & 31)
    let (row, plane) = (GICv2Distributor.row(pe, word), GICv2Distributor.plane(pe, word))
    if distributor.isPending(pe, intid), withdraw(intid, pe: pe) {
      refreshRank(pe, word: word)
      return true
    }
    // Which unknown it is stays a guess, so that a later observation may correct it.
    if !knowsActive(plane, bit), !distributor.active[plane].bit(bit) {
      setActive(intid, on: isOwn(intid) ? 1 << UInt8(pe) : Self.allPlanes, to: true)
      for pe in 0..<GICv2Distributor.peLimit {
        distributor.knownActive[GICv2Distributor.plane(pe, word)].setBit(bit, to: false)
      }
    } else if intid >= 32, !knowsTrigger(row, bit), distributor.level[row].bit(bit) != distributor.edge[row].bit(bit) {
      // Of the other trigger it would have been acknowledged for good, or have fallen with its line.
      distributor.edge[row].setBit(bit, to: distributor.level[row].bit(bit))
      setLatch(intid, on: Self.allPlanes, to: false)
    } else if !knowsEnable(row, bit) {
      if distributor.enabled[row].bit(bit) { emit(.disabled, pe: reportedPE(pe, intid), intid: UInt32(intid)) }
      distributor.enabled[row].setBit(bit, to: false)
    } else {
      return false
    }
    refreshRank(pe, word: word)
    return true
  }

  /// Makes an interrupt that should be pending not so: what ended its pending state may not be in the capture.
  private mutating func withdraw(_ intid: Int, pe: Int) -> Bool {
    let (word, bit) = (intid >> 5, intid & 31)
    let (row, plane) = (GICv2Distributor.row(pe, word), GICv2Distributor.plane(pe, word))
    if knowsLatch(plane, bit) { return false }
    if !shown.contains(.lines) { distributor.level[row].setBit(bit, to: false) }
    setLatch(intid, on: isOwn(intid) ? 1 << UInt8(pe) : Self.allPlanes, to: false)
    if intid < 16 { distributor.sources[pe << 4 | intid] = 0 }
    guard !distributor.isPending(pe, intid) else { return false }
    emit(
      .pendingCleared, pe: UInt32(pe), intid: UInt32(intid), priority: self.priority(pe, intid),
      a: UInt64(PendingCause.observed.rawValue), b: UInt64(PE.none))
    return true
  }

  /// Makes an interrupt that the capture shows pending here, enabled, targeted and of the rank shown.
  private mutating func promote(_ intid: Int, priority: UInt32, pe: Int) -> Bool {
    let (word, bit) = (intid >> 5, intid & 31)
    let (row, plane) = (GICv2Distributor.row(pe, word), GICv2Distributor.plane(pe, word))
    var changed = false
    if !distributor.enabled[row].bit(bit), !knowsEnable(row, bit) {
      distributor.enabled[row].setBit(bit, to: true)
      emit(.enabled, pe: reportedPE(pe, intid), intid: UInt32(intid))
      changed = true
    }
    let isLatchUnknown = !knowsLatch(plane, bit) || !knowsLevel(row, bit)
    // A pulse of a line has left it pending: it is edge-triggered.
    let isPulse = intid >= 16 && !knowsTrigger(row, bit) && !distributor.edge[row].bit(bit)
    if !distributor.isPending(pe, intid), isLatchUnknown || isPulse {
      if isPulse, !isLatchUnknown || intid >= 32 && knowsLevel(row, bit) { distributor.edge[row].setBit(bit, to: true) }
      setLatch(intid, on: intid < 32 ? 1 << UInt8(pe) : Self.allPlanes, to: true)
      if intid < 16, distributor.sources[pe << 4 | intid] == 0 { distributor.sources[pe << 4 | intid] = 1 }
      emit(
        .pending, pe: UInt32(pe), intid: UInt32(intid), priority: priority, a: UInt64(PendingCause.observed.rawValue),
        b: UInt64(PE.none))
      changed = true
    }
    if distributor.active[plane].bit(bit), !knowsActive(plane, bit) {
      setActive(intid, on: isOwn(intid) ? 1 << UInt8(pe) : Self.allPlanes, to: false)
      changed = true
    }
    if intid >= 32, !distributor.targeted[plane].bit(bit), !knowsTargets(row, bit) {
      let old = distributor.targets[intid]
      setTargets(intid, old | 1 << UInt8(pe))
      distributor.knownTargets[row].setBit(bit, to: false)
      changed = true
    }
    let at = GICv2Distributor.priorityIndex(pe, intid)
    if UInt32(distributor.priority[at]) != priority, !knowsPriority(row, bit) {
      distributor.priority[at] = UInt8(truncatingIfNeeded: priority)
      distributor.knownPriority[row].setBit(bit, to: true)
      changed = true
    }
    if openDistributor(distributor.isGroup1(pe, intid)) { changed = true }
    if openInterface(pe) { changed = true }
    refreshRank(pe, word: word)
    return changed
  }

  /// `GICD_CTLR`'s group enables, where nothing has shown them.
  private mutating func openDistributor(_ isGroup1: Bool) -> Bool {
    let bit: UInt32 = isGroup1 ? 2 : 1
    guard !knowsControl(bit), distributor.control & bit == 0 else { return false }
    distributor.control |= bit
    refreshAll()
    return true
  }

  private mutating func openInterface(_ pe: Int) -> Bool {
    guard interfaces[pe].interface.control & 0b11 == 0, !knowsInterface(pe, .control) else {
      return false
    }
    interfaces[pe].interface.control |= 1
    interfaces[pe].highestIsStale = true
    return true
  }

  /// Makes a PE's lines what the capture shows, by what is unknown about the CPU interface.
  mutating func reconcileLines(pe: Int, seen: CPULines, shown: CPULines) -> Bool {
    let pending = highest(pe)
    // A capture that begins between the two may show a line before it shows what is pending.
    guard !pending.isNone else { return !knowsAllPending(pe) }
    if seen.isEmpty {
      guard !knowsInterface(pe, .priorityMask) else { return false }
      interfaces[pe].interface.priorityMask = pending.priority
    } else {
      if !knowsControl(pending.isGroup1 ? 2 : 1) { _ = openDistributor(pending.isGroup1) }
      if !knowsInterface(pe, .control) {
        interfaces[pe].interface.control |= pending.isGroup1 ? 2 : 1
        if seen == .fiq { interfaces[pe].interface.control |= GICv2Control.fiqEnable }
      }
      if !knowsInterface(pe, .priorityMask), interfaces[pe].interface.priorityMask <= pending.priority {
        interfaces[pe].interface.priorityMask = pending.priority < 0xF0 ? 0xF0 : 0xFF
      }
    }
    interfaces[pe].highestIsStale = true
    return lines(pe, highest(pe)).intersection(shown) == seen
  }

  /// An acknowledge returned something else than predicted.
  @inline(never)
  mutating func reconcileAcknowledge(
    pe: Int, _ expected: UInt32, _ seen: UInt32, check: Int, isAlias: Bool, nonSecure: Bool, event: Event
  ) {
    provenance = .inferred
    let isTaught = explainAcknowledge(pe: pe, seen: seen, isAlias: isAlias, nonSecure: nonSecure, event: event)
    reportConditions(pe)
    reportDistributorControl()
    provenance = .derived
    differ(check, expected: UInt64(expected), seen: UInt64(seen), isTaught: isTaught, pe: UInt32(pe))
    // What was selected is explained as little as what was returned.
    interfaces[pe].interface.selected = GICv2Interface.nothingSelected
  }

  private mutating func explainAcknowledge(
    pe: Int, seen: UInt32, isAlias: Bool, nonSecure: Bool, event: Event
  ) -> Bool {
    if mayBeOtherView(event), !isAlias, selectForAcknowledge(pe, isAlias: false, nonSecure: !nonSecure) == seen {
      correctSecurity(pe: pe, nonSecure: !nonSecure)
      return true
    }
    let intid = Int(seen & 0x3FF)
    if SpecialINTID.contains(seen) {
      let pending = highest(pe)
      guard seen == SpecialINTID.none, !pending.isNone else { return false }
      if !interfaces[pe].interface.known.contains(.priorityMask) {
        interfaces[pe].interface.priorityMask = pending.priority
        return true
      }
      return demote(Int(pending.intid), pe: pe)
    }
    guard intid < distributor.implementedLimit else { return false }
    let known = interfaces[pe].interface.known
    if intid < 16, !knowsLatch(pe << 5, intid) || distributor.sources[pe << 4 | intid] == 0 {
      distributor.sources[pe << 4 | intid] = 1 << UInt8(seen >> 10 & 7)
    }
    guard reconcileHighest(pe: pe, intid: intid, priority: priority(pe, intid)) else { return false }
    if !known.contains(.priorityMask), interfaces[pe].interface.priorityMask <= priority(pe, intid) {
      interfaces[pe].interface.priorityMask = 0xF0
    }
    if !known.contains(.control) { interfaces[pe].interface.control |= 0b01 }
    return selectForAcknowledge(pe, isAlias: isAlias, nonSecure: nonSecure) == seen
  }
}
