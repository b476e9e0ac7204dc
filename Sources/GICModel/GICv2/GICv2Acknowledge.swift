import InterruptTrace

/// Reads of `GICC_IAR` and `GICC_AIAR` (IHI 0048B, 3.2.2, 4.4.4 and 4.4.9).
extension GICv2 {
  /// An acknowledge register was read and returned `seen`.
  @inline(__always)
  mutating func acknowledge(pe: Int, seen: UInt32, check: Int, isAlias: Bool, nonSecure: Bool, event: Event) {
    let expected = selectForAcknowledge(pe, isAlias: isAlias, nonSecure: nonSecure)
    if expected == seen || isOtherSource(pe: pe, expected: expected, seen: seen) {
      ledger.count(check, .agreed)
    } else {
      reconcileAcknowledge(pe: pe, expected, seen, check: check, isAlias: isAlias, nonSecure: nonSecure, event: event)
    }
    let intid = seen & 0x3FF
    // An acknowledge that takes nothing re-evaluates nothing.
    if INTID.isSpecial(intid) { return emit(.spuriousAcknowledge, pe: pe, intid: intid, a: UInt64(intid)) }
    if hasTwoSecurityStates { learnGroup(pe: pe, intid: Int(intid), isAlias: isAlias, event) }
    activate(pe: pe, intid: Int(intid), source: seen >> 10 & 7)
    applyDeferred()
  }

  /// The value that an acknowledge returns, and keeps what it selects on the way.
  @inline(__always) mutating func selectForAcknowledge(_ pe: Int, isAlias: Bool, nonSecure: Bool) -> UInt32 {
    let pending = highest(pe)
    let control = interfaces[pe].interface.control
    if departures.contains(.acknowledgesEitherGroup) {
      let isOpen = pending.priority < interfaces[pe].interface.priorityMask
      let selected = visible(isOpen ? pending : .none, control: control, isAlias: isAlias, nonSecure: nonSecure)
      interfaces[pe].interface.selected = selected
      if INTID.isSpecial(selected) { return selected }
      return interfaces[pe].interface.preempts(pending, departures) ? withSource(selected, pe: pe) : INTID.spurious
    }
    let isSignalled = interfaces[pe].interface.signals(pending, departures)
    let intid = visible(isSignalled ? pending : .none, control: control, isAlias: isAlias, nonSecure: nonSecure)
    interfaces[pe].interface.selected = intid
    return withSource(intid, pe: pe)
  }

  /// Which of several sources of an SGI is acknowledged first is for the implementation to say (IHI 0048B, 4.4.4).
  private func isOtherSource(pe: Int, expected: UInt32, seen: UInt32) -> Bool {
    guard expected & 0x3FF < 16, expected & 0x3FF == seen & 0x3FF, !departures.contains(.resetIsKnown) else {
      return false
    }
    return distributor.sources[pe << 4 | Int(seen & 0xF)] >> UInt8(seen >> 10 & 7) & 1 != 0
  }

  /// What an acknowledge returns tells the interrupt's group, or where that is known, the Security state (3.4.2, 4.4.4).
  private mutating func learnGroup(pe: Int, intid: Int, isAlias: Bool, _ event: Event) {
    let (bank, bit) = (bank(pe, intid >> 5), intid & 31)
    let isSure =
      event.flags.contains(.securityShown) || interfaces[pe].viewIsSure && interfaces[pe].exceptionLevel != 0xFF
    // A Secure read of GICC_IAR returns Group 1 only with AckCtl.
    let tells =
      !isAlias && interfaces[pe].interface.known.contains(.control)
      && interfaces[pe].interface.control & GICv2Control.acknowledgeControl == 0
    if isSure {
      let isGroup1 = isAlias || interfaces[pe].security == .nonSecure
      if isGroup1 || tells { learnGroup(pe: pe, intid: intid, isGroup1: isGroup1) }
    } else if bank.pointee.group.knows(bit), interfaces[pe].exceptionLevel != 0xFF {
      if !bank.pointee.group[bit] { prove(pe: pe, nonSecure: false) } else if tells { prove(pe: pe, nonSecure: true) }
    }
  }

  private mutating func learnGroup(pe: Int, intid: Int, isGroup1: Bool) {
    let bank = bank(pe, intid >> 5)
    guard !bank.pointee.group.knows(intid & 31) else { return }
    bank.pointee.group.know(intid & 31, isGroup1)
    refreshRank(pe, word: intid >> 5)
  }

  /// An SGI is not pending any more, unless it is so from a PE that is not known.
  @inline(__always) mutating func acknowledgeLastSource(pe: Int, intid: Int) {
    let isOpen = distributor.openSources[pe].bit(intid) || !bank(pe, 0).pointee.latch.knows(intid)
    setLatch(pe, intid, on: 1 &<< UInt8(pe), to: false)
    guard isOpen else { return }
    distributor.openSources[pe].setBit(intid, to: false)
    forget(.pending, pe, word: 0, 1 << UInt32(intid))
  }

  /// Makes an acknowledged interrupt active (IHI 0048B, 3.2.2).
  @inline(__always) private mutating func activate(pe: Int, intid: Int, source: UInt32) {
    // It is not known then which active priority it sets, and an end will clear.
    if !bank(pe, intid &>> 5).pointee.group.knows(intid & 31)
      || !interfaces[pe].interface.known.isSuperset(of: .groupPriorities)
    {
      interfaces[pe].interface.known.remove(.activePriorities)
    }
    let rank = GICv2Pending(
      intid: UInt32(intid), priority: priority(pe, intid), isGroup1: group(pe, intid) != .group0)
    interfaces[pe].interface.raise(rank)
    var b: UInt64 = 0
    if intid < 16 {
      let at = pe &<< 4 | intid
      distributor.sources[at] &= ~(1 &<< UInt8(source))
      if distributor.sources[at] == 0 { acknowledgeLastSource(pe: pe, intid: intid) }
      distributor.activeSource[at] = UInt8(source)
      b = UInt64(source) << 32
    } else {
      setLatch(pe, intid, on: ownPlanes(pe, intid), to: false)
    }
    setActiveOn(pe, intid, to: true)
    if intid >= INTID.firstSPI { distributor.activeOn[intid] = UInt32(pe) }
    bank(pe, intid &>> 5).pointee.touched.setBit(intid & 31, to: true)
    refresh(pe, intid: intid)
    progress.resets.lastProof = eventIndex
    emit(
      .acknowledged, pe: pe, intid: UInt32(intid), priority: rank.priority,
      a: rank.isGroup1 ? UInt64(InterruptGroup.group1NonSecure.rawValue) : 0,
      b: b | (isPending(pe, intid) ? 1 : 0) | UInt64(min(interfaces[pe].interface.runningPriority, 0xFF)) << 8)
  }
}
