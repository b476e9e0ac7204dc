import InterruptTrace

/// Where SPIs go, and who has to look at them again.
extension GICv3 where Store: ~Copyable {
  /// Marks the highest pending interrupt of every PE that an SPI may go to as stale.
  @inline(__always) mutating func staleTargets(of intid: Int) {
    let route = distributor.route[intid]
    if Int(route) < peCount {
      pes[Int(route)].highestIsStale = true
    } else if route == Distributor.anyPE {
      for pe in 0..<peCount { pes[pe].highestIsStale = true }
    }
  }

  /// Recomputes the candidates of a word and marks whoever is concerned; `always`: also by these that are candidates still.
  @inline(__always) mutating func refreshShared(word: Int, always: UInt32 = 0) {
    let before = distributor.candidates[word]
    let now = distributor.candidates(of: bank(0, word))
    distributor.setCandidates(word: word, now)
    var changed = (before ^ now) | (always & now)
    while changed != 0 {
      staleTargets(of: word &<< 5 | changed.lowestBit)
      changed &= changed &- 1
    }
  }

  /// Looks at one SPI again, whose trigger may have changed unseen: the others of its word stay as they were seen last.
  mutating func seeTrigger(of intid: Int) {
    let (word, bit) = (intid >> 5, UInt32(1) << UInt32(intid & 31))
    let before = distributor.candidates[word]
    let now = before & ~bit | distributor.candidates(of: bank(0, word)) & bit
    distributor.setCandidates(word: word, now)
    if now != before { staleTargets(of: intid) }
  }

  /// Looks at all whose triggers may have changed unseen.
  mutating func seeTriggers() {
    while distributor.unseenTriggers != 0 {
      let word = distributor.unseenTriggers.lowestBit
      distributor.unseenTriggers &= distributor.unseenTriggers &- 1
      refreshShared(word: word)
    }
  }

  /// Recomputes every word after `GICD_CTLR` changed.
  mutating func refreshAllShared() {
    for word in 1..<InterruptBanks.wordCount { refreshShared(word: word) }
    for pe in 0..<peCount { pes[pe].highestIsStale = true }
  }

  /// Sends an SPI to where its `GICD_IROUTER` says after that was written.
  mutating func reroute(_ intid: Int) {
    let value = distributor.router[intid]
    let old = distributor.route[intid]
    let new: UInt32
    if value & (1 << 31) != 0, !departures.contains(.hasNo1OfN) {
      new = Distributor.anyPE
    } else {
      new = linearPE(affinity: UInt32(truncatingIfNeeded: (value >> 8) & 0xFF00_0000) | UInt32(value & 0xFF_FFFF))
    }
    bank(0, intid >> 5).pointee.touched.setBit(intid & 31, to: true)
    guard new != old else { return }
    staleTargets(of: intid)
    distributor.route[intid] = new
    staleTargets(of: intid)
    emit(.retargeted, pe: new, intid: UInt32(intid), a: UInt64(old), b: UInt64(new))
  }

  /// The PE with an affinity, or ``PE/none``. O(PEs); used only when routes or collections change.
  func linearPE(affinity: UInt32) -> UInt32 {
    if Int(affinity) < peCount, pes[Int(affinity)].affinity == affinity { return affinity }
    for pe in 0..<peCount where pes[pe].affinity == affinity { return UInt32(pe) }
    return PE.none
  }
}

extension GICv3: InterruptController where Store: ~Copyable {
  @inline(__always) var hasOneSecurityState: Bool { distributor.hasOneSecurityState }
  func viewIsSure(_ pe: Int) -> Bool { true }
  var writablePriority: UInt8 { .max }
  var knownPriorityBits: UInt8 { .max }
  var sgiEnables: (fixed: UInt32, doubtful: UInt32) { (0, 0) }
  var hasNSACR: Bool { true }
  var hasNonMaskable: Bool? { topology[.gicdTyper].map { $0 >> 9 & 1 != 0 } }
  var namingTouches: Bool { false }
  var sgisWithSources: UInt32 { 0 }
  var knowsModelBits: Bool { true }

  @inline(__always) func bank(_ pe: Int, _ word: Int) -> UnsafeMutablePointer<InterruptBank> { banks.at(pe, word) }

  func implemented(_ word: Int) -> UInt32 {
    distributor.isReserved(word: word) ? 0 : word == 31 ? 0x0FFF_FFFF : .max
  }

  /// While `GICD_TYPER` is unknown, 256 SPIs are taken for certain.
  func certainlyImplemented(_ word: Int) -> UInt32 {
    word < (distributor.wordCount == 0 ? 9 : distributor.wordCount) ? .max : 0
  }

  @inline(__always) func reportedPE(_ pe: Int, _ intid: Int) -> UInt32 {
    if intid < INTID.firstSPI { return UInt32(truncatingIfNeeded: pe) }
    let route = distributor.route[intid]
    return route < Distributor.anyPE ? route : PE.none
  }

  @inline(__always) func activePE(_ pe: Int, _ intid: Int) -> UInt32 {
    intid < INTID.firstSPI ? UInt32(truncatingIfNeeded: pe) : distributor.activeOn[intid]
  }

  @inline(__always)
  func setLatch(_ pe: Int, _ intid: Int, to value: Bool) { bank(pe, intid &>> 5).pointee.latch.know(intid & 31, value) }

  func learnLatch(_ pe: Int, _ intid: Int, _ value: Bool) { setLatch(pe, intid, to: value) }
  func learnPending(on pe: Int, _ intid: Int) { setLatch(pe, intid, to: true) }

  func forget(_ field: InterruptField, _ pe: Int, word: Int, _ mask: UInt32) {
    if field == .active {
      bank(pe, word).pointee.active.forget(mask)
    } else {
      bank(pe, word).pointee.latch.forget(mask)
    }
  }

  @inline(__always) func setActive(_ pe: Int, _ intid: Int, to value: Bool) {
    bank(pe, intid &>> 5).pointee.active.know(intid & 31, value)
  }

  func learnActive(_ pe: Int, _ intid: Int, _ value: Bool) { setActive(pe, intid, to: value) }
  @inline(__always) func setActiveOn(_ pe: Int, _ intid: Int, to value: Bool) { setActive(pe, intid, to: value) }
  func isActiveOn(_ pe: Int, _ intid: Int) -> Bool { bank(pe, intid >> 5).pointee.active[intid & 31] }
  func isPendingOn(_ pe: Int, _ intid: Int) -> Bool { isPending(pe, intid) }
  func latchPEs(_ pe: Int, _ intid: Int, to value: Bool) -> UInt8? { nil }
  func latchPEs(_ pe: Int) -> Range<Int> { pe..<pe + 1 }
  func hasOneState(_ field: InterruptField, word: Int) -> Bool { true }

  func triggers(_ pe: Int, _ intid: Int) -> (pes: Range<Int>, areKnown: Bool) {
    (pe..<pe + 1, certainlyImplemented(intid >> 5) != 0)
  }

  /// Of QEMU, the others of an SPI's word stay as they were seen last.
  @inline(__always) mutating func refresh(_ pe: Int, intid: Int) {
    if intid < INTID.firstSPI {
      pes[pe].highestIsStale = true
    } else if distributor.unseenTriggers.bit(intid &>> 5) {
      seeTrigger(of: intid)
    } else {
      refreshShared(word: intid &>> 5)
    }
  }

  @inline(__always) mutating func refresh(_ pe: Int, word: Int) {
    if word == 0 { pes[pe].highestIsStale = true } else { refreshShared(word: word) }
  }

  mutating func refreshRank(_ pe: Int, word: Int) {
    if word == 0 { pes[pe].highestIsStale = true } else { refreshShared(word: word, always: .max) }
  }

  /// A read does not make QEMU look at triggers that it has not seen: only what the read corrected is looked at.
  mutating func refreshLearned(_ pe: Int, word: Int, since before: InterruptBank) {
    guard distributor.unseenTriggers.bit(word) else { return refreshRank(pe, word: word) }
    var corrected = bank(pe, word).pointee.differences(from: before)
    while corrected != 0 {
      let intid = word &<< 5 | corrected.lowestBit
      corrected &= corrected &- 1
      seeTrigger(of: intid)
      staleTargets(of: intid)
    }
  }

  mutating func refreshPriorities(_ pe: Int, word: Int) {
    guard word != 0 else { return refresh(pe, word: 0) }
    var rest = distributor.candidates[word]
    while rest != 0 {
      staleTargets(of: word &<< 5 | rest.lowestBit)
      rest &= rest &- 1
    }
  }

  mutating func refreshTriggers(_ pe: Int, word: Int) {
    if word != 0, departures.contains(.looksAtTriggersLate) {
      distributor.unseenTriggers.setBit(word, to: true)
    } else {
      refresh(pe, word: word)
    }
  }

  // MARK: What is known

  func showsConfiguration(_ intid: Int) -> Bool {
    shown.contains(intid < INTID.firstSPI ? .redistributor : .distributor)
  }

  func knowsLatch(_ pe: Int, _ intid: Int) -> Bool {
    guard shown.contains(.interface), bank(pe, intid >> 5).pointee.latch.knows(intid & 31) else { return false }
    return INTID.isSGI(intid) ? shown.contains(.sgis) : showsConfiguration(intid)
  }

  func knowsActive(_ pe: Int, _ intid: Int) -> Bool {
    shown.contains(.interface) && showsGuestsWhole && bank(pe, intid >> 5).pointee.active.knows(intid & 31)
  }

  func knowsControl(_ bits: UInt32) -> Bool {
    shown.contains(.distributor) && distributor.control.known & bits == bits
  }

  func knowsInterface(_ pe: Int, _ registers: Known) -> Bool {
    shown.contains(.interface) && pes[pe].known.contains(registers)
  }

  /// Whether a PE's pending LPIs follow from what the capture holds.
  func knowsPendingLPIs(_ pe: Int) -> Bool {
    shown.isSuperset(of: [.interface, .translation]) && !pes[pe].pendingTableIsUnknown
  }

  // MARK: GICv3 has neither targets nor sources of SGIs; routes are 64 bits wide, see ``readRouter(_:check:nonSecure:)``

  func ownValue(_ field: InterruptField, first: Int, pe: Int, nonSecure: Bool) -> Learned<UInt32> { .certain(0) }

  mutating func setOwn(
    _ register: InterruptRegister, first: Int, _ bits: UInt32, lanes: UInt32, pe: Int, nonSecure: Bool
  ) {}

  mutating func learnOwn(
    _ field: InterruptField, first: Int, _ seen: UInt32, lanes: UInt32, pe: Int, nonSecure: Bool
  ) {}
}
