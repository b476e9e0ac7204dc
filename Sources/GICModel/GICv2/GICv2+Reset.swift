/// Reset values, and which of them are known (IHI 0048B, tables 4-1 and 4-2).
extension GICv2 {
  /// Puts the controller into its reset state. What that is, is known only where the capture starts there.
  mutating func reset() {
    let isKnown = topology[.startsAtReset] == true
    let implementationIsKnown = isKnown && departures.contains(.resetIsKnown)
    for pe in 0..<GICv2Distributor.peLimit {
      // SGIs may be enabled for good (4.3.5); those of most implementations are.
      bank(pe, 0).pointee.enabled = Learned(0xFFFF, known: sgiEnables.fixed)
    }
    if isKnown { knowReset(implementationIsKnown) }
    if peCount == 1, !departures.contains(.uniprocessorTargetsAreWritable) {
      for intid in 0..<1024 { distributor.targets[intid] = 1 }
    }
    if hasTwoSecurityStates, topology[.resetToGroup1] == true { resetToGroup1() }
    refreshTargets()
    refreshAll()
  }

  /// At reset nothing is pending, active or high, and nothing but SGIs is enabled.
  private mutating func knowReset(_ implementation: Bool) {
    distributor.control.known = .max
    for plane in 0..<distributor.latch.count {
      distributor.latch[plane].known = .max
      distributor.active[plane].known = .max
    }
    banks.knowReset()
    let banks = banks.all
    for at in banks.indices {
      let isPrivate = at >= InterruptBanks.wordCount
      if isPrivate, !implementation { banks[at].enabled.known = ~0xFFFF }
      guard implementation else { continue }
      banks[at].edge.known = .max
      banks[at].knownTarget = .max
      // A kernel may have been started in the firmware's place, see `resetToGroup1`.
      guard !hasTwoSecurityStates else { continue }
      banks[at].group.known = .max
      banks[at].knownPriority = .max
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
  mutating func resetToGroup1() {
    let banks = banks.all
    for at in banks.indices {
      banks[at].group = .certain(.max)
      banks[at].priority = InlineArray(repeating: 0x80)
      banks[at].knownPriority = .max
    }
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
      for word in 0..<InterruptBanks.wordCount { _ = distributor.refresh(pe, word, bank(pe, word)) }
      interfaces[pe].highestIsStale = true
    }
  }

  /// `GICD_TYPER.ITLinesNumber`.
  mutating func learnLines(_ lines: Int) {
    distributor.implementedLimit = min(32 * ((lines & 0x1F) + 1), GICv2Distributor.intidLimit)
  }
}
