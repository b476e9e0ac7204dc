import InterruptTrace

/// Accesses to the Distributor of which the capture does not show who made them: a log without the emulator's threads.
///
/// They are taken for those of the PE that made the last access that shows its own. Of registers that are banked (IHI
/// 0048B, 4.1.4), and of the source of an SGI, nothing is known afterwards.
extension GICv2 {
  /// Whether each PE has its own copy of what is at an offset, or its number counts there.
  func isBanked(_ offset: UInt32) -> Bool {
    let index = distributorMap.index(at: offset)
    guard index >= 0 else { return false }
    let role = distributorMap.role(index)
    let at = offset &- distributorMap.start(index)
    return role == .target ? at < 32 : AffinityRouting.disables(role, at: at)
  }

  /// A write that may have been another PE's: what it is about is not known on any.
  mutating func doubtBanked(_ event: Event) {
    let index = distributorMap.index(at: event.offset)
    guard isBanked(event.offset) else { return }
    for pe in 0..<peCount {
      let (row, plane) = (GICv2Distributor.row(pe, 0), GICv2Distributor.plane(pe, 0))
      switch distributorMap.role(index) {
      case .group: distributor.knownGroup[row] = 0
      case .setEnable, .clearEnable:
        distributor.knownEnabled[row] = departures.contains(.sgisAlwaysEnabled) ? 0xFFFF : 0
      case .setPending, .clearPending, .setPendingSGI, .clearPendingSGI: distributor.knownLatch[plane] = 0
      case .setActive, .clearActive: distributor.knownActive[plane] = 0
      case .priority: distributor.knownPriority[row] = 0
      case .configuration where !departures.contains(.configurationIsShared): distributor.knownEdge[row] = 0xFFFF
      case .softwareInterrupt: distributor.knownLatch[plane].setBit(Int(event.b & 0xF), to: false)
      default: break
      }
    }
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
    guard distributorMap.role(distributorMap.index(at: event.offset)) == .target else { return }
    let bit = UInt8(truncatingIfNeeded: event.b)
    guard bit.nonzeroBitCount == 1, holds(UInt32(bit.trailingZeroBitCount)) else { return }
    lastAccessor = bit.trailingZeroBitCount
  }
}
