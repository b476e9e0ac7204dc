import InterruptTrace

/// What the capture teaches where it shows something else than predicted: state that nothing has shown yet is corrected,
/// one unknown at a time, until the prediction follows; state that the capture has shown is never touched.
extension GICv2 {
  /// The priority mask and running priority of an interface that nothing has shown. False if they are known.
  mutating func reconcileMask(_ event: Event, pe: Int) -> Bool {
    guard event.flags.contains(.maskShown) else { return false }
    let (mask, running) = (UInt32(event.b & 0xFFFF), UInt32(event.b >> 16 & 0xFFFF))
    let isKnown = interfaces[pe].interface.known.contains(.priorityMask)
    var corrected = isKnown && learnPriorityBits(written: interfaces[pe].interface.priorityMask, seen: mask)
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
      if running <= 0xFF { interfaces[pe].interface.raise(groupPriority: running) }
      interfaces[pe].interface.refreshRunningPriority()
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
      guard isOutranked ? demote(Int(expected.intid), pe: pe) : promote(pe, intid, priority: priority, group: nil)
      else { return false }
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
  mutating func demote(_ intid: Int, pe: Int) -> Bool {
    let (bank, bit) = (bank(pe, intid >> 5), intid & 31)
    if isPendingOn(pe, intid), withdraw(intid, pe: pe) {
      // What ended its pending state is not in the capture.
    } else if !knowsActive(pe, intid), !isActiveOn(pe, intid) {
      // Which unknown it is stays a guess, so that a later observation may correct it.
      setActiveOn(pe, intid, to: true)
      forgetActive(intid)
    } else if !INTID.isSGI(intid), !knowsTrigger(pe, intid), isByTrigger(pe, intid) {
      // Of the other trigger it would have been acknowledged for good, or have fallen with its line.
      bank.pointee.edge.assume(bit, bank.pointee.level[bit])
      setLatch(pe, intid, on: planes(pe, intid), to: false)
      forget(.pending, pe, word: intid >> 5, 1 << UInt32(bit))
    } else if !knowsEnable(pe, intid) {
      if bank.pointee.enabled[bit] { report(.disabled, pe, intid) }
      bank.pointee.enabled.assume(bit, false)
    } else if !knowsPriority(pe, intid), bank.pointee.priority[bit] != 0xFF {
      // Of a lower rank than what is shown; which, is still open.
      bank.pointee.priority[bit] = 0xFF
    } else {
      return closeDistributor(bank.pointee.group[bit])
    }
    refreshRank(pe, word: intid >> 5)
    return true
  }

  /// Whether an interrupt is pending only because of the trigger that it is taken to have.
  private func isByTrigger(_ pe: Int, _ intid: Int) -> Bool {
    let (bank, bit) = (bank(pe, intid >> 5), intid & 31)
    let latch = distributor.latch[GICv2Distributor.plane(pe, intid >> 5)]
    return bank.pointee.level[bit] != bank.pointee.edge[bit] && !(latch[bit] && latch.knows(bit))
  }

  private func forgetActive(_ intid: Int) {
    let word = intid >> 5
    for pe in 0..<GICv2Distributor.peLimit {
      distributor.active[GICv2Distributor.plane(pe, word)].setKnown(intid & 31, false)
      bank(pe, word).pointee.active.setKnown(intid & 31, false)
    }
  }

  /// Makes an interrupt that should be pending not so: what ended its pending state may not be in the capture.
  private mutating func withdraw(_ intid: Int, pe: Int) -> Bool {
    let isKnown = knowsLatch(pe, intid)
    if isKnown, knowsLevel(pe, intid) { return false }
    if !knowsLevel(pe, intid) { bank(pe, intid >> 5).pointee.level.assume(intid & 31, false) }
    if !isKnown {
      setLatch(pe, intid, on: ownPlanes(pe, intid), to: false)
      // Which unknown it is stays a guess.
      forget(.pending, pe, word: intid >> 5, 1 << UInt32(intid & 31))
      if INTID.isSGI(intid) { distributor.sources[pe << 4 | intid] = 0 }
    }
    guard !isPendingOn(pe, intid) else { return false }
    emit(
      .pendingCleared, pe: pe, intid: UInt32(intid), priority: self.priority(pe, intid),
      a: UInt64(PendingCause.observed.rawValue), b: UInt64(PE.none))
    return true
  }

  mutating func openGroups(for group: InterruptGroup, pe: Int) -> Bool {
    let opened = openDistributor(group != .group0)
    return openInterface(pe) || opened
  }

  /// `GICD_CTLR`'s group enables, where nothing has shown them.
  private mutating func openDistributor(_ isGroup1: Bool) -> Bool {
    let bit: UInt32 = isGroup1 ? 2 : 1
    guard !knowsControl(bit), distributor.control.value & bit == 0 else { return false }
    distributor.control.value |= bit
    refreshAll()
    return true
  }

  /// The same where an interrupt is not forwarded.
  private mutating func closeDistributor(_ isGroup1: Bool) -> Bool {
    let bits: UInt32 = departures.contains(.groupsForwardedTogether) ? 3 : isGroup1 ? 2 : 1
    let unknown = bits & distributor.control.value & ~distributor.control.known
    guard unknown != 0, shown.contains(.distributor), distributor.control.value & ~unknown & bits == 0 else {
      return false
    }
    distributor.control.value &= ~unknown
    refreshAll()
    return true
  }

  private mutating func openInterface(_ pe: Int) -> Bool {
    guard interfaces[pe].interface.control & 0b11 == 0, !knowsInterface(pe, .control) else { return false }
    interfaces[pe].interface.control |= 1
    interfaces[pe].highestIsStale = true
    return true
  }

  /// Makes a PE's lines what the capture shows, by what is unknown about the CPU interface, or of the interrupt's group.
  /// `observed` is the interrupt that they are about, where a write is only half done.
  mutating func reconcileLines(pe: Int, seen: CPULines, shown: CPULines, of observed: GICv2Pending? = nil) -> Bool {
    let pending = observed ?? highest(pe)
    // A capture that begins between the two may show a line before it shows what is pending.
    guard !pending.isNone else { return !knowsAllPending(pe) }
    func isExplained(_ model: inout Self) -> Bool {
      var now = observed ?? model.highest(pe)
      if observed != nil { now.isGroup1 = model.group(pe, Int(now.intid)) != .group0 }
      return model.lines(pe, now).intersection(shown) == seen
    }
    if reconcileGroup(pending, pe: pe, isExplained) { return true }
    let before = (interfaces[pe].interface, distributor.control)
    if reconcileEnables(pe: pe, seen: seen, pending), isExplained(&self) { return true }
    (interfaces[pe].interface, distributor.control) = before
    refreshAll()
    // Neither the group nor the enables are known.
    var other = pending
    other.isGroup1.toggle()
    return reconcileGroup(pending, pe: pe) { model in
      model.reconcileEnables(pe: pe, seen: seen, other) && isExplained(&model)
    }
  }

  /// Lets an interrupt through to the lines, or keeps it back, by what is not known of the masks and enables. False if all
  /// of them are known.
  private mutating func reconcileEnables(pe: Int, seen: CPULines, _ pending: GICv2Pending) -> Bool {
    let enable = pending.isGroup1 ? GICv2Control.enableGroup1 : GICv2Control.enableGroup0
    if seen.isEmpty {
      if !knowsInterface(pe, .priorityMask) {
        interfaces[pe].interface.priorityMask = pending.priority
      } else if !knowsGroupEnable(pe, isGroup1: pending.isGroup1) {
        interfaces[pe].interface.control &= ~enable
      } else if !knowsControl(pending.isGroup1 ? 2 : 1) {
        distributor.control.value &= ~(pending.isGroup1 ? 2 : 1)
        refreshAll()
      } else {
        return false
      }
    } else {
      if !knowsControl(pending.isGroup1 ? 2 : 1) { _ = openDistributor(pending.isGroup1) }
      if !knowsGroupEnable(pe, isGroup1: pending.isGroup1) {
        interfaces[pe].interface.control |= enable
        if !pending.isGroup1 {
          interfaces[pe].interface.control &= ~GICv2Control.fiqEnable
          if seen == .fiq { interfaces[pe].interface.control |= GICv2Control.fiqEnable }
        }
      }
      if !knowsInterface(pe, .priorityMask), interfaces[pe].interface.priorityMask <= pending.priority {
        interfaces[pe].interface.priorityMask = pending.priority < 0xF0 ? 0xF0 : 0xFF
      }
    }
    interfaces[pe].highestIsStale = true
    return true
  }

  /// Puts the highest pending interrupt of a PE into the other group, where its own is not known and that explains what the
  /// capture shows.
  private mutating func reconcileGroup(pe: Int, _ isExplained: (inout Self) -> Bool) -> Bool {
    reconcileGroup(highest(pe), pe: pe, isExplained)
  }

  private mutating func reconcileGroup(
    _ pending: GICv2Pending, pe: Int, _ isExplained: (inout Self) -> Bool
  ) -> Bool {
    guard hasTwoSecurityStates, !pending.isNone, !knowsGroup(pe, Int(pending.intid)) else { return false }
    let (word, bit) = (Int(pending.intid) >> 5, Int(pending.intid) & 31)
    bank(pe, word).pointee.group.assume(bit, !pending.isGroup1)
    refreshRank(pe, word: word)
    if isExplained(&self) { return true }
    bank(pe, word).pointee.group.assume(bit, pending.isGroup1)
    refreshRank(pe, word: word)
    return false
  }

  /// An acknowledge returned something else than predicted.
  @inline(never)
  mutating func reconcileAcknowledge(
    pe: Int, _ expected: UInt32, _ seen: UInt32, check: Int, isAlias: Bool, nonSecure: Bool, event: Event
  ) {
    progress.provenance = .inferred
    let isTaught = explainAcknowledge(pe: pe, seen: seen, isAlias: isAlias, nonSecure: nonSecure, event: event)
    reportConditions(pe)
    reportDistributorControl()
    progress.provenance = .derived
    differ(check, expected: UInt64(expected), seen: UInt64(seen), isTaught: isTaught, pe: UInt32(pe))
    // What was selected is explained as little as what was returned.
    interfaces[pe].interface.selected = GICv2Interface.nothingSelected
  }

  private mutating func explainAcknowledge(
    pe: Int, seen: UInt32, isAlias: Bool, nonSecure: Bool, event: Event
  ) -> Bool {
    let sees = { (gic: inout GICv2) in gic.selectForAcknowledge(pe, isAlias: isAlias, nonSecure: nonSecure) == seen }
    // Where the Security state changes unseen, that explains an answer sooner than a group that was not the one written.
    let changes = interfaces[pe].changesUnseen
    if !changes, reconcileGroup(pe: pe, sees) { return true }
    if mayBeOtherView(event, pe: pe), !isAlias, selectForAcknowledge(pe, isAlias: false, nonSecure: !nonSecure) == seen
    {
      correctSecurity(pe: pe, nonSecure: !nonSecure)
      return true
    }
    return explainSelection(pe: pe, seen: seen, event, nonSecure: nonSecure, isAlias: isAlias, sees)
  }

  /// An SGI that is not pending is so from nobody.
  private func settleSources(pe: Int, _ intid: Int) {
    if !bank(pe, 0).pointee.latch[intid] { distributor.sources[pe << 4 | intid] = 0 }
  }

  /// Makes what an acknowledge returns, or a read of the highest pending interrupt, what the capture shows.
  mutating func explainSelection(
    pe: Int, seen: UInt32, _ event: Event, nonSecure: Bool, isAlias: Bool, _ sees: (inout GICv2) -> Bool
  ) -> Bool {
    if reconcileGroup(pe: pe, sees) { return true }
    let intid = Int(seen & 0x3FF)
    if INTID.isSpecial(seen) {
      for _ in 0..<64 {
        let pending = highest(pe)
        guard !pending.isNone else { return false }
        if !interfaces[pe].interface.known.contains(.priorityMask) {
          interfaces[pe].interface.priorityMask = pending.priority
        } else if !demote(Int(pending.intid), pe: pe) {
          return false
        }
        if sees(&self) || reconcileGroup(pe: pe, sees) { return true }
      }
      return false
    }
    guard intid < distributor.implementedLimit else { return false }
    let known = interfaces[pe].interface.known
    defer { if INTID.isSGI(intid) { settleSources(pe: pe, intid) } }
    if intid < 16 {
      let (at, source) = (pe << 4 | intid, UInt8(1) << UInt8(seen >> 10 & 7))
      if !knowsLatch(pe, intid) || distributor.sources[at] == 0 {
        distributor.sources[at] = source
      } else if distributor.openSources[pe].bit(intid) {
        // The lowest source is acknowledged first.
        distributor.sources[at] = distributor.sources[at] & ~(source - 1) | source
      }
    }
    let isGuess = !bank(pe, intid >> 5).pointee.knownPriority.bit(intid & 31)
    guard reconcileHighest(pe: pe, intid: intid, priority: priority(pe, intid)) else { return false }
    if isGuess { bank(pe, intid >> 5).pointee.knownPriority.setBit(intid & 31, to: false) }
    if !known.contains(.priorityMask), interfaces[pe].interface.priorityMask <= priority(pe, intid) {
      interfaces[pe].interface.priorityMask = 0xF0
    }
    if !known.contains(.control) { interfaces[pe].interface.control |= 0b01 }
    return sees(&self) || reconcileGroup(pe: pe, sees)
  }
}
