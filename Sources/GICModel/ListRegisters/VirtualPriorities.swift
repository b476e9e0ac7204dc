import InterruptTrace

/// Which virtual interrupt is signalled, and the active priorities (IHI 0069H, 4.8 and 6.2).
extension VirtualInterface {
  /// The running priority follows from the active priorities (IHI 0069H, 4.8.3).
  @inline(__always) mutating func refreshRunningPriority() {
    isStale = true
    if nonMaskableIsActive {
      runningPriority = 0
      return
    }
    for word in 0..<activePriorityWords {
      let all = activePriorities[word] | activePriorities[4 &+ word]
      if all != 0 {
        runningPriority = UInt32(truncatingIfNeeded: word &* 32 &+ all.lowestBit) &<< (8 &- preemptionBits)
        return
      }
    }
    runningPriority = 0xFF
  }

  /// Recomputes the highest-priority pending virtual interrupt and the lines. Lowest index among equal priorities; a
  /// virtual LPI only if it has a higher priority than every list register.
  mutating func refresh() {
    isStale = false
    best = -1
    lines = []
    var bestRank: UInt32 = 0x200
    var rest = pending & implemented
    while rest != 0 {
      let n = rest.lowestBit
      rest &= rest &- 1
      let register = listRegisters[n]
      guard isEnabled(group1: register.isGroup1) else { continue }
      let rank = rank(register)
      // A priority of 0xFF is never signalled.
      if rank < bestRank, rank < 0x1FF {
        bestRank = rank
        best = Int32(truncatingIfNeeded: n)
      }
    }
    if virtualLPIPriority < 0xFF, virtualLPIPriority << 1 | 1 < bestRank, isEnabled(group1: virtualLPIIsGroup1) {
      best = Self.virtualLPIIndex
    }
    if best >= 0, canSignal(best), !isNonMaskable(best) {
      lines = isGroup1(best) || isLegacy && machineControl & VirtualMachineControl.fiqEnable == 0 ? .virq : .vfiq
    }
  }

  /// Orders by priority, and a non-maskable interrupt, whose priority counts as 0, before a maskable one of the same.
  @inline(__always) private func rank(_ register: ListRegister) -> UInt32 {
    hasNonMaskable && register.isNonMaskable ? 0 : register.priority << 1 | 1
  }

  /// Whether the interrupt at an index (a list register's, or ``virtualLPIIndex``) is non-maskable.
  @inline(__always) func isNonMaskable(_ index: Int32) -> Bool {
    hasNonMaskable && index >= 0 && index < 16 && listRegisters[Int(index)].isNonMaskable
  }

  @inline(__always) func isGroup1(_ index: Int32) -> Bool {
    index >= 16 ? virtualLPIIsGroup1 : listRegisters[Int(index & 15)].isGroup1
  }

  @inline(__always) func priority(_ index: Int32) -> UInt32 {
    if index >= 16 { return virtualLPIPriority }
    return isNonMaskable(index) ? 0 : listRegisters[Int(index & 15)].priority
  }

  @inline(__always)
  func intid(_ index: Int32) -> UInt32 { index >= 16 ? virtualLPI : listRegisters[Int(index & 15)].virtualINTID }

  /// The priority bits of a group that decide preemption (IHI 0069H, 4.8.2).
  @inline(__always) func groupPriorityMask(group1: Bool) -> UInt32 {
    let usesPoint1 = group1 && !hasCommonBinaryPoint
    let point = binaryPoint(group1: usesPoint1)
    return ~0 &<< ((usesPoint1 && point > 0 ? point &- 1 : point) &+ 1)
  }

  /// Whether a pending interrupt is signalled: the interface works, the mask lets it through, and its group priority is
  /// higher than the running one.
  @inline(__always) func canSignal(_ index: Int32) -> Bool {
    guard hypervisorControl & HypervisorControl.enable != 0 else { return false }
    let priority = priority(index)
    let nonMaskable = isNonMaskable(index)
    guard nonMaskable || priority < priorityMask else { return false }
    if runningPriority == 0xFF { return true }
    let mask = groupPriorityMask(group1: isGroup1(index))
    if priority & mask < runningPriority & mask { return true }
    return nonMaskable && !nonMaskableIsActive
  }

  // MARK: Active priorities

  /// Sets the active priority bit of an acknowledged interrupt. For guests that use `GICV_*` there is one set of them,
  /// `ICH_AP1R<n>_EL2`, whatever the group (12.4.2).
  @inline(__always) mutating func raiseRunningPriority(_ priority: UInt32, group1: Bool, nonMaskable: Bool) {
    if nonMaskable { return setNonMaskableActive(true) }
    let bit = Int(truncatingIfNeeded: (priority & groupPriorityMask(group1: group1) & 0xFF) &>> (8 &- preemptionBits))
    let at = (group1 || isLegacy ? 4 : 0) &+ (bit &>> 5)
    setActivePriorities(at, activePriorities[at] | 1 &<< UInt32(truncatingIfNeeded: bit & 31))
  }

  /// Clears the highest active priority bit, Group 0's before Group 1's of the same priority. Returns the priority it
  /// stood for; nil if none was set.
  @inline(__always) mutating func dropRunningPriority() -> UInt32? {
    if nonMaskableIsActive {
      setNonMaskableActive(false)
      return 0
    }
    for word in 0..<activePriorityWords {
      let (zero, one) = (activePriorities[word], activePriorities[4 &+ word])
      guard zero | one != 0 else { continue }
      let bit = (zero | one).lowestBit
      let at = zero.bit(bit) ? word : 4 &+ word
      setActivePriorities(at, activePriorities[at] & (activePriorities[at] &- 1))
      return UInt32(truncatingIfNeeded: word &* 32 &+ bit) &<< (8 &- preemptionBits)
    }
    return nil
  }
}
