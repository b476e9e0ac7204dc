import InterruptTrace

/// Registers that hold something of each INTID: what reads return and writes do follows from the register's row
/// (IHI 0069H, 12.9 and 12.11; IHI 0048B, 4.3).
///
/// An access is taken 32 bits at a time: `first` is the first INTID of such a part, `lanes` has the bits that the access
/// touches.
extension InterruptController where Self: ~Copyable {
  // MARK: Who sees what

  /// Interrupts of a word that an access sees, as far as it is known: the others read as zero and ignore writes. Of one
  /// whose group is not known Non-secure software is taken to see what it accesses.
  func visible(
    _ register: InterruptRegister, _ pe: Int, word: Int, nonSecure: Bool, isWrite: Bool = false
  ) -> Learned<UInt32> {
    switch register.field {
    case .modifier where hasOneSecurityState: return .certain(0)
    case .nonMaskable where hasNonMaskable != true: return .certain(0)
    case .nonSecureAccess where hasOneSecurityState || !hasNSACR: return .certain(0)
    default: break
    }
    guard nonSecure else { return .certain(.max) }
    switch register.visibility {
    case .all: return .certain(.max)
    case .secureOnly: return .certain(0)
    case .byGroup:
      let isClosed = isWrite && register.field == .active && departures.contains(.activeStateIgnoresNSACR)
      let level = isClosed ? InterruptRegister.closed : register.level
      let group = bank(pe, word).pointee.group
      let opened = opened(pe, word: word, level: level)
      let isKnown = opened.value & opened.known
      return Learned(
        group.value | ~group.known | opened.value, known: group.known & (group.value | opened.known) | isKnown)
    }
  }

  /// Interrupts of a word whose `GICD_NSACR` field opens a register of `level` to Non-secure state. PPIs have none.
  private func opened(_ pe: Int, word: Int, level: UInt8) -> Learned<UInt32> {
    guard level < InterruptRegister.closed, hasNSACR else { return .certain(0) }
    let bank = bank(pe, word)
    var mask = Learned<UInt32>.certain(0)
    for bit in 0..<(word == 0 ? 16 : 32) {
      mask.value.setBit(bit, to: bank.pointee.nonSecureAccess(bit) >= UInt32(level))
      mask.known.setBit(bit, to: bank.pointee.nonSecureAccess.known &>> UInt64(bit &* 2) & 0b11 == 0b11)
    }
    return mask
  }

  // MARK: Reads

  /// Compares a read with what the register should return, and learns from it what nothing had shown.
  mutating func readInterrupts(_ row: RegisterLookup.Row, _ event: Event, check: Int, pe: Int, nonSecure: Bool) {
    let answer = value(row, event, pe: pe, nonSecure: nonSecure)
    progress.isAmbiguous = nonSecure && reachIsOpen(row, event, pe: pe)
    let verdict = compare(check, answer, event)
    progress.isAmbiguous = false
    if verdict == .disagreed {
      relearn(row, event, pe: pe, nonSecure: nonSecure)
    } else if answer.known != .max {
      learn(row, event, pe: pe, nonSecure: nonSecure)
    }
  }

  /// Whether it is not known which interrupts a Non-secure access sees.
  private func reachIsOpen(_ row: RegisterLookup.Row, _ event: Event, pe: Int) -> Bool {
    let word = row.interrupts.intid(at: event.offset &- row.start) & 0x3FF &>> 5
    return visible(row.interrupts, pe, word: word, nonSecure: true).known != .max
  }

  /// What a read returns, and which bits of that are known; bits beyond the access are.
  func value(_ row: RegisterLookup.Row, _ event: Event, pe: Int, nonSecure: Bool) -> Learned<UInt64> {
    var answer = Learned<UInt64>.certain(0)
    for part in AccessParts(row, event.offset, size: event.size) {
      let first = row.interrupts.intid(at: part.offset)
      let word = value(row.interrupts, first: first, pe: pe, nonSecure: nonSecure).visible(part.lanes)
      answer.value |= part.returned(word.value)
      answer.known &= ~part.returned(~word.known)
    }
    return answer
  }

  private func value(_ register: InterruptRegister, first: Int, pe: Int, nonSecure: Bool) -> Learned<UInt32> {
    let (word, bit) = (first &>> 5, first & 31)
    let exist = implemented(word)
    guard exist != 0 else { return .certain(0) }
    let bank = bank(pe, word)
    let reach = visible(register, pe, word: word, nonSecure: nonSecure)
    let seen = reach.value & exist
    switch register.field {
    case .nonMaskable where hasNonMaskable == nil: return Learned()
    case .group, .modifier, .enabled, .pending, .active, .nonMaskable:
      return reached(bank.pointee[register.field], by: reach, seen)
    case .trigger:
      let edges = reached(bank.pointee.edge, by: reach, seen).shifted(right: bit)
      return Learned(edges.value.upperPairs, known: edges.known.upperPairs | (knowsModelBits ? 0x5555_5555 : 0))
    case .nonSecureAccess:
      guard seen != 0 else { return .certain(0) }
      let fields = bank.pointee.nonSecureAccess
      return Learned(
        UInt32(truncatingIfNeeded: fields.value &>> UInt64(bit * 2)),
        known: UInt32(truncatingIfNeeded: fields.known &>> UInt64(bit * 2)))
    case .priority: return priorities(bank, bit, seen, sure: reach.known, nonSecure: nonSecure)
    case .target, .sources, .route: return ownValue(register.field, first: first, pe: pe, nonSecure: nonSecure)
    }
  }

  /// What an access sees of a word: of interrupts that it may see or not, what is known to be zero for all.
  private func reached(_ word: Learned<UInt32>, by reach: Learned<UInt32>, _ seen: UInt32) -> Learned<UInt32> {
    var answer = word.visible(seen)
    answer.known = answer.known & reach.known | word.known & ~word.value & ~reach.known
    return answer
  }

  /// Four priorities as a Security state sees them: from Non-secure state the upper half of the range, shifted
  /// (IHI 0069H, 4.8.1; IHI 0048B, 3.6.2).
  private func priorities(
    _ bank: UnsafeMutablePointer<InterruptBank>, _ bit: Int, _ seen: UInt32, sure: UInt32, nonSecure: Bool
  ) -> Learned<UInt32> {
    var answer = Learned<UInt32>.certain(0)
    for n in 0..<4 where seen.bit(bit + n) || !sure.bit(bit + n) {
      let priority = bank.pointee.priority[bit + n]
      if seen.bit(bit + n) { answer.value |= UInt32(nonSecure ? priority << 1 : priority) << UInt32(n * 8) }
      let known = (bank.pointee.knownPriority & sure).bit(bit + n) ? knownPriorityBits : 0
      answer.known &= ~(UInt32(~known) << UInt32(n * 8))
    }
    return answer
  }

  // MARK: Writes

  /// Carries out a write, or the part of one that starts at `offset`.
  mutating func writeInterrupts(
    _ row: RegisterLookup.Row, _ offset: UInt32, size: Int, _ value: UInt64, pe: Int, nonSecure: Bool
  ) {
    for part in AccessParts(row, offset, size: size) {
      let first = row.interrupts.intid(at: part.offset)
      write(row.interrupts, first: first, part.written(value), lanes: part.lanes, pe: pe, nonSecure: nonSecure)
    }
  }

  private mutating func write(
    _ register: InterruptRegister, first: Int, _ bits: UInt32, lanes: UInt32, pe: Int, nonSecure: Bool
  ) {
    let word = first &>> 5
    let exist = implemented(word)
    guard exist != 0 else { return }
    let reach = visible(register, pe, word: word, nonSecure: nonSecure, isWrite: true)
    let open = reach.value & exist
    let doubtful = open & ~reach.known
    let before: InterruptBank? = doubtful == 0 ? nil : bank(pe, word).pointee
    write(register, first: first, bits, lanes: lanes, open: open, pe: pe, nonSecure: nonSecure)
    let isOfBits = register.field == .enabled || register.field == .pending || register.field == .active
    // Taken not to reach some, which it may have reached.
    let unreached = exist & ~reach.known & ~reach.value & bits
    if isOfBits, unreached != 0 { forget(register.field, pe, word: word, changed: unreached) }
    guard let before else { return }
    doubtWrite(register.field, pe, word, before, touching: isOfBits ? doubtful & bits : doubtful)
  }

  /// Carries out a write for the interrupts that it reaches.
  private mutating func write(
    _ register: InterruptRegister, first: Int, _ bits: UInt32, lanes: UInt32, open: UInt32, pe: Int, nonSecure: Bool
  ) {
    let (word, bit) = (first &>> 5, first & 31)
    let isSet = register.effect == .set
    switch register.field {
    // RAZ/WI, and nothing is selected again.
    case .modifier where hasOneSecurityState: break
    case .group, .modifier: changeGroups(pe, word: word, register.field, bits, in: lanes & open)
    case .enabled: changeEnable(pe, word: word, bits: bits & open, to: isSet)
    case .pending: changePending(pe, word: word, bits: bits & open & ~(word == 0 ? sgisWithSources : 0), to: isSet)
    case .active: changeActive(pe, word: word, bits: bits & open, to: isSet)
    case .nonMaskable:
      bank(pe, word).pointee.nonMaskable.know(bits, in: lanes & open)
      refreshPriorities(pe, word: word)
    case .trigger:
      // SGIs are always edge-triggered.
      for n in 0..<16 where first + n >= 16 && open.bit(bit + n) && lanes.bit(n * 2 + 1) {
        let place = triggers(pe, first + n)
        for pe in place.pes { changeTrigger(pe, first + n, isEdge: bits.bit(n * 2 + 1), isKnown: place.areKnown) }
      }
      refreshTriggers(pe, word: word)
    case .nonSecureAccess:
      guard open != 0 else { return }
      let shift = UInt64(bit * 2)
      bank(pe, word).pointee.nonSecureAccess.know(UInt64(bits) << shift, in: UInt64(lanes) << shift)
    case .priority:
      for n in 0..<4 where open.bit(bit + n) && lanes.bit(n * 8) {
        let value = UInt8(truncatingIfNeeded: bits >> UInt32(n * 8))
        changePriority(pe, first + n, to: nonSecure ? 0x80 | value >> 1 : value)
        refresh(pe, intid: first + n)
      }
      refreshPriorities(pe, word: word)
    case .target, .sources, .route:
      setOwn(register, first: first, bits, lanes: lanes, pe: pe, nonSecure: nonSecure)
    }
  }

  /// A write that may have been ignored, for interrupts whose group is not known: what it changed is not known either.
  private func doubtWrite(
    _ field: InterruptField, _ pe: Int, _ word: Int, _ before: InterruptBank, touching doubtful: UInt32
  ) {
    let bank = bank(pe, word)
    var changed: UInt32 = 0
    switch field {
    case .priority:
      changed = ~before.knownPriority | bank.pointee.changedPriorities(from: before)
    case .nonSecureAccess, .target, .sources, .route: break
    case .pending, .active:
      let (old, now) = field == .active ? (before.active, bank.pointee.active) : (before.latch, bank.pointee.latch)
      changed = hasOneState(field, word: word) ? old.value ^ now.value | ~old.known : .max
      if field == .pending, word == 0 { changed &= ~sgisWithSources }
    default: changed = before[field].value ^ bank.pointee[field].value | ~before[field].known
    }
    forget(field, pe, word: word, changed: changed & doubtful)
  }

  /// Whether a write changed interrupts of a word is not known.
  func forget(_ field: InterruptField, _ pe: Int, word: Int, changed mask: UInt32) {
    guard mask != 0 else { return }
    let bank = bank(pe, word)
    switch field {
    case .enabled: bank.pointee.enabled.forget(mask & ~(word == 0 ? sgiEnables.fixed : 0))
    case .pending: for pe in word == 0 ? latchPEs(pe) : pe..<pe + 1 { forget(.pending, pe, word: word, mask) }
    case .sources: forget(.pending, pe, word: word, mask)
    case .active: forget(.active, pe, word: word, mask)
    case .priority: bank.pointee.knownPriority &= ~mask
    case .target: bank.pointee.knownTarget &= ~mask
    case .trigger: for other in triggers(pe, word &<< 5).pes { self.bank(other, word).pointee.edge.forget(mask) }
    case .nonSecureAccess, .route: break
    default: bank.pointee[field].forget(mask)
    }
  }
}
