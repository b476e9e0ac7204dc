import InterruptTrace
import LPIStore

/// A GICv3 with affinity routing off (IHI 0069H, "Legacy operation and asymmetric configurations"): what it has beside a
/// GICv2, and what of its state the model of GICv3 has taken in before that was clear.
extension GICv2 {
  /// The controller that `gic` is: its SPIs, lines and enables, as far as they have been shown.
  init<Store: LPIStore & ~Copyable>(of gic: borrowing GICv3<Store>, options: ControllerOptions) {
    self.init(topology: gic.topology, options: options)
    hasTwoSecurityStates = !gic.distributor.hasOneSecurityState
    distributor.control = gic.distributor.control & 0b11
    distributor.knownControl = gic.distributor.knownControl & 0b11
    for word in 1..<32 { takeShared(gic, word: word) }
    for intid in 32..<GICv2Distributor.intidLimit {
      distributor.priority[GICv2Distributor.priorityIndex(0, intid)] = gic.distributor.priority[intid]
    }
    for n in 2..<64 { distributor.nonSecureAccess[8 + n] = gic.distributor.nonSecureAccess[n] }
    for pe in 0..<min(gic.peCount, GICv2Distributor.peLimit) {
      distributor.level[pe] = gic.pes[pe].level
      distributor.knownLevel[pe] = gic.pes[pe].knownLevel
      interfaces[pe].security = gic.pes[pe].security
      interfaces[pe].exceptionLevel = gic.pes[pe].exceptionLevel
    }
    refreshTargets()
    refreshAll()
  }

  private func takeShared<Store: LPIStore & ~Copyable>(_ gic: borrowing GICv3<Store>, word: Int) {
    let row = GICv2Distributor.row(0, word)
    distributor.enabled[row] = gic.distributor.enabled[word]
    distributor.group[row] = gic.distributor.group[word]
    distributor.level[row] = gic.distributor.level[word]
    distributor.edge[row] = gic.distributor.edge[word]
    distributor.knownEnabled[row] = gic.distributor.knownEnabled[word]
    distributor.knownGroup[row] = gic.distributor.knownGroup[word]
    distributor.knownLevel[row] = gic.distributor.knownLevel[word]
    distributor.knownEdge[row] = gic.distributor.knownEdge[word]
    distributor.knownPriority[row] = gic.distributor.knownPriority[word]
    distributor.touched[row] = gic.distributor.touched[word]
    for pe in 0..<GICv2Distributor.peLimit {
      let plane = GICv2Distributor.plane(pe, word)
      distributor.latch[plane] = gic.distributor.pending[word]
      distributor.active[plane] = gic.distributor.active[word]
      distributor.knownLatch[plane] = gic.distributor.knownPending[word]
      distributor.knownActive[plane] = gic.distributor.knownActive[word]
    }
  }

  /// A byte of `GICD_CTLR` (IHI 0069H, 12.9.4): the enables as in GICv2, ARE clear; DS, E1NWF and RWP are as they are.
  func legacyControlValue(_ byte: Int, nonSecure: Bool) -> (expected: UInt8, known: UInt8) {
    guard byte == 0 else { return (0, 0) }
    let known = UInt8(truncatingIfNeeded: distributor.knownControl)
    let routing = UInt8(Distributor.affinityRoutingSecure)
    return nonSecure
      ? (UInt8(distributor.control >> 1 & 1), known >> 1 & 1 | routing)
      : (UInt8(distributor.control & 0b11), known & 0b11 | routing)
  }

  /// `GICD_SETSPI_*` and `GICD_CLRSPI_*` (IHI 0069H, 12.9.34). Returns whether it was one of them.
  mutating func writeMessageBasedSPI(_ event: Event, nonSecure: Bool) -> Bool {
    guard event.offset >= 0x40, event.offset < 0x5C else { return false }
    let intid = Int(event.b & 0x3FF)
    let (isSet, isSecure) = (event.offset & 0x8 == 0, event.offset & 0x10 != 0)
    guard event.offset & 0x7 == 0, intid >= 32, intid < distributor.implementedLimit, !(isSecure && nonSecure)
    else { return true }
    let (word, bit) = (intid >> 5, intid & 31)
    if nonSecure, !visibleToNonSecure(0, word: word, level: isSet ? 1 : 2).bit(bit) { return true }
    if distributor.edge[GICv2Distributor.row(0, word)].bit(bit) {
      changePending(intid: intid, on: isSet ? latchPlanes(intid) : Self.allPlanes, to: isSet, cause: .register)
    } else {
      // For a level-sensitive interrupt the pair of registers stands for its line.
      setLine(pe: 0, intid: intid, level: isSet)
    }
    return true
  }
}
