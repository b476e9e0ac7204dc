import InterruptTrace
import LPIStore

/// What happens to SPIs.
extension GICv3 where Store: ~Copyable {
  /// Marks the highest pending interrupt of every PE that an SPI may go to as stale.
  @inline(__always)
  mutating func staleTargets(of intid: Int) {
    let route = distributor.route[intid]
    if Int(route) < peCount {
      pes[Int(route)].highestIsStale = true
    } else if route == Distributor.anyPE {
      for pe in 0..<peCount { pes[pe].highestIsStale = true }
    }
  }

  /// Recomputes the candidates of a word and marks whoever is concerned.
  @inline(__always)
  mutating func refreshShared(word: Int, always: UInt32 = 0) {
    let before = distributor.candidates[word]
    distributor.refreshCandidates(word: word)
    var changed = (before ^ distributor.candidates[word]) | (always & distributor.candidates[word])
    while changed != 0 {
      staleTargets(of: word &<< 5 | changed.lowestBit)
      changed &= changed &- 1
    }
  }

  /// The same for a cause that concerns one SPI: of QEMU, the others of its word stay as they were seen last.
  @inline(__always)
  mutating func refreshShared(intid: Int) {
    if distributor.unseenTriggers.bit(intid &>> 5) {
      seeTrigger(of: intid)
    } else {
      refreshShared(word: intid &>> 5)
    }
  }

  /// Of QEMU: it looks at one SPI again, whose trigger may have changed unseen.
  mutating func seeTrigger(of intid: Int) {
    let (word, bit) = (intid >> 5, UInt32(1) << UInt32(intid & 31))
    let before = distributor.candidates[word]
    distributor.refreshCandidates(word: word)
    let now = before & ~bit | distributor.candidates[word] & bit
    distributor.candidates[word] = now
    distributor.candidateSummary.setBit(word, to: now != 0)
    if now != before { staleTargets(of: intid) }
  }

  /// Of QEMU: where what was highest is no longer, it looks at all.
  mutating func seeTriggers() {
    while distributor.unseenTriggers != 0 {
      let word = distributor.unseenTriggers.lowestBit
      distributor.unseenTriggers &= distributor.unseenTriggers &- 1
      refreshShared(word: word)
    }
  }

  /// The PE to report for an SPI.
  @inline(__always)
  func reportedPE(_ intid: Int) -> UInt32 {
    let route = distributor.route[intid]
    return route < Distributor.anyPE ? route : PE.none
  }

  /// An input of the Distributor changed its level. A rising edge latches an edge-triggered interrupt
  /// (IHI 0069H, 4.1); a level-sensitive one is pending while its line is high.
  @inline(__always)
  mutating func setSharedLine(intid: Int, level: Bool) {
    let (word, bit) = (intid &>> 5, intid & 31)
    let was = distributor.isPending(intid)
    let rose = level && !distributor.level[word].bit(bit)
    distributor.level[word].setBit(bit, to: level)
    distributor.knownLevel[word].setBit(bit, to: true)
    distributor.touched[word].setBit(bit, to: true)
    let pe = reportedPE(intid)
    let priority = UInt32(distributor.priority[intid])
    emit(level ? .lineRaised : .lineLowered, pe: pe, intid: UInt32(intid), priority: priority)
    if rose, distributor.edge[word].bit(bit) {
      distributor.pending[word].setBit(bit, to: true)
      distributor.knownPending[word].setBit(bit, to: true)
      if was { emit(.merged, pe: pe, intid: UInt32(intid), priority: priority, a: UInt64(PendingCause.line.rawValue)) }
    }
    reportPending(shared: intid, was: was, cause: .line)
    refreshShared(intid: intid)
  }

  /// Reports a change of an SPI's pending state.
  @inline(__always)
  func reportPending(shared intid: Int, was: Bool, cause: PendingCause) {
    let isNow = distributor.isPending(intid)
    guard isNow != was else { return }
    emit(
      isNow ? .pending : .pendingCleared, pe: reportedPE(intid), intid: UInt32(intid),
      priority: UInt32(distributor.priority[intid]), a: UInt64(cause.rawValue), b: UInt64(PE.none))
  }

  /// Sets or clears pending latches of a word of SPIs, by register.
  mutating func changePending(word: Int, bits: UInt32, set: Bool) {
    var rest = bits
    while rest != 0 {
      let bit = rest.lowestBit
      rest &= rest &- 1
      let intid = word &<< 5 | bit
      let was = distributor.isPending(intid)
      if set, was {
        emit(
          .merged, pe: reportedPE(intid), intid: UInt32(intid), priority: UInt32(distributor.priority[intid]),
          a: UInt64(PendingCause.register.rawValue))
      }
      distributor.pending[word].setBit(bit, to: set)
      reportPending(shared: intid, was: was, cause: .register)
    }
    distributor.knownPending[word] |= bits
    distributor.touched[word] |= bits
    refreshShared(word: word)
  }

  /// Enables or disables a word of SPIs.
  mutating func changeEnable(word: Int, bits: UInt32, to value: Bool) {
    let before = distributor.enabled[word]
    distributor.enabled[word] = value ? before | bits : before & ~bits
    var changed = before ^ distributor.enabled[word]
    distributor.touched[word] |= changed
    // What becomes known counts as a change.
    changed |= bits & ~distributor.knownEnabled[word] & distributor.implementedMask(word)
    distributor.knownEnabled[word] |= bits
    while changed != 0 {
      let intid = word &<< 5 | changed.lowestBit
      changed &= changed &- 1
      emit(value ? .enabled : .disabled, pe: reportedPE(intid), intid: UInt32(intid))
    }
    refreshShared(word: word)
  }

  /// Activates or deactivates a word of SPIs, by register.
  mutating func changeActive(word: Int, bits: UInt32, to value: Bool) {
    let before = distributor.active[word]
    distributor.active[word] = value ? before | bits : before & ~bits
    distributor.knownActive[word] |= bits
    var changed = before ^ distributor.active[word]
    distributor.touched[word] |= changed
    while changed != 0 {
      let intid = word &<< 5 | changed.lowestBit
      changed &= changed &- 1
      if value {
        emit(.activated, pe: reportedPE(intid), intid: UInt32(intid))
      } else {
        emit(
          .deactivated, pe: distributor.activeOn[intid], intid: UInt32(intid), a: distributor.isPending(intid) ? 1 : 0)
      }
    }
    refreshShared(word: word)
  }

  /// Reports SPIs of a word whose group is about to change.
  func reportGroups(word: Int, group: UInt32, modifier: UInt32) {
    let modifierCounts: UInt32 = distributor.hasOneSecurityState ? 0 : .max
    var changed =
      (distributor.group[word] ^ group)
      | (distributor.groupModifier[word] ^ modifier) & ~group & modifierCounts
    changed &= distributor.implementedMask(word)
    while changed != 0 {
      let bit = changed.lowestBit
      changed &= changed &- 1
      let intid = word &<< 5 | bit
      let now: InterruptGroup =
        group.bit(bit) ? .group1NonSecure : modifier.bit(bit) && modifierCounts != 0 ? .group1Secure : .group0
      let before = distributor.group(of: intid)
      emit(
        .groupChanged, pe: reportedPE(intid), intid: UInt32(intid), a: UInt64(now.rawValue), b: UInt64(before.rawValue))
    }
  }

  func reportPriority(_ pe: UInt32, _ intid: Int, from old: UInt8, to new: UInt8) {
    emit(.priorityChanged, pe: pe, intid: UInt32(intid), priority: UInt32(new), a: UInt64(old))
  }

  /// Re-reads where an SPI goes after its `GICD_IROUTER` was written.
  mutating func reroute(_ intid: Int) {
    let value = distributor.router[intid]
    let old = distributor.route[intid]
    let new: UInt32
    if value & (1 << 31) != 0, !departures.contains(.hasNo1OfN) {
      new = Distributor.anyPE
    } else {
      new = linearPE(affinity: UInt32(truncatingIfNeeded: (value >> 8) & 0xFF00_0000) | UInt32(value & 0xFF_FFFF))
    }
    distributor.touched[intid >> 5].setBit(intid & 31, to: true)
    guard new != old else { return }
    staleTargets(of: intid)
    distributor.route[intid] = new
    staleTargets(of: intid)
    emit(.retargeted, pe: new, intid: UInt32(intid), a: UInt64(old), b: UInt64(new))
  }

  /// The PE with an affinity, or ``PE/none``. O(PEs); used only when routes or collections change.
  func linearPE(affinity: UInt32) -> UInt32 {
    if Int(affinity) < peCount, pes[Int(affinity)].affinity == affinity { return affinity }
    for pe in 0..<peCount where pes[pe].affinity == affinity { return UInt32(pe) }
    return PE.none
  }
}
