import InterruptTrace

/// What the capture teaches where it shows something else than predicted.
///
/// State that nothing has shown yet is corrected, one unknown at a time, until the prediction follows; state that the
/// capture has shown is never touched. If unknowns do not explain the difference, it is a disagreement.
extension GICv3 where Store: ~Copyable {
  /// Makes `seen` the highest pending interrupt of a PE by correcting unknown state only. False if that cannot be.
  mutating func reconcileHighest(pe: Int, seen: PendingInterrupt) -> Bool {
    for _ in 0..<INTID.specials.lowerBound {
      let expected = highest(pe)
      if expected.isNone && seen.isNone { return true }
      if expected.intid == seen.intid, expected.priority == seen.priority, expected.group == seen.group { return true }
      let isOutranked =
        seen.isNone
        || !expected.isNone && (expected.priority, expected.intid) < (seen.priority, seen.intid)
      let corrected =
        isOutranked
        ? demote(expected, pe: pe, below: seen) : promote(seen, pe: pe)
      guard corrected else { return false }
      pes[pe].highestIsStale = true
    }
    return false
  }

  /// Makes an interrupt that the model expected not signalled, by what is unknown about it.
  mutating func demote(_ expected: PendingInterrupt, pe: Int, below seen: PendingInterrupt) -> Bool {
    let intid = Int(expected.intid)
    if INTID.isLPI(intid) {
      if undoMove(expected.intid, pe: pe) { return true }
      // The configuration byte in memory may have changed whenever the controller read it again.
      let record = lpis.record(expected.intid)
      if seen.isNone || !shown.isSuperset(of: [.interface, .translation]), !knowsPendingLPIs(pe) {
        // It was acknowledged or cleared by something that is not in the capture.
        if lpis.clearPending(expected.intid, pe: UInt32(pe)) {
          emit(.pendingCleared, pe: pe, intid: expected.intid, a: UInt64(PendingCause.observed.rawValue))
          return true
        }
      }
      let isConfirmed = record.userFlags & LPIFlags.confirmed != 0 && contestedLPI != expected.intid
      guard !isConfirmed || pes[pe].configurationIsReread else { return false }
      configureLPI(
        expected.intid, property: seen.isNone ? record.property & ~1 : record.property, isKnown: seen.isNone,
        as: .inferred)
      return true
    }
    // Which unknown it is stays a guess, so that a later observation may correct it.
    let (bank, bit) = (bank(pe, intid >> 5), intid & 31)
    let isShared = INTID.isSPI(intid)
    if !seen.isNone, !knowsPriority(pe, intid), bank.pointee.priority[bit] != 0xFF {
      // Of a lower rank than what is shown; which, is still open.
      bank.pointee.priority[bit] = 0xFF
      bank.pointee.knownPriority.setBit(bit, to: false)
    } else if !knowsEnable(pe, intid) {
      if bank.pointee.enabled[bit] { emit(.disabled, pe: pe, intid: expected.intid) }
      bank.pointee.enabled.guess(bit, false)
    } else if isShared, !knowsTarget(intid) {
      distributor.route[intid] = Distributor.noPE
    } else if !knowsLatch(pe, intid), bank.pointee.latch[bit] {
      bank.pointee.latch.guess(bit, false)
    } else if !INTID.isSGI(intid), !knowsLevel(pe, intid), bank.pointee.level[bit], !bank.pointee.edge[bit] {
      bank.pointee.level.guess(bit, false)
    } else if !knowsActive(pe, intid) {
      bank.pointee.active.guess(bit, true)
    } else if isShared, !knowsTrigger(pe, intid), bank.pointee.level[bit] != bank.pointee.edge[bit] {
      // Of the other trigger it would have been acknowledged for good, or have fallen with its line.
      bank.pointee.edge.guess(bit, bank.pointee.level[bit])
      bank.pointee.latch.guess(bit, false)
    } else {
      return false
    }
    refresh(pe, word: intid >> 5)
    return true
  }

  /// An LPI that a MOVALL brought here, if it did, stayed where it was. False if none of which that is open can have.
  private mutating func undoMove(_ lpi: UInt32, pe: Int) -> Bool {
    let from = pes[pe].openMove
    guard from != PE.none, lpis.clearPending(lpi, pe: UInt32(pe)) else { return false }
    emit(.pendingCleared, pe: pe, intid: lpi, a: UInt64(PendingCause.observed.rawValue))
    lpis.setPending(lpi, pe: from)
    staleLPIs(Int(from))
    return true
  }

  /// Makes an interrupt that the capture shows pending here, enabled and of the rank shown, by what is unknown about it.
  private mutating func promote(_ seen: PendingInterrupt, pe: Int) -> Bool {
    let intid = Int(seen.intid)
    if INTID.isLPI(intid) { return promoteLPI(seen, pe: pe) }
    return INTID.isBasic(intid) && promote(pe, intid, priority: seen.priority, group: seen.group)
  }

  private mutating func promoteLPI(_ seen: PendingInterrupt, pe: Int) -> Bool {
    guard pes[pe].control[0] || !pes[pe].control.knows(0) || !shown.contains(.redistributor) else { return false }
    let configured = hasOneSecurityState ? seen.priority : (seen.priority << 1) & 0xFF
    let property = UInt8(truncatingIfNeeded: configured & 0xFC) | 1
    let record = lpis.record(seen.intid)
    let wasPending = lpis.isPending(seen.intid, pe: UInt32(pe))
    if wasPending, record.isKnown, record.property == property, lpisAreSignalled(pe) { return false }
    if !wasPending {
      guard !knowsPendingLPIs(pe) else { return false }
      for other in 0..<peCount where pes[other].openMove == UInt32(pe) { _ = undoMove(seen.intid, pe: other) }
      lpis.setPending(seen.intid, pe: UInt32(pe))
      emit(.pending, pe: pe, intid: seen.intid, priority: seen.priority, a: UInt64(PendingCause.pendingTable.rawValue))
    }
    let isConfirmed = record.userFlags & LPIFlags.confirmed != 0 && !pes[pe].configurationIsReread
    if record.isKnown, record.property != property, isConfirmed, contestedLPI != seen.intid { return false }
    // Another Redistributor may go on with the copy that it has read (5.1.1).
    let isNews = !record.isKnown || record.property != property
    if isNews, (0..<peCount).contains(where: { $0 != pe && lpis.isPending(seen.intid, pe: UInt32($0)) }) {
      contestedLPI = seen.intid
    }
    configureLPI(seen.intid, property: property, isKnown: true, as: .observed)
    confirm(lpi: seen.intid)
    // A Redistributor that signals an LPI has LPIs enabled.
    pes[pe].control.know(1, in: 1)
    if !knowsControl(Distributor.enableGroup1NonSecure) {
      distributor.control.value |= Distributor.enableGroup1NonSecure
    }
    return true
  }

  /// Sends an SPI to a PE, where nothing has shown that it does not go there. `GICD_IROUTER` may name the PE, or say any
  /// (IHI 0069H, 12.9.22); a write of its other half leaves that open.
  mutating func aim(_ intid: Int, at pe: Int) -> Bool {
    guard !knowsTarget(intid), distributor.route[intid] != UInt32(pe) else { return false }
    emit(.retargeted, pe: pe, intid: UInt32(intid), a: UInt64(distributor.route[intid]), b: UInt64(pe))
    distributor.route[intid] = UInt32(pe)
    let affinity = UInt64(pes[pe].affinity)
    distributor.router[intid] = (affinity & 0xFF00_0000) << 8 | affinity & 0xFF_FFFF
    let bank = bank(pe, intid >> 5)
    bank.pointee.knownTarget.setBit(intid & 31, to: true)
    bank.pointee.seenTarget.setBit(intid & 31, to: true)
    return true
  }

  /// `GICD_CTLR`'s group enables, where nothing has shown them.
  mutating func openGroups(for group: InterruptGroup, pe: Int) -> Bool {
    let bit = Distributor.enable(group)
    guard !knowsControl(bit), distributor.control.value & bit == 0 else { return false }
    distributor.control.value |= bit
    refreshAllShared()
    return true
  }

  /// Makes a PE's lines what the capture shows, by what is unknown about the CPU interface. `step` is the interrupt that they
  /// are about, where an end of interrupt is only half done.
  mutating func reconcileLines(pe: Int, seen: CPULines, shown: CPULines, of step: PendingInterrupt? = nil) -> Bool {
    for _ in 0..<4 {
      let pending = step ?? highest(pe)
      let expected = lines(pe, pending).intersection(shown)
      if expected == seen { return true }
      if reconcileShift(pe, { $0.lines(pe, step ?? $0.highest(pe)).intersection(shown) == seen }) { return true }
      if reconcileLevel(pe, { $0.lines(pe, step ?? $0.highest(pe)).intersection(shown) == seen }) { return true }
      // A capture that begins between the two may show a line before it shows what is pending.
      guard !pending.isNone else {
        return bank(pe, 0).pointee.latch.known & bank(pe, 0).pointee.level.known != .max
          || !self.shown.isSuperset(of: [.interface, .redistributor])
      }
      if seen.isEmpty {
        guard mask(pending, pe: pe) else { return false }
      } else if expected.isEmpty {
        guard unmask(pending, pe: pe) else { return false }
      } else {
        guard relocate(pending, pe: pe, seen: seen) else { return false }
      }
    }
    return false
  }

  /// Closes what is unknown and stands open.
  mutating func mask(_ pending: PendingInterrupt, pe: Int) -> Bool {
    let enable = Known.groupEnable(pending.group)
    if !knowsInterface(pe, enable), pes[pe].groupEnable[Int(pending.group.rawValue)] != 0 {
      pes[pe].groupEnable[Int(pending.group.rawValue)] = 0
      return true
    }
    if !knowsInterface(pe, .priorityMask), pes[pe].priorityMask > pending.priority {
      (pes[pe].priorityMask, pes[pe].otherPriorityMask) = (pending.priority, pending.priority)
      return true
    }
    return !knowsRunningPriority(pe) && assumeRunning(pe, above: pending) || widenGroupPriority(pe, pending)
  }

  /// Opens what is unknown and stands closed.
  mutating func unmask(_ pending: PendingInterrupt, pe: Int) -> Bool {
    var changed = false
    let enable = Known.groupEnable(pending.group)
    if !knowsInterface(pe, enable), pes[pe].groupEnable[Int(pending.group.rawValue)] == 0 {
      pes[pe].groupEnable[Int(pending.group.rawValue)] = 1
      changed = true
    }
    if !knowsInterface(pe, .priorityMask), pes[pe].priorityMask <= pending.priority {
      pes[pe].priorityMask = 0xF0 > pending.priority ? 0xF0 : 0xFF
      pes[pe].otherPriorityMask = pes[pe].priorityMask
      changed = true
    }
    if !knowsRunningPriority(pe), learnNothingRunsAbove(pe, pending) { changed = true }
    if !changed, narrowGroupPriority(pe, pending) { changed = true }
    return changed
  }

  /// Corrects the Security state that a PE is believed to be in, from the line that its interrupt took.
  private mutating func relocate(_ pending: PendingInterrupt, pe: Int, seen: CPULines) -> Bool {
    guard !hasOneSecurityState, pes[pe].exceptionLevel == 0xFF else { return false }
    switch (pending.group, seen) {
    case (.group1NonSecure, .fiq): pes[pe].security = .el3
    case (.group1NonSecure, .irq): pes[pe].security = .nonSecure
    case (.group1Secure, .irq): pes[pe].security = .secure
    case (.group1Secure, .fiq): pes[pe].security = .nonSecure
    default: return false
    }
    return true
  }
}
