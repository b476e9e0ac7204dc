import InterruptTrace

/// What is known of the active priorities of a capture that begins in the middle of a run, and what teaches it.
extension GICv3 where Store: ~Copyable {
  /// Groups that have active priorities of their own.
  private var groups: [InterruptGroup] {
    hasOneSecurityState ? [.group0, .group1NonSecure] : [.group0, .group1Secure, .group1NonSecure]
  }

  /// Whether the running priority follows from what the capture has shown: nothing of which that is not known is above it.
  func knowsRunningPriority(_ pe: Int) -> Bool {
    !pes[pe].runningIsGuessed
      && groups.allSatisfy { pes[pe].runningPriority < pes[pe].activeIsUnknownFrom[Int($0.rawValue)] }
  }

  /// Bits of a word of a group's active priorities that are known.
  func knownActivePriorities(_ pe: Int, _ group: Int, word: Int) -> UInt64 {
    let from = Int(pes[pe].activeIsUnknownFrom[group])
    let count = (from + (1 << (8 - preemptionBits)) - 1) >> (8 - preemptionBits) - word * 32
    return count >= 32 ? .max : count <= 0 ? 0 : 1 << UInt64(count) - 1
  }

  /// A word of a group's active priorities was read or written.
  mutating func knowActivePriorities(_ pe: Int, _ group: Int, word: Int) {
    let (start, end) = (word * 32 << (8 - preemptionBits), (word + 1) * 32 << (8 - preemptionBits))
    if pes[pe].activeIsUnknownFrom[group] >= UInt32(start) {
      pes[pe].activeIsUnknownFrom[group] = max(pes[pe].activeIsUnknownFrom[group], UInt32(end))
    }
  }

  /// An interrupt is acknowledged: none of its priority or above was active, if that priority is known.
  @inline(never) mutating func learnFromAcknowledge(_ pe: Int, _ pending: PendingInterrupt, _ bit: Int) {
    pes[pe].activeOfSomeGroup[bit >> 5].setBit(bit & 31, to: false)
    let intid = Int(pending.intid)
    guard INTID.isBasic(intid) ? knowsPriority(pe, intid) : lpis.record(pending.intid).isKnown else {
      pes[pe].runningIsGuessed = true
      return
    }
    knowInactive(pe, upTo: pending.priority)
  }

  /// The capture shows what runs, where the model could only guess.
  mutating func learnRunningPriority(_ pe: Int, _ seen: UInt32) {
    if pes[pe].runningIsGuessed {
      // It is the priority of the last acknowledged interrupt that was a guess.
      let first = Int(pes[pe].runningGroup.rawValue) * 4
      for word in first..<(first + 4) where pes[pe].activePriorities[word] != 0 {
        pes[pe].activePriorities[word] &= pes[pe].activePriorities[word] &- 1
        break
      }
      if seen < 0xFF { setActive(pe, pes[pe].runningGroup, seen) }
    } else {
      clearUnknownActive(pe, upTo: 0xFF)
      if seen < 0xFF, pes[pe].runningPriority != seen { setActive(pe, pes[pe].runningGroup, seen) }
    }
    knowInactive(pe, upTo: seen)
    refreshRunningPriority(pe)
  }

  /// An interrupt is signalled: nothing that is not known keeps it back.
  mutating func learnNothingRunsAbove(_ pe: Int, _ pending: PendingInterrupt) -> Bool {
    let before = pes[pe].runningPriority
    let bar = (pending.priority | ~groupPriorityMask(pe, pending.group)) & 0xFF
    clearUnknownActive(pe, upTo: bar)
    knowInactive(pe, upTo: bar)
    refreshRunningPriority(pe)
    return pes[pe].runningPriority != before
  }

  /// An interrupt is not signalled: something unknown of its priority or a higher one runs. What it is, is a guess.
  mutating func assumeRunning(_ pe: Int, above pending: PendingInterrupt) -> Bool {
    let mask = groupPriorityMask(pe, pending.group)
    let step: UInt32 = 1 << UInt32(8 - preemptionBits)
    for group in [pending.group] + groups {
      let from = (pes[pe].activeIsUnknownFrom[Int(group.rawValue)] + step - 1) & ~(step - 1)
      let guess = max(from, pending.priority & mask & 0xFF)
      guard guess <= (pending.priority | ~mask) & 0xFF, guess < pes[pe].runningPriority else { continue }
      setActive(pe, group, guess)
      refreshRunningPriority(pe)
      return true
    }
    return false
  }

  /// An interrupt of a higher priority than runs is not signalled: the unknown binary point leaves both the
  /// same group priority.
  mutating func widenGroupPriority(_ pe: Int, _ pending: PendingInterrupt) -> Bool {
    let group = binaryPointGroup(pe, pending.group)
    guard !startsAtReset, !pes[pe].known.contains(.binaryPoint(group)) else { return false }
    let before = pes[pe].binaryPoint[Int(group.rawValue)]
    while signals(pe, pending), pes[pe].binaryPoint[Int(group.rawValue)] < 7 {
      pes[pe].binaryPoint[Int(group.rawValue)] += 1
    }
    return pes[pe].binaryPoint[Int(group.rawValue)] != before
  }

  /// One is signalled although what runs has the same group priority by the binary point that was assumed.
  mutating func narrowGroupPriority(_ pe: Int, _ pending: PendingInterrupt) -> Bool {
    let group = binaryPointGroup(pe, pending.group)
    guard !startsAtReset, !pes[pe].known.contains(.binaryPoint(group)) else { return false }
    let before = pes[pe].binaryPoint[Int(group.rawValue)]
    while !signals(pe, pending), pes[pe].binaryPoint[Int(group.rawValue)] > minimumBinaryPoint(group) {
      pes[pe].binaryPoint[Int(group.rawValue)] -= 1
    }
    return pes[pe].binaryPoint[Int(group.rawValue)] != before
  }

  /// An end of the other group than was assumed: what runs, which nothing has shown to be acknowledged, is of that group.
  mutating func learnRunningGroup(_ pe: Int, group0: Bool) {
    let bit = Int(pes[pe].runningPriority) >> (8 - preemptionBits)
    guard pes[pe].activeOfSomeGroup[bit >> 5].bit(bit & 31) else { return }
    let secure = pes[pe].security == .secure && !hasOneSecurityState
    let group: InterruptGroup = group0 ? .group0 : secure ? .group1Secure : .group1NonSecure
    pes[pe].activePriorities[Int(pes[pe].runningGroup.rawValue) * 4 + (bit >> 5)].setBit(bit & 31, to: false)
    pes[pe].activePriorities[Int(group.rawValue) * 4 + (bit >> 5)].setBit(bit & 31, to: true)
    pes[pe].activeOfSomeGroup[bit >> 5].setBit(bit & 31, to: false)
    refreshRunningPriority(pe)
  }

  private mutating func setActive(_ pe: Int, _ group: InterruptGroup, _ priority: UInt32) {
    let bit = Int(priority & 0xFF) >> (8 - preemptionBits)
    pes[pe].activePriorities[Int(group.rawValue) * 4 + (bit >> 5)].setBit(bit & 31, to: true)
    pes[pe].activeOfSomeGroup[bit >> 5].setBit(bit & 31, to: true)
  }

  /// Takes back guesses: unknown active priorities up to `priority`.
  private mutating func clearUnknownActive(_ pe: Int, upTo priority: UInt32) {
    let step: UInt32 = 1 << UInt32(8 - preemptionBits)
    for group in groups {
      let at = Int(group.rawValue)
      let from = (pes[pe].activeIsUnknownFrom[at] + step - 1) & ~(step - 1)
      for guess in stride(from: from, through: min(priority, 0xFF), by: Int(step)) {
        let bit = Int(guess) >> (8 - preemptionBits)
        pes[pe].activePriorities[at * 4 + (bit >> 5)] &= ~(1 << UInt32(bit & 31))
      }
    }
  }

  /// Nothing up to `priority` is active but what is known to be.
  private mutating func knowInactive(_ pe: Int, upTo priority: UInt32) {
    for group in 0..<3 {
      pes[pe].activeIsUnknownFrom[group] = max(pes[pe].activeIsUnknownFrom[group], min(priority, 0xFF) + 1)
    }
  }
}
