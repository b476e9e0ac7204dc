import InterruptTrace

/// What must hold after every event.
extension GICv3 where Store: ~Copyable {
  /// Describes the first broken invariant; nil if there is none. Slow.
  func checkInvariants() -> String? {
    for pe in 0..<peCount {
      if let broken = checkActivePriorities(pe) ?? checkVirtualInterface(pe) { return broken }
    }
    for word in 1..<32 {
      if distributor.candidateSummary.bit(word) != (distributor.candidates[word] != 0) {
        return "candidate summary of word \(word) is wrong"
      }
      if distributor.candidates[word] & bank(0, word).pointee.active.value != 0 {
        return "an active SPI in word \(word) is a candidate for signalling"
      }
    }
    return lpis.checkInvariants() ?? virtualTables.checkInvariants()
  }

  /// The running priority is that of the highest active priority bit.
  private func checkActivePriorities(_ pe: Int) -> String? {
    var lowest = 0xFF
    for word in 0..<4 where lowest == 0xFF {
      let all = pes[pe].activePriorities[word] | pes[pe].activePriorities[4 + word] | pes[pe].activePriorities[8 + word]
      if all != 0 { lowest = (word * 32 + all.lowestBit) << (8 - preemptionBits) }
    }
    return pes[pe].activeNonMaskable != 0 || Int(pes[pe].runningPriority) == lowest
      ? nil : "PE \(pe): running priority \(pes[pe].runningPriority), active priorities say \(lowest)"
  }
}
