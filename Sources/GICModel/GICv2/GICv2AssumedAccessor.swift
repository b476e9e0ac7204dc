import InterruptTrace

/// Accesses of which the capture does not show who made them: a log without the emulator's threads.
///
/// They are taken for those of the PE that made the last access that shows its own. But of what each PE has a copy of
/// (IHI 0048B, 4.1.4, and all of `GICH_*`), a write leaves unknown, on every PE, what it would have changed there; and a
/// read teaches only if one PE's copy alone can have answered it.
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

  // MARK: Reads

  /// Compares a read that any PE may have made: where not the assumed PE's copy but another's answers as seen, it teaches
  /// whose access it was. Returns the PE to learn the value of, if one alone can have been it.
  mutating func compareAssumed(_ check: Int, _ event: Event, _ answer: (borrowing Self, Int) -> Learned<UInt64>) -> Int?
  {
    let own = answer(self, lastAccessor)
    var (matching, matches) = (0, 0)
    for pe in 0..<peCount {
      let other = answer(self, pe)
      if other.contradicts(event.b) { continue }
      (matching, matches) = (pe, matches + 1)
    }
    let isExplained = matches > 0 || mayBeOtherView(event, pe: lastAccessor)
    compare(check, expected: own.value, seen: event.b, known: isExplained ? 0 : own.known, pe: event.pe)
    guard matches == 1 else { return nil }
    lastAccessor = matching
    return answer(self, matching).known != .max ? matching : nil
  }

  /// `GICD_ITARGETSR0` to 7 tell a PE its own number (4.3.12): one that was not met before exists.
  mutating func meetAccessor(_ event: Event, _ row: RegisterLookup.Row) {
    let bit = UInt8(truncatingIfNeeded: event.b)
    if row.interrupts.field == .target, bit.nonzeroBitCount == 1 { _ = holds(UInt32(bit.trailingZeroBitCount)) }
  }

  // MARK: Writes to GICD

  /// A write to a banked register is about to be carried out for the assumed PE: what it would change is not known on the
  /// others from now on. Returns what is not known on the assumed PE, once the write was carried out.
  mutating func doubtBanked(_ event: Event) -> UInt32 {
    let row = distributorMap.row(distributorMap.index(at: event.offset))
    if row.role == .softwareInterrupt { return 1 << UInt32(event.b & 0xF) }
    if row.interrupts.field == .trigger, departures.contains(.configurationIsShared) { return 0 }
    for pe in 0..<peCount where pe != lastAccessor {
      forget(row.interrupts.field, pe, word: 0, changed: changes(row, event, pe))
    }
    return changes(row, event, lastAccessor)
  }

  /// The interrupts of a word that a PE's write would change if it reaches them, as far as it is known.
  func changes(_ row: RegisterLookup.Row, _ event: Event, _ pe: Int) -> UInt32 {
    let register = row.interrupts
    let word = register.intid(at: event.offset &- row.start) >> 5
    let bank = bank(pe, word)
    var mask: UInt32 = 0
    for part in AccessParts(row, event.offset, size: event.size) {
      let (first, bits) = (register.intid(at: part.offset), part.written(event.b))
      guard first >> 5 == word else { break }
      let bit = first & 31
      switch register.field {
      case .enabled, .pending, .active:
        let now = register.field == .pending ? bank.pointee.latch : bank.pointee[register.field]
        let same = now.known & (register.effect == .set ? now.value : ~now.value)
        let isWhole = register.field == .enabled || hasOneState(register.field, word: word)
        mask |= isWhole ? bits & ~same : bits
        if register.field == .pending, word == 0 { mask &= ~sgisWithSources }
      case .group: mask |= part.lanes & (bank.pointee.group.value ^ bits | ~bank.pointee.group.known)
      case .priority, .sources, .target:
        for n in 0..<4 where part.lanes.bit(n * 8) {
          let value = UInt8(truncatingIfNeeded: bits >> UInt32(n * 8))
          if !keeps(register.field, first + n, pe, value) { mask.setBit(bit + n, to: true) }
        }
      case .trigger:
        for n in 0..<16 where first + n >= 16 && part.lanes.bit(n * 2 + 1) {
          let edge = bank.pointee.edge
          if !edge.knows(bit + n) || edge[bit + n] != bits.bit(n * 2 + 1) { mask.setBit(bit + n, to: true) }
        }
      default: break
      }
    }
    return mask
  }

  /// Whether an interrupt has the value that is written to its byte, whatever the Security state of the write.
  private func keeps(_ field: InterruptField, _ intid: Int, _ pe: Int, _ value: UInt8) -> Bool {
    let (bank, bit) = (bank(pe, intid >> 5), intid & 31)
    switch field {
    case .priority:
      return !hasTwoSecurityStates && bank.pointee.knownPriority.bit(bit)
        && bank.pointee.priority[bit] == value & writablePriority
    case .target: return bank.pointee.knownTarget.bit(bit) && distributor.targets[intid] == value
    default: return false
    }
  }

  /// A write to a banked register was carried out for the assumed PE: INTIDs that are unknown now. An SGI reaches
  /// the PEs that are named, whoever sent it; but from whom it is pending is not known there.
  mutating func forgetBanked(_ event: Event, _ mask: UInt32) {
    let row = distributorMap.row(distributorMap.index(at: event.offset))
    guard row.role == .softwareInterrupt else {
      return forget(row.interrupts.field, lastAccessor, word: 0, changed: mask)
    }
    let named = event.b >> 24 & 0b11 == 0 ? UInt8(truncatingIfNeeded: event.b >> 16) : GICv2Distributor.allPlanes
    for pe in 0..<peCount where named >> UInt8(pe) & 1 != 0 { forget(.pending, pe, word: 0, mask) }
  }

  // MARK: GICH, and what follows from it

  /// A write to `GICH_*` is about to be carried out for the assumed PE: as ``doubtBanked(_:)``. Returns whether it changes
  /// something there.
  mutating func doubtVirtual(_ role: RegisterRole, _ list: Int, _ value: UInt32) -> Bool {
    for pe in 0..<peCount where pe != lastAccessor && changesVirtual(role, list, value, pe) {
      forgetVirtual(role, list, pe)
    }
    return changesVirtual(role, list, value, lastAccessor)
  }

  private func changesVirtual(_ role: RegisterRole, _ list: Int, _ value: UInt32, _ pe: Int) -> Bool {
    let (known, virtual) = (virtualInterfaces[pe].interface.known, virtualInterfaces[pe])
    switch role {
    case .listRegister:
      return virtual.knownLists >> UInt64(list) & 1 == 0 || virtual[list].value != value & GICv2ListRegister.writable
    case .hypervisorControl:
      return !known.contains(.hypervisorControl) || virtual.control != value & HypervisorControl.writableInGICH
    case .virtualMachineControl:
      return !known.isSuperset(of: .machineControl) || (virtual.machineControl ^ value) & 0xF8FC_021F != 0
    case .activePriorities:
      return !known.contains(.activePriorities) || virtual.interface.activePriorities[0] != value
    default: return false
    }
  }

  /// What a register of a PE's virtual interface holds is not known.
  mutating func forgetVirtual(_ role: RegisterRole, _ list: Int, _ pe: Int) {
    switch role {
    case .listRegister: virtualInterfaces[pe].knownLists &= ~(1 << UInt64(list))
    case .hypervisorControl: virtualInterfaces[pe].interface.known.remove(.hypervisorControl)
    case .virtualMachineControl: virtualInterfaces[pe].interface.known.subtract(.machineControl)
    case .activePriorities: virtualInterfaces[pe].interface.known.remove(.activePriorities)
    default: break
    }
  }

  /// What a PE's virtual interface does shows whether it is on, if nothing else has.
  mutating func assumeVirtualInterface(_ pe: Int, isOn: Bool) {
    guard !virtualInterfaces[pe].interface.known.contains(.hypervisorControl) else { return }
    virtualInterfaces[pe].control.setBit(0, to: isOn)
  }

  /// A guest ended an interrupt whose list register is not known: it may have stood for any physical one.
  mutating func doubtDeactivation(_ pe: Int) {
    for word in 0..<InterruptBanks.wordCount where bank(pe, word).pointee.active.value != 0 {
      forget(.active, pe, word: word, bank(pe, word).pointee.active.value)
    }
  }
}
