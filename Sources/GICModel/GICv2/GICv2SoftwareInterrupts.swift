import InterruptTrace

/// SGIs: pending once for each source PE (IHI 0048B, 1.4.1, 4.3.15 to 4.3.17).
extension GICv2 {
  /// Makes an SGI pending on a PE from a source.
  mutating func sendSGI(_ intid: Int, to target: Int, from source: Int, cause: PendingCause) {
    let at = target &<< 4 | intid
    let was = distributor.sources[at] >> UInt8(source) & 1 != 0
    if !bank(target, 0).pointee.latch.knows(intid) {
      // Others were a guess.
      distributor.sources[at] = 0
      distributor.openSources[target].setBit(intid, to: true)
    }
    distributor.sources[at] |= 1 &<< UInt8(source)
    setLatch(target, intid, to: true)
    bank(target, 0).pointee.touched.setBit(intid, to: true)
    if was {
      reportRanked(.merged, target, intid, a: UInt64(cause.rawValue), b: UInt64(source))
    } else if target < peCount {
      reportRanked(.pending, target, intid, a: UInt64(cause.rawValue), b: UInt64(source))
    }
    refresh(target, word: 0)
  }

  /// Takes sources away from an SGI that is pending on a PE, by register.
  private mutating func clearSGI(_ intid: Int, on pe: Int, sources: UInt8) {
    let at = pe &<< 4 | intid
    var rest = distributor.sources[at] & sources
    distributor.sources[at] &= ~sources
    if sources & existingPEs == existingPEs {
      distributor.openSources[pe].setBit(intid, to: false)
      setLatch(pe, intid, to: false)
    } else if distributor.sources[at] == 0 {
      acknowledgeLastSource(pe: pe, intid: intid)
    }
    while rest != 0 {
      reportRanked(
        .pendingCleared, pe, intid, a: UInt64(PendingCause.register.rawValue), b: UInt64(rest.trailingZeroBitCount))
      rest &= rest &- 1
    }
    refresh(pe, word: 0)
  }

  /// `GICD_CPENDSGIR` and `GICD_SPENDSGIR`, one byte: an SGI of the accessing PE.
  mutating func writePendingSGI(_ intid: Int, _ value: UInt8, pe: Int, set: Bool, nonSecure: Bool) {
    guard !isHidden(intid, pe, nonSecure) else { return }
    if set {
      var rest = value
      while rest != 0 {
        sendSGI(intid, to: pe, from: rest.trailingZeroBitCount, cause: .register)
        rest &= rest &- 1
      }
      if value == 0, departures.contains(.sgiNeedsNoSource) {
        setLatch(pe, intid, to: true)
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
      default: departures.contains(.sgirIgnoresGroups) ? GICv2Distributor.allPlanes : 0
      }
    if !departures.contains(.keepsAbsentTargets) { targets &= existingPEs }
    if value >> 24 & 0b11 == 0 {
      let operands = Transition.Operands<Transition.SGIWritten>(
        targets: (targets & existingPEs).nonzeroBitCount, isLegacy: true, value: UInt64(value))
      emit(.sgiWritten, pe: UInt32(sender), intid: UInt32(intid), a: operands.a, b: operands.b)
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
    let isGroup1 = group(target, intid) != .group0
    guard nonSecure else { return isGroup1 == attribute }
    return isGroup1 || nonSecureAccess(target, intid) >= 1
  }
}
