import InterruptTrace

/// Reads of `ICC_IAR0_EL1` and `ICC_IAR1_EL1` (IHI 0069H, 4.1.1).
extension GICv3 where Store: ~Copyable {
  /// The INTID that an acknowledge or highest-pending read of a group's register returns for `pending`.
  func visible(_ pending: PendingInterrupt, pe: Int, group0: Bool) -> UInt32 {
    guard !pending.isNone, pes[pe].groupEnable[Int(pending.group.rawValue)] != 0 else { return INTID.spurious }
    if hasOneSecurityState { return group0 == (pending.group == .group0) ? pending.intid : INTID.spurious }
    let security = pes[pe].security
    let isSecure = pending.group != .group1NonSecure
    if group0 {
      if pending.group != .group0 {
        guard security == .el3 else { return INTID.spurious }
        return isSecure ? INTID.secure : INTID.nonSecure
      }
      return security == .nonSecure ? INTID.spurious : pending.intid
    }
    switch pending.group {
    case .group0: return INTID.spurious
    case .group1Secure: return security == .nonSecure ? INTID.spurious : pending.intid
    case .group1NonSecure: return security == .secure ? INTID.spurious : pending.intid
    }
  }

  /// An acknowledge register was read and returned `seen`.
  @inline(__always) mutating func acknowledge(pe: Int, group0: Bool, seen: UInt32, register: SystemRegister) {
    let pending = highest(pe)
    if pending.isNonMaskable, !group0 {
      return acknowledgeNonMaskable(pe: pe, pending, seen: seen, register: register)
    }
    let expected = signals(pe, pending) ? visible(pending, pe: pe, group0: group0) : INTID.spurious
    if expected == seen {
      ledger.count(PredictionLedger.check(register), .agreed)
    } else if !reconcileAcknowledge(pe: pe, group0: group0, expected: expected, seen: seen, register: register) {
      return
    }
    if INTID.isSpecial(seen) { return emit(.spuriousAcknowledge, pe: pe, intid: seen, a: UInt64(seen)) }
    activate(pe: pe, seen: seen, as: highest(pe))
  }

  /// Makes an acknowledged interrupt active (IHI 0069H, 4.1.1).
  @inline(__always) mutating func activate(pe: Int, seen: UInt32, as pending: PendingInterrupt) {
    let rank = pending.intid == seen && !pending.isNone ? pending : assumedRank(pe: pe, intid: seen)
    raiseRunningPriority(pe, rank)
    let intid = Int(seen)
    var stays = false
    if INTID.isBasic(intid) {
      let (bank, bit) = (bank(pe, intid &>> 5), intid & 31)
      bank.pointee.active.know(bit, true)
      bank.pointee.latch.assume(bit, false)
      // What made it pending again is known only if the capture shows such causes at all.
      bank.pointee.latch.setKnown(bit, shown.contains(intid < 16 ? .sgis : .lines))
      if intid >= INTID.firstSPI { distributor.activeOn[intid] = UInt32(pe) }
      stays = bank.pointee.isPending(bit)
      refresh(pe, intid: intid)
    } else {
      // LPIs have no active state (IHI 0069H, 4.1).
      lpis.clearPending(seen, pe: UInt32(pe))
      rereadConfiguration(pe: pe)
    }
    pes[pe].highestIsStale = true
    progress.resets.lastProof = eventIndex
    emit(
      .acknowledged, pe: pe, intid: seen, priority: rank.priority, a: UInt64(rank.group.rawValue),
      b: (stays ? 1 : 0) | UInt64(pes[pe].runningPriority & 0xFF) << 8)
  }

  /// What is known of the rank of an interrupt that the model did not expect to be acknowledged.
  func assumedRank(pe: Int, intid: UInt32) -> PendingInterrupt {
    if INTID.isBasic(intid) {
      return rank(pe, Int(intid))
    }
    let record = lpis.record(intid)
    return PendingInterrupt(
      intid: intid, priority: lpiPriority(record.isKnown ? record.priority : 0xA0), group: .group1NonSecure)
  }
}
