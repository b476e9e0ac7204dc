import InterruptTrace

/// What reads teach of interrupts: state that nothing has shown yet.
extension InterruptController where Self: ~Copyable {
  /// Takes over what a read showed; nothing of it contradicts what is known.
  mutating func learn(_ row: RegisterLookup.Row, _ event: Event, pe: Int, nonSecure: Bool) {
    for part in AccessParts(row, event.offset, size: event.size) {
      let first = row.interrupts.intid(at: part.offset)
      learn(row.interrupts, first: first, part.written(event.b), lanes: part.lanes, pe: pe, nonSecure: nonSecure)
    }
  }

  /// The capture contradicts what was known of an interrupt: something that was done is not in it, or was done otherwise.
  /// That is not known any more, so that what is shown next teaches it and the rest is judged by that.
  mutating func loseTrack(of intid: UInt32, pe: Int) {
    guard INTID.isBasic(intid) else { return }
    let (word, bit) = (Int(intid) >> 5, Int(intid) & 31)
    guard implemented(word).bit(bit) else { return }
    let bank = bank(pe, word)
    bank.pointee.enabled.setKnown(bit, false)
    bank.pointee.knownPriority.setBit(bit, to: false)
    forget(.pending, pe, word: word, 1 << UInt32(bit))
    forget(.active, pe, word: word, 1 << UInt32(bit))
  }

  /// A read contradicts what was known, so that something is missing in the capture: it is the read that counts.
  mutating func relearn(_ row: RegisterLookup.Row, _ event: Event, pe: Int, nonSecure: Bool) {
    let field = row.interrupts.field
    let width = 1 << Int(row.interrupts.shift)
    for part in AccessParts(row, event.offset, size: event.size) {
      let first = row.interrupts.intid(at: part.offset)
      guard implemented(first >> 5) != 0 else { continue }
      let (bank, bit) = (bank(pe, first >> 5), first & 31)
      var mask: UInt32 = 0
      for n in 0..<(32 / width) where part.lanes.bit(n * width) { mask.setBit(bit + n, to: true) }
      switch field {
      case .pending, .active: forget(field, pe, word: first >> 5, mask)
      case .priority: bank.pointee.knownPriority &= ~mask
      case .target, .sources, .route, .nonSecureAccess: return
      default: bank.pointee[field].known &= ~mask
      }
    }
    learn(row, event, pe: pe, nonSecure: nonSecure)
  }

  private mutating func learn(
    _ register: InterruptRegister, first: Int, _ seen: UInt32, lanes: UInt32, pe: Int, nonSecure: Bool
  ) {
    let (word, bit) = (first &>> 5, first & 31)
    let exist = implemented(word)
    guard exist != 0 else { return }
    let reach = visible(register, pe, word: word, nonSecure: nonSecure)
    let bank = bank(pe, word)
    let before = bank.pointee
    var open = reach.value & exist
    let doubtful = open & ~reach.known
    if doubtful != 0 { open &= ~doubtful | learnGroups(bank, register, seen, lanes: lanes, bit: bit, doubtful, pe: pe) }
    switch register.field {
    case .group: bank.pointee.group.know(seen, in: lanes & open)
    case .modifier: bank.pointee.modifier.know(seen, in: lanes & open)
    case .nonMaskable: bank.pointee.nonMaskable.know(seen, in: lanes & open)
    case .enabled:
      let before = bank.pointee.enabled
      bank.pointee.enabled.know(seen, in: lanes & open)
      // What becomes known counts as a change.
      reportEnables(pe, word: word, before.value ^ bank.pointee.enabled.value | lanes & open & ~before.known)
    case .pending:
      // A line that is high is enough: what is pending by that says nothing of the latch.
      let (level, edge) = (bank.pointee.level, bank.pointee.edge)
      let byLatch = ~level.value & level.known | edge.value & edge.known
      let unknown = lanes & open & ~bank.pointee.shownPending.known & ~(seen & level.value & ~edge.value)
      // It does not tell on which PE either: one on which it is held to be pending is enough.
      let isExplained = word > 0 && !hasOneState(.pending, word: word) ? seen & bank.pointee.latch.value : 0
      for n in 0..<32 where (unknown & ~isExplained).bit(n) { learnLatch(pe, word &<< 5 | n, seen.bit(n)) }
      let uncertain = unknown & seen & ~byLatch
      if uncertain != 0 { forget(.pending, pe, word: word, uncertain) }
    case .active:
      let unknown = lanes & open & ~bank.pointee.active.known
      for n in 0..<32 where unknown.bit(n) { learnActive(pe, word &<< 5 | n, seen.bit(n)) }
    case .trigger:
      for n in 0..<16 where open.bit(bit + n) && lanes.bit(n * 2 + 1) {
        bank.pointee.edge.know(bit + n, seen.bit(n * 2 + 1))
      }
    case .priority:
      for n in 0..<4 where open.bit(bit + n) && lanes.bit(n * 8) {
        learnPriority(bank, bit + n, UInt8(truncatingIfNeeded: seen >> UInt32(n * 8)), nonSecure: nonSecure)
      }
    case .nonSecureAccess:
      let shift = UInt64(bit * 2)
      bank.pointee.nonSecureAccess.know(UInt64(seen) << shift, in: UInt64(lanes) << shift)
    case .target, .sources, .route:
      learnOwn(register.field, first: first, seen, lanes: lanes, pe: pe, nonSecure: nonSecure)
    }
    refreshLearned(pe, word: word, since: before)
  }

  /// What Non-secure software is shown of interrupts of unknown group: one of which it sees something is of its own, and one
  /// of which it does not see what is known is not. Returns those that it sees; zeroes of the others say nothing.
  private func learnGroups(
    _ bank: UnsafeMutablePointer<InterruptBank>, _ register: InterruptRegister, _ seen: UInt32, lanes: UInt32, bit: Int,
    _ doubtful: UInt32, pe: Int
  ) -> UInt32 {
    let width = register.field == .trigger ? 2 : register.field == .priority ? 8 : 1
    var visible: UInt32 = 0
    for n in 0..<(32 / width) where seen & lanes & (~0 >> UInt32(32 - width)) << UInt32(n * width) != 0 {
      visible.setBit(bit + n, to: true)
    }
    guard register.level == InterruptRegister.closed, viewIsSure(pe) else { return visible }
    bank.pointee.group.know(.max, in: doubtful & visible)
    if width == 1 {
      let word = bank.pointee[register.field]
      bank.pointee.group.know(0, in: doubtful & lanes & ~seen & word.value & word.known)
    }
    return visible
  }

  /// The Non-secure view leaves the top bit open: set, if software of that state has written it.
  private func learnPriority(_ bank: UnsafeMutablePointer<InterruptBank>, _ n: Int, _ seen: UInt8, nonSecure: Bool) {
    if nonSecure, bank.pointee.priority[n] << 1 == seen { return }
    bank.pointee.priority[n] = nonSecure ? 0x80 | seen >> 1 : seen
    bank.pointee.knownPriority.setBit(n, to: !nonSecure)
  }

  // MARK: What is shown to be signalled

  /// Makes an interrupt that the capture shows pending here, enabled and of the rank shown, by what is unknown about it.
  /// `rank` decides the group only where it is shown. False if nothing could be corrected.
  mutating func promote(_ pe: Int, _ intid: Int, priority: UInt32, group: InterruptGroup?) -> Bool {
    let (word, bit) = (intid >> 5, intid & 31)
    let bank = bank(pe, word)
    var changed = false
    if !knowsEnable(pe, intid), !bank.pointee.enabled[bit] {
      bank.pointee.enabled.assume(bit, true)
      report(.enabled, pe, intid)
      changed = true
    }
    bank.pointee.enabled.setKnown(bit, true)
    if !isPendingOn(pe, intid), makePending(pe, intid) {
      emit(
        .pending, pe: pe, intid: UInt32(intid), priority: priority,
        a: UInt64(PendingCause.observed.rawValue), b: UInt64(PE.none))
      changed = true
    }
    if !knowsActive(pe, intid) {
      if isActiveOn(pe, intid) { changed = true }
      setActiveOn(pe, intid, to: false)
    }
    if !knowsPriority(pe, intid) {
      if UInt32(bank.pointee.priority[bit]) != priority { changed = true }
      bank.pointee.priority[bit] = UInt8(truncatingIfNeeded: priority)
      bank.pointee.knownPriority.setBit(bit, to: true)
    }
    if word != 0, aim(intid, at: pe) { changed = true }
    if let group, !knowsGroup(pe, intid), bank.pointee.group[bit] != (group == .group1NonSecure) {
      bank.pointee.group.assume(bit, group == .group1NonSecure)
      changed = true
    }
    // Of Group 0 and Secure Group 1, GICD_IGRPMODR decides; with one Security state there is but Group 1.
    if let group, group != .group1NonSecure, !hasOneSecurityState, !knowsModifier(pe, intid),
      bank.pointee.modifier[bit] != (group == .group1Secure)
    {
      bank.pointee.modifier.assume(bit, group == .group1Secure)
      changed = true
    }
    if openGroups(for: group ?? self.group(pe, intid), pe: pe) { changed = true }
    refreshRank(pe, word: word)
    return changed
  }

  /// Makes an interrupt pending by what is unknown about its line, its latch or its trigger.
  private func makePending(_ pe: Int, _ intid: Int) -> Bool {
    let (bank, bit) = (bank(pe, intid >> 5), intid & 31)
    let isLevel = !bank.pointee.edge[bit]
    if INTID.isPPI(intid), isLevel, shown.contains(.lines), !knowsLevel(pe, intid) {
      bank.pointee.level.guess(bit, true)
      return true
    }
    if !isLevel, !knowsTrigger(pe, intid), bank.pointee.level[bit], !INTID.isSGI(intid) {
      // Its line is high: that is enough if it is level-sensitive.
      bank.pointee.edge.guess(bit, false)
      return true
    }
    let isUnknown = !knowsLatch(pe, intid) || !INTID.isSGI(intid) && !knowsLevel(pe, intid)
    // A pulse of its line has left it pending: it is edge-triggered.
    let isPulse = isLevel && !INTID.isSGI(intid) && !knowsTrigger(pe, intid)
    guard isUnknown || isPulse else { return false }
    if isPulse, !isUnknown || INTID.isSPI(intid) && knowsLevel(pe, intid) { bank.pointee.edge.guess(bit, true) }
    learnPending(on: pe, intid)
    return true
  }
}
