import InterruptTrace

/// Reads of `ICV_IAR0_EL1`, `ICV_IAR1_EL1` and `ICV_NMIAR1_EL1` (IHI 0069H, 12.3.11, 12.3.12, 12.3.15).
extension GICv3 where Store: ~Copyable {
  /// The INTID that `ICV_HPPIR<n>_EL1` returns: the highest-priority pending one, if it is of the group. Neither the
  /// priority mask nor the running priority count.
  func visibleVirtual(_ pe: Int, group1: Bool) -> UInt32 {
    let best = pes[pe].virtual.best
    guard best >= 0, pes[pe].virtual.isGroup1(best) == group1 else { return INTID.spurious }
    return pes[pe].virtual.intid(best)
  }

  mutating func acknowledgeVirtual(_ event: Event, pe: Int, group1: Bool, nonMaskable: Bool = false) {
    refreshVirtual(pe)
    let best = pes[pe].virtual.best
    var taken: Int32 = -1
    var expected = INTID.spurious
    if best >= 0, pes[pe].virtual.isGroup1(best) == group1, pes[pe].virtual.canSignal(best) {
      if pes[pe].virtual.isNonMaskable(best) == nonMaskable {
        taken = best
        expected = pes[pe].virtual.intid(best)
      } else if !nonMaskable {
        expected = INTID.nonMaskable
      }
    }
    let check = PredictionLedger.check(event.register)
    acknowledgeVirtual(event, pe: pe, check: check, group1: group1, taken, expected, nonMaskable: nonMaskable)
  }

  /// Compares what an acknowledge should return with what it did, and carries it out. `taken` is the index of the list
  /// register or virtual LPI that it should take; -1 for none.
  @inline(__always)
  mutating func acknowledgeVirtual(
    _ event: Event, pe: Int, check: Int, group1: Bool, _ taken: Int32, _ expected: UInt32, nonMaskable: Bool
  ) {
    let seen = UInt32(truncatingIfNeeded: event.b)
    var taken = taken
    if expected == seen {
      ledger.count(check, .agreed)
    } else {
      taken = reconcileVirtualAcknowledge(pe, check: check, group1: group1, expected: expected, seen: seen)
    }
    take(taken, seen: seen, pe: pe, nonMaskable: nonMaskable)
    refreshMaintenance(pe)
  }

  /// Carries out an acknowledge of the list register or virtual LPI at `index`; -1 for none.
  private mutating func take(_ index: Int32, seen: UInt32, pe: Int, nonMaskable: Bool) {
    guard index >= 0 else {
      let isSpurious = INTID.isSpecial(seen)
      emit(
        isSpurious ? .virtualSpuriousAcknowledge : .virtualAcknowledged, pe: pe, intid: seen,
        a: isSpurious ? UInt64(seen) : 0xFF)
      return
    }
    let priority = pes[pe].virtual.priority(index)
    if index >= 16 {
      acknowledgeVirtualLPI(pe: pe)
    } else {
      let n = Int(index)
      let old = pes[pe].virtual.listRegisters[n]
      if INTID.isSpecial(old.virtualINTID) {
        // A list register with a special INTID gives it out and becomes invalid, without an active priority.
        pes[pe].virtual.setListRegister(n, ListRegister(bits: old.bits & ~ListRegister.pendingBit))
        emit(.virtualSpuriousAcknowledge, pe: pe, intid: seen, a: UInt64(seen))
        report(.lrEmptied, old, n, pe: pe)
        return
      }
      pes[pe].virtual.setListRegister(
        n, ListRegister(bits: old.bits & ~ListRegister.pendingBit | ListRegister.activeBit))
    }
    pes[pe].virtual.raiseRunningPriority(priority, group1: pes[pe].virtual.isGroup1(index), nonMaskable: nonMaskable)
    emit(
      .virtualAcknowledged, pe: pe,
      intid: ListRegister(bits: UInt64(seen)).reportedINTID(isLegacy: pes[pe].virtual.isLegacy), priority: priority,
      a: UInt64(UInt32(bitPattern: index)))
  }
}
