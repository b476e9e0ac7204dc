import InterruptTrace

/// What happens to interrupts, whoever causes it: each rule once, for SGIs, PPIs and SPIs of every architecture
/// (IHI 0069H, 4.1; IHI 0048B, 3.2 and 4.3).
extension InterruptController where Self: ~Copyable {
  // MARK: Reports

  /// Reports what happened to an interrupt.
  @inline(__always) func report(_ kind: TransitionKind, _ pe: Int, _ intid: Int, a: UInt64 = 0, b: UInt64 = 0) {
    emit(kind, pe: reportedPE(pe, intid), intid: UInt32(intid), priority: 0, a: a, b: b)
  }

  /// The same where the interrupt's priority matters.
  @inline(__always)
  func reportRanked(_ kind: TransitionKind, _ pe: Int, _ intid: Int, a: UInt64 = 0, b: UInt64 = UInt64(PE.none)) {
    emit(kind, pe: reportedPE(pe, intid), intid: UInt32(intid), priority: priority(pe, intid), a: a, b: b)
  }

  /// An interrupt's priority.
  @inline(__always)
  func priority(_ pe: Int, _ intid: Int) -> UInt32 { UInt32(bank(pe, intid &>> 5).priority(intid)) }

  /// An interrupt's group.
  @inline(__always) func group(_ pe: Int, _ intid: Int) -> InterruptGroup {
    bank(pe, intid &>> 5).pointee.group(intid & 31, oneSecurityState: hasOneSecurityState)
  }

  /// Whether an interrupt is pending.
  @inline(__always)
  func isPending(_ pe: Int, _ intid: Int) -> Bool { bank(pe, intid &>> 5).pointee.isPending(intid & 31) }

  /// Reports a change of an interrupt's pending state.
  @inline(__always)
  func reportPending(_ pe: Int, _ intid: Int, was: Bool, cause: PendingCause, source: UInt32 = PE.none) {
    let isNow = isPending(pe, intid)
    guard isNow != was else { return }
    reportRanked(isNow ? .pending : .pendingCleared, pe, intid, a: UInt64(cause.rawValue), b: UInt64(source))
  }

  // MARK: Lines

  /// An input of an SPI or a PPI.
  @inline(__always) mutating func changeLine(_ event: Event) {
    shown.insert(.lines)
    let isShared = INTID.isSPI(event.intid)
    guard isShared || INTID.isPPI(event.intid) && holds(event.pe) else { return }
    setLine(isShared ? 0 : Int(event.pe), Int(event.intid), level: event.b & 1 != 0)
  }

  /// An input changed its level. A rising edge latches an edge-triggered interrupt; a level-sensitive one is pending while
  /// its line is high (IHI 0069H, 4.1; IHI 0048B, 1.4.2).
  @inline(__always) mutating func setLine(_ pe: Int, _ intid: Int, level: Bool) {
    let (bank, bit) = (bank(pe, intid &>> 5), intid & 31)
    if bank.pointee.level[bit] == level, bank.pointee.level.knows(bit), !failures.isEmpty { noteUnseenChange() }
    let was = bank.pointee.isPending(bit)
    // A line that was taken to be high and is shown to rise may have been low.
    let wasGuessed = bank.pointee.level[bit] && !bank.pointee.level.knows(bit)
    let rose = level && (!bank.pointee.level[bit] || wasGuessed)
    bank.pointee.level.know(bit, level)
    // Before software runs, the controller may be reset once more after a device raised its line.
    if level, !shown.hasAccesses, startsAtReset { bank.pointee.level.setKnown(bit, false) }
    bank.pointee.touched.setBit(bit, to: true)
    reportRanked(level ? .lineRaised : .lineLowered, pe, intid, b: 0)
    if rose, bank.pointee.edge[bit] {
      setLatch(pe, intid, to: true)
      if was { reportRanked(.merged, pe, intid, a: UInt64(PendingCause.line.rawValue)) }
    }
    if rose, wasGuessed || !bank.pointee.edge.knows(bit) { forget(.pending, pe, word: intid &>> 5, 1 &<< UInt32(bit)) }
    reportPending(pe, intid, was: was, cause: .line)
    refresh(pe, intid: intid)
  }

  // MARK: Pending

  /// Sets or clears the latch of an interrupt.
  @inline(__always)
  mutating func changePending(_ pe: Int, intid: Int, to value: Bool, cause: PendingCause, source: UInt32 = PE.none) {
    changeLatch(pe, intid, to: value, cause: cause, source: source)
    refresh(pe, intid: intid)
  }

  /// Sets or clears the latches of interrupts of a word, by register.
  mutating func changePending(_ pe: Int, word: Int, bits: UInt32, to value: Bool) {
    var rest = bits
    while rest != 0 {
      let intid = word &<< 5 | rest.lowestBit
      rest &= rest &- 1
      guard word == 0, var pes = latchPEs(pe, intid, to: value) else {
        changeLatch(pe, intid, to: value, cause: .register)
        continue
      }
      // On whom it latches, a write before the capture may have decided.
      if pes == 0, value, !startsAtReset {
        for other in latchPEs(pe) { forget(.pending, other, word: 0, 1 << UInt32(intid)) }
      }
      while pes != 0 {
        changePending(pes.trailingZeroBitCount, intid: intid, to: value, cause: .register)
        pes &= pes &- 1
      }
    }
    refresh(pe, word: word)
  }

  private mutating func changeLatch(
    _ pe: Int, _ intid: Int, to value: Bool, cause: PendingCause, source: UInt32 = PE.none
  ) {
    let (bank, bit) = (bank(pe, intid &>> 5), intid & 31)
    let was = bank.pointee.isPending(bit)
    setLatch(pe, intid, to: value)
    bank.pointee.touched.setBit(bit, to: true)
    if value, was { reportRanked(.merged, pe, intid, a: UInt64(cause.rawValue), b: UInt64(source)) }
    reportPending(pe, intid, was: was, cause: cause, source: source)
  }

  // MARK: Enables

  /// Enables or disables interrupts of a word.
  mutating func changeEnable(_ pe: Int, word: Int, bits: UInt32, to value: Bool) {
    let bank = bank(pe, word)
    let before = bank.pointee.enabled
    let sgis: (fixed: UInt32, doubtful: UInt32) = word == 0 ? sgiEnables : (0, 0)
    bank.pointee.enabled.know(value ? .max : 0, in: bits)
    bank.pointee.enabled.value |= sgis.fixed
    var changed = before.value ^ bank.pointee.enabled.value
    bank.pointee.touched |= changed
    // What becomes known counts as a change.
    changed |= bits & ~before.known & ~sgis.doubtful & certainlyImplemented(word)
    bank.pointee.enabled.forget(bits & sgis.doubtful & ~sgis.fixed)
    reportEnables(pe, word: word, changed)
    refresh(pe, word: word)
  }

  /// Reports enables of a word as they are now.
  func reportEnables(_ pe: Int, word: Int, _ changed: UInt32) {
    let now = bank(pe, word).pointee.enabled.value
    var rest = changed
    while rest != 0 {
      let bit = rest.lowestBit
      rest &= rest &- 1
      report(now.bit(bit) ? .enabled : .disabled, pe, word &<< 5 | bit)
    }
  }

  // MARK: Active states

  /// Activates or deactivates interrupts of a word, by register.
  mutating func changeActive(_ pe: Int, word: Int, bits: UInt32, to value: Bool) {
    let bank = bank(pe, word)
    if namingTouches { bank.pointee.touched |= bits }
    var rest = bits
    while rest != 0 {
      let bit = rest.lowestBit
      rest &= rest &- 1
      let was = bank.pointee.active[bit]
      setActive(pe, word &<< 5 | bit, to: value)
      guard was != value else { continue }
      bank.pointee.touched.setBit(bit, to: true)
      if value {
        report(.activated, pe, word &<< 5 | bit)
      } else {
        reportDeactivated(pe, word &<< 5 | bit)
      }
    }
    refresh(pe, word: word)
  }

  /// Reports that an active interrupt became inactive.
  @inline(__always) func reportDeactivated(_ pe: Int, _ intid: Int) {
    emit(
      .deactivated, pe: activePE(pe, intid), intid: UInt32(intid), priority: 0, a: isPending(pe, intid) ? 1 : 0, b: 0)
  }

  // MARK: Configuration

  /// Puts interrupts of a word into groups: those of `lanes`, by their group bit or by the modifier.
  mutating func changeGroups(_ pe: Int, word: Int, _ field: InterruptField, _ bits: UInt32, in lanes: UInt32) {
    let bank = bank(pe, word)
    let (group, modifier) = (bank.pointee.group.value, bank.pointee.modifier.value)
    var changed = bank.pointee[field]
    changed.assume(bits, in: lanes)
    changed.known |= lanes & certainlyImplemented(word)
    bank.pointee[field] = changed
    reportGroups(pe, word: word, from: group, modifier)
    refreshRank(pe, word: word)
  }

  /// Reports the interrupts of a word whose group changed.
  private func reportGroups(_ pe: Int, word: Int, from oldGroup: UInt32, _ oldModifier: UInt32) {
    let bank = bank(pe, word)
    let counts: UInt32 = hasOneSecurityState ? 0 : .max
    let (group, modifier) = (bank.pointee.group.value, bank.pointee.modifier.value)
    var changed = (oldGroup ^ group) | (oldModifier ^ modifier) & ~group & counts
    changed &= certainlyImplemented(word)
    func packed(_ bit: Int, _ group: UInt32, _ modifier: UInt32) -> UInt64 {
      let group: InterruptGroup =
        group.bit(bit) ? .group1NonSecure : (modifier & counts).bit(bit) ? .group1Secure : .group0
      return UInt64(group.rawValue)
    }
    while changed != 0 {
      let bit = changed.lowestBit
      changed &= changed &- 1
      report(
        .groupChanged, pe, word &<< 5 | bit, a: packed(bit, group, modifier), b: packed(bit, oldGroup, oldModifier))
    }
  }

  /// Gives an interrupt a priority.
  mutating func changePriority(_ pe: Int, _ intid: Int, to value: UInt8) {
    let (bank, bit) = (bank(pe, intid &>> 5), intid & 31)
    let (old, new) = (bank.pointee.priority[bit], value & writablePriority)
    bank.pointee.priority[bit] = new
    if certainlyImplemented(intid &>> 5).bit(bit) { bank.pointee.knownPriority.setBit(bit, to: true) }
    if new != old { reportRanked(.priorityChanged, pe, intid, a: UInt64(old), b: 0) }
  }

  /// Makes an interrupt edge-triggered or level-sensitive.
  mutating func changeTrigger(_ pe: Int, _ intid: Int, isEdge: Bool, isKnown: Bool) {
    let (bank, bit) = (bank(pe, intid &>> 5), intid & 31)
    let was = bank.pointee.isPending(bit)
    if isEdge != bank.pointee.edge[bit] { report(.triggerChanged, pe, intid, a: isEdge ? 1 : 0) }
    bank.pointee.edge.assume(bit, isEdge)
    bank.pointee.edge.setKnown(bit, isKnown)
    reportPending(pe, intid, was: was, cause: .register)
  }
}
