import InterruptTrace
import LPIStore

/// What happens to SGIs and PPIs.
extension GICv3 where Store: ~Copyable {
  /// A PPI input changed its level.
  @inline(__always)
  mutating func setPrivateLine(pe: Int, intid: Int, level: Bool) {
    let was = pes[pe].pendingNow.bit(intid)
    let rose = level && !pes[pe].level.bit(intid)
    pes[pe].level.setBit(intid, to: level)
    pes[pe].knownLevel.setBit(intid, to: true)
    pes[pe].touched.setBit(intid, to: true)
    let priority = UInt32(pes[pe].priority[intid])
    emit(level ? .lineRaised : .lineLowered, pe: UInt32(pe), intid: UInt32(intid), priority: priority)
    if rose, pes[pe].edge.bit(intid) {
      pes[pe].pending.setBit(intid, to: true)
      pes[pe].knownPending.setBit(intid, to: true)
      if was {
        emit(.merged, pe: UInt32(pe), intid: UInt32(intid), priority: priority, a: UInt64(PendingCause.line.rawValue))
      }
    }
    reportPending(pe: pe, private: intid, was: was, cause: .line)
    pes[pe].highestIsStale = true
  }

  /// Reports a change of an SGI's or PPI's pending state.
  @inline(__always)
  func reportPending(pe: Int, private intid: Int, was: Bool, cause: PendingCause, source: UInt32 = PE.none) {
    let isNow = pes[pe].pendingNow.bit(intid)
    guard isNow != was else { return }
    emit(
      isNow ? .pending : .pendingCleared, pe: UInt32(pe), intid: UInt32(intid),
      priority: UInt32(pes[pe].priority[intid]), a: UInt64(cause.rawValue), b: UInt64(source))
  }

  /// Sets or clears pending latches, by register or by SGI.
  mutating func changePending(pe: Int, bits: UInt32, set: Bool, cause: PendingCause, source: UInt32 = PE.none) {
    var rest = bits
    while rest != 0 {
      let intid = rest.lowestBit
      rest &= rest &- 1
      let was = pes[pe].pendingNow.bit(intid)
      if set, was {
        emit(
          .merged, pe: UInt32(pe), intid: UInt32(intid), priority: UInt32(pes[pe].priority[intid]),
          a: UInt64(cause.rawValue), b: UInt64(source))
      }
      pes[pe].pending.setBit(intid, to: set)
      reportPending(pe: pe, private: intid, was: was, cause: cause, source: source)
    }
    pes[pe].knownPending |= bits
    pes[pe].touched |= bits
    pes[pe].highestIsStale = true
  }

  /// Enables or disables SGIs and PPIs.
  mutating func changeEnable(pe: Int, bits: UInt32, to value: Bool) {
    let before = pes[pe].enabled
    pes[pe].enabled = value ? before | bits : before & ~bits
    var changed = before ^ pes[pe].enabled
    pes[pe].touched |= changed
    // What becomes known counts as a change.
    changed |= bits & ~pes[pe].knownEnabled
    pes[pe].knownEnabled |= bits
    while changed != 0 {
      emit(value ? .enabled : .disabled, pe: UInt32(pe), intid: UInt32(changed.lowestBit))
      changed &= changed &- 1
    }
    pes[pe].highestIsStale = true
  }

  /// Activates or deactivates SGIs and PPIs, by register.
  mutating func changeActive(pe: Int, bits: UInt32, to value: Bool) {
    let before = pes[pe].active
    pes[pe].active = value ? before | bits : before & ~bits
    pes[pe].knownActive |= bits
    var changed = before ^ pes[pe].active
    pes[pe].touched |= changed
    while changed != 0 {
      let intid = changed.lowestBit
      changed &= changed &- 1
      if value {
        emit(.activated, pe: UInt32(pe), intid: UInt32(intid))
      } else {
        emit(.deactivated, pe: UInt32(pe), intid: UInt32(intid), a: pes[pe].pendingNow.bit(intid) ? 1 : 0)
      }
    }
    pes[pe].highestIsStale = true
  }

  // MARK: SGIs

  /// A target accepted an SGI, as the capture shows it.
  mutating func acceptSGI(_ event: Event) {
    guard event.intid < 16, holds(event.pe) else { return }
    showsSGIs = true
    let source = event.b <= UInt64(PE.none) ? UInt32(event.b) : PE.none
    if source != PE.none, source == sgiSource {
      let isNamed =
        targets(of: sgiValue, sender: source, contains: Int(event.pe)) && (sgiValue >> 24) & 0xF == event.a & 0xF
      compare(
        PredictionLedger.check(.sgi), expected: isNamed ? UInt64(event.pe) : UInt64(PE.none), seen: UInt64(event.pe),
        pe: event.pe)
    }
    changePending(pe: Int(event.pe), bits: 1 << event.intid, set: true, cause: .sgi, source: source)
  }

  /// Whether an SGI register's value names a PE (IHI 0069H, 12.2.27: IRM, affinity, RS, TargetList).
  func targets(of value: UInt64, sender: UInt32, contains pe: Int) -> Bool {
    if value & (1 << 40) != 0 { return UInt32(pe) != sender }
    let affinity = pes[pe].affinity
    let cluster =
      UInt32(truncatingIfNeeded: value >> 24) & 0xFF00_0000 | UInt32(truncatingIfNeeded: value >> 16) & 0xFF_0000
      | UInt32(truncatingIfNeeded: value >> 8) & 0xFF00
    let range = UInt32(truncatingIfNeeded: value >> 44) & 0xF
    guard affinity & 0xFFFF_FF00 == cluster, (affinity >> 4) & 0xF == range else { return false }
    return value >> UInt64(affinity & 0xF) & 1 != 0
  }

  /// Says how many PEs exist of those that an SGI register's value names; of "all but the sender" there may well be none.
  func reportTargets(of value: UInt64, sender: UInt32) {
    guard value & (1 << 40) == 0 else { return }
    let count = (0..<peCount).count { targets(of: value, sender: sender, contains: $0) }
    emit(.sgiWritten, pe: sender, intid: UInt32(value >> 24 & 0xF), a: UInt64(count))
  }

  /// An SGI register was written and the capture does not show who accepted it: the architecture decides.
  mutating func sendSGI(_ value: UInt64, sender: UInt32, register: SystemRegister, registerIsShown: Bool) {
    let intid = Int((value >> 24) & 0xF)
    for pe in 0..<peCount where targets(of: value, sender: sender, contains: pe) {
      let group = pes[pe].group(of: intid, oneSecurityState: distributor.hasOneSecurityState)
      guard !registerIsShown || accepts(pe: pe, intid: intid, group: group, register: register, sender: sender) else {
        continue
      }
      emit(.sgiSent, pe: sender, intid: UInt32(intid), a: UInt64(pe))
      let wasPending = pes[pe].pending.bit(intid)
      changePending(pe: pe, bits: 1 << UInt32(intid), set: true, cause: .sgi, source: sender)
      // The register decides whether the target accepts the SGI; the capture may show that it did not.
      if !registerIsShown, !wasPending { pes[pe].knownPending.setBit(intid, to: false) }
    }
  }

  /// Whether an SGI register may set an SGI of a group pending (IHI 0069H, table 12-14 and `GICR_NSACR`).
  private func accepts(pe: Int, intid: Int, group: InterruptGroup, register: SystemRegister, sender: UInt32) -> Bool {
    let senderIsNonSecure = Int(sender) < peCount && pes[Int(sender)].security == .nonSecure
    if distributor.hasOneSecurityState {
      return register == .ICC_SGI0R_EL1 ? group == .group0 : group == .group1NonSecure
    }
    let access = (pes[pe].nonSecureAccess >> UInt32(intid * 2)) & 3
    switch register {
    case .ICC_SGI0R_EL1:
      return group == .group0 && (!senderIsNonSecure || access >= 1)
    case .ICC_SGI1R_EL1:
      if senderIsNonSecure {
        return group == .group1NonSecure || group == .group0 && access >= 1 || group == .group1Secure && access >= 2
      }
      return group == .group1Secure || group == .group0
    default:
      if senderIsNonSecure { return group == .group1Secure && access >= 2 || group == .group0 && access >= 1 }
      return group == .group1NonSecure
    }
  }
}
