import InterruptTrace
import LPIStore

/// What the capture teaches about a virtual interface where it shows something else than predicted: state that nothing has
/// shown yet is corrected, one unknown at a time; state that the capture has shown is never touched.
extension GICv3 where Store: ~Copyable {
  /// Whether the capture has shown a list register whole.
  private func isKnown(listRegister n: Int, pe: Int) -> Bool {
    let halves = shownListRegisters(pe) >> UInt32(n)
    return halves & 0x1_0001 == 0x1_0001
  }

  /// Whether the capture has shown some bits of `ICH_VMCR_EL2`.
  private func isKnown(machineControl bits: UInt32, pe: Int) -> Bool {
    shown.contains(.guest) && pes[pe].virtual.known.machineControl & bits == bits
  }

  private func enableBit(group1: Bool) -> UInt32 {
    group1 ? VirtualMachineControl.enableGroup1 : VirtualMachineControl.enableGroup0
  }

  // MARK: The highest-priority pending interrupt

  /// Makes the list register (or virtual LPI) at `seen` the highest-priority pending one; -1 for none.
  mutating func reconcileVirtualHighest(_ pe: Int, seen: Int32) -> Bool {
    guard seen >= -1 else { return false }
    for _ in 0..<20 {
      refreshVirtual(pe)
      let best = pes[pe].virtual.best
      if best == seen { return true }
      guard seen < 0 ? dismiss(best, pe: pe) : raise(seen, over: best, pe: pe) else { return false }
    }
    return false
  }

  /// Makes the interrupt at `best` not a candidate.
  private mutating func dismiss(_ best: Int32, pe: Int) -> Bool {
    guard best >= 0 else { return false }
    if best < 16, !isKnown(listRegister: Int(best), pe: pe) {
      let bits = pes[pe].virtual.listRegisters[Int(best)].bits & ~(ListRegister.pendingBit | ListRegister.activeBit)
      setListRegister(Int(best), to: ListRegister(bits: bits), pe: pe)
      return true
    }
    let enable = enableBit(group1: pes[pe].virtual.isGroup1(best))
    guard !isKnown(machineControl: enable, pe: pe) else { return false }
    pes[pe].virtual.setMachineControl(0, mask: enable)
    return true
  }

  /// Lets the interrupt at `seen` go before the one at `best`, or before nothing.
  private mutating func raise(_ seen: Int32, over best: Int32, pe: Int) -> Bool {
    if best >= 0, best < 16, !isKnown(listRegister: Int(best), pe: pe) { return dismiss(best, pe: pe) }
    if seen >= 16 {
      guard !isKnown(machineControl: VirtualMachineControl.enableGroup1, pe: pe), best < 0 else { return false }
      pes[pe].virtual.setMachineControl(.max, mask: VirtualMachineControl.enableGroup1)
      return true
    }
    let n = Int(seen)
    guard n < pes[pe].virtual.listRegisterCount else { return false }
    let register = pes[pe].virtual.listRegisters[n]
    if !isKnown(listRegister: n, pe: pe) {
      // Of its priority only the rank is known.
      let wanted: UInt64 = best < 0 ? 0xA0 : 0
      let isThere = register.isPending && UInt64(register.priority) == wanted
      if !isThere {
        let kept = register.bits & ~(0xFF << 48 | ListRegister.activeBit)
        var bits = kept | ListRegister.pendingBit | wanted << 48
        if !pes[pe].virtual.isEnabled(group1: false) { bits |= ListRegister.group1Bit }
        setListRegister(n, to: ListRegister(bits: bits), pe: pe)
        return true
      }
    }
    let enable = enableBit(group1: register.isGroup1)
    guard register.isPending, pes[pe].virtual.machineControl & enable == 0, !isKnown(machineControl: enable, pe: pe)
    else { return false }
    pes[pe].virtual.setMachineControl(.max, mask: enable)
    return true
  }

  // MARK: Lines

  /// Makes a PE's virtual lines what the capture shows.
  mutating func reconcileVirtualLines(_ pe: Int, seen: CPULines, shown: CPULines) -> Bool {
    for _ in 0..<8 {
      refreshVirtual(pe)
      let expected = pes[pe].virtual.lines.intersection(shown)
      if expected == seen { return true }
      let best = pes[pe].virtual.best
      // A capture that begins between the two may show a line before it shows what is pending.
      guard best >= 0 else { return !pes[pe].virtual.knowsPending }
      let corrected: Bool
      if seen.isEmpty {
        corrected = close(best, pe: pe)
      } else if expected.isEmpty {
        corrected = open(best, pe: pe)
      } else if !pes[pe].virtual.legacyIsKnown, !pes[pe].virtual.isGroup1(best),
        pes[pe].virtual.machineControl & VirtualMachineControl.fiqEnable == 0
      {
        // Only for a guest that uses memory-mapped registers does VFIQEn choose the line of Group 0.
        pes[pe].virtual.setLegacy(!pes[pe].virtual.isLegacy)
        corrected = true
      } else {
        corrected = regroup(best, pe: pe)
      }
      guard corrected else { return false }
    }
    return false
  }

  /// Closes what is unknown and stands open.
  private mutating func close(_ best: Int32, pe: Int) -> Bool {
    if !pes[pe].virtual.known.control, pes[pe].virtual.hypervisorControl & HypervisorControl.enable != 0 {
      pes[pe].virtual.hypervisorControl &= ~HypervisorControl.enable
      pes[pe].virtual.invalidate()
      return true
    }
    let priority = pes[pe].virtual.priority(best)
    if !isKnown(machineControl: 0xFF << 24, pe: pe), pes[pe].virtual.priorityMask > priority {
      pes[pe].virtual.setMachineControl(priority << 24, mask: 0xFF << 24)
      return true
    }
    if !pes[pe].virtual.knowsActivePriorities, pes[pe].virtual.runningPriority > priority {
      pes[pe].virtual.raiseRunningPriority(priority, group1: pes[pe].virtual.isGroup1(best), nonMaskable: false)
      return true
    }
    return false
  }

  /// Opens what is unknown and stands closed.
  private mutating func open(_ best: Int32, pe: Int) -> Bool {
    var changed = false
    if !pes[pe].virtual.known.control, pes[pe].virtual.hypervisorControl & HypervisorControl.enable == 0 {
      pes[pe].virtual.hypervisorControl |= HypervisorControl.enable
      changed = true
    }
    let priority = pes[pe].virtual.priority(best)
    if !isKnown(machineControl: 0xFF << 24, pe: pe), pes[pe].virtual.priorityMask <= priority {
      pes[pe].virtual.setMachineControl((0xF0 > priority ? 0xF0 : 0xFF) << 24, mask: 0xFF << 24)
      changed = true
    }
    for at in 0..<8 where pes[pe].virtual.known.activePriorities >> UInt8(at) & 1 == 0 {
      if pes[pe].virtual.activePriorities[at] != 0 {
        pes[pe].virtual.setActivePriorities(at, 0)
        changed = true
      }
    }
    if !changed, best < 16, !isKnown(listRegister: Int(best), pe: pe), priority != 0 {
      let bits = pes[pe].virtual.listRegisters[Int(best)].bits & ~(0xFF << 48)
      pes[pe].virtual.setListRegister(Int(best), ListRegister(bits: bits))
      changed = true
    }
    pes[pe].virtual.invalidate()
    return changed
  }

  /// Gives the pending interrupt the other group.
  private mutating func regroup(_ best: Int32, pe: Int) -> Bool {
    guard best < 16, !isKnown(listRegister: Int(best), pe: pe) else { return false }
    let bits = pes[pe].virtual.listRegisters[Int(best)].bits ^ ListRegister.group1Bit
    pes[pe].virtual.setListRegister(Int(best), ListRegister(bits: bits))
    return true
  }

  // MARK: Acknowledges

  /// Handles an acknowledge that returned something else than predicted: counts it, and makes the state such that `seen`
  /// can be taken. Returns the index to take, or -1.
  @inline(never)
  mutating func reconcileVirtualAcknowledge(
    _ pe: Int, check: Int, group1: Bool, expected: UInt32, seen: UInt32
  ) -> Int32 {
    let isTaught = !pes[pe].virtual.knowsSignalling || pes[pe].virtual.best == VirtualInterface.virtualLPIIndex
    differ(check, expected: UInt64(expected), seen: UInt64(seen), isTaught: isTaught, pe: UInt32(pe))
    guard !INTID.isSpecial(seen) else { return -1 }
    for n in 0..<pes[pe].virtual.listRegisterCount
    where pes[pe].virtual.listRegisters[n].virtualINTID == seen && pes[pe].virtual.pending.bit(n) {
      return Int32(n)
    }
    if seen >= LPILimits.firstINTID, pes[pe].virtual.residentTable >= 0 {
      _ = reconcileVirtualLPI(pe, seen: (seen, 0xA0))
      refreshVirtual(pe)
      if pes[pe].virtual.virtualLPI == seen, pes[pe].virtual.virtualLPIPriority < 0xFF {
        return VirtualInterface.virtualLPIIndex
      }
    }
    for n in 0..<pes[pe].virtual.listRegisterCount where !isKnown(listRegister: n, pe: pe) {
      let group = group1 ? ListRegister.group1Bit : 0
      setListRegister(n, to: ListRegister(bits: UInt64(seen) | ListRegister.pendingBit | 0xA0 << 48 | group), pe: pe)
      return Int32(n)
    }
    return -1
  }
}
