import InterruptTrace

/// Writes of `GICC_EOIR`, `GICC_AEOIR` and `GICC_DIR` (IHI 0048B, 3.2.1, 4.4.5, 4.4.10, 4.4.15).
extension GICv2 {
  /// An end-of-interrupt register was written.
  @inline(__always) mutating func endOfInterrupt(pe: Int, value: UInt32, isAlias: Bool, nonSecure: Bool) {
    let intid = Int(value & 0x3FF)
    guard intid < distributor.implementedLimit else { return }
    let isGroup1 = group(pe, intid) != .group0
    let running = interfaces[pe].interface.runningPriority
    // An end that no acknowledge precedes, and one of a group that the access cannot see, has no effect.
    guard running != GICv2Interface.idle, isGroup1 || !(nonSecure || isAlias) else {
      doubtEnd(pe, intid)
      return emit(.mismatchedEnd, pe: pe, intid: UInt32(intid))
    }
    let isActive = isActiveOn(pe, intid)
    let dropped = interfaces[pe].interface.drop(isGroup1: isGroup1)
    let split = endIsSplit(pe, nonSecure: nonSecure)
    let operands = Transition.Operands<Transition.EndOfInterrupt>(
      deactivates: !split, runningPriority: interfaces[pe].interface.runningPriority, cpuID: value >> 10)
    emit(
      dropped && isActive ? .endOfInterrupt : .mismatchedEnd, pe: pe, intid: UInt32(intid), priority: running,
      a: operands.a, b: operands.b)
    if !split { deactivate(pe: pe, intid: intid) }
    if !interfaces[pe].interface.known.contains(.control) {
      // With EOImode not known, whether it is inactive now is a guess.
      forget(.active, pe, word: intid >> 5, 1 << UInt32(intid & 31))
    }
    doubtEnd(pe, intid)
  }

  /// What an end does depends on the group of the interrupt, and on whether anything runs.
  @inline(__always) private func doubtEnd(_ pe: Int, _ intid: Int) {
    if !bank(pe, intid &>> 5).pointee.group.knows(intid & 31) {
      interfaces[pe].interface.known.remove(.activePriorities)
    }
    if !interfaces[pe].interface.known.contains(.activePriorities) {
      forget(.active, pe, word: intid >> 5, 1 << UInt32(intid & 31))
    }
  }

  /// An end whose Security state is a belief: of an interrupt of Group 0 it has no effect in Non-secure state, and
  /// EOImode may be another.
  func doubtEnd(pe: Int, value: UInt32, isAlias: Bool) {
    let intid = Int(value & 0x3FF)
    guard intid < distributor.implementedLimit else { return }
    let isGroup1 = knowsGroup(pe, intid) && group(pe, intid) != .group0
    if !isGroup1 || isAlias { interfaces[pe].interface.known.remove(.activePriorities) }
    if !isGroup1 || isAlias || endIsSplit(pe, nonSecure: false) != endIsSplit(pe, nonSecure: true) {
      forget(.active, pe, word: intid >> 5, 1 << UInt32(intid & 31))
    }
  }

  /// The same of a deactivation.
  func doubtDeactivate(pe: Int, value: UInt32) {
    let intid = Int(value & 0x3FF)
    let isSplit = endIsSplit(pe, nonSecure: false) || endIsSplit(pe, nonSecure: true)
    guard intid < distributor.implementedLimit, isSplit else { return }
    forget(.active, pe, word: intid >> 5, 1 << UInt32(intid & 31))
  }

  /// Whether priority drop and deactivation are apart: EOImodeS, or EOImodeNS for Non-secure accesses (4.4.1).
  @inline(__always) func endIsSplit(_ pe: Int, nonSecure: Bool) -> Bool {
    interfaces[pe].interface.control & (nonSecure ? GICv2Control.endModeNonSecure : GICv2Control.endMode) != 0
  }

  /// `GICC_DIR` was written. With EOImode 0 that is UNPREDICTABLE: ignored here.
  mutating func writeDeactivate(pe: Int, value: UInt32, nonSecure: Bool) {
    let intid = Int(value & 0x3FF)
    if !interfaces[pe].interface.known.contains(.control) {
      // Software that deactivates by itself has set EOImode.
      interfaces[pe].interface.control |= nonSecure ? GICv2Control.endModeNonSecure : GICv2Control.endMode
    }
    guard intid < distributor.implementedLimit, endIsSplit(pe, nonSecure: nonSecure),
      !isHidden(intid, pe, nonSecure)
    else { return }
    deactivate(pe: pe, intid: intid)
  }

  /// Makes an active interrupt inactive.
  @inline(__always) mutating func deactivate(pe: Int, intid: Int) {
    clearActive(pe, intid)
    refresh(pe, intid: intid)
  }

  /// Clears the active state that a PE's deactivation reaches, and reports it if it was set. The candidates of its word are
  /// stale then.
  @inline(__always) private func clearActive(_ pe: Int, _ intid: Int) {
    let bank = bank(pe, intid &>> 5)
    let was = bank.pointee.active[intid & 31]
    let reached = departures.contains(.endReachesOnePE) ? 1 &<< UInt8(pe) : planes(pe, intid)
    setActive(pe, intid, on: reached, to: false)
    if was, !bank.pointee.active[intid & 31] { reportDeactivated(pe, intid) }
  }

  /// A guest ended a virtual interrupt whose list register names a physical one (IHI 0048B, 5.2.3 and 5.3.8): as if it
  /// had been deactivated by a Non-secure write of `GICC_DIR`.
  mutating func deactivateFromGuest(pe: Int, intid: Int) {
    guard intid >= 16, intid < distributor.implementedLimit,
      !hasTwoSecurityStates || group(pe, intid) != .group0
    else { return }
    clearActive(pe, intid)
    if departures.contains(.virtualEndDefersPhysical) {
      deferredWords.setBit(intid >> 5, to: true)
    } else {
      refresh(pe, word: intid >> 5)
    }
  }
}
