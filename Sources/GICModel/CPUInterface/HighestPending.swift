import InterruptTrace
import LPIStore

/// Which interrupt a PE would be signalled (IHI 0069H, 4.8): the highest priority, the lowest INTID among equals.
extension GICv3 where Store: ~Copyable {
  /// The highest-priority pending interrupt of a PE, recomputed if something changed.
  @inline(__always) mutating func highest(_ pe: Int) -> PendingInterrupt {
    if pes[pe].highestIsStale { refreshHighest(pe) }
    return pes[pe].highest
  }

  @inline(never) private mutating func refreshHighest(_ pe: Int) {
    let old = pes[pe].highest
    var best = computeHighest(pe)
    if distributor.unseenTriggers != 0, isOutdated(old, pe, by: best) {
      seeTriggers()
      best = computeHighest(pe)
    }
    pes[pe].highest = best
    pes[pe].highestIsStale = false
  }

  /// ``Departures/looksAtTriggersLate``: what was highest is gone or no longer as high, so that all is looked at. An LPI's priority is often not known, and says nothing.
  private func isOutdated(_ old: PendingInterrupt, _ pe: Int, by best: PendingInterrupt) -> Bool {
    if old.isNone { return false }
    if old.intid >= LPILimits.firstINTID { return !lpis.isPending(old.intid, pe: UInt32(pe)) }
    return (best.priority, best.intid) > (old.priority, old.intid)
  }

  /// The same from the state of the interrupts, whatever is remembered.
  @inline(__always) func computeHighest(_ pe: Int) -> PendingInterrupt {
    var best = PendingInterrupt.none
    let one = hasOneSecurityState
    let own = bank(pe, 0)
    var rest = distributor.candidates(of: own)
    var nonMaskable = rest & own.pointee.nonMaskable.value
    rest ^= nonMaskable
    while rest != 0 {
      let intid = rest.lowestBit
      rest &= rest &- 1
      let priority = UInt32(own.priority(intid))
      if priority < best.priority {
        best = PendingInterrupt(
          intid: UInt32(intid), priority: priority, group: own.pointee.group(intid, oneSecurityState: one))
      }
    }
    var words = distributor.candidateSummary
    while words != 0 {
      let word = words.lowestBit
      words &= words &- 1
      let bank = bank(pe, word)
      var bits = distributor.candidates[word]
      let urgent = bits & bank.pointee.nonMaskable.value
      nonMaskable |= urgent
      bits ^= urgent
      while bits != 0 {
        let bit = bits.lowestBit
        bits &= bits &- 1
        let priority = UInt32(bank.priority(bit))
        if priority < best.priority, goes(word &<< 5 | bit, to: pe) {
          best = PendingInterrupt(
            intid: UInt32(word &<< 5 | bit), priority: priority, group: bank.pointee.group(bit, oneSecurityState: one))
        }
      }
    }
    if lpisAreSignalled(pe), let lpi = lpis.best(pe: UInt32(pe)) {
      let priority = lpiPriority(lpi.priority)
      if priority < best.priority {
        best = PendingInterrupt(intid: lpi.intid, priority: priority, group: .group1NonSecure)
      }
    }
    return nonMaskable == 0 ? best : highestNonMaskable(pe, besides: best)
  }

  /// Whether an SPI goes to a PE: by affinity, or as one of N that are awake (IHI 0069H, 3.5).
  @inline(__always) func goes(_ intid: Int, to pe: Int) -> Bool {
    let route = distributor.route[intid]
    if route == UInt32(pe) { return true }
    return route == Distributor.anyPE && pes[pe].waker.value & 2 == 0
  }

  /// Whether a PE takes LPIs at all: `GICR_CTLR.EnableLPIs`, and Non-secure Group 1 enabled in `GICD_CTLR`.
  @inline(__always) func lpisAreSignalled(_ pe: Int) -> Bool {
    pes[pe].control.value & 1 != 0 && distributor.control.value & Distributor.enableGroup1NonSecure != 0
  }

  /// An LPI's priority as the CPU interface compares it. With two Security states the configuration table holds the
  /// Non-secure view (IHI 0069H, 5.1.1 and 4.8.1).
  @inline(__always) func lpiPriority(_ configured: UInt8) -> UInt32 {
    hasOneSecurityState ? UInt32(configured & 0xFC) : UInt32(configured & 0xFC) >> 1 | 0x80
  }

  /// Group priority mask of a group: the priority bits that decide preemption (IHI 0069H, 4.8.2).
  @inline(__always) func groupPriorityMask(_ pe: Int, _ group: InterruptGroup) -> UInt32 {
    let register = binaryPointGroup(pe, group)
    var point = pes[pe].binaryPoint[Int(register.rawValue)] & 7
    if register == .group1NonSecure, point > 0 { point &-= 1 }
    return ~0 &<< (point &+ 1)
  }

  /// The group whose binary point counts for a group: CBPR lets Group 0's count for Group 1, too.
  @inline(__always) func binaryPointGroup(_ pe: Int, _ group: InterruptGroup) -> InterruptGroup {
    if group == .group1Secure, pes[pe].cpuControl[0] & 1 != 0 { return .group0 }
    if group == .group1NonSecure, pes[pe].cpuControl[1] & 1 != 0 { return .group0 }
    return group
  }

  /// Whether the highest pending interrupt is signalled to the PE: its group enabled, above the priority mask, and of
  /// higher group priority than what runs (IHI 0069H, 4.8.6).
  @inline(__always) func signals(_ pe: Int, _ pending: PendingInterrupt) -> Bool {
    guard !pending.isNone, pes[pe].groupEnable[Int(pending.group.rawValue)] != 0 else { return false }
    if pending.isNonMaskable { return signalsNonMaskable(pe, pending) }
    guard pending.priority < pes[pe].priorityMask else { return false }
    let running = pes[pe].runningPriority
    if running == 0xFF { return true }
    let mask = groupPriorityMask(pe, pending.group)
    return pending.priority & mask < running & mask
  }

  /// The interrupt request lines of a PE (IHI 0069H, 4.6.2 and table 4-2); what would be an IRQ is an NMI if it is
  /// non-maskable.
  @inline(__always) mutating func lines(_ pe: Int) -> CPULines { lines(pe, highest(pe)) }

  /// What an interrupt, if it is the highest pending one, makes of them.
  @inline(__always) func lines(_ pe: Int, _ pending: PendingInterrupt) -> CPULines {
    guard signals(pe, pending) else { return [] }
    let line = line(pe, pending)
    return pending.isNonMaskable && line == .irq ? .nmi : line
  }

  @inline(__always) private func line(_ pe: Int, _ pending: PendingInterrupt) -> CPULines {
    switch pending.group {
    case .group0: return .fiq
    case .group1Secure:
      return pes[pe].security == .secure ? .irq : .fiq
    case .group1NonSecure:
      if hasOneSecurityState { return .irq }
      return pes[pe].security == .nonSecure ? .irq : pes[pe].security == .unknown ? .irq : .fiq
    }
  }
}
