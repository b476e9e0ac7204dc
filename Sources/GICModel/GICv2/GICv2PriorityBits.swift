import InterruptTrace

/// How many priority bits are implemented, 4 to 8 (IHI 0048B, 3.3.1): `GICC_PMR` and `GICD_IPRIORITYR` keep no others.
extension GICv2 {
  /// What a read shows of it: unless it shows its Security state, it may lack only what the Non-secure view does
  /// (3.6.2).
  mutating func learnPriorityBits(from event: Event, written: UInt32, seen: UInt32) -> Bool {
    let mayBeView = hasTwoSecurityStates && !event.flags.contains(.securityShown) && seen == written << 1 & 0xFF
    return !mayBeView && learnPriorityBits(written: written, seen: seen)
  }

  /// A priority or a mask is shown that lacks bits which were written: they are not implemented. False if that does not
  /// explain it, or if the number was known.
  mutating func learnPriorityBits(written: UInt32, seen: UInt32) -> Bool {
    let lost = (written ^ seen) & 0xFF
    guard knownPriorityBits != 0xFF, lost != 0, seen & lost == 0, lost & 0xF0 == 0 else { return false }
    let unimplemented = UInt32.max >> UInt32(lost.leadingZeroBitCount)
    guard seen & unimplemented == 0 else { return false }
    priorityBits = 8 - unimplemented.trailingOneBitCount
    knownPriorityBits = 0xFF
    topology.set(.priorityBits, to: priorityBits, source: .inferred)
    for pe in 0..<GICv2Distributor.peLimit {
      interfaces[pe].interface.priorityMask &= ~unimplemented
      interfaces[pe].interface.setPreemptionBits(priorityBits)
    }
    for bank in banks.all.indices {
      for n in 0..<32 { banks.all[bank].priority[n] &= writablePriority }
    }
    refreshAll()
    return true
  }
}

extension UInt32 {
  fileprivate var trailingOneBitCount: Int { (~self).trailingZeroBitCount }
}
