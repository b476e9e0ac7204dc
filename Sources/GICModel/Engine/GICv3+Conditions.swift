import InterruptTrace

/// What decides delivery at a PE of a GICv3, and what the capture shows of it.
extension GICv3 where Store: ~Copyable {
  /// The conditions as they are now, as far as they are known.
  func conditions(_ pe: Int) -> DeliveryConditions {
    let known = pes[pe].known
    var mask: UInt32 = known.contains(.priorityMask) ? 1 : 0
    mask |= (known.rawValue / Known.groupEnable0.rawValue & 0b111) << 1
    if pes[pe].waker.knows(1) { mask |= 1 << 4 }
    if pes[pe].control.knows(0) { mask |= 1 << 5 }
    if known.contains(.cpuControlNS) { mask |= 1 << 6 }
    if known.contains(.cpuControlS) { mask |= 1 << 7 }
    let enables = pes[pe].groupEnable[0] | pes[pe].groupEnable[1] << 1 | pes[pe].groupEnable[2] << 2
    return DeliveryConditions(
      priorityMask: pes[pe].priorityMask,
      groups: enables,
      flags: (pes[pe].waker.value >> 1 & 1) | (pes[pe].control.value & 1) << 1 | (pes[pe].cpuControl[1] >> 1 & 1) << 2
        | (pes[pe].cpuControl[0] >> 1 & 1) << 3,
      // Software that may not access GICR_WAKER does not show that firmware woke the PE.
      known: startsAtReset ? hasOneSecurityState ? 0xFF : mask | ~(1 << 4) & 0xFF : mask
    )
  }

  mutating func exchangeReported(_ pe: Int, for now: DeliveryConditions) -> DeliveryConditions {
    defer { pes[pe].reportedConditions = now }
    return pes[pe].reportedConditions
  }

  var groupEnables: Learned<UInt32> {
    // Bits of GICD_CTLR in the order of `InterruptGroup`: 0, 1S, 1NS.
    func ordered(_ bits: UInt32) -> UInt32 { bits & 1 | (bits >> 2 & 1) << 1 | (bits >> 1 & 1) << 2 }
    return Learned(
      ordered(distributor.control.value), known: startsAtReset ? 0b111 : ordered(distributor.control.known))
  }

  /// Reports an LPI's cached configuration where it changed or became known.
  @inline(never)
  mutating func configureLPI(_ intid: UInt32, property: UInt8, isKnown: Bool, as provenance: Provenance) {
    let old = lpis.record(intid)
    lpis.setConfiguration(intid, property: property, isKnown: isKnown)
    if provenance != .derived { configurationMemory.markUnread(intid) }
    let before = progress.provenance
    progress.provenance = provenance
    let priority = lpiPriority(property & 0xFC)
    if !old.isKnown || (old.property ^ property) & 1 != 0 {
      emit(property & 1 != 0 ? .enabled : .disabled, intid: intid, priority: priority)
    }
    if old.isKnown, (old.property ^ property) & 0xFC != 0 {
      emit(.priorityChanged, intid: intid, priority: priority, a: UInt64(lpiPriority(old.priority)))
    }
    progress.provenance = before
  }

  /// That nothing is shown to be pending after an LPI of unknown configuration became so tells that it is disabled.
  @inline(never) mutating func settleConfiguration(pe: Int, hasPending: Bool) {
    let intid = pes[pe].unconfiguredLPI
    pes[pe].unconfiguredLPI = 0
    let record = lpis.record(intid)
    guard !hasPending, lpisAreSignalled(pe), !record.isKnown, lpis.isPending(intid, pe: UInt32(pe)) else { return }
    configureLPI(intid, property: record.property & ~1, isKnown: true, as: .inferred)
  }

  // MARK: What the capture shows of a PE

  /// Reports the interrupt requests to a PE that are different from those last reported.
  @inline(__always) mutating func reportLines(_ pe: Int, _ seen: CPULines, shown: CPULines) {
    let now = pes[pe].reportedLines.subtracting(shown).union(seen.intersection(shown))
    guard now != pes[pe].reportedLines else { return }
    emit(.cpuLine, pe: pe, a: now.rawValue, b: now.symmetricDifference(pes[pe].reportedLines).rawValue)
    pes[pe].reportedLines = now
  }

  /// Reports the highest-priority pending interrupt of a PE if it is another than the one last reported.
  @inline(__always) mutating func reportHighest(_ pe: Int, intid: UInt32, priority: UInt32) {
    let now = priority >= 0xFF ? UInt32.max : intid
    guard now != pes[pe].reportedHighest else { return }
    pes[pe].reportedHighest = now
    emit(.highestPending, pe: pe, intid: now, priority: priority)
  }
}
