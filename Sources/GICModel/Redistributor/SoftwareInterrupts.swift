import InterruptTrace

/// SGIs: sent by `ICC_SGI*R_EL1`, accepted by a target's Redistributor (IHI 0069H, 4.4 and 12.2.22).
extension GICv3 where Store: ~Copyable {
  /// A target accepted an SGI, as the capture shows it.
  mutating func acceptSGI(_ event: Event) {
    guard event.intid < 16, holds(event.pe) else { return }
    shown.insert(.sgis)
    let source = event.b <= UInt64(PE.none) ? UInt32(event.b) : PE.none
    if source != PE.none, source == sgiSource {
      let isNamed =
        targets(of: sgiValue, sender: source, contains: Int(event.pe)) && (sgiValue >> 24) & 0xF == event.a & 0xF
      compare(
        PredictionLedger.check(.sgi), expected: isNamed ? UInt64(event.pe) : UInt64(PE.none), seen: UInt64(event.pe),
        pe: event.pe)
    }
    changePending(Int(event.pe), intid: Int(event.intid), to: true, cause: .sgi, source: source)
  }

  /// Whether an SGI register's value names a PE (IHI 0069H, 12.2.22: IRM, affinity, RS, TargetList).
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
    let own = Int(sender) < peCount ? pes[Int(sender)].affinity : 0
    let operands = Transition.Operands<Transition.SGIWritten>(
      targets: count, isLegacy: false, sender: own, value: value)
    emit(.sgiWritten, pe: sender, intid: UInt32(value >> 24 & 0xF), a: operands.a, b: operands.b)
  }

  /// An SGI register was written and the capture does not show who accepted it: the architecture decides.
  mutating func sendSGI(_ value: UInt64, sender: UInt32, register: SystemRegister, registerIsShown: Bool) {
    let intid = Int((value >> 24) & 0xF)
    for pe in 0..<peCount where targets(of: value, sender: sender, contains: pe) {
      guard
        !registerIsShown
          || accepts(pe: pe, intid: intid, group: group(pe, intid), register: register, sender: sender)
      else { continue }
      emit(.sgiSent, pe: sender, intid: UInt32(intid), a: UInt64(pe))
      let wasPending = isPending(pe, intid)
      changePending(pe, intid: intid, to: true, cause: .sgi, source: sender)
      // The register decides whether the target accepts the SGI; the capture may show that it did not.
      if !registerIsShown, !wasPending { bank(pe, 0).pointee.latch.setKnown(intid, false) }
    }
  }

  /// Whether an SGI register may set an SGI of a group pending (IHI 0069H, table 12-14 and `GICR_NSACR`).
  private func accepts(pe: Int, intid: Int, group: InterruptGroup, register: SystemRegister, sender: UInt32) -> Bool {
    let senderIsNonSecure = Int(sender) < peCount && pes[Int(sender)].security == .nonSecure
    if hasOneSecurityState { return register == .ICC_SGI0R_EL1 ? group == .group0 : group == .group1NonSecure }
    let access = bank(pe, 0).pointee.nonSecureAccess(intid)
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
