import InterruptTrace
import LPIStore

/// A GICv3 with affinity routing off (IHI 0069H, "Legacy operation and asymmetric configurations"): what it has beside a
/// GICv2, and what of its state the model of GICv3 has taken in before that was clear.
extension GICv2 {
  /// The controller that `gic` is: its SPIs, lines and enables, as far as they have been shown.
  init<Store: LPIStore & ~Copyable>(of gic: borrowing GICv3<Store>, options: ControllerOptions) {
    self.init(topology: gic.topology, options: options)
    hasTwoSecurityStates = !gic.distributor.hasOneSecurityState
    let control = gic.distributor.control
    distributor.control = Learned(control.value & 0b11, known: control.known & 0b11)
    for word in 1..<InterruptBanks.wordCount {
      bank(0, word).pointee = gic.bank(0, word).pointee
      bank(0, word).pointee.knownTarget = 0
      for pe in 0..<GICv2Distributor.peLimit {
        distributor.latch[GICv2Distributor.plane(pe, word)] = bank(0, word).pointee.latch
        distributor.active[GICv2Distributor.plane(pe, word)] = bank(0, word).pointee.active
      }
    }
    for pe in 0..<min(gic.peCount, GICv2Distributor.peLimit) {
      bank(pe, 0).pointee.level = gic.bank(pe, 0).pointee.level
      interfaces[pe].security = gic.pes[pe].security
      interfaces[pe].exceptionLevel = gic.pes[pe].exceptionLevel
    }
    refreshTargets()
    refreshAll()
  }

  /// `GICD_CTLR` (IHI 0069H, 12.9.4): the enables as in GICv2, ARE clear; DS, E1NWF and RWP are as they are.
  func legacyControl(nonSecure: Bool) -> Learned<UInt32> {
    let (value, known) = (distributor.control.value, distributor.control.known)
    let routing = Distributor.affinityRoutingSecure
    return nonSecure
      ? Learned(value >> 1 & 1, known: known >> 1 & 1 | routing) : Learned(value & 0b11, known: known & 0b11 | routing)
  }

  /// `GICD_SETSPI_*` and `GICD_CLRSPI_*` (IHI 0069H, 12.9.33). Returns whether it was one of them.
  mutating func writeMessageBasedSPI(_ event: Event, nonSecure: Bool) -> Bool {
    let row = legacyMap.row(legacyMap.index(at: event.offset))
    guard row.role == .setSPI || row.role == .clearSPI else { return false }
    if !(row.isSecure && nonSecure) {
      sendMessage(Int(event.b & 0x3FF), set: row.role == .setSPI, nonSecure: nonSecure)
    }
    return true
  }
}
