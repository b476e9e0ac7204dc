import InterruptTrace

/// What a guest does at its virtual CPU interface (IHI 0048B, 5.2 and 5.5).
extension GICv2 {
  /// The highest pending virtual interrupt, if the interface is enabled; QEMU looks at the group enables too.
  @inline(__always) mutating func highestVirtual(_ pe: Int) -> GICv2Pending {
    guard virtualInterfaces[pe].control & HypervisorControl.enable != 0 else { return .none }
    if departures.contains(.acknowledgesEitherGroup), virtualInterfaces[pe].interface.control & 0b11 == 0 {
      return .none
    }
    return virtualInterfaces[pe].highestPending()
  }

  /// The virtual interrupt requests of a PE.
  @inline(__always) mutating func virtualLines(_ pe: Int) -> CPULines {
    let pending = highestVirtual(pe)
    guard virtualInterfaces[pe].interface.signals(pending, departures) else { return [] }
    return virtualInterfaces[pe].interface.line(pending) == .fiq ? .vfiq : .virq
  }

  /// `GICV_IAR` or `GICV_AIAR` was read and returned `seen`.
  mutating func acknowledgeVirtual(pe: Int, seen: UInt32, check: Int, isAlias: Bool) {
    let expected = selectVirtual(pe, isAlias: isAlias)
    let verdict = compare(
      check, expected: UInt64(expected), seen: UInt64(seen), known: virtualStateIsKnown(pe) ? .max : 0, pe: UInt32(pe))
    let intid = seen & 0x3FF
    if INTID.isSpecial(intid) { return emit(.virtualSpuriousAcknowledge, pe: pe, intid: intid, a: UInt64(intid)) }
    let list = effective(verdict == .agreed ? virtualInterfaces[pe].highest() : pendingList(pe, intid), pe)
    guard list >= 0 else { return }
    var entry = virtualInterfaces[pe][list]
    virtualInterfaces[pe].interface.raise(entry.rank)
    entry.value = entry.value & ~GICv2ListRegister.pendingBit | GICv2ListRegister.activeBit
    virtualInterfaces[pe][list] = entry
    emit(.virtualAcknowledged, pe: pe, intid: intid, priority: entry.priority, a: UInt64(list))
    refreshMaintenance(pe)
  }

  /// The list register that an end or a deactivation is about; -1 if there is none.
  private func endedList(_ pe: Int, _ value: UInt32) -> Int {
    effective(virtualInterfaces[pe].activeList(value, comparesSource: !departures.contains(.resetIsKnown)), pe)
  }

  /// The list register that the implementation changes in place of one.
  private func effective(_ list: Int, _ pe: Int) -> Int {
    list >= 0 && departures.contains(.firstListRegisterOfINTID) ? virtualInterfaces[pe].firstList(like: list) : list
  }

  private func pendingList(_ pe: Int, _ intid: UInt32) -> Int {
    (0..<64).first { virtualInterfaces[pe][$0].isPending && virtualInterfaces[pe][$0].intid == intid } ?? -1
  }

  /// The value that a virtual acknowledge returns, and keeps what it selects on the way (IHI 0048B, 5.5.4, 5.5.9).
  private mutating func selectVirtual(_ pe: Int, isAlias: Bool) -> UInt32 {
    var pending = highestVirtual(pe)
    let interface = virtualInterfaces[pe].interface
    let isStepwise = departures.contains(.acknowledgesEitherGroup)
    let isOpen = isStepwise ? pending.priority < interface.priorityMask : interface.signals(pending, departures)
    if !isOpen { pending = .none }
    let intid = visible(pending, control: interface.control, isAlias: isAlias, nonSecure: false)
    virtualInterfaces[pe].interface.selected = intid
    if INTID.isSpecial(intid) { return intid }
    if isStepwise, !interface.preempts(pending, departures) { return INTID.spurious }
    return withVirtualSource(intid, pe: pe)
  }

  /// A virtual SGI with the source that its list register gives.
  private mutating func withVirtualSource(_ intid: UInt32, pe: Int) -> UInt32 {
    let list = virtualInterfaces[pe].highest()
    guard intid < 16, list >= 0 else { return intid }
    if virtualInterfaces[pe][list].isHardware, !departures.contains(.hardwareSGIHasSource) { return intid }
    return intid | virtualInterfaces[pe][list].source << 10
  }

  /// What `GICV_HPPIR` and `GICV_AHPPIR` return (IHI 0048B, 5.5.7, 5.5.11).
  mutating func highestVirtualValue(_ pe: Int, isAlias: Bool) -> UInt32 {
    var pending = highestVirtual(pe)
    let interface = virtualInterfaces[pe].interface
    let isMasked = departures.contains(.highestPendingIsMasked)
    if isMasked, pending.priority >= interface.priorityMask { pending = .none }
    let intid = visible(pending, control: interface.control, isAlias: isAlias, nonSecure: false)
    return isMasked || INTID.isSpecial(intid) ? intid : withVirtualSource(intid, pe: pe)
  }

  /// `GICV_EOIR` or `GICV_AEOIR` was written (IHI 0048B, 5.5.5, 5.5.10).
  mutating func endVirtual(pe: Int, value: UInt32) {
    let intid = value & 0x3FF
    guard intid < 1020 else { return }
    let running = virtualInterfaces[pe].interface.runningPriority
    let dropped = virtualInterfaces[pe].interface.drop(isGroup1: false)
    let split = virtualInterfaces[pe].interface.control & GICv2Control.endMode != 0
    let list = endedList(pe, value)
    emit(
      .virtualEndOfInterrupt, pe: pe, intid: intid, priority: running, a: list < 0 ? 0xFF : UInt64(list),
      b: split ? 0 : list < 0 ? 2 : 1)
    if !split {
      if !knowsList(list, pe) { doubtDeactivation(pe) }
      if list >= 0 || dropped { deactivateVirtual(pe: pe, list: list) }
    }
    refreshMaintenance(pe)
  }

  /// `GICV_DIR` was written (IHI 0048B, 5.5.14). With EOImode 0 that is UNPREDICTABLE: ignored here.
  mutating func deactivateVirtual(pe: Int, value: UInt32) {
    guard value & 0x3FF < 1020, virtualInterfaces[pe].interface.control & GICv2Control.endMode != 0 else { return }
    let list = endedList(pe, value)
    if !knowsList(list, pe) { doubtDeactivation(pe) }
    deactivateVirtual(pe: pe, list: list)
    refreshMaintenance(pe)
  }

  /// Makes a virtual interrupt inactive, and with it the physical one that it stands for. An end that finds no list
  /// register, -1, counts in `GICH_HCR.EOICount` (5.3.1).
  private mutating func deactivateVirtual(pe: Int, list: Int) {
    guard list >= 0 else {
      virtualInterfaces[pe].control &+= HypervisorControl.oneEnd
      return
    }
    var entry = virtualInterfaces[pe][list]
    let before = entry
    entry.value &= ~GICv2ListRegister.activeBit
    virtualInterfaces[pe][list] = entry
    if before.isActive {
      emit(.virtualDeactivated, pe: pe, intid: entry.intid, priority: entry.priority, a: UInt64(list))
    }
    if !entry.isValid {
      emit(.lrEmptied, pe: pe, intid: entry.intid, priority: entry.priority, a: UInt64(list), b: UInt64(before.value))
    }
    if entry.isHardware { deactivateFromGuest(pe: pe, intid: Int(entry.physicalINTID)) }
  }

  /// Looks whether the maintenance interrupt changed.
  @inline(__always) mutating func refreshMaintenance(_ pe: Int) {
    let level = virtualInterfaces[pe].asksForMaintenance
    guard level != virtualInterfaces[pe].maintenance else { return }
    virtualInterfaces[pe].maintenance = level
    emit(.maintenance, pe: pe, a: level ? 1 : 0, b: UInt64(virtualInterfaces[pe].maintenanceStatus))
  }

  /// Whether everything that a guest's acknowledge depends on has been shown.
  func virtualStateIsKnown(_ pe: Int) -> Bool {
    let known = virtualInterfaces[pe].interface.known
    return knowsGuests && known.isSuperset(of: [.control, .priorityMask, .activePriorities, .hypervisorControl])
      && knowsList(-1, pe)
  }

  /// Whether what a list register holds is known; of -1 what all of them do.
  private func knowsList(_ list: Int, _ pe: Int) -> Bool {
    let lists = list < 0 ? virtualInterfaces[pe].implemented : 1 &<< UInt64(list)
    return virtualInterfaces[pe].knownLists & lists == lists
  }
}
