import InterruptTrace

/// Reset values, and which of them are known (IHI 0048B, tables 4-1 and 4-2).
extension GICv2 {
  /// Puts the controller into its reset state. What that is, is known only where the capture starts there.
  mutating func reset() {
    let isKnown = topology.value(.startsAtReset) == 1
    let implementationIsKnown = isKnown && departures.contains(.resetIsKnown)
    for pe in 0..<GICv2Distributor.peLimit {
      // SGIs may be enabled for good (4.3.5); those of most implementations are.
      distributor.enabled[pe] = 0xFFFF
      if departures.contains(.sgisAlwaysEnabled) { distributor.knownEnabled[pe] = 0xFFFF }
    }
    if isKnown { knowReset(implementationIsKnown) }
    if peCount == 1, !departures.contains(.uniprocessorTargetsAreWritable) {
      for intid in 0..<1024 { distributor.targets[intid] = 1 }
    }
    if hasTwoSecurityStates, topology.value(.resetToGroup1) == 1 { resetToGroup1() }
    refreshTargets()
    refreshAll()
  }

  /// At reset nothing is pending, active or high, and nothing but SGIs is enabled.
  private mutating func knowReset(_ implementation: Bool) {
    distributor.knownControl = .max
    for plane in 0..<distributor.latch.count {
      distributor.knownLatch[plane] = .max
      distributor.knownActive[plane] = .max
    }
    for row in 0..<distributor.enabled.count {
      distributor.knownLevel[row] = .max
      distributor.knownEnabled[row] = row < GICv2Distributor.peLimit && !implementation ? ~0xFFFF : .max
      if implementation {
        distributor.knownEdge[row] = .max
        distributor.knownTargets[row] = .max
        // A kernel may have been started in the firmware's place, see `resetToGroup1`.
        if !hasTwoSecurityStates {
          distributor.knownGroup[row] = .max
          distributor.knownPriority[row] = .max
        }
      }
    }
    for pe in 0..<GICv2Distributor.peLimit {
      interfaces[pe].interface.known = .all
      if hasTwoSecurityStates { interfaces[pe].interface.known.remove(.priorityMask) }
      virtualInterfaces[pe].interface.known = .all
      virtualInterfaces[pe].knownLists = .max
    }
  }

  /// QEMU, in place of firmware that it does not run, leaves a Non-secure kernel all interrupts in Group 1, at the
  /// highest priority that it can see.
  private mutating func resetToGroup1() {
    for row in 0..<distributor.group.count {
      distributor.group[row] = .max
      distributor.knownGroup[row] = .max
      distributor.knownPriority[row] = .max
    }
    for at in 0..<distributor.priority.count { distributor.priority[at] = 0x80 }
    for pe in 0..<GICv2Distributor.peLimit {
      interfaces[pe].interface.priorityMask = 0x80
      interfaces[pe].interface.known.insert(.priorityMask)
    }
  }

  /// Turns `GICD_ITARGETSR` round, for all SPIs.
  mutating func refreshTargets() {
    let isSingle = peCount == 1 && !departures.contains(.uniprocessorTargetsAreWritable)
    for pe in 0..<GICv2Distributor.peLimit {
      for word in 1..<32 {
        var bits: UInt32 = 0
        for bit in 0..<32 where distributor.targets[word * 32 + bit] >> UInt8(pe) & 1 != 0 {
          bits.setBit(bit, to: true)
        }
        distributor.targeted[GICv2Distributor.plane(pe, word)] = isSingle && pe == 0 ? .max : bits
      }
    }
  }

  /// Recomputes every candidate.
  mutating func refreshAll() {
    deferredWords = 0
    for pe in 0..<GICv2Distributor.peLimit {
      for word in 0..<32 { _ = distributor.refresh(pe, word) }
      interfaces[pe].highestIsStale = true
    }
  }

  /// `GICD_TYPER.ITLinesNumber`.
  mutating func learnLines(_ lines: UInt64) {
    distributor.implementedLimit = min(32 * (Int(lines & 0x1F) + 1), GICv2Distributor.intidLimit)
  }
}
