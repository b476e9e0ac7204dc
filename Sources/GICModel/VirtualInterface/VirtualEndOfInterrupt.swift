import InterruptTrace
import LPIStore

/// Writes of `ICV_EOIR0_EL1`, `ICV_EOIR1_EL1` and `ICV_DIR_EL1` (IHI 0069H, 12.3.7, 12.3.8, 12.3.6), and of their
/// memory-mapped counterparts.
extension GICv3 where Store: ~Copyable {
  /// Place of an end that no list register is concerned with, in transitions.
  private static var noListRegister: UInt64 { 0xFF }

  /// An end-of-interrupt register was written: priority drop, and with EOImode 0 deactivation.
  ///
  /// The drop comes before all checks of the INTID, as the architecture allows and QEMU does.
  mutating func endVirtual(pe: Int, group1: Bool, value: UInt32) {
    let intid = value & 0xFF_FFFF
    guard !INTID.isSpecial(intid) else { return }
    let dropped = pes[pe].virtual.dropRunningPriority()
    // Without an active priority nothing happens, unless what is active is not known.
    guard dropped != nil || !pes[pe].virtual.knowsActivePriorities else { return }
    defer { refreshMaintenance(pe) }
    let isSplit = pes[pe].virtual.endIsSplit
    guard let n = activeListRegister(pe, intid: intid) else {
      let isLPI = intid >= LPILimits.firstINTID
      emit(
        .virtualEndOfInterrupt, pe: pe, intid: intid, priority: dropped ?? 0, a: Self.noListRegister,
        b: isLPI ? 1 : isSplit ? 0 : 2)
      // A virtual LPI has no active state. What counts is an end that would have deactivated (12.4.5).
      if !isLPI, departures.contains(.countsEveryVirtualEnd) || !isSplit { countEnd(pe, intid: intid) }
      return
    }
    let register = pes[pe].virtual.listRegisters[n]
    let mask = pes[pe].virtual.groupPriorityMask(group1: group1)
    let isExpected =
      dropped == nil
      || register.isGroup1 == group1
        && (pes[pe].virtual.isNonMaskable(Int32(n)) || register.priority & mask == dropped.unsafelyUnwrapped)
    // LPIs are deactivated at once: no separate deactivation comes for them.
    let deactivates = isExpected && (!isSplit || intid >= LPILimits.firstINTID)
    report(.virtualEndOfInterrupt, register, n, pe: pe, b: deactivates ? 1 : 0)
    if deactivates { deactivateListRegister(n, pe: pe) }
  }

  /// `ICV_DIR_EL1` was written. With EOImode 0 it is ignored; LPIs and special INTIDs always are.
  mutating func deactivateVirtual(pe: Int, value: UInt32) {
    let intid = value & 0xFF_FFFF
    let number = pes[pe].virtual.isLegacy ? intid & 0x3FF : intid
    guard number < 1020, pes[pe].virtual.endIsSplit else { return }
    if let n = activeListRegister(pe, intid: intid) {
      deactivateListRegister(n, pe: pe)
    } else {
      countEnd(pe, intid: intid)
    }
    refreshMaintenance(pe)
  }

  /// The list register in which an interrupt is active, or active and pending.
  func activeListRegister(_ pe: Int, intid: UInt32) -> Int? {
    var rest = pes[pe].virtual.valid & ~pes[pe].virtual.pending & pes[pe].virtual.implemented
    while rest != 0 {
      let n = rest.lowestBit
      rest &= rest &- 1
      if pes[pe].virtual.listRegisters[n].virtualINTID == intid { return n }
    }
    return nil
  }

  /// Takes the active part from a list register's state, and from the physical interrupt that it is linked to.
  private mutating func deactivateListRegister(_ n: Int, pe: Int) {
    let old = pes[pe].virtual.listRegisters[n]
    let new = ListRegister(bits: old.bits & ~ListRegister.activeBit)
    pes[pe].virtual.setListRegister(n, new)
    report(.virtualDeactivated, old, n, pe: pe, b: 0)
    if old.isHardware, old.physicalINTID < 1020 { deactivate(pe: pe, intid: Int(old.physicalINTID)) }
    if !new.isValid { report(.lrEmptied, old, n, pe: pe) }
  }

  /// `ICH_HCR_EL2.EOIcount`: an interrupt ended that is in no list register (12.4.5).
  private mutating func countEnd(_ pe: Int, intid: UInt32) {
    let control = pes[pe].virtual.hypervisorControl
    if control & HypervisorControl.ignoresEndOfSGI != 0, intid < 16 { return }
    let count = control &+ (1 << HypervisorControl.endCountShift) & HypervisorControl.endCount
    pes[pe].virtual.hypervisorControl = control & ~HypervisorControl.endCount | count
  }
}
