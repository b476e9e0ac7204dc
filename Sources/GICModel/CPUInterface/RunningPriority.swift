import InterruptTrace

/// Active priorities and what follows from them (IHI 0069H, 4.8.3).
///
/// In a capture that begins in the middle of a run, any of them may be set. An interrupt that is acknowledged shows that none
/// of its priority or a higher one was; what `ICC_RPR_EL1` returns shows that none above it is.
extension GICv3 where Store: ~Copyable {
  /// Sets the active priority bit of an acknowledged interrupt.
  @inline(__always) mutating func raiseRunningPriority(_ pe: Int, _ pending: PendingInterrupt) {
    if pending.isNonMaskable { return setNonMaskableActive(pe, pending.group, to: true) }
    let groupPriority = pending.priority & groupPriorityMask(pe, pending.group) & 0xFF
    let bit = Int(groupPriority) &>> (8 &- preemptionBits)
    let word = Int(pending.group.rawValue) &* 4 &+ (bit &>> 5)
    pes[pe].activePriorities[word] |= 1 &<< UInt32(bit & 31)
    // The bits below the binary point are not part of it.
    if !pes[pe].known.contains(.binaryPoint(binaryPointGroup(pe, pending.group))) { pes[pe].runningIsGuessed = true }
    if !startsAtReset { learnFromAcknowledge(pe, pending, bit) }
    refreshRunningPriority(pe)
  }

  /// Clears the highest active priority bit of a group, or that of a non-maskable interrupt: the priority drop.
  @inline(__always) mutating func dropRunningPriority(_ pe: Int, _ group: InterruptGroup) {
    if pes[pe].activeNonMaskable.bit(Int(group.rawValue)) { return setNonMaskableActive(pe, group, to: false) }
    let first = Int(group.rawValue) &* 4
    for word in first..<(first &+ 4) where pes[pe].activePriorities[word] != 0 {
      pes[pe].activePriorities[word] &= pes[pe].activePriorities[word] &- 1
      break
    }
    refreshRunningPriority(pe)
  }

  /// Recomputes running priority and group from the active priorities.
  @inline(__always) mutating func refreshRunningPriority(_ pe: Int) {
    refreshRunningMaskable(pe)
    if pes[pe].activeNonMaskable != 0 { refreshRunningNonMaskable(pe) }
  }

  @inline(__always) private mutating func refreshRunningMaskable(_ pe: Int) {
    for word in 0..<4 {
      let zero = pes[pe].activePriorities[word]
      let secure = pes[pe].activePriorities[4 &+ word]
      let nonSecure = pes[pe].activePriorities[8 &+ word]
      let all = zero | secure | nonSecure
      guard all != 0 else { continue }
      let bit = all.lowestBit
      pes[pe].runningPriority = UInt32(truncatingIfNeeded: (word &* 32 &+ bit) &<< (8 &- preemptionBits))
      // Group 0 wins a tie with Group 1, Secure Group 1 one with Non-secure Group 1.
      pes[pe].runningGroup = zero.bit(bit) ? .group0 : secure.bit(bit) ? .group1Secure : .group1NonSecure
      return
    }
    pes[pe].runningPriority = 0xFF
    pes[pe].runningIsGuessed = false
  }

  /// The capture shows how many priority bits there are, at least 4 (IHI 0069H, 4.8).
  mutating func learnPriorityBits(_ shown: Int) {
    let before = preemptionBits
    priorityBits = min(max(shown, 4), 8)
    guard preemptionBits != before else { return }
    for pe in 0..<peCount {
      for group in [InterruptGroup.group0, .group1Secure, .group1NonSecure] {
        let (at, first) = (Int(group.rawValue), Int(group.rawValue) * 4)
        pes[pe].binaryPoint[at] = max(pes[pe].binaryPoint[at], minimumBinaryPoint(group))
        var words = InlineArray<4, UInt32> { pes[pe].activePriorities[first + $0] }
        words = ActivePriorities.moved(words, from: before, to: preemptionBits)
        for word in 0..<4 { pes[pe].activePriorities[first + word] = words[word] }
      }
      refreshRunningPriority(pe)
    }
  }

  /// Whether any priority is active.
  @inline(__always) func isRunning(_ pe: Int) -> Bool { pes[pe].runningPriority != 0xFF }
}
