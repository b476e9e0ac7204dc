import InterruptTrace

/// What acknowledges, and reads of the highest pending interrupt, teach.
extension GICv3 where Store: ~Copyable {
  /// Handles an acknowledge that returned something else than predicted. False if nothing follows from it.
  @inline(never)
  mutating func reconcileAcknowledge(
    pe: Int, group0: Bool, expected: UInt32, seen: UInt32, register: SystemRegister
  ) -> Bool {
    progress.provenance = .inferred
    let isTaught = explainAcknowledge(pe: pe, group0: group0, seen: seen)
    reportConditions(pe)
    reportDistributorControl()
    progress.provenance = .derived
    let verdict = differ(
      PredictionLedger.check(register), expected: UInt64(expected), seen: UInt64(seen), isTaught: isTaught,
      pe: UInt32(pe))
    if verdict == .taught, !isTaught { _ = explainAcknowledge(pe: pe, group0: group0, seen: seen) }
    if verdict == .disagreed {
      loseTrack(of: [expected, seen], pe: pe)
      doubtWhatRuns(pe)
    }
    return true
  }

  // MARK: What the capture contradicts

  /// The same of several, and where they go; of LPIs which are pending here.
  mutating func loseTrack(of intids: [UInt32], pe: Int) {
    for intid in intids {
      if INTID.isLPI(intid) { pes[pe].pendingTableIsUnknown = true }
      loseTrack(of: intid, pe: pe)
      if INTID.isBasic(intid) {
        bank(pe, Int(intid) >> 5).pointee.knownTarget.setBit(Int(intid) & 31, to: false)
      }
    }
  }

  /// What a PE runs is not known.
  mutating func doubtWhatRuns(_ pe: Int) { pes[pe].activeIsUnknownFrom = InlineArray(repeating: 0) }

  private mutating func explainAcknowledge(pe: Int, group0: Bool, seen: UInt32) -> Bool {
    if !hasOneSecurityState, relocateAcknowledge(pe: pe, group0: group0, seen: seen) { return true }
    if INTID.isSpecial(seen) {
      let pending = highest(pe)
      if INTID.isLPI(pending.intid),
        lpis.unknownPendingCount(pe: UInt32(pe)) > 0 || lpis.record(pending.intid).userFlags & LPIFlags.confirmed == 0
      {
        return reconcileHighest(pe: pe, seen: .none)
      }
      return mask(pending, pe: pe) || reconcileHighest(pe: pe, seen: .none)
    }
    if !reconcileGuess(pe: pe, intid: seen, group0: group0) { return false }
    pes[pe].runningIsGuessed = true
    if signals(pe, highest(pe)) { return true }
    return unmask(highest(pe), pe: pe) && signals(pe, highest(pe))
  }

  /// `ICC_HPPIR*_EL1` was read (IHI 0069H, 12.2.11 and 12.2.12).
  mutating func readHighestPending(_ event: Event, pe: Int, check: Int) {
    let group0 = event.register == .ICC_HPPIR0_EL1
    let expected = visible(highest(pe), pe: pe, group0: group0)
    guard UInt64(expected) != event.b else { return ledger.count(check, .agreed) }
    progress.provenance = .inferred
    let isTaught = explainHighestPending(pe: pe, group0: group0, seen: UInt32(truncatingIfNeeded: event.b))
    reportConditions(pe)
    reportDistributorControl()
    progress.provenance = .derived
    differ(check, expected: UInt64(expected), seen: event.b, isTaught: isTaught, pe: event.pe)
  }

  private mutating func explainHighestPending(pe: Int, group0: Bool, seen: UInt32) -> Bool {
    guard INTID.isSpecial(seen) else {
      return reconcileGuess(pe: pe, intid: seen, group0: group0)
        && isVisible(seen, pe: pe, group0: group0)
    }
    if isVisible(seen, pe: pe, group0: group0) { return true }
    for _ in 0..<16 where visible(highest(pe), pe: pe, group0: group0) != seen {
      guard demote(highest(pe), pe: pe, below: .none) else { return false }
      pes[pe].highestIsStale = true
    }
    return visible(highest(pe), pe: pe, group0: group0) == seen
  }

  /// Makes an interrupt the highest pending one of which the capture does not show the rank: what is made up for that stays a
  /// guess.
  private mutating func reconcileGuess(pe: Int, intid: UInt32, group0: Bool) -> Bool {
    let isGuess = INTID.isBasic(intid) && !bank(pe, Int(intid) >> 5).pointee.knownPriority.bit(Int(intid) & 31)
    guard reconcileHighest(pe: pe, seen: guessedRank(pe: pe, intid: intid, group0: group0)) else { return false }
    if isGuess { bank(pe, Int(intid) >> 5).pointee.knownPriority.setBit(Int(intid) & 31, to: false) }
    return true
  }

  /// Whether a read of the highest pending interrupt returns what the capture shows, by a group's enable where nothing has
  /// shown that.
  private mutating func isVisible(_ seen: UInt32, pe: Int, group0: Bool) -> Bool {
    let pending = highest(pe)
    if visible(pending, pe: pe, group0: group0) == seen { return true }
    guard !pending.isNone, !startsAtReset, !knowsInterface(pe, .groupEnable(pending.group)) else { return false }
    let at = Int(pending.group.rawValue)
    pes[pe].groupEnable[at] ^= 1
    if visible(pending, pe: pe, group0: group0) == seen { return true }
    pes[pe].groupEnable[at] ^= 1
    return false
  }

  /// The rank that an acknowledged interrupt must have had: what is known of it, the group of the register, and where
  /// its priority is not known one that the running priority lets through.
  private func guessedRank(pe: Int, intid: UInt32, group0: Bool) -> PendingInterrupt {
    var rank = assumedRank(pe: pe, intid: intid)
    guard INTID.isBasic(intid) else {
      let bar = min(pes[pe].highest.priority, pes[pe].runningPriority)
      if !lpis.record(intid).isKnown, rank.priority >= bar { rank.priority = bar >= 0x10 ? (bar - 0x10) & 0xFC : 0 }
      return rank
    }
    let (bank, bit) = (bank(pe, Int(intid) >> 5), Int(intid) & 31)
    if !bank.pointee.group.knows(bit) {
      let group1 = !hasOneSecurityState && pes[pe].security == .secure ? InterruptGroup.group1Secure : .group1NonSecure
      rank.group = group0 ? .group0 : group1
    }
    if !bank.pointee.knownPriority.bit(bit) {
      if rank.priority >= 0xFF || rank.priority == 0 { rank.priority = 0xA0 }
      let running = pes[pe].runningPriority
      if rank.priority >= running { rank.priority = running >= 0x10 ? running - 0x10 : 0 }
    }
    return rank
  }

  /// With two Security states, an acknowledge tells which of them the PE is in.
  private mutating func relocateAcknowledge(pe: Int, group0: Bool, seen: UInt32) -> Bool {
    let pending = highest(pe)
    guard signals(pe, pending), pes[pe].exceptionLevel == 0xFF else { return false }
    let old = pes[pe].security
    for belief in [SecurityBelief.el3, .secure, .nonSecure] where belief != old {
      pes[pe].security = belief
      if visible(pending, pe: pe, group0: group0) == seen { return true }
    }
    pes[pe].security = old
    return false
  }
}
