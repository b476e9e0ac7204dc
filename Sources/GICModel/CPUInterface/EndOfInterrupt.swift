import InterruptTrace
import LPIStore

/// Writes of `ICC_EOIR0_EL1`, `ICC_EOIR1_EL1` and `ICC_DIR_EL1` (IHI 0069H, 4.1.1, 12.2.9, 12.2.10, 12.2.8).
extension GICv3 where Store: ~Copyable {
  /// An end-of-interrupt register was written.
  @inline(__always) mutating func endOfInterrupt(pe: Int, group0: Bool, value: UInt64) {
    let intid = UInt32(truncatingIfNeeded: value) & 0xFF_FFFF
    guard !INTID.isSpecial(intid), intid < 1020 || intid >= LPILimits.firstINTID else { return }
    if departures.contains(.ignoresEndOfReserved), intid < 1020, distributor.isReserved(word: Int(intid &>> 5)) {
      return
    }
    guard isRunning(pe) else { return endWithoutAcknowledge(pe: pe, intid: intid) }
    if group0 != (pes[pe].runningGroup == .group0) { learnRunningGroup(pe, group0: group0) }
    let group = pes[pe].runningGroup
    guard mayEnd(group, pe: pe, group0: group0) else {
      return emit(.mismatchedEnd, pe: pe, intid: intid, a: UInt64(group.rawValue))
    }
    let priority = pes[pe].runningPriority
    dropRunningPriority(pe, group)
    let split = endIsSplit(pe)
    emit(
      .endOfInterrupt, pe: pe, intid: intid, priority: priority, a: split ? 0 : 1,
      b: UInt64(pes[pe].runningPriority & 0xFF))
    let isGuess = !knowsEndMode(pe)
    if split {
      if isGuess { doubtDeactivation(pe: pe, intid: Int(intid)) }
      return
    }
    if departures.contains(.endShowsBothSteps), intid < 1020 {
      interim = InterimView(
        pe: UInt32(pe), highest: highest(pe), lines: lines(pe), showsHighest: true, showsLines: true)
    }
    deactivate(pe: pe, intid: Int(intid))
    if isGuess { doubtDeactivation(pe: pe, intid: Int(intid)) }
  }

  /// An end of what is not known to run. Where something may run that was acknowledged before the capture, it may end that.
  @inline(never) private mutating func endWithoutAcknowledge(pe: Int, intid: UInt32) {
    if !knowsRunningPriority(pe) { doubtDeactivation(pe: pe, intid: Int(intid)) }
    emit(.mismatchedEnd, pe: pe, intid: intid)
  }

  /// Whether the capture tells EOImode: it begins at reset, or shows the control register.
  @inline(__always) private func knowsEndMode(_ pe: Int) -> Bool {
    if startsAtReset { return true }
    if pes[pe].security == .el3 { return pes[pe].known.contains(.cpuControlEL3) }
    return pes[pe].known.contains(cpuBank(pe) == 0 ? .cpuControlS : .cpuControlNS)
  }

  /// With EOImode not known, whether an end of interrupt deactivates is a guess that what follows may correct.
  @inline(never) private mutating func doubtDeactivation(pe: Int, intid: Int) {
    guard INTID.isBasic(intid) else { return }
    bank(pe, intid >> 5).pointee.active.setKnown(intid & 31, false)
  }

  /// Whether an end of interrupt may drop the running priority: the register's group must be the running one, and the
  /// Security state must see it.
  private mutating func mayEnd(_ group: InterruptGroup, pe: Int, group0: Bool) -> Bool {
    guard group0 == (group == .group0) else { return false }
    return hasOneSecurityState || pes[pe].security != (group == .group1NonSecure ? .secure : .nonSecure)
  }

  /// `ICC_CTLR_EL1.EOImode` of the Security state that the PE is in, or `ICC_CTLR_EL3.EOImode_EL3`.
  @inline(__always) func endIsSplit(_ pe: Int) -> Bool {
    if pes[pe].security == .el3 { return pes[pe].cpuControlEL3 & (1 << 2) != 0 }
    return pes[pe].cpuControl[cpuBank(pe)] & 2 != 0
  }

  /// Which copy of a banked CPU-interface register a PE uses: 0 Secure, 1 Non-secure. Without EL3, or at EL3 with
  /// `SCR_EL3.NS` set, the Non-secure one.
  @inline(__always) func cpuBank(_ pe: Int) -> Int {
    hasOneSecurityState || pes[pe].security == .nonSecure || pes[pe].security == .unknown
      ? 1 : pes[pe].bankAtEL3IsNonSecure && pes[pe].security == .el3 ? 1 : 0
  }

  /// `ICC_DIR_EL1` was written.
  mutating func deactivate(pe: Int, value: UInt64) {
    let intid = UInt32(truncatingIfNeeded: value) & 0xFF_FFFF
    // Only software that uses EOImode 1 writes this register.
    if !knowsEndMode(pe), pes[pe].security != .el3, pes[pe].cpuControl[cpuBank(pe)] & 2 == 0 {
      pes[pe].cpuControl[cpuBank(pe)] |= 2
      reportConditions(pe)
    }
    guard intid < 1020, endIsSplit(pe), !distributor.isReserved(word: Int(intid &>> 5)) else { return }
    if !hasOneSecurityState, pes[pe].security == .nonSecure {
      guard group(pe, Int(intid)) == .group1NonSecure else { return }
    }
    deactivate(pe: pe, intid: Int(intid))
    if !knowsEndMode(pe) { doubtDeactivation(pe: pe, intid: Int(intid)) }
  }

  /// Makes an active interrupt inactive. LPIs have no active state.
  @inline(__always) mutating func deactivate(pe: Int, intid: Int) {
    guard INTID.isBasic(intid) else { return }
    let bank = bank(pe, intid &>> 5)
    let was = bank.pointee.active[intid & 31]
    bank.pointee.active.know(intid & 31, false)
    refresh(pe, intid: intid)
    if was { reportDeactivated(pe, intid) }
  }
}
