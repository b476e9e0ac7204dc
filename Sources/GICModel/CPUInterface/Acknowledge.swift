import InterruptTrace
import LPIStore

/// Special INTIDs (IHI 0069H, 2.2.1).
enum SpecialINTID {
  /// A Secure Group 1 interrupt is pending, seen from EL3.
  static var secure: UInt32 { 1020 }
  /// A Non-secure Group 1 interrupt is pending, seen from EL3.
  static var nonSecure: UInt32 { 1021 }
  /// An interrupt with superpriority must be acknowledged through `ICC_NMIAR1_EL1`.
  static var nonMaskable: UInt32 { 1022 }
  /// No pending interrupt of sufficient priority.
  static var none: UInt32 { 1023 }
  /// Whether an INTID is special.
  @inline(__always)
  static func contains(_ intid: UInt32) -> Bool { intid >= 1020 && intid <= 1023 }
}

/// Reads of `ICC_IAR0_EL1` and `ICC_IAR1_EL1` (IHI 0069H, 4.1.1 and 12.2.14).
extension GICv3 where Store: ~Copyable {
  /// The INTID that an acknowledge or highest-pending read of a group's register returns for `pending`.
  func visible(_ pending: PendingInterrupt, pe: Int, group0: Bool) -> UInt32 {
    guard !pending.isNone, pes[pe].groupEnable[Int(pending.group.rawValue)] != 0 else { return SpecialINTID.none }
    if distributor.hasOneSecurityState {
      return group0 == (pending.group == .group0) ? pending.intid : SpecialINTID.none
    }
    let security = pes[pe].security
    let isSecure = pending.group != .group1NonSecure
    if group0 {
      if pending.group != .group0 {
        guard security == .el3 else { return SpecialINTID.none }
        return isSecure ? SpecialINTID.secure : SpecialINTID.nonSecure
      }
      return security == .nonSecure ? SpecialINTID.none : pending.intid
    }
    switch pending.group {
    case .group0: return SpecialINTID.none
    case .group1Secure: return security == .nonSecure ? SpecialINTID.none : pending.intid
    case .group1NonSecure: return security == .secure ? SpecialINTID.none : pending.intid
    }
  }

  /// An acknowledge register was read and returned `seen`.
  @inline(__always)
  mutating func acknowledge(pe: Int, group0: Bool, seen: UInt32, register: SystemRegister) {
    let pending = highest(pe)
    let expected = signals(pe, pending) ? visible(pending, pe: pe, group0: group0) : SpecialINTID.none
    if expected == seen {
      ledger.count(PredictionLedger.check(register), .agreed)
    } else if !reconcileAcknowledge(pe: pe, group0: group0, expected: expected, seen: seen, register: register) {
      return
    }
    if SpecialINTID.contains(seen) {
      emit(.spuriousAcknowledge, pe: UInt32(pe), intid: seen, a: UInt64(seen))
      return
    }
    activate(pe: pe, seen: seen, as: highest(pe))
  }

  /// Makes an acknowledged interrupt active (IHI 0069H, 4.1.1).
  @inline(__always)
  private mutating func activate(pe: Int, seen: UInt32, as pending: PendingInterrupt) {
    let rank = pending.intid == seen && !pending.isNone ? pending : assumedRank(pe: pe, intid: seen)
    raiseRunningPriority(pe, rank)
    let intid = Int(seen)
    var stays = false
    if intid < 32 {
      pes[pe].active.setBit(intid, to: true)
      pes[pe].knownActive.setBit(intid, to: true)
      pes[pe].pending.setBit(intid, to: false)
      // What made it pending again is known only if the capture shows such causes at all.
      pes[pe].knownPending.setBit(intid, to: intid < 16 ? showsSGIs : showsLines)
      stays = pes[pe].pendingNow.bit(intid)
    } else if intid < Distributor.intidLimit {
      let (word, bit) = (intid &>> 5, intid & 31)
      distributor.active[word].setBit(bit, to: true)
      distributor.knownActive[word].setBit(bit, to: true)
      distributor.pending[word].setBit(bit, to: false)
      distributor.knownPending[word].setBit(bit, to: showsLines)
      distributor.activeOn[intid] = UInt32(pe)
      stays = distributor.isPending(intid)
      refreshShared(intid: intid)
    } else {
      // LPIs have no active state (IHI 0069H, 4.1).
      lpis.clearPending(seen, pe: UInt32(pe))
      rereadConfiguration(pe: pe)
    }
    pes[pe].highestIsStale = true
    emit(
      .acknowledged, pe: UInt32(pe), intid: seen, priority: rank.priority, a: UInt64(rank.group.rawValue),
      b: (stays ? 1 : 0) | UInt64(pes[pe].runningPriority & 0xFF) << 8)
  }

  /// What is known of the rank of an interrupt that the model did not expect to be acknowledged.
  func assumedRank(pe: Int, intid: UInt32) -> PendingInterrupt {
    let one = distributor.hasOneSecurityState
    if intid < 32 {
      return PendingInterrupt(
        intid: intid, priority: UInt32(pes[pe].priority[Int(intid)]),
        group: pes[pe].group(of: Int(intid), oneSecurityState: one))
    }
    if intid < 1024 {
      return PendingInterrupt(
        intid: intid, priority: UInt32(distributor.priority[Int(intid)]), group: distributor.group(of: Int(intid)))
    }
    let record = lpis.record(intid)
    return PendingInterrupt(
      intid: intid, priority: lpiPriority(record.isKnown ? record.priority : 0xA0), group: .group1NonSecure)
  }
}
