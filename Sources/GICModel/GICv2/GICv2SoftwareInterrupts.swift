import InterruptTrace

/// SGIs: pending once for each source PE (IHI 0048B, 1.4.1, 4.3.15 to 4.3.17).
extension GICv2 {
  /// Makes an SGI pending on a PE from a source.
  mutating func sendSGI(_ intid: Int, to target: Int, from source: Int, cause: PendingCause) {
    let at = target &<< 4 | intid
    let was = distributor.sources[at] >> UInt8(source) & 1 != 0
    distributor.sources[at] |= 1 &<< UInt8(source)
    setLatch(intid, on: 1 &<< UInt8(target), to: true)
    distributor.touched[target].setBit(intid, to: true)
    if was {
      reportMerged(target, intid, cause: cause, source: UInt32(source))
    } else if target < peCount {
      reportSGI(.pending, target, intid, cause: cause, source: source)
    }
    refresh(target, word: 0)
  }

  private func reportSGI(_ kind: TransitionKind, _ pe: Int, _ intid: Int, cause: PendingCause, source: Int) {
    emit(
      kind, pe: UInt32(pe), intid: UInt32(intid), priority: priority(pe, intid), a: UInt64(cause.rawValue),
      b: UInt64(source))
  }

  /// Takes sources away from an SGI that is pending on a PE, by register.
  private mutating func clearSGI(_ intid: Int, on pe: Int, sources: UInt8) {
    let at = pe &<< 4 | intid
    var rest = distributor.sources[at] & sources
    distributor.sources[at] &= ~sources
    if distributor.sources[at] == 0 { setLatch(intid, on: 1 &<< UInt8(pe), to: false) }
    while rest != 0 {
      reportSGI(.pendingCleared, pe, intid, cause: .register, source: rest.trailingZeroBitCount)
      rest &= rest &- 1
    }
    refresh(pe, word: 0)
  }

  /// `GICD_CPENDSGIR` and `GICD_SPENDSGIR`, one byte: an SGI of the accessing PE.
  mutating func writePendingSGI(_ intid: Int, _ value: UInt8, pe: Int, set: Bool, nonSecure: Bool) {
    guard !nonSecure || distributor.isGroup1(pe, intid) else { return }
    if set {
      var rest = value
      while rest != 0 {
        sendSGI(intid, to: pe, from: rest.trailingZeroBitCount, cause: .register)
        rest &= rest &- 1
      }
      if value == 0, departures.contains(.sgiNeedsNoSource) {
        setLatch(intid, on: 1 &<< UInt8(pe), to: true)
        refresh(pe, word: 0)
      }
    } else {
      clearSGI(intid, on: pe, sources: value)
    }
  }

  /// `GICD_SGIR` (IHI 0048B, 4.3.15).
  mutating func writeSoftwareInterrupt(_ value: UInt32, sender: Int, nonSecure: Bool) {
    let intid = Int(value & 0xF)
    let own = UInt8(1) &<< UInt8(sender)
    let list = UInt8(truncatingIfNeeded: value >> 16)
    var targets: UInt8 =
      switch (value >> 24) & 0b11 {
      case 0b00: list
      case 0b01: ~own
      case 0b10: own
      default: departures.contains(.sgirIgnoresGroups) ? Self.allPlanes : 0
      }
    if !departures.contains(.keepsAbsentTargets) { targets &= UInt8(truncatingIfNeeded: (1 << UInt32(peCount)) &- 1) }
    if value >> 24 & 0b11 == 0 {
      let count = (targets & UInt8(truncatingIfNeeded: (1 << UInt32(peCount)) &- 1)).nonzeroBitCount
      emit(.sgiWritten, pe: UInt32(sender), intid: UInt32(intid), a: UInt64(count))
    }
    while targets != 0 {
      let target = targets.trailingZeroBitCount
      targets &= targets &- 1
      guard accepts(intid, target: target, attribute: value & (1 << 15) != 0, nonSecure: nonSecure) else { continue }
      if target < peCount { emit(.sgiSent, pe: UInt32(sender), intid: UInt32(intid), a: UInt64(target)) }
      sendSGI(intid, to: target, from: sender, cause: .sgi)
    }
  }

  /// Whether a target takes an SGI, by its group there: with the Security Extensions a Secure write names the group in
  /// NSATT, a Non-secure one reaches Group 1, and Group 0 where `GICD_NSACR` allows it.
  private func accepts(_ intid: Int, target: Int, attribute: Bool, nonSecure: Bool) -> Bool {
    guard hasTwoSecurityStates, !departures.contains(.sgirIgnoresGroups) else { return true }
    let isGroup1 = distributor.isGroup1(target, intid)
    guard nonSecure else { return isGroup1 == attribute }
    return isGroup1 || nonSecureAccess(target, intid) >= 1
  }

  /// `GICD_NSACR`'s field of an interrupt (IHI 0048B, 4.3.14). PPIs have none.
  func nonSecureAccess(_ pe: Int, _ intid: Int) -> UInt32 {
    if departures.contains(.hasNoNSACR) || (16..<32).contains(intid) { return 0 }
    let at = intid < 32 ? pe : 8 &+ intid / 16
    return distributor.nonSecureAccess[at] >> UInt32(intid % 16 * 2) & 0b11
  }
}
