import InterruptTrace

/// What must hold after every event.
extension GICv2 {
  /// Describes the first broken invariant; nil if there is none. Slow.
  func checkInvariants() -> String? {
    for pe in 0..<peCount {
      if let broken = checkCandidates(pe) ?? checkSGIs(pe) ?? checkPriorities(pe) ?? checkLists(pe) { return broken }
    }
    return departures.contains(.sharedStatePerPE) ? nil : checkSharedState()
  }

  /// Candidates and the highest of them follow from the state, unless something is deferred.
  private func checkCandidates(_ pe: Int) -> String? {
    for word in 0..<32 where !deferredWords.bit(word) {
      let candidates = distributor.candidates[GICv2Distributor.plane(pe, word)]
      if candidates != distributor.candidateWord(pe, word, bank(pe, word)) {
        return "PE \(pe): candidates of word \(word) are wrong"
      }
      if distributor.candidateSummary[pe].bit(word) != (candidates != 0) {
        return "PE \(pe): candidate summary of word \(word) is wrong"
      }
    }
    if !interfaces[pe].highestIsStale, interfaces[pe].highest != computeHighest(pe) {
      return "PE \(pe): the highest pending interrupt is not \(interfaces[pe].highest.intid)"
    }
    return nil
  }

  /// An SGI is pending if and only if there is a PE that it is pending from (IHI 0048B, 4.3.16).
  private func checkSGIs(_ pe: Int) -> String? {
    if departures.contains(.sgiNeedsNoSource) { return nil }
    for intid in 0..<16
    where bank(pe, 0).pointee.latch[intid] != (distributor.sources[pe << 4 | intid] != 0) {
      return "PE \(pe): SGI \(intid) is pending from \(hex(distributor.sources[pe << 4 | intid]))"
    }
    return nil
  }

  /// The running priority is that of the highest active priority bit (IHI 0048B, 4.4.6, 4.4.12).
  private func checkPriorities(_ pe: Int) -> String? {
    for interface in [interfaces[pe].interface, virtualInterfaces[pe].interface] {
      var copy = interface
      copy.refreshRunningPriority()
      if copy.runningPriority != interface.runningPriority {
        return
          "PE \(pe): running priority \(interface.runningPriority), active priorities say \(copy.runningPriority)"
      }
      if interface.binaryPoint < interface.minimumBinaryPoint { return "PE \(pe): binary point below its minimum" }
    }
    return nil
  }

  /// The masks of list registers follow from their values.
  private func checkLists(_ pe: Int) -> String? {
    let virtual = virtualInterfaces[pe]
    for list in 0..<virtual.count {
      let (entry, bit) = (virtual[list], UInt64(1) << UInt64(list))
      if entry.isPending != (virtual.pending & bit != 0) || entry.isActive != (virtual.active & bit != 0)
        || entry.isEnded != (virtual.ended & bit != 0)
      {
        return "PE \(pe): the masks of GICH_LR\(list) do not fit \(hex(entry.value))"
      }
    }
    var copy = virtual
    return copy.highest() == virtual.computeHighest() ? nil : "PE \(pe): the highest list register is wrong"
  }

  /// Where an SPI has one state, it is the same on all PEs.
  private func checkSharedState() -> String? {
    for word in 1..<32 {
      for pe in 0..<GICv2Distributor.peLimit
      where distributor.latch[GICv2Distributor.plane(pe, word)].value != bank(pe, word).pointee.latch.value
        || distributor.active[GICv2Distributor.plane(pe, word)].value != bank(pe, word).pointee.active.value
      {
        return "SPIs of word \(word) have another state on PE \(pe)"
      }
    }
    return nil
  }
}
