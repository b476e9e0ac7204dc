import InterruptTrace
import LPIStore

/// Non-maskable interrupts: those of Group 1 whose `GICD_INMIR<n>` or `GICR_INMIR0` bit is set have superpriority
/// (GICv3.3; the registers' descriptions in IHI 0069H).
///
/// They come before every maskable interrupt that they may preempt, whatever `ICC_PMR_EL1` says, and are acknowledged
/// through `ICC_NMIAR1_EL1`. Their request to the PE is a line of its own.
extension GICv3 where Store: ~Copyable {
  /// What superpriority counts as among priorities: the highest, for Non-secure interrupts the highest of their half.
  private func superpriority(_ group: InterruptGroup) -> UInt32 {
    !hasOneSecurityState && group == .group1NonSecure ? 0x80 : 0
  }

  /// The rank of an SGI, PPI or SPI.
  func rank(_ pe: Int, _ intid: Int) -> PendingInterrupt {
    let group = group(pe, intid)
    let isNonMaskable = group != .group0 && bank(pe, intid >> 5).pointee.nonMaskable[intid & 31]
    let priority = isNonMaskable ? superpriority(group) : priority(pe, intid)
    return PendingInterrupt(intid: UInt32(intid), priority: priority, group: group, isNonMaskable: isNonMaskable)
  }

  /// The highest-priority pending interrupt of a PE, where some that could be signalled are non-maskable; `best` is that
  /// of the others.
  @inline(never) func highestNonMaskable(_ pe: Int, besides best: PendingInterrupt) -> PendingInterrupt {
    var best = best
    for word in 0..<32 {
      let bank = bank(pe, word)
      let candidates = word == 0 ? distributor.candidates(of: bank) : distributor.candidates[word]
      var bits = candidates & bank.pointee.nonMaskable.value
      while bits != 0 {
        let intid = word << 5 | bits.lowestBit
        bits &= bits &- 1
        let rank = rank(pe, intid)
        if rank.outranks(best), word == 0 || goes(intid, to: pe) { best = rank }
      }
    }
    return best
  }

  /// Whether a non-maskable interrupt is signalled: `ICC_PMR_EL1` does not count, but for Non-secure ones while it lets
  /// Secure priorities through only; and it preempts what has the same group priority and is maskable.
  @inline(never) func signalsNonMaskable(_ pe: Int, _ pending: PendingInterrupt) -> Bool {
    let mask = pes[pe].priorityMask
    if pending.priority == 0x80, mask < 0x80 || mask == 0x80 && pes[pe].security == .secure { return false }
    let bits = groupPriorityMask(pe, pending.group)
    let (own, running) = (pending.priority & bits, pes[pe].runningPriority & bits)
    return own < running || own == running && !pes[pe].activeNonMaskable.bit(Int(pending.group.rawValue))
  }

  // MARK: Acknowledge

  /// `ICC_IAR1_EL1` was read while a non-maskable interrupt is the highest pending one: it returns 1022 and has no effect,
  /// or, while `SCTLR_ELx.NMI` is clear, acknowledges. No capture shows that bit: what the last such read returned counts.
  @inline(never)
  mutating func acknowledgeNonMaskable(pe: Int, _ pending: PendingInterrupt, seen: UInt32, register: SystemRegister) {
    let hint = INTID.nonMaskable
    let isVisible = signals(pe, pending) && visible(pending, pe: pe, group0: false) == pending.intid
    let expected = !isVisible ? INTID.spurious : pes[pe].takesNonMaskable ? hint : pending.intid
    let isTaught = isVisible && (seen == hint || seen == pending.intid)
    if isTaught { pes[pe].takesNonMaskable = seen == hint }
    if isTaught, expected != seen {
      differ(
        PredictionLedger.check(register), expected: UInt64(expected), seen: UInt64(seen), isTaught: true, pe: UInt32(pe)
      )
      finishAcknowledge(pe: pe, seen: seen)
    } else {
      compareAcknowledge(pe: pe, expected: expected, seen: seen, register: register)
    }
  }

  /// `ICC_NMIAR1_EL1` was read: it acknowledges the highest pending interrupt if that is non-maskable.
  @inline(never) mutating func acknowledgeNonMaskable(pe: Int, seen: UInt32) {
    let pending = highest(pe)
    let isVisible = pending.isNonMaskable && signals(pe, pending)
    let expected = isVisible ? visible(pending, pe: pe, group0: false) : INTID.spurious
    compareAcknowledge(pe: pe, expected: expected, seen: seen, register: .ICC_NMIAR1_EL1)
  }

  private mutating func compareAcknowledge(pe: Int, expected: UInt32, seen: UInt32, register: SystemRegister) {
    if expected == seen {
      ledger.count(PredictionLedger.check(register), .agreed)
    } else {
      _ = reconcileAcknowledge(pe: pe, group0: false, expected: expected, seen: seen, register: register)
    }
    finishAcknowledge(pe: pe, seen: seen)
  }

  private mutating func finishAcknowledge(pe: Int, seen: UInt32) {
    if !INTID.isSpecial(seen) {
      activate(pe: pe, seen: seen, as: highest(pe))
    } else if seen != INTID.nonMaskable {
      emit(.spuriousAcknowledge, pe: pe, intid: seen, a: UInt64(seen))
    }
  }

  // MARK: Active priorities

  /// An acknowledged non-maskable interrupt is active, or has undergone priority drop: `ICC_AP1R0_EL1.NMI`.
  @inline(never) mutating func setNonMaskableActive(_ pe: Int, _ group: InterruptGroup, to value: Bool) {
    pes[pe].activeNonMaskable.setBit(Int(group.rawValue), to: value)
    refreshRunningPriority(pe)
  }

  /// The running priority, where a non-maskable interrupt is active and `maskable` is that of the others.
  @inline(never) mutating func refreshRunningNonMaskable(_ pe: Int) {
    for group in [InterruptGroup.group1Secure, .group1NonSecure]
    where pes[pe].activeNonMaskable.bit(Int(group.rawValue)) && superpriority(group) <= pes[pe].runningPriority {
      pes[pe].runningPriority = superpriority(group)
      pes[pe].runningGroup = group
      return
    }
  }

  /// `ICC_RPR_EL1.NMI` and NMI_NS: whether a non-maskable interrupt is active that the Security state may see.
  func runningNonMaskable(_ pe: Int) -> UInt64 {
    let active = UInt64(pes[pe].activeNonMaskable)
    let secure = active >> UInt64(InterruptGroup.group1Secure.rawValue) & 1
    let nonSecure = active >> UInt64(InterruptGroup.group1NonSecure.rawValue) & 1
    if hasOneSecurityState { return nonSecure << (departures.contains(.nonMaskableRunsAsNonSecure) ? 62 : 63) }
    let security = pes[pe].security
    return security == .nonSecure || security == .unknown
      ? nonSecure << 63 : secure << 63 | nonSecure << 62
  }
}
