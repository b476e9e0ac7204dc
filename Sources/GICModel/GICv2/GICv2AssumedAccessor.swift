import InterruptTrace

/// Accesses to the Distributor of which the capture does not show who made them: a log without the emulator's threads.
///
/// They are taken for those of the PE that made the last access that shows its own. Of registers that are banked (IHI
/// 0048B, 4.1.4), and of the source of an SGI, nothing is known afterwards.
extension GICv2 {
  /// Whether each PE has its own copy of what is at an offset, or its number counts there.
  func isBanked(_ offset: UInt32) -> Bool {
    let row = distributorMap.row(distributorMap.index(at: offset))
    switch row.role {
    case .softwareInterrupt: return true
    case .interrupts: return row.interrupts.intid(at: offset &- row.start) < INTID.firstSPI
    default: return false
    }
  }

  /// A write that may have been another PE's: what it is about is not known on any.
  mutating func doubtBanked(_ event: Event) {
    guard isBanked(event.offset) else { return }
    let row = distributorMap.row(distributorMap.index(at: event.offset))
    for pe in 0..<peCount {
      if row.role == .softwareInterrupt {
        forgetLatches(pe, 1 << UInt32(event.b & 0xF))
      } else {
        forget(row.interrupts.field, pe)
      }
    }
  }

  private func forget(_ field: InterruptField, _ pe: Int) {
    let bank = bank(pe, 0)
    switch field {
    case .enabled: bank.pointee.enabled.known = sgiEnables.fixed
    case .pending, .sources: forgetLatches(pe, .max)
    case .active:
      bank.pointee.active.known = 0
      distributor.active[GICv2Distributor.plane(pe, 0)].known = 0
    case .priority: bank.pointee.knownPriority = 0
    case .trigger: if !departures.contains(.configurationIsShared) { bank.pointee.edge.known = 0xFFFF }
    default: bank.pointee[field].forget()
    }
  }

  private func forgetLatches(_ pe: Int, _ mask: UInt32) {
    bank(pe, 0).pointee.latch.forget(mask)
    distributor.latch[GICv2Distributor.plane(pe, 0)].forget(mask)
  }

  /// A `GICH_*` access that may be about another PE's virtual interface: nothing is known of any.
  mutating func doubtVirtualInterfaces() {
    for pe in 0..<peCount {
      virtualInterfaces[pe].knownLists = 0
      virtualInterfaces[pe].interface.known = []
    }
  }

  /// `GICD_ITARGETSR0` to 7 tell a PE its own number (4.3.12).
  mutating func learnAccessor(_ event: Event) {
    guard distributorMap.row(distributorMap.index(at: event.offset)).interrupts.field == .target else { return }
    let bit = UInt8(truncatingIfNeeded: event.b)
    guard bit.nonzeroBitCount == 1, holds(UInt32(bit.trailingZeroBitCount)) else { return }
    lastAccessor = bit.trailingZeroBitCount
  }
}
